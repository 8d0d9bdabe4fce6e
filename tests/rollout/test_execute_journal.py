"""The journal: what is written is read back, and what a crash cut off is left out and told."""

from pathlib import Path

import pytest

from hotfix.core.errors import InputError
from hotfix.core.facts import Skipped
from hotfix.rollout.contract import (
    Decision,
    FatalClass,
    Interval,
    LatencySketch,
    NewError,
    Observation,
    Rule,
    Side,
    Verdict,
)
from hotfix.rollout.execute.contract import Entry, Kind, Sight, State, Step
from hotfix.rollout.execute.journal import JOURNAL, JournalError, append_entry, read_past
from hotfix.rollout.execute.machine import begin

_BEGUN = Entry(Kind.BEGUN, 1000.25, begin(1000.25), "The rollout begins.", details={"mark": "here"})
_WATCHED = State(Step.WATCHING, 0, 1001.0, 1001.0, 2.5, approved=True, astray_s=1003.0)
_SEEN = Observation(
    phase=0,
    begin_s=1001.0,
    end_s=1061.0,
    canary=Side(100, 2, LatencySketch(((5, 60), (9, 40))), 1, 1060.5),
    baseline=Side(900, 1),
    fatal=(FatalClass("CouponTableError", 1, 0),),
    usual_requests=990.0,
    new_errors=(NewError("\u202e stock\n", 2, 0),),
)
_DECISION = Decision(
    Verdict.HOLD, Rule.TIME, "At least.", 100, None, Interval(1.0, 0.9, float("inf")), None, ("Look.",)
)
_LOOKED = Entry(Kind.LOOKED, 1061.0, _WATCHED, "At least.", Sight(_SEEN, "there", _DECISION, 0.1, 0.1, None))


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """State, evidence and marks are the same in another process."""
    for entry in (_BEGUN, _LOOKED):
        append_entry(tmp_path, entry)
    past = read_past(tmp_path)
    assert past
    assert (past.state, past.observations, past.looks[-1].mark) == (_WATCHED, (_SEEN,), "there")
    assert (past.find_detail("mark"), past.is_over, past.skipped) == ("here", False, ())
    lines = (tmp_path / JOURNAL).read_text(encoding="ascii").splitlines()
    assert lines[0].startswith('{"schema":"hotfix.rollout/1","time":"1970-01-01T00:16:40.250Z"')


def test_line_that_was_cut_off_is_left_out_and_told(tmp_path: Path) -> None:
    """And the next line stays apart from it."""
    append_entry(tmp_path, _BEGUN)
    with (tmp_path / JOURNAL).open("a") as file:
        file.write('{"schema":"hotfix.rollout/1","ti')
    past = read_past(tmp_path)
    assert past
    assert (past.state, past.skipped) == (_BEGUN.state, (Skipped(f"{JOURNAL}:2", "cut off while it was written"),))
    append_entry(tmp_path, _LOOKED)
    past = read_past(tmp_path)
    assert past
    assert (past.state, len(past.skipped)) == (_WATCHED, 1)


def test_last_rollout_of_a_journal_counts(tmp_path: Path) -> None:
    """A second one begins after the first, and has no evidence of it."""
    for entry in (_BEGUN, _LOOKED, _BEGUN):
        append_entry(tmp_path, entry)
    past = read_past(tmp_path)
    assert past
    assert (past.observations, len(past.lines)) == ((), 1)


def test_time_that_no_calendar_has_is_no_line(tmp_path: Path) -> None:
    """A line that was edited by hand is left out and told."""
    for entry in (_BEGUN, _BEGUN):
        append_entry(tmp_path, entry)
    text = (tmp_path / JOURNAL).read_text("ascii")
    (tmp_path / JOURNAL).write_text(text[: len(text) // 2] + text[len(text) // 2 :].replace("1000.25", "1e300", 1))
    past = read_past(tmp_path)
    assert past
    assert [one.where for one in past.skipped] == [f"{JOURNAL}:2"]


def test_no_journal_is_no_rollout(tmp_path: Path) -> None:
    """And one that tells no beginning is refused, with the way back that needs none."""
    assert read_past(tmp_path) is None
    (tmp_path / JOURNAL).write_text("nonsense\n")
    with pytest.raises(InputError, match="hotfix deploy rollback sends everything back without it"):
        read_past(tmp_path)


def test_journal_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """With its path and the reason."""
    (tmp_path / JOURNAL).mkdir()
    with pytest.raises(
        JournalError, match=r"expected a journal that can be written at .*rollout\.jsonl, found: Is a dir"
    ):
        append_entry(tmp_path, _BEGUN)
