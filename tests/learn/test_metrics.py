"""What each number over incidents is of, from folders with a history that is known."""

import json
from datetime import date
from pathlib import Path

import pytest

from hotfix.learn.actionrules import ActionType, Horizon, Suggestion
from hotfix.learn.actions import Standing, propose_actions, settle_action
from hotfix.learn.events import EventKind, append_event
from hotfix.learn.metrics.contract import Scope, Share, Spread
from hotfix.learn.metrics.groupings import Grouping
from hotfix.learn.metrics.limits import AGENTS_MOST, GROUPS_MOST, NAME_CHARACTERS
from tests.learn.cases import at, command, operator
from tests.learn.measured import NOW, count, find, keep, measure, run_of
from tests.rollout.seen import POLICY
from tests.rollout.virtual import Behaviour, VirtualRollout


def test_times_are_medians_with_quartiles_and_their_ground(tmp_path: Path) -> None:
    """Of four incidents noticed after 2, 4, 6 and 20 minutes, the median is 5; a fifth that nobody noticed has none."""
    for number, minutes in enumerate((2, 4, 6)):
        keep(tmp_path, number, operator(EventKind.DETECTED, minutes))
    keep(tmp_path, 3, command(EventKind.DIAGNOSED, 25, 20))
    keep(tmp_path, 4)
    figure = find(measure(tmp_path).whole, "time_to_detect")
    assert figure.result == Spread(300, 210, 570, 32 * 60)
    assert (count(figure), figure.rests_on) == ((4, 1, 0), {"noticed by operator": 3, "noticed by command": 1})


def test_quartiles_need_four_and_few_are_marked(tmp_path: Path) -> None:
    """Three incidents have a median alone, and say that they are few; six do not."""
    for number in range(6):
        keep(tmp_path, number, operator(EventKind.MITIGATED, 10 + number))
    few = find(measure(tmp_path, Scope(until=at(170))).whole, "time_to_mitigate")
    all_ = find(measure(tmp_path).whole, "time_to_mitigate")
    assert (few.result, few.is_of_few) == (Spread(660, None, None, 33 * 60), True)
    assert (all_.result, all_.is_of_few) == (Spread(750, 675, 825, 75 * 60), False)


def test_harm_and_repair_end_where_the_clock_says(tmp_path: Path) -> None:
    """Harm ends in the logs, or as somebody said; what is resolved is repaired, what is merely over is not."""
    keep(tmp_path, 0, ended_at=at(7).isoformat())
    keep(tmp_path, 1, operator(EventKind.MITIGATED, 9), operator(EventKind.RESOLVED, 40))
    keep(tmp_path, 2, operator(EventKind.RESOLVED, 50))
    whole = measure(tmp_path).whole
    harm, repair = find(whole, "time_to_mitigate"), find(whole, "time_to_repair")
    assert (harm.result, repair.result) == (Spread(540, None, None, 66 * 60), Spread(2700, None, None, 90 * 60))
    assert harm.rests_on == {"end in the logs": 1, "mitigated by operator": 1, "resolved by operator": 1}
    assert count(repair) == (2, 1, 0)


def test_time_that_runs_backwards_is_not_known(tmp_path: Path) -> None:
    """An alert that rang before the onset that the logs show is no detection in less than no time."""
    keep(tmp_path, 0, operator(EventKind.DETECTED, -3))
    assert count(find(measure(tmp_path).whole, "time_to_detect")) == (0, 1, 0)


def test_phases_are_held_against_the_target_of_their_severity(tmp_path: Path) -> None:
    """Twenty minutes are over the 15 of a P0 and within the 30 of a P1; what runs has no time yet."""
    for number, severity in enumerate(("P0", "P1")):
        keep(tmp_path, number, command(EventKind.DIAGNOSED, 25, 5), severity=severity)
    whole = measure(tmp_path).whole
    assert find(whole, "diagnosis_time").result == Spread(1200, None, None, 2400)
    assert find(whole, "diagnosis_on_target").result == Share(1, 2)
    assert (count(find(whole, "fix_time")), count(find(whole, "fix_on_target"))) == ((0, 2, 0), (0, 2, 0))


