"""Scores `hotfix patch` on the recorded incidents of `sample_logs/` that have a repository.

    python benchmarks/lab_patches.py [NAME ...] [--json]

Each recording is analysed, patched and, where a patch comes out, checked as a user would: by the real programs, from
the command line. What is right depends on where the cause lies, which `truth.toml` says:

- code: a commit is to blame. It must be the first suspect, and a patch must come out.
- outside: a setting, a certificate, a neighbour, visitors. No patch of this repository is the right answer.
- quiet: nothing broke. `hotfix patch` must refuse in one sentence.

A patch is right, in each group, only if the incident's own check (`tests/repair/fixchecks/`) refuses the tree without
it and accepts the tree with it: it runs the patched service and asks whether the cause is gone and good requests are
answered as before. Neither hotfix nor `hotfix bench` reads those checks.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_logs"
CHECKS = ROOT / "tests" / "repair" / "fixchecks"
CHECK_SECONDS = 120
"""Time limit of one check, seconds; the slowest takes six."""

_REFUSED = 2
_JAVA = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_SMALL_HEAP = ("-Xmx32m", "-XX:+ExitOnOutOfMemoryError")


class Group(StrEnum):
    """Where the cause of a recorded incident lies."""

    CODE = "code"
    OUTSIDE = "outside"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out for one recording."""

    name: str
    group: Group
    decision: str  # empty where hotfix refused
    suspect_rank: int | None  # place of the commit to blame among the suspects, from 1; None: not there, or none is
    rung: str  # "none" without a patch
    mitigation: bool
    gates: str  # passed of all, of the best candidate
    patch: Path | None
    accepted: bool | None  # what the check says of the patch; None without a patch
    said: str  # why the check refused, or what hotfix said instead of a patch
    right: bool
    analyze_s: float
    patch_s: float


def list_names() -> list[str]:
    """Return the names of the recordings that have a repository."""
    return sorted(path.parent.name for path in SAMPLES.glob("*/repo.bundle"))


def read_truth(name: str) -> Mapping[str, Any]:
    """Return what `truth.toml` of a recording says."""
    return tomllib.loads((SAMPLES / name / "truth.toml").read_text("utf-8"))


def find_group(name: str) -> Group:
    """Return where the cause of a recorded incident lies."""
    truth = read_truth(name)
    if truth["verdict"] == "no_incident":
        return Group.QUIET
    return Group.CODE if "suspect_commit" in truth else Group.OUTSIDE


def score_recording(name: str, folder: Path) -> Outcome:
    """Analyse and patch a recording and check what came out; `folder` receives the incident and the trees."""
    sample, group = SAMPLES / name, find_group(name)
    deploys = ["--deploys", str(sample / "deploys.json")] if (sample / "deploys.json").exists() else []
    incident = str(folder / "incident")
    _, analyze_s = _run_hotfix(
        "analyze", str(sample / "logs"), *deploys, "--no-model", "--quiet", "--out", incident
    )  # fmt: skip
    done, patch_s = _run_hotfix("patch", incident, "--repo", str(sample / "repo.bundle"), "--json")
    if done.returncode == _REFUSED:
        said = done.stderr.strip()
        right = group is Group.QUIET and "\n" not in said
        return Outcome(name, group, "", None, "none", False, "", None, None, said, right, analyze_s, patch_s)
    found = json.loads(done.stdout)
    patch = Path(found["patch"]).resolve() if found["patch"] else None
    fault = _judge_patch(name, patch, folder) if patch else None
    suspects = [suspect["commit"] for suspect in found["suspects"]]
    blamed = read_truth(name).get("suspect_commit")
    return Outcome(
        name=name,
        group=group,
        decision=found["decision"],
        suspect_rank=suspects.index(blamed) + 1 if blamed in suspects else None,
        rung=found["rung"],
        mitigation=found["mitigation_only"],
        gates=f"{sum(gate['passed'] for gate in found['gates'])}/{len(found['gates'])}",
        patch=patch,
        accepted=fault is None if patch else None,
        said=(fault or "") if patch else found["reason"],
        right=fault is None if patch else group is Group.OUTSIDE,
        analyze_s=analyze_s,
        patch_s=patch_s,
    )


def find_check(name: str) -> Path | None:
    """Return the check of a recorded incident, or None where nothing in its repository could be mended."""
    return next(CHECKS.glob(f"{name.replace('-', '_')}.*"), None)


def check_tree(check: Path, tree: Path) -> str | None:
    """Return why a check refuses a tree, or None when it accepts it."""
    with tempfile.TemporaryDirectory(prefix="hotfix-check-") as classes:
        for command in _list_commands(check, tree, classes):
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, _list_python_folders(tree)))}
            done = subprocess.run(
                command, cwd=tree, env=environment | {"TMPDIR": classes}, capture_output=True, text=True, check=False,
                timeout=CHECK_SECONDS,
            )  # fmt: skip
            if done.returncode:
                told = (done.stderr or done.stdout).strip().splitlines()
                return told[-1] if told else f"exit code {done.returncode}"
    return None


