"""What every candidate must pass before anyone looks at it: candidates come in, verdicts go out.

Each gate is one function that returns what is wrong, or None. All are run, so that a report says everything that is
wrong with a patch at once.
"""

from collections.abc import Callable, Mapping

from hotfix.repair.contract import Candidate, GateResult, Judged, Repository, SourceFrame
from hotfix.repair.gates.case import Case
from hotfix.repair.gates.content import goes_both_ways, is_whole, makes_nothing_up, swallows_nothing
from hotfix.repair.gates.place import is_small, leaves_tests, stays_in_place
from hotfix.repair.gates.syntax import adds_nothing_foreign, keeps_feature, keeps_signatures, parses
from hotfix.repair.source import Source

GATES: dict[str, tuple[Callable[[Case], str | None], str]] = {
    "parses": (parses, "every file still parses"),
    "signatures": (keeps_signatures, "no function that others use is gone or changed"),
    "nothing foreign": (adds_nothing_foreign, "no import and no network call is new beyond what the fixer names"),
    "feature kept": (keeps_feature, "every function still does what it did beside the fix"),
    "small": (is_small, "few lines change"),
    "in place": (stays_in_place, "it touches what the evidence names"),
    "tests untouched": (leaves_tests, "no test is changed"),
    "whole": (is_whole, "nothing is left out"),
    "founded": (makes_nothing_up, "what it does is what other code, a type or a description speaks for"),
    "no swallowed error": (swallows_nothing, "no error is hidden, or it is called a mitigation"),
    "applies and reverses": (goes_both_ways, "git apply and its reverse give the promised bytes"),
}
"""Name → the gate, and what is said of a candidate that passes it."""


def judge_candidate(
    repository: Repository, candidate: Candidate, frames: tuple[SourceFrame, ...], sources: Mapping[str, Source]
) -> Judged:
    """Return what every gate says of a candidate.

    Args:
        repository: the base of the candidate.
        candidate: the patch.
        frames: places that evidence names, at the base.
        sources: the source files at the base, by path.
    """
    case = Case(repository, candidate, frames, sources)
    results = []
    for name, (gate, praise) in GATES.items():
        fault = gate(case)
        results.append(GateResult(name, fault is None, fault or praise))
    return Judged(candidate, tuple(results))