def test_patch_that_no_gate_let_pass_ends_no_phase(tmp_path: Path) -> None:
    """The fix takes until the attempt that succeeded."""
    events = (
        command(EventKind.DIAGNOSED, 10, 0),
        command(EventKind.PATCHED, 15, 12, done=False),
        command(EventKind.PATCHED, 40, 30),
    )
    keep(tmp_path, 0, *events)
    assert find(measure(tmp_path).whole, "fix_time").result == Spread(1800, None, None, 1800)


def test_rollouts_say_success_and_rollback(tmp_path: Path) -> None:
    """Confirmed at once; rolled back, then confirmed; confirmed and opened again; still running; none."""
    bad = Behaviour(errors=0.5)
    good, second, reopened, running, _ = (keep(tmp_path, number) for number in range(5))
    VirtualRollout(good, POLICY).start()
    VirtualRollout(second, POLICY, bad).start()
    VirtualRollout(second, POLICY).start()
    VirtualRollout(reopened, POLICY).start()
    append_event(reopened, operator(EventKind.REOPENED, 200))
    VirtualRollout(running, POLICY).start()
    journal = running / "rollout.jsonl"
    journal.write_text("".join(journal.read_text("ascii").splitlines(keepends=True)[:-1]), "ascii")
    whole = measure(tmp_path).whole
    success, rollback = find(whole, "hotfix_success"), find(whole, "rollback")
    assert (success.result, rollback.result) == (Share(1, 3), Share(1, 3))
    assert (count(success), success.rests_on) == ((3, 0, 2), {"rollout.jsonl": 3})


def test_rollout_called_back_after_it_was_confirmed_is_a_rollback(tmp_path: Path) -> None:
    """`hotfix deploy rollback` writes into the same journal."""
    folder = keep(tmp_path, 0)
    rollout = VirtualRollout(folder, POLICY)
    rollout.start()
    with (folder / "rollout.jsonl").open("a", encoding="ascii") as journal:
        last = json.loads((folder / "rollout.jsonl").read_text("ascii").splitlines()[-1])
        state = last["state"] | {"step": "rolled back"}
        journal.write(json.dumps(last | {"kind": "rolled back", "state": state, "look": None}) + "\n")
    whole = measure(tmp_path).whole
    assert (find(whole, "hotfix_success").result, find(whole, "rollback").result) == (Share(0, 1), Share(1, 1))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("failed", (Share(1, 1), (1, 0, 0))),
        ("passed", (Share(0, 1), (1, 0, 0))),
        ("noted", (Share(0, 1), (1, 0, 0))),
        ("inconclusive", (None, (0, 1, 0))),
        ("not_validated", (None, (0, 1, 0))),
        (None, (None, (0, 0, 1))),
    ],
)
def test_regression_is_what_the_test_says(tmp_path: Path, status: str | None, expected: object) -> None:
    """A test that could not tell is not known; one that nobody ran applies to nothing."""
    folder = keep(tmp_path, 0)
    if status:
        text = json.dumps({"categories": {"regression": {"status": status}}})
        (folder / "test.json").write_text(text, encoding="utf-8")
    figure = find(measure(tmp_path).whole, "regression")
    assert (figure.result, count(figure)) == expected


def test_reviews_are_due_a_week_after_the_harm(tmp_path: Path) -> None:
    """In time, late, overdue, not due yet, and of an incident that goes on."""
    day = 24 * 60
    for number, days in enumerate((3, 9)):
        keep(tmp_path, number, operator(EventKind.MITIGATED, 10), operator(EventKind.REVIEWED, days * day))
    (tmp_path / "20260115T140300Z-checkout" / "rca.md").write_text("# Review\n", encoding="utf-8")
    keep(tmp_path, 2, operator(EventKind.MITIGATED, 10))
    keep(tmp_path, 3, operator(EventKind.MITIGATED, 28 * day))
    keep(tmp_path, 4)
    whole = measure(tmp_path).whole
    on_time, written = find(whole, "review_on_time"), find(whole, "review_written")
    assert (on_time.result, count(on_time)) == (Share(1, 3), (3, 0, 2))
    assert on_time.rests_on == {"reviewed by operator": 2, "no review": 1}
    assert (written.result, count(written)) == (Share(1, 4), (4, 0, 1))


