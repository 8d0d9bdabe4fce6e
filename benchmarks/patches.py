"""Scores the fixers on small broken programs, with no model.

    PYTHONPATH=. python benchmarks/patches.py FOLDER [--json] [--totals]

Every program of the folder (`tests/repair/programs`, `meant`, `fresh`, or `withheld` and `withheld2`, which no fixer is
made with) is run until it fails, patched by its trace alone, and the patch that comes out is run against the program's
own check. The check accepts every sensible mending: the input that failed does no harm any more, and good inputs give
what they gave. `--totals` names no program.

A program counts as fixed when the patch that comes out passes every gate and the check. Beside it stands how many of
those patches the check refuses, how many of those that are called a fix, and no mitigation, it accepts, and how many of
all candidates that pass the gates, also those that were not chosen, it refuses.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from tests.repair.running import Program, check_patch, fail_program, mend_program, read_program


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out for one program."""

    name: str
    language: str
    rung: str  # of the patch that comes out; empty without one
    mitigation: bool  # it says that it only stops the harm
    passed: bool  # the check accepts it
    candidates: int  # that were proposed
    clean: int  # of them, those that pass every gate
    broken: int  # of the clean ones, those that the check refuses
    seconds: float  # to propose


@dataclass(frozen=True, slots=True)
class Score:
    """How many programs were mended. Shares are 0..1, and 0 where there is nothing to share."""

    programs: int
    patched: int  # a patch came out, so it passes every gate
    fixed: int  # and the check accepts it
    mitigations: int  # of the fixed ones
    called: int  # patches that are called a fix, and no mitigation
    called_rightly: int  # and the check accepts them
    clean: int
    broken: int

    @property
    def fixed_share(self) -> float:
        """Share of the programs that are fixed."""
        return self.fixed / max(self.programs, 1)

    @property
    def refused_share(self) -> float:
        """Share of the patches which come out that the check refuses."""
        return (self.patched - self.fixed) / max(self.patched, 1)

    @property
    def called_rightly_share(self) -> float:
        """Share of the patches that are called a fix which the check accepts."""
        return self.called_rightly / max(self.called, 1)

    @property
    def broken_share(self) -> float:
        """Share of all candidates that pass the gates which the check refuses."""
        return self.broken / max(self.clean, 1)


def mend(program: Program, folder: Path) -> Outcome:
    """Run a program in a folder until it fails, have it patched, and check every candidate that passes the gates."""
    repository, trace = fail_program(program, folder)
    begun = time.perf_counter()
    proposal = mend_program(program, repository, trace)
    seconds = time.perf_counter() - begun
    clean = [judged.candidate for judged in proposal.judged if judged.passed]
    accepted = [check_patch(program, repository, candidate).returncode == 0 for candidate in clean]
    chosen = proposal.best.candidate if proposal.best else None
    return Outcome(
        name=program.name,
        language=program.language,
        rung=chosen.rung if chosen else "",
        mitigation=chosen is not None and chosen.mitigation,
        passed=chosen is not None and accepted[clean.index(chosen)],
        candidates=len(proposal.judged),
        clean=len(clean),
        broken=accepted.count(False),
        seconds=round(seconds, 2),
    )


def mend_all(paths: Sequence[Path]) -> Iterator[Outcome]:
    """Yield what comes out for each program, by language and name."""
    programs = sorted((read_program(path) for path in paths), key=lambda program: (program.language, program.name))
    with tempfile.TemporaryDirectory(prefix="hotfix-patches-") as folder:
        for program in programs:
            yield mend(program, Path(folder) / program.name)


def score(outcomes: Sequence[Outcome]) -> Score:
    """Return how well a set of programs was mended."""
    return Score(
        programs=len(outcomes),
        patched=sum(bool(one.rung) for one in outcomes),
        fixed=sum(one.passed for one in outcomes),
        mitigations=sum(one.passed and one.mitigation for one in outcomes),
        called=sum(bool(one.rung) and not one.mitigation for one in outcomes),
        called_rightly=sum(one.passed and not one.mitigation for one in outcomes),
        clean=sum(one.clean for one in outcomes),
        broken=sum(one.broken for one in outcomes),
    )


def _print_table(outcomes: Sequence[Outcome]) -> None:
    print(f"{outcomes[0].language:28} {'patched by':28} {'gate-clean':>12} {'check':>8} {'seconds':>8}")
    for one in outcomes:
        rung = f"{one.rung}{' (mitigation)' if one.mitigation else ''}" or "-"
        check = ("passes" if one.passed else "breaks") if one.rung else "-"
        print(f"{one.name:28} {rung:28} {f'{one.clean} of {one.candidates}':>12} {check:>8} {one.seconds:8.2f}")


def _print_score(name: str, total: Score) -> None:
    print(
        f"{name:12} fixed and gate-clean {total.fixed} of {total.programs} ({total.fixed_share:.2f}), "
        f"{total.mitigations} of them mitigations; right among those called a fix {total.called_rightly} of "
        f"{total.called} ({total.called_rightly_share:.2f}); patches refused by the check "
        f"{total.patched - total.fixed} of {total.patched} ({total.refused_share:.3f}); of all gate-clean candidates "
        f"{total.broken} of {total.clean} ({total.broken_share:.3f})"
    )


def main() -> None:
    """Print what came out for the programs of a folder, and the scores."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true", help="print every outcome and the scores as JSON")
    parser.add_argument("--totals", action="store_true", help="name no program")
    options = parser.parse_args()
    paths = sorted(options.folder.glob("*.toml"))
    if not paths:
        parser.error(f"no program (*.toml) lies in {options.folder}")
    outcomes = list(mend_all(paths))
    languages = {key: list(group) for key, group in groupby(outcomes, key=lambda one: one.language)}
    scores = {name: score(group) for name, group in languages.items()} | {"all": score(outcomes)}
    if options.json:
        named = [] if options.totals else [asdict(one) for one in outcomes]
        print(json.dumps({"programs": named, "scores": {name: asdict(one) for name, one in scores.items()}}, indent=2))
        return
    for group in () if options.totals else languages.values():
        _print_table(group)
        print()
    for name, total in scores.items():
        _print_score(name, total)


if __name__ == "__main__":
    main()
