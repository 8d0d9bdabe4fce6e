"""Compares runs of a suite: two without the patch tell what is flaky, one with it what broke. Values to values."""

from collections.abc import Mapping

from hotfix.repair.suites.contract import Comparison, Result


def compare_results(
    first: Mapping[str, Result], second: Mapping[str, Result], patched: Mapping[str, Result]
) -> Comparison:
    """Return what changed with the patch, of tests that gave the same result in both runs before."""
    flaky = {name for name in first.keys() | second.keys() if first.get(name) is not second.get(name)}
    before = {name: result for name, result in first.items() if name not in flaky}
    green = {name for name, result in before.items() if result is Result.PASSED}
    red = {name for name, result in before.items() if result is Result.FAILED}
    passing = {name for name, result in patched.items() if result is Result.PASSED}
    failing = {name for name, result in patched.items() if result is Result.FAILED}
    return Comparison(
        compared=len(green),
        broken=tuple(sorted(green - passing)),
        repaired=tuple(sorted(red & passing)),
        still_failing=tuple(sorted(red - passing)),
        newly_failing=tuple(sorted(failing - before.keys() - flaky)),
        flaky=tuple(sorted(flaky)),
    )
