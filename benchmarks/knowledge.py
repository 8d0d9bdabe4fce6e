"""How well past incidents are found again: each recorded incident against all others, with and without a twin.

    python benchmarks/knowledge.py [--keep FOLDER] [--no-encoder]

Twins are of three kinds. `recorded` is a second recording by the lab, with other names of services, tables, routes,
code and hosts, another seed and another length (`benchmarks/recorded_twins`). `kept` and `renamed` are the first
recording with other dates, hosts, addresses, ids and counts (`benchmarks/twins.py`), with the services' own names and
with others. For each incident two questions are asked:

- with its twin among all other incidents: is the twin named first?
- without any twin of it: is "no match" said? Incidents of the same cause family are alike and count apart.

The threshold is chosen on one half of the incidents, over all kinds of twins, and the answers of the other half are
counted. Which half an incident is in follows from the hash of its name. Reports are kept in FOLDER, so that a second
run takes seconds.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from twins import make_twin

from hotfix.core.node import Node
from hotfix.learn.card import REPORT_SCHEMA
from hotfix.learn.knowledge.limits import ALIKE_FROM
from hotfix.learn.knowledge.nearness import Measure, measure_nearness
from hotfix.learn.knowledge.signature import Signature, take_signature
from hotfix.learn.knowledge.similar import find_similar, rate

_SAMPLES = Path(__file__).parents[1] / "sample_logs"
_RECORDED = Path(__file__).parent / "recorded_twins"
_KINDS = ("recorded", "kept", "renamed")
_STEPS = tuple(step / 100 for step in range(10, 100))


@dataclass(frozen=True, slots=True)
class Recorded:
    """One sample and its twin, if it has one."""

    name: str
    own: Signature
    has_twin: bool
    twin: Signature | None  # None when no incident was found in it


@dataclass(frozen=True, slots=True)
class Answer:
    """The likeness of a twin and of the most alike incident besides it."""

    name: str
    asked: bool  # an incident was found in the twin
    first: bool  # the sample is named, above all others
    twin: float
    other: float  # of another cause family
    relative: float  # of the same cause family


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="folder for logs and reports of the twins")
    parser.add_argument("--no-encoder", action="store_true", help="compare by names and words alone")
    options = parser.parse_args()
    measure = None if options.no_encoder else measure_nearness
    with tempfile.TemporaryDirectory() as drafts:
        folder = options.keep or Path(drafts)
        answers = {kind: _ask_all(tuple(_record(folder, kind)), measure) for kind in _KINDS}
    chosen = [one for all_ in answers.values() for one in all_ if _is_for_choice(one.name)]
    best = max(_count_right(chosen, step) for step in _STEPS)
    good = [step for step in _STEPS if _count_right(chosen, step) == best]
    print(f"best thresholds on the first half: {good[0]:.2f} to {good[-1]:.2f}; in force {ALIKE_FROM:.2f}")
    for kind, all_ in answers.items():
        _report(kind, all_)


def _ask_all(recorded: Sequence[Recorded], measure: Measure | None) -> list[Answer]:
    return [_answer(one, recorded, measure) for one in recorded if one.has_twin]


def _record(folder: Path, kind: str) -> Iterator[Recorded]:
    """Yield each sample with an incident, and its twin."""
    names = sorted(path.name for path in _SAMPLES.iterdir() if (path / "logs").is_dir())
    with ThreadPoolExecutor(2) as pool:
        own = list(pool.map(lambda name: _sign(_SAMPLES / name / "logs", folder / "own" / f"{name}.json"), names))
        logs = [_find_twin(folder, kind, name) for name in names]
        twins = list(pool.map(lambda name, path: path and _sign(path, folder / kind / f"{name}.json"), names, logs))
    for name, one, path, twin in zip(names, own, logs, twins, strict=True):
        if one is not None:
            yield Recorded(name, one, path is not None, twin)


def _find_twin(folder: Path, kind: str, name: str) -> Path | None:
    """Return the logs of an incident's twin; None where it was not recorded a second time."""
    if kind == "recorded":
        logs = _RECORDED / name / "logs"
        return logs if logs.is_dir() else None
    logs = folder / kind / name
    if not logs.exists():
        make_twin(_SAMPLES / name / "logs", logs, seed=len(name), renamed=kind == "renamed")
    return logs


def _sign(logs: Path, kept: Path) -> Signature | None:
    """Return the signature of what ``hotfix analyze`` finds in a folder of logs."""
    if not kept.exists():
        command = [sys.executable, "-m", "hotfix", "analyze", str(logs), "--json", "--no-model"]
        with tempfile.TemporaryDirectory() as place:
            found = subprocess.run(command, cwd=place, capture_output=True, check=False)  # our own program
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(found.stdout)
    return take_signature(Node(json.loads(kept.read_text()), str(kept), REPORT_SCHEMA))


def _answer(asked: Recorded, kept: Sequence[Recorded], measure: Measure | None) -> Answer:
    """Ask for a twin by its own incident's past: all samples."""
    question = asked.twin
    if question is None:
        return Answer(asked.name, asked=False, first=False, twin=0.0, other=0.0, relative=0.0)
    named = find_similar(question, [one.own for one in kept], measure=measure).similar
    rated = {one.incident: likeness.score for one, likeness in rate(question, [one.own for one in kept], measure)}
    scores = {one.name: rated[one.own.incident] for one in kept}
    families = {one.name: one.own.family for one in kept}
    others = [name for name in scores if name != asked.name]
    return Answer(
        name=asked.name,
        asked=True,
        first=bool(named) and named[0].incident == asked.own.incident,
        twin=scores[asked.name],
        other=max((scores[name] for name in others if families[name] != question.family), default=0.0),
        relative=max((scores[name] for name in others if families[name] == question.family), default=0.0),
    )


def _report(kind: str, answers: Sequence[Answer]) -> None:
    chosen = [one for one in answers if _is_for_choice(one.name)]
    held = [one for one in answers if not _is_for_choice(one.name)]
    print(f"twins {kind}: {len(answers)} incidents, {len(chosen)} to choose by, {len(held)} held out")
    for title, part in (("first half", chosen), ("held out", held)):
        first = sum(one.first for one in part)
        alone = [one for one in part if one.asked and one.relative < ALIKE_FROM]
        none = sum(one.other < ALIKE_FROM for one in alone)
        print(f"  {title}: twin first {first} of {len(part)}; no match {none} of {len(alone)} without a relative")
    for one in answers:
        scores = f"twin {one.twin:.2f}  same family {one.relative:.2f}  other {one.other:.2f}"
        print(f"    {one.name:34} {'first' if one.first else 'not first':9}  {scores}")


def _is_for_choice(name: str) -> bool:
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def _count_right(answers: Sequence[Answer], threshold: float) -> int:
    return sum((one.twin >= threshold) + (one.other < threshold) for one in answers)


if __name__ == "__main__":
    main()