def clone_tree(name: str, target: Path, revision: str = "HEAD") -> Path:
    """Return a work tree of a recording's repository at a revision."""
    _run_git("clone", "--quiet", str(SAMPLES / name / "repo.bundle"), str(target))
    _run_git("-C", str(target), "checkout", "--quiet", "--detach", revision)
    return target


def _judge_patch(name: str, patch: Path, folder: Path) -> str | None:
    """Return what is wrong with a patch, or None."""
    check = find_check(name)
    if check is None:
        return "the cause lies outside of the repository: no patch of it helps"
    tree = clone_tree(name, folder / "tree")
    if check_tree(check, tree) is None:
        return "the check accepts the tree without the patch: there is nothing to mend in it"
    _run_git("-C", str(tree), "apply", str(patch))
    return check_tree(check, tree)


def _list_commands(check: Path, tree: Path, classes: str) -> list[list[str]]:
    if check.suffix == ".py":
        return [[sys.executable, "-B", str(check)]]
    if check.suffix == ".js":
        return [["node", str(check)]]
    sources = [str(path) for path in sorted(tree.rglob("*.java"))]
    package = re.search(r"(?m)^package ([\w.]+);", check.read_text("utf-8"))
    main = f"{package[1]}.FixCheck" if package else "FixCheck"
    return [
        ["javac", *(f"-J{flag}" for flag in _JAVA), "-d", classes, str(check), *sources],
        ["java", *_JAVA, *_SMALL_HEAP, "-cp", classes, main],
    ]


def _list_python_folders(tree: Path) -> Iterator[Path]:
    yield from (tree, CHECKS / "services", CHECKS / "standins")


def _run_hotfix(*arguments: str) -> tuple[subprocess.CompletedProcess[str], float]:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "hotfix", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | {"NO_COLOR": "1"},
    )  # fmt: skip
    if done.returncode not in {0, 1, _REFUSED}:
        raise SystemExit(f"hotfix {arguments[0]} ended with {done.returncode}: {done.stderr}")
    return done, round(time.perf_counter() - started, 2)


def _run_git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True)


def count_totals(outcomes: Sequence[Outcome]) -> dict[str, str]:
    """Return the totals in words: "12 of 13"."""
    of = {group: [one for one in outcomes if one.group is group] for group in Group}
    code = of[Group.CODE]
    rungs = sorted({one.rung for one in outcomes if one.patch})
    return {
        "suspect commit first": f"{sum(one.suspect_rank == 1 for one in code)} of {len(code)}",
        "patch accepted": f"{sum(one.right for one in code)} of {len(code)}",
        "no wrong patch where the cause is outside": f"{sum(one.right for one in of[Group.OUTSIDE])} of "
        f"{len(of[Group.OUTSIDE])}",
        "refused where nothing broke": f"{sum(one.right for one in of[Group.QUIET])} of {len(of[Group.QUIET])}",
        "rungs": ", ".join(f"{rung} {sum(one.rung == rung for one in outcomes)}" for rung in rungs) or "none",
    }


def _print_table(outcomes: Sequence[Outcome]) -> None:
    print(f"{'recording':31}{'cause':9}{'suspect':9}{'decision':10}{'rung':22}{'gates':7}{'check':10}{'s':>5}  ")
    for one in outcomes:
        rank = str(one.suspect_rank or "-") if one.group is Group.CODE else ""
        verdict = {None: "no patch", True: "accepted", False: "refused"}[one.accepted]
        mark = "" if one.right else f"  WRONG: {one.said}"
        print(
            f"{one.name:31}{one.group:9}{rank:9}{one.decision:10}{one.rung:22}{one.gates:7}{verdict:10}"
            f"{one.patch_s:5.1f}{mark}"
        )
    print()
    for what, count in count_totals(outcomes).items():
        print(f"{what}: {count}")


def main() -> None:
    """Print what came out for each recording, and the totals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="recordings; else all that have a repository")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if unknown := sorted(set(options.names) - set(list_names())):
        parser.error(f"no recording with a repository is called {', '.join(unknown)}")
    with tempfile.TemporaryDirectory(prefix="hotfix-lab-") as folder:
        outcomes = [score_recording(name, Path(folder, name)) for name in options.names or list_names()]
    if options.json:
        rows = [{**asdict(one), "patch": str(one.patch) if one.patch else None} for one in outcomes]
        print(json.dumps({"recordings": rows, "totals": count_totals(outcomes)}, indent=2))
    else:
        _print_table(outcomes)


if __name__ == "__main__":
    main()
