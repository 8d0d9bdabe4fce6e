"""What docs/incidents.md says is what the program does."""

import re
import shlex
from pathlib import Path

import pytest

from hotfix.cli.program import run
from hotfix.core.facts import Severity
from hotfix.learn.clock import Phase, read_clock
from hotfix.learn.events import EventKind, EventSource
from hotfix.learn.statuses import Status
from tests.learn.cases import at, card, write_folder

_GUIDE = (Path(__file__).parents[2] / "docs" / "incidents.md").read_text("utf-8")
_COMMANDS = re.findall(r"^\$ hotfix incidents (.+)$", _GUIDE, re.MULTILINE)


def test_every_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands of the guide, one after the other, each end well and say something."""
    monkeypatch.chdir(tmp_path)
    write_folder(tmp_path / ".hotfix" / "incidents", 1)
    Path("alerts.json").write_text("[]")
    for command in _COMMANDS:
        assert (run(["incidents", *shlex.split(command)]), capsys.readouterr().out != "") == (0, True), command


def test_every_command_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """The guide shows every command that ``hotfix incidents --help`` lists, and no other."""
    run(["incidents", "--help"])
    listed = re.findall(r"^  ([\w-]+)  ", capsys.readouterr().out.split("Commands:")[1], re.MULTILINE)
    assert sorted({command.split()[0] for command in _COMMANDS}) == sorted(listed)


@pytest.mark.parametrize("severity", Severity)
def test_targets_are_those_of_the_clock(severity: Severity) -> None:
    """The table of minutes is what the clock compares with."""
    row = re.search(rf"^\| {severity} \| (.+) \|$", _GUIDE, re.MULTILINE)
    assert row is not None
    clock = read_clock(card(severity), (), at(0))
    assert [int(cell) for cell in row[1].split(" | ")] == [one.target_min for one in clock.phases]
    assert [one.phase for one in clock.phases] == list(Phase)


def test_every_choice_is_named() -> None:
    """Each status, kind and source of an event stands in a table of the guide."""
    rows = "\n".join(line for line in _GUIDE.splitlines() if line.startswith("|"))
    missing = [one for choices in (Status, EventKind, EventSource) for one in choices if f"`{one}`" not in rows]
    assert missing == []
