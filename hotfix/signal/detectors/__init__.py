"""The detectors: one file each behind `contract.Detector`, one line each in DETECTORS."""

from collections.abc import Mapping

from hotfix.signal.detectors.contract import Detector
from hotfix.signal.detectors.crashes import detect_crashes
from hotfix.signal.detectors.jobs import detect_jobs
from hotfix.signal.detectors.latency import detect_latency
from hotfix.signal.detectors.novelty import detect_novelty
from hotfix.signal.detectors.periodic import detect_periodic
from hotfix.signal.detectors.rate import detect_rate
from hotfix.signal.detectors.silence import detect_silence

DETECTORS: Mapping[str, Detector] = {
    "rate": detect_rate,
    "novelty": detect_novelty,
    "latency": detect_latency,
    "silence": detect_silence,
    "periodic": detect_periodic,
    "crashes": detect_crashes,
    "jobs": detect_jobs,
}
"""Every detector by name, in the order in which they look."""
