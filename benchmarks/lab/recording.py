"""Writes a recording: the logs, the deployments, the repository, the metrics, the truth, and how it was made."""

import json
import shutil
import textwrap
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lab.repository import find_line, run_git
from lab.scenario import Scenario, Step, Truth
from lab.stage import Stage
from lab.stamps import find_all, find_first
from lab.tools import read_versions


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured while a scenario ran; `steps` are the moments at which they happened."""

    began: datetime
    ended: datetime
    steps: tuple[tuple[datetime, Step], ...]
    statuses: Counter[str]

    @property
    def injected_at(self) -> datetime:
        """When the fault was injected, or the recording's beginning where nothing was."""
        return next((at for at, step in self.steps if step.injects), self.began)


def write_recording(stage: Stage, scenario: Scenario, run: Run, folder: Path, how: str) -> None:
    """Writes everything of a recording into an empty `folder`, which may exist already with an older one.

    `how` is the command that recorded it.
    """
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    _copy_logs(stage, folder / "logs")
    if stage.deploys:
        stage.write_deploys(folder / "logs" / "deploys.json")
        (folder / "deploys.json").symlink_to("logs/deploys.json")
    if (stage.root / "metrics.csv").exists():
        shutil.copyfile(stage.root / "metrics.csv", folder / "metrics.csv")
    service = _choose_repository(stage, scenario.truth)
    if service:
        run_git(stage.repository(service), "bundle", "create", "-q", str(folder / "repo.bundle"), "--all")
    (folder / "truth.toml").write_text(write_truth(stage, scenario, run, folder / "logs"))
    (folder / "README.md").write_text(write_readme(scenario, run, folder / "logs", service, how))


def write_truth(stage: Stage, scenario: Scenario, run: Run, logs: Path) -> str:
    """Returns truth.toml: what the scenario knows, with times and places as measured and as the logs show them."""
    truth = scenario.truth
    lines = [f"verdict = {_quote(truth.verdict)}"]
    lines += [f"recorded_from = {_utc(run.began)}", f"recorded_until = {_utc(run.ended)}"]
    if truth.verdict != "no_incident":
        keys = ("service", "replica", "category", "shape", "statement")
        lines += [f"{key} = {_quote(getattr(truth, key))}" for key in keys if getattr(truth, key)]
        lines += _write_onset(truth, run, logs)
    lines += [f"{key} = {_quotes(getattr(truth, key))}" for key in ("clues", "victims", "innocent")]
    lines += _write_place(stage, truth)
    lines += _write_trigger(stage, truth, run)
    return "\n".join(lines) + "\n"


def write_readme(scenario: Scenario, run: Run, logs: Path, service: str, how: str) -> str:
    """Returns README.md of a recording; `service` is the one whose repository lies beside it, empty for none."""
    versions = "\n".join(f"- {line}" for line in read_versions(scenario.needs))
    steps = "\n".join(f"- second {step.at_s:.0f} ({_short(at)}): {step.what}" for at, step in run.steps)
    files = "\n".join(f"- `logs/{path.relative_to(logs)}`" for path in sorted(logs.rglob("*")) if path.is_file())
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(run.statuses.items()))
    bundle = f"- `repo.bundle`: the repository of `{service}` (`git clone repo.bundle`)\n" if service else ""
    link = "- `deploys.json`: a link to `logs/deploys.json`\n" if (logs / "deploys.json").exists() else ""
    return f"""# {scenario.title}

{textwrap.fill(scenario.shows, 118)}

Recorded with `{how}` on {run.began:%Y-%m-%d},
{_short(run.began)} to {_short(run.ended)} UTC.
Real programs ran on loopback under a bounded load; nothing in `logs/` was written or changed by hand, and nothing there
tells the truth, which stands in `truth.toml`.

## What happened
{steps}

Answers that visitors got: {answers}.

## Files
{files}
- `metrics.csv`: processor, memory, threads, open files of each program every 5 s
{bundle}{link}
## Programs
{versions}
"""


def _choose_repository(stage: Stage, truth: Truth) -> str:
    """Returns the ill service where it has a repository, else the first that has one; empty where none has."""
    return truth.service if truth.service in stage.commits else next(iter(stage.commits), "")


def _copy_logs(stage: Stage, folder: Path) -> None:
    shutil.copytree(stage.log, folder, copy_function=shutil.copyfile)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and path.stat().st_size == 0:
            path.unlink()


def _write_onset(truth: Truth, run: Run, logs: Path) -> list[str]:
    lines = [f"injected_at = {_utc(run.injected_at)}"]
    for key, first in (("onset", truth.onset), ("first_visible", truth.first_visible)):
        if first:
            at, place = find_first(logs / first.log, first.pattern, run.injected_at)
            where = (Path(first.log).parent / place).as_posix()
            lines += [f"{key} = {_utc(at)}", f"{key}_line = {_quote(where)}"]
    if truth.verdict == "recovered" and truth.onset:
        last, _ = find_all(logs / truth.onset.log, truth.onset.pattern, run.injected_at)[-1]
        lines.append(f"ended = {_utc(last)}")
    return lines


def _write_place(stage: Stage, truth: Truth) -> list[str]:
    if not truth.place:
        return []
    place = truth.place
    line = find_line(stage.repository(truth.service), place.version, place.file, place.text)
    commit = stage.commits[truth.service][place.version]
    return [f'file_line = "{place.file}:{line}"', f'suspect_commit = "{commit}"']


def _write_trigger(stage: Stage, truth: Truth, run: Run) -> list[str]:
    if not truth.trigger:
        return []
    trigger = truth.trigger
    lines = ["", "[trigger]"]
    lines += [f"{key} = {_quote(getattr(trigger, key))}" for key in ("kind", "service", "name", "old", "new")]
    lines.append(f"at = {_utc(run.injected_at)}")
    deploys = [deploy for deploy in stage.deploys if (deploy.service, deploy.version) == (trigger.service, trigger.new)]
    return lines + [f"deploy = {_quote(deploy.id)}" for deploy in deploys[-1:]]


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _short(at: datetime) -> str:
    return f"{at:%H:%M:%S}"


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _quotes(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join(_quote(text) for text in texts) + "]"
