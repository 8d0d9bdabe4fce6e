"""General mechanisms that find what an incident has to do with: one file each, behind one contract."""

from collections.abc import Mapping

from hotfix.diagnosis.mechanisms.clocks import find_clocks
from hotfix.diagnosis.mechanisms.coincidence import find_coincidences
from hotfix.diagnosis.mechanisms.contract import Mechanism
from hotfix.diagnosis.mechanisms.dimensions import find_dimensions
from hotfix.diagnosis.mechanisms.headroom import find_headroom
from hotfix.diagnosis.mechanisms.numbers import find_numbers
from hotfix.diagnosis.mechanisms.precursors import find_precursors
from hotfix.diagnosis.mechanisms.propagation import find_propagation
from hotfix.diagnosis.mechanisms.repetition import find_repetition
from hotfix.diagnosis.mechanisms.silence import find_silence
from hotfix.diagnosis.mechanisms.skew import find_skew
from hotfix.diagnosis.mechanisms.windows import find_windows

MECHANISMS: Mapping[str, Mechanism] = {
    "dimensions": find_dimensions,
    "repetition": find_repetition,
    "skew": find_skew,
    "propagation": find_propagation,
    "silence": find_silence,
    "numbers": find_numbers,
    "headroom": find_headroom,
    "clocks": find_clocks,
    "windows": find_windows,
    "coincidence": find_coincidences,
    "precursors": find_precursors,
}
"""Every mechanism by its name, in the order in which they look."""
