"""What a rollout shows: nothing that comes from logs or programs is obeyed by a terminal."""

import io
import json
from dataclasses import replace

from rich.console import Console

from hotfix.report.rolloutview import JsonLines, Lines, Picture
from hotfix.report.rolloutwords import render_entry_json, say_clock, say_entry
from hotfix.rollout.contract import Decision, Interval, Observation, Rule, Side, Verdict
from hotfix.rollout.execute.contract import Entry, Kind, Sight, State, Step
from tests.rollout.seen import POLICY
from tests.rollout.virtual import BEGIN_S, VirtualTime

_HOSTILE = "boom \x1b[2J\u202e \x07 [bold]red[/bold]\nsecond line"
_DECISION = Decision(
    Verdict.HOLD,
    Rule.TIME,
    _HOSTILE,
    100,
    Interval(0.02, 0.01, 0.04),
    Interval(1.5, 1.1, float("inf")),
    12.5,
    (_HOSTILE,),
)
_SIGHT = Sight(Observation(0, BEGIN_S, BEGIN_S + 60, Side(), Side()), "", _DECISION, 0.1, 0.1, None, (_HOSTILE,))
_WATCHED = State(Step.WATCHING, 0, BEGIN_S, BEGIN_S)
_LOOKED = Entry(Kind.LOOKED, BEGIN_S + 60, _WATCHED, _HOSTILE, _SIGHT)


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    """As a line, and in the picture of a terminal: every control character is visible, every markup is text."""
    line = say_entry(_LOOKED, POLICY)
    picture = Picture(POLICY, VirtualTime(passed_s=60), asks=True)
    stream = io.StringIO()
    for entry in (_LOOKED, replace(_LOOKED, kind=Kind.SAID, sight=None)):
        picture.hear(entry)
    Console(file=stream, width=300, markup=False, highlight=False).print(picture.draw())
    for shown in (line, stream.getvalue()):
        assert "boom \\x1b[2J\\u202e \\x07 [bold]red[/bold]\\x0asecond line" in shown
        assert not set("\x1b\u202e\x07") & set(shown)
    assert "\n" not in line


def test_look_is_one_object_with_the_keys_of_the_design() -> None:
    """Unknown numbers are null."""
    said = json.loads(render_entry_json(_LOOKED) or "")
    assert said == {
        "time": "2023-11-14T22:14:20Z",
        "phase": 1,
        "share_planned": 0.1,
        "share_measured": None,
        "n": 100,
        "error_ratio": 0.02,
        "interval": [0.01, 0.04],
        "p95_ms": 12.5,
        "verdict": "hold",
        "reason": "boom \\x1b[2J\\u202e \\x07 [bold]red[/bold]\\x0asecond line",
    }


def test_look_that_turns_the_rollout_back_says_so() -> None:
    """Though the judge itself would hold: the traffic was not where it was put."""
    turned = replace(_WATCHED, step=Step.GOING_BACK, why="Something else sent more.")
    said = json.loads(render_entry_json(replace(_LOOKED, state=turned)) or "")
    assert (said["verdict"], said["reason"]) == ("roll back", "Something else sent more.")


def test_policy_with_fewer_phases_by_now_is_no_riddle() -> None:
    """The status of a rollout is told though hotfix.toml has changed since."""
    state = State(Step.WATCHING, len(POLICY.phases), BEGIN_S, BEGIN_S)
    assert say_clock(state, POLICY, BEGIN_S + 60) == "watching for 1 min"


def test_reader_who_is_gone_does_not_end_a_rollout() -> None:
    """A closed pipe or terminal is left alone."""
    stream = io.StringIO()
    stream.close()
    Lines(POLICY, stream).hear(_LOOKED)
    JsonLines(stream).hear(_LOOKED)
