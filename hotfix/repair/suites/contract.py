"""The values of running a test suite. Nothing runs here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hotfix.repair.sandbox.contract import Outcome


class Result(StrEnum):
    """What became of one test."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Suite:
    """How a project's tests are run, from the root of its tree."""

    runner: str  # "pytest", "unittest", "tox", "maven", "gradle", "junit", "npm", "node", "go", "make" or "given"
    command: str  # for sh
    reports: tuple[str, ...] = ()  # globs of the files that say what became of each test
    tests: tuple[str, ...] = ()  # files that were chosen; empty: all


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """One run of a suite."""

    outcome: Outcome
    results: Mapping[str, Result]  # by name of the test; empty where the runner reports none

    @property
    def green(self) -> bool:
        """True when the suite as a whole passed."""
        return self.outcome.passed


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from two runs without the patch to the run with it, test by test; names in order."""

    compared: int  # tests that passed in both runs before
    broken: tuple[str, ...]  # of these, what does not pass with the patch, or is gone
    repaired: tuple[str, ...]  # failed in both runs before, passes now
    still_failing: tuple[str, ...]
    newly_failing: tuple[str, ...]  # were not there before
    flaky: tuple[str, ...]  # differ between runs of the same code: they count for nothing
