"""Performance: the same command without and with the patch, in pairs one after the other, the order changing."""

from dataclasses import dataclass

from hotfix.repair.reproduce.contract import Reproduction
from hotfix.repair.sandbox.contract import Ground, Outcome
from hotfix.repair.verify.contract import Category, CategoryResult, Depth, Status
from hotfix.repair.verify.performance_judge import Sample, Slowdown, judge_samples
from hotfix.repair.verify.regression import Baseline
from hotfix.repair.verify.workbench import Workbench, prove


@dataclass(frozen=True, slots=True)
class Race:
    """What is timed."""

    command: str
    said: str  # what it is
    needs_pass: bool = True  # both runs must pass, or they do not do the same work


def choose_race(perf: str | None, baseline: Baseline | None, reproduction: Reproduction | None) -> Race | None:
    """Return what to time: the given command, else the suite where it is green, else a reproduction of no compiler."""
    if perf:
        return Race(perf, "the given command")
    if baseline and baseline.first.green and baseline.second.green:
        return Race(baseline.suite.command, "the test suite, for want of a command of its own")
    if reproduction and not reproduction.compiles:
        return Race(reproduction.command, "the reproduction, which fails without the patch", needs_pass=False)
    return None


def check_performance(
    bench: Workbench, race: Race | None, depth: Depth, reproduction: Reproduction | None
) -> CategoryResult:
    """Return whether the patched program is slower; pairs are added until the answer is certain or enough were run."""
    if race is None:
        why = "the reproduction is compiled, which takes longer than it" if reproduction else "there is no reproduction"
        said = f"Nothing to time: no command was given with --perf, no suite is green, and {why}."
        return CategoryResult(Category.PERFORMANCE, Status.NOT_VALIDATED, said)
    files = dict(reproduction.files) if reproduction and race.command == reproduction.command else {}
    samples: list[Sample] = []
    for look in depth.pairs:
        while len(samples) < look:
            before, after = _run_pair(bench, race, files, swap=len(samples) % 2 == 1)
            failed = next((one for one in (before, after) if not one.passed), None)
            if failed is not None and race.needs_pass:
                return _say_failed(race, failed, broken_before=not before.passed)
            samples.append(Sample(before.seconds, after.seconds, before.cpu_seconds, after.cpu_seconds))
        found = judge_samples(samples)
        if found.status is not Status.INCONCLUSIVE:
            break
    return _answer(race, found, samples)


def _run_pair(bench: Workbench, race: Race, files: dict[str, str], *, swap: bool) -> tuple[Outcome, Outcome]:
    """Return the outcomes without and with the patch; `swap` tells which runs first."""

    def run(ground: Ground) -> Outcome:
        return bench.run(ground, race.command, files=files)

    if swap:
        after = run(bench.patched)
        return run(bench.base), after
    before = run(bench.base)
    return before, run(bench.patched)


def _say_failed(race: Race, failed: Outcome, *, broken_before: bool) -> CategoryResult:
    where = "without" if broken_before else "with"
    status = Status.NOT_VALIDATED if broken_before else Status.FAILED
    detail = f"The timed command fails {where} the patch ({failed.describe()}), so its times say nothing."
    proof = prove(f"{where} the patch", failed)
    return CategoryResult(Category.PERFORMANCE, status, detail, race.command, proofs=(proof,))


def _answer(race: Race, found: Slowdown, samples: list[Sample]) -> CategoryResult:
    seconds = sum(one.before + one.after for one in samples)
    detail = f"{found.describe()[:1].upper()}{found.describe()[1:]}; timed was {race.said}."
    status = found.status
    if status is Status.INCONCLUSIVE:
        detail = f"The noise of this host is larger than the difference looked for. {detail}"
    elif status is Status.FAILED and not race.needs_pass:
        status = Status.INCONCLUSIVE
        detail = f"{detail} The two do not do the same work, so this rejects nothing; give a command with --perf."
    return CategoryResult(Category.PERFORMANCE, status, detail, race.command, seconds)