def test_incident_that_came_back_is_counted_once(tmp_path: Path) -> None:
    """Of two that were over, one was opened again, twice; one that was never over is not asked."""
    over = operator(EventKind.MITIGATED, 10)
    keep(tmp_path, 0, over, operator(EventKind.REOPENED, 20), over, operator(EventKind.REOPENED, 30))
    keep(tmp_path, 1, operator(EventKind.CLOSED, 5))
    keep(tmp_path, 2)
    figure = find(measure(tmp_path).whole, "reopened")
    assert (figure.result, count(figure)) == (Share(1, 2), (2, 0, 1))


def test_costs_are_added_up_by_agent_and_model(tmp_path: Path) -> None:
    """Runs of an incident are summed; a run that does not tell makes it not known; no model, no tokens."""
    tokens = {"model": "qwen3-4b", "prompt_tokens": 900, "output_tokens": 100}
    keep(tmp_path, 0, run_of("bug-diagnostician", 5, cpu_s=2), run_of("bug-diagnostician", 9, cpu_s=3))
    keep(tmp_path, 1, run_of("bug-diagnostician", 5, cpu_s=4, seconds=6, **tokens))
    keep(tmp_path, 2, run_of("patch-developer", 5, EventKind.PATCHED, cpu_s="much", rung="model:qwen3-4b"))
    whole = measure(tmp_path).whole
    assert find(whole, "cpu_time").result == Spread(4.5, None, None, 9)
    assert (count(find(whole, "cpu_time")), count(find(whole, "prompt"))) == ((2, 1, 0), (1, 1, 1))
    told = [(one.agent, one.model, one.definition.ident, count(one)) for one in whole.figures if one.agent]
    assert told == [
        ("bug-diagnostician", None, "agent_cpu_time", (1, 0, 2)),
        ("bug-diagnostician", None, "agent_run_time", (0, 1, 2)),
        ("bug-diagnostician", "qwen3-4b", "agent_cpu_time", (1, 0, 2)),
        ("bug-diagnostician", "qwen3-4b", "agent_run_time", (1, 0, 2)),
        ("bug-diagnostician", "qwen3-4b", "agent_prompt", (1, 0, 2)),
        ("bug-diagnostician", "qwen3-4b", "agent_output", (1, 0, 2)),
        ("patch-developer", "qwen3-4b", "agent_cpu_time", (0, 1, 2)),
        ("patch-developer", "qwen3-4b", "agent_run_time", (0, 1, 2)),
        ("patch-developer", "qwen3-4b", "agent_prompt", (0, 1, 2)),
        ("patch-developer", "qwen3-4b", "agent_output", (0, 1, 2)),
    ]


def test_claims_are_those_of_the_report(tmp_path: Path) -> None:
    """Of nine sentences of two incidents two were struck; where no model was asked there are none to count."""
    for number, (held, struck) in enumerate(((6, 2), (1, 0), (0, 0))):
        folder = keep(tmp_path, number)
        report = json.loads((folder / "report.json").read_text("utf-8"))
        report["model"] = {"accepted_claims": held, "struck_claims": struck}
        (folder / "report.json").write_text(json.dumps(report), "utf-8")
    keep(tmp_path, 3)
    figure = find(measure(tmp_path).whole, "struck_claims")
    assert (figure.result, count(figure)) == (Share(2, 9), (2, 0, 2))


def test_actions_are_counted_as_people_settled_them(tmp_path: Path) -> None:
    """Of five actions of two incidents one was declined, one is done, two are past their day."""
    due = [at(60 * 24 * days).date() for days in (10, 20, 90)]
    for number, days in enumerate((due, due[:2])):
        folder = keep(tmp_path, number)
        propose_actions(folder, [_suggest(f"Bound the queue by day {day}.", day) for day in days], at(0))
    settle_action(folder, "A1", Standing.DONE, "merged", at(1))
    settle_action(folder, "A2", Standing.DECLINED, "no queue any more", at(1))
    keep(tmp_path, 2)
    whole = measure(tmp_path).whole
    done, overdue = find(whole, "actions_done"), find(whole, "actions_overdue")
    assert (done.result, overdue.result, count(done)) == (Share(1, 4), Share(2, 4), (2, 0, 1))
    (folder / "actions.jsonl").write_text("{}\n", "utf-8")
    assert count(find(measure(tmp_path).whole, "actions_done")) == (1, 1, 1)


