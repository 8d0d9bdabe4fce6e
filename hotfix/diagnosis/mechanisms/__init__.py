"""General mechanisms that find what an incident has to do with: one file each, behind one contract."""

from collections.abc import Mapping

from hotfix.diagnosis.mechanisms.contract import Mechanism

MECHANISMS: Mapping[str, Mechanism] = {}
"""Every mechanism by its name, in the order in which they look."""