def _suggest(text: str, due: date) -> Suggestion:
    return Suggestion(Horizon.WEEK, ActionType.PREVENT, "service owner", text, "a test", "the queue", due)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (Grouping.SEVERITY, [("P0", 1), ("P1", 2)]),
        (Grouping.SERVICE, [("checkout", 2), ("not known", 1)]),
        (Grouping.FAMILY, [("null_reference", 3)]),
        (Grouping.MONTH, [("2026-01", 2), ("2026-02", 1)]),
    ],
)
def test_groups_add_up_to_all(tmp_path: Path, by: Grouping, expected: object) -> None:
    """Each incident is in one group; what is not known is a group of its own."""
    keep(tmp_path, 0, severity="P0")
    keep(tmp_path, 1, services=[])
    keep(tmp_path, 24 * 20)
    found = measure(tmp_path, Scope(by=by))
    assert ([(one.name, one.incidents) for one in found.groups], found.whole.incidents) == (expected, 3)


def test_period_is_of_the_onset(tmp_path: Path) -> None:
    """From an instant on, and before another one."""
    for number in range(4):
        keep(tmp_path, number)
    assert measure(tmp_path, Scope(since=at(60), until=at(180))).whole.incidents == 2


def test_too_many_names_are_taken_together(tmp_path: Path) -> None:
    """Services and agents beyond the bound are one group, and nothing is lost."""
    for number in range(GROUPS_MOST + 5):
        keep(tmp_path, number, run_of(f"agent-{number:02}", 1, cpu_s=1), services=[f"s{number:02}"])
    found = measure(tmp_path, Scope(by=Grouping.SERVICE))
    assert (len(found.groups), sum(one.incidents for one in found.groups)) == (GROUPS_MOST, GROUPS_MOST + 5)
    assert max(found.groups, key=lambda one: one.incidents).name == "all others"
    costs = [one for one in found.whole.figures if one.definition.ident == "agent_cpu_time"]
    assert (len(costs), sum(one.n for one in costs)) == (AGENTS_MOST, GROUPS_MOST + 5)


def test_long_names_stay_apart(tmp_path: Path) -> None:
    """Two services that differ in their last character alone are two groups, of bounded length."""
    for number, last in enumerate("ab"):
        keep(tmp_path, number, services=["x" * 5000 + last])
    names = [one.name or "" for one in measure(tmp_path, Scope(by=Grouping.SERVICE)).groups]
    assert ([len(name) for name in names], len(set(names))) == ([NAME_CHARACTERS] * 2, 2)


def test_what_cannot_be_read_is_told_and_not_known(tmp_path: Path) -> None:
    """A broken report takes its incident away, a broken rollout or test only what rests on it."""
    (keep(tmp_path, 0) / "report.json").write_text("{", "utf-8")
    folder = keep(tmp_path, 1)
    (folder / "rollout.jsonl").write_text("{}\n", "utf-8")
    (folder / "test.json").write_text("[]", "utf-8")
    (folder / "events.jsonl").write_text('{"schema', "utf-8")
    found = measure(tmp_path)
    assert (found.whole.incidents, len(found.skipped)) == (1, 4)
    told = [count(find(found.whole, ident)) for ident in ("hotfix_success", "rollback", "regression")]
    assert told == [(0, 1, 0)] * 3


def test_nothing_is_nothing(tmp_path: Path) -> None:
    """No folder, no incident, no number, and no error."""
    found = measure(tmp_path / "none", now=NOW)
    assert (found.whole.incidents, {one.n for one in found.whole.figures}, found.skipped) == (0, {0}, ())
