from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotfix.core.facts import Severity
from hotfix.rollout.contract import FatalClass, LatencySketch, Look, NewError, Observation, Rule, Stage, Verdict
from hotfix.rollout.judge.judge import judge_phase
from hotfix.rollout.judge.latency import sketch_durations
from hotfix.rollout.policy import make_policy
from tests.rollout.seen import POLICY, look_after, see

_NONE = LatencySketch()
_FATAL = FatalClass("NullPointerException", 1, 0)


def _judge(seen: list[Observation], look: Look | None = None) -> tuple[Verdict, Rule]:
    found = judge_phase(POLICY, seen, look or look_after(len(seen), seen[-1].phase))
    return found.verdict, found.rule


def _durations(median_ms: float, count: int, seed: int) -> list[float]:
    return list(median_ms * np.random.default_rng(seed).lognormal(0, 0.6, count))


def _time(minutes: int, slower: float) -> list[Observation]:
    return [
        see(
            minute,
            latency=(
                sketch_durations(_durations(40 * slower, 100, 2 * minute)),
                sketch_durations(_durations(40, 900, 2 * minute + 1)),
            ),
        )
        for minute in range(1, minutes + 1)
    ]


def test_good_version_is_promoted_when_both_minima_are_met() -> None:
    """Before ten minutes it is held for the time, with them and enough requests it goes on."""
    seen = [see(minute, (100, 1), (900, 9)) for minute in range(1, 11)]
    assert _judge(seen[:9]) == (Verdict.HOLD, Rule.TIME)
    assert _judge(seen) == (Verdict.PROMOTE, Rule.HEALTHY)


def test_minimum_time_without_minimum_requests_holds() -> None:
    """Ten minutes of five requests each are not enough."""
    assert _judge([see(minute, (5, 0), (45, 0)) for minute in range(1, 11)]) == (Verdict.HOLD, Rule.REQUESTS)


def test_errors_that_the_baseline_does_not_have_roll_back_within_minutes() -> None:
    """Eight percent against one: back at the third look at the latest, long before the minimum."""
    seen = [see(minute, (100, 8), (900, 9)) for minute in (1, 2, 3)]
    assert _judge(seen) == (Verdict.ROLL_BACK, Rule.ERRORS)


def test_errors_that_the_baseline_has_as_well_hold() -> None:
    """An outage of a shared dependency is no reason to go back, nor to go on while it lasts."""
    assert _judge([see(minute, (100, 30), (900, 270)) for minute in (1, 2, 3)]) == (Verdict.HOLD, Rule.TIME)


def test_outage_of_both_sides_after_good_minutes_holds() -> None:
    """Twenty percent at both for three minutes is above the line, and not the canary's doing."""
    seen = [see(minute, (100, 1), (900, 9)) for minute in range(1, 6)]
    seen += [see(minute, (100, 20), (900, 180)) for minute in (6, 7, 8)]
    assert _judge(seen) == (Verdict.HOLD, Rule.TIME)


def test_what_rolled_back_once_does_so_for_every_longer_history() -> None:
    """Good minutes after a sure finding do not take it back: an executor that was cut off reads the same verdict."""
    seen = [see(minute, (100, 8), (900, 9)) for minute in (1, 2, 3)]
    longer = [*seen, *(see(minute, (100, 0), (900, 9)) for minute in range(4, 40))]
    assert _judge(longer) == _judge(seen) == (Verdict.ROLL_BACK, Rule.ERRORS)


def test_one_bad_minute_without_a_baseline_waits_for_the_next() -> None:
    """At full traffic a burst of one window is not told from the version; a second one is."""
    seen = [see(minute, (5000, 5), (5000, 5), phase=1) for minute in range(1, 11)]
    seen += [see(minute, (10_000, 10), (0, 0), phase=2) for minute in range(11, 15)]
    burst = [*seen, see(15, (10_000, 300), (0, 0), phase=2)]
    assert _judge(burst, look_after(15, 2, 10)) == (Verdict.HOLD, Rule.TIME)
    assert _judge([*burst, see(16, (10_000, 300), (0, 0), phase=2)], look_after(16, 2, 10)) == (
        Verdict.ROLL_BACK,
        Rule.ERRORS_BEFORE,
    )


def test_slower_version_goes_back_though_nothing_runs_beside_it() -> None:
    """All requests left the old version at once; its durations of the minutes before are the measure."""
    old = [
        see(minute, (0, 0), (5000, 5), latency=(_NONE, sketch_durations(_durations(40, 5000, minute))))
        for minute in (1, 2)
    ]

    def judge(slower: float) -> tuple[Verdict, Rule]:
        new = [
            see(minute, (5000, 5), (0, 0), latency=(sketch_durations(_durations(40 * slower, 5000, minute)), _NONE))
            for minute in range(3, 43)
        ]
        policy = make_policy({"strategy": "blue-green"}, Severity.P0)
        found = judge_phase(policy, [*old, *new], look_after(42, 0, 2))
        return found.verdict, found.rule

    assert judge(1.0) == (Verdict.PROMOTE, Rule.HEALTHY)
    assert judge(3.0) == (Verdict.ROLL_BACK, Rule.LATENCY_BEFORE)


def test_clients_that_repeat_their_requests_are_counted_as_the_policy_says() -> None:
    """Four errors of one fault are one: nine of three hundred decide, and do not where clients try three times more."""
    seen = [see(minute, (100, 4), (900, 4)) for minute in (1, 2, 3)]
    assert _judge(seen) == (Verdict.ROLL_BACK, Rule.ERRORS)
    told = judge_phase(replace(POLICY, errors_per_fault=4.0), seen, look_after(3))
    assert (told.verdict, told.rule) == (Verdict.HOLD, Rule.TIME)


def test_late_trouble_is_told_with_the_windows_that_show_it() -> None:
    """Where the whole phase looks good still, the reason names the last windows."""
    seen = [see(minute, (1000, 1), (9000, 9)) for minute in range(1, 41)]
    seen += [see(minute, (1000, 6), (9000, 9)) for minute in range(41, 46)]
    found = judge_phase(POLICY, seen, Look(0, 0.0, 2700.0, Stage.APPROVAL))
    assert (found.verdict, found.rule) == (Verdict.ROLL_BACK, Rule.ERRORS)
    assert "(30 of 5,000 canary requests in the last 5 windows)" in found.reason


def test_few_failures_at_low_traffic_wait_for_sixty_requests() -> None:
    """Six failures of thirty requests do not decide, six of ten do: most of them fail."""
    assert _judge([see(1, (30, 6), (300, 0))]) == (Verdict.HOLD, Rule.TIME)
    assert _judge([see(1, (10, 6), (300, 0))]) == (Verdict.ROLL_BACK, Rule.ERRORS)


def test_version_that_turns_bad_in_a_later_phase_rolls_back() -> None:
    """Ten good minutes at a tenth of the traffic do not hide what shows at half of it."""
    seen = [see(minute, (100, 1), (900, 9)) for minute in range(1, 11)]
    seen += [see(minute, (500, 25), (500, 5), phase=1) for minute in (11, 12, 13)]
    assert _judge(seen, look_after(13, 1, 10)) == (Verdict.ROLL_BACK, Rule.ERRORS)


def test_version_that_turns_bad_at_full_traffic_is_held_against_what_the_baseline_did() -> None:
    """Without a baseline beside it, ten times the earlier error ratio rolls back though it is below five percent."""
    seen = [see(minute, (500, 1), (500, 1), phase=1) for minute in range(1, 11)]
    seen += [see(minute, (1000, 30), (0, 0), phase=2) for minute in (11, 12, 13)]
    assert _judge(seen, look_after(13, 2, 10)) == (Verdict.ROLL_BACK, Rule.ERRORS_BEFORE)


def test_eight_percent_without_any_baseline_is_above_the_limit() -> None:
    """A rollout that begins at full traffic has the absolute line alone."""
    seen = [see(minute, (200, 16), (0, 0), phase=2) for minute in range(1, 16)]
    assert _judge(seen, look_after(15, 2)) == (Verdict.ROLL_BACK, Rule.ERRORS_LIMIT)


def test_three_times_slower_rolls_back_and_half_as_much_holds() -> None:
    """Slower than the line is evidence within minutes; slower than success but not than the line is not promoted."""
    assert _judge(_time(4, 3.0)) == (Verdict.ROLL_BACK, Rule.LATENCY)
    assert _judge(_time(10, 1.5)) == (Verdict.HOLD, Rule.UNSURE)
    assert _judge(_time(10, 1.0)) == (Verdict.PROMOTE, Rule.HEALTHY)


def test_new_fatal_class_rolls_back_at_its_second_time_at_any_number_of_requests() -> None:
    """Once is an alert, twice ends the rollout, even of two requests."""
    once, twice = [see(1, (1, 1), (9, 0), fatal=(_FATAL,))], see(2, (1, 1), (9, 0), fatal=(_FATAL,))
    found = judge_phase(POLICY, once, look_after(1))
    assert (found.verdict, found.alerts) == (
        Verdict.HOLD,
        ("New fatal class in the canary: NullPointerException (1 ×).",),
    )
    assert _judge([*once, twice]) == (Verdict.ROLL_BACK, Rule.FATAL)


def test_fatal_class_that_the_baseline_shows_as_well_is_not_new() -> None:
    """What the old version dies of too is not the new one's fault."""
    shared = replace(_FATAL, baseline=1)
    seen = [see(minute, (100, 1), (900, 9), fatal=(shared,)) for minute in range(1, 11)]
    assert _judge(seen) == (Verdict.PROMOTE, Rule.HEALTHY)


def test_canary_without_its_share_of_requests_rolls_back() -> None:
    """A canary that still gets two of a hundred requests instead of ten in the third minute is not serving."""
    assert _judge([see(minute, (20, 0), (980, 0)) for minute in (1, 2, 3)]) == (Verdict.ROLL_BACK, Rule.VOLUME)


def test_connections_may_take_two_minutes_to_move() -> None:
    """A proxy moves new connections only: what the canary lacks right after a step is no trouble."""
    seen = [see(minute, (20 * minute, 0), (1000 - 20 * minute, 0)) for minute in (1, 2)]
    seen += [see(minute) for minute in range(3, 11)]
    assert _judge(seen) == (Verdict.PROMOTE, Rule.HEALTHY)


def test_full_traffic_without_requests_rolls_back() -> None:
    """At full traffic the usual number of requests is the measure."""
    seen = [see(minute, (100, 0), (0, 0), phase=2, usual=1000.0) for minute in (1, 2, 3)]
    assert _judge(seen, look_after(3, 2)) == (Verdict.ROLL_BACK, Rule.VOLUME)


def test_new_kind_of_error_is_not_promoted() -> None:
    """Twice from the canary alone holds, at half of the traffic only when its share does not explain it."""
    new = NewError("cannot parse <*>", 1, 0)
    seen = [see(minute, new=(new,) if minute < 3 else ()) for minute in range(1, 11)]
    assert _judge(seen) == (Verdict.HOLD, Rule.NEW_ERRORS)
    half = [see(minute, (500, 0), (500, 0), phase=1, new=(new,) if minute < 3 else ()) for minute in range(1, 11)]
    assert _judge(half, look_after(10, 1)) == (Verdict.PROMOTE, Rule.HEALTHY)
    shared = [replace(one, new_errors=(replace(new, baseline=1),)) for one in seen]
    assert _judge(shared) == (Verdict.PROMOTE, Rule.HEALTHY)


def test_bug_that_is_not_surely_rarer_is_not_promoted() -> None:
    """Two records where four were to be expected hold; none goes on, and so does a bug too rare to be missed."""
    seen = [see(minute, bugs=(1 if minute < 3 else 0, 4)) for minute in range(1, 11)]
    found = judge_phase(POLICY, seen, look_after(10))
    assert (found.verdict, found.rule) == (Verdict.HOLD, Rule.BUG_UNSURE)
    assert found.reason.startswith("the incident's own message came 2 × in 1,000 canary requests and 40 × in 9,000 of")
    assert _judge([see(minute, bugs=(0, 4)) for minute in range(1, 11)]) == (Verdict.PROMOTE, Rule.HEALTHY)
    rare = [see(minute, bugs=(1 if minute == 1 else 0, 1)) for minute in range(1, 11)]
    assert _judge(rare) == (Verdict.PROMOTE, Rule.HEALTHY)


def test_fix_that_does_not_fix_rolls_back() -> None:
    """The incident's own message comes from the canary as often as from the baseline."""
    seen = [see(minute, (100, 0), (900, 0), bugs=(10, 90)) for minute in range(1, 9)]
    assert _judge(seen) == (Verdict.ROLL_BACK, Rule.BUG)


def test_silence_is_blindness_and_then_back() -> None:
    """Without data the verdict is a state of its own, not health; past its deadline the rollout goes back."""
    seen = [see(minute, (100, 1), (900, 9)) for minute in range(1, 11)]
    verdicts = [_judge(seen, look_after(minutes)) for minutes in (12, 14, 16)]
    assert verdicts == [
        (Verdict.PROMOTE, Rule.HEALTHY),
        (Verdict.BLIND, Rule.BLIND),
        (Verdict.ROLL_BACK, Rule.BLIND),
    ]


def test_baseline_that_goes_silent_is_blindness_too() -> None:
    """With nothing to compare with, nothing can be said."""
    seen = [
        replace(one, baseline=replace(one.baseline, last_data_s=60.0))
        for one in (see(minute, (100, 1), (0, 0)) for minute in range(1, 6))
    ]
    assert _judge(seen) == (Verdict.BLIND, Rule.BLIND)


def test_phase_without_any_observation_holds_and_then_is_blind() -> None:
    """From its first second a phase can be judged."""
    looks = [judge_phase(POLICY, [], look_after(minutes)).verdict for minutes in (0, 1, 4, 6)]
    assert looks == [Verdict.HOLD, Verdict.HOLD, Verdict.BLIND, Verdict.ROLL_BACK]


def test_deadline_takes_back_what_was_not_shown_good() -> None:
    """Forty minutes with too few requests: back, and the reason says what is missing."""
    seen = [see(minute, (2, 0), (18, 0)) for minute in range(1, 41)]
    found = judge_phase(POLICY, seen, look_after(40))
    assert (found.verdict, found.rule) == (Verdict.ROLL_BACK, Rule.DEADLINE)
    assert found.reason.startswith(
        "not shown good within 2400 s: at least 150 canary requests are wanted; 80 canary requests, error ratio 0.00% "
    )


@pytest.mark.parametrize("stage", [Stage.PAUSED, Stage.APPROVAL])
def test_triggers_stay_armed_while_the_rollout_waits(stage: Stage) -> None:
    """A pause stops promotions and the deadline, never a rollback."""
    good = [see(minute, (100, 1), (900, 9)) for minute in range(1, 51)]
    waiting = Look(0, 0.0, 3000.0, stage)
    assert _judge(good, waiting) == (Verdict.HOLD, Rule.STAGE)
    assert _judge([*good[:47], *(see(minute, (100, 30), (900, 9)) for minute in (48, 49, 50))], waiting) == (
        Verdict.ROLL_BACK,
        Rule.ERRORS,
    )
    assert _judge(good, replace(waiting, now_s=3400.0)) == (Verdict.ROLL_BACK, Rule.BLIND)


def test_pause_does_not_count_towards_the_minimum_time() -> None:
    """Ten minutes of which five were paused are five."""
    seen = [see(minute, (100, 1), (900, 9)) for minute in range(1, 11)]
    assert _judge(seen, Look(0, 0.0, 600.0, paused_s=300.0)) == (Verdict.HOLD, Rule.TIME)


def test_decision_says_what_it_rests_on() -> None:
    """Number of requests, error ratio with interval, and a sentence that names the counts of both sides."""
    found = judge_phase(POLICY, [see(minute, (100, 8), (900, 9)) for minute in (1, 2, 3)], look_after(3))
    assert found.errors is not None
    assert (found.n, found.errors.estimate) == (300, 0.08)
    assert found.errors.low == pytest.approx(0.0519, abs=1e-4)
    assert found.errors.high == pytest.approx(0.1167, abs=1e-4)
    assert found.reason == (
        "24 of 300 canary requests failed, 27 of 2,700 of the baseline; a version no worse shows this with a chance of "
        "at most 0.40%: back."
    )
    assert found.alerts == ("Error ratio 8.00% (5.19% to 11.67%) is above 2.0%.",)


_SEVERITY = {Verdict.PROMOTE: 0, Verdict.HOLD: 1, Verdict.BLIND: 1, Verdict.ROLL_BACK: 2}
_MINUTES = st.lists(
    st.tuples(st.integers(1, 200), st.integers(0, 10), st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=12
)


@settings(deadline=None, max_examples=60)
@given(_MINUTES)
def test_more_errors_of_the_canary_never_make_a_verdict_milder(minutes: list[tuple[int, int, int, int]]) -> None:
    """Whatever was seen, additional failed requests of the canary never turn back into hold, nor hold into promote."""

    def judge(*, more: bool) -> Verdict:
        seen = [
            see(minute, (requests, min(requests, errors + (extra if more else 0))), (9 * requests, before))
            for minute, (requests, errors, extra, before) in enumerate(minutes, start=1)
        ]
        return judge_phase(POLICY, seen, look_after(len(seen))).verdict

    assert _SEVERITY[judge(more=True)] >= _SEVERITY[judge(more=False)]


@settings(deadline=None, max_examples=40)
@given(_MINUTES, _MINUTES)
def test_later_windows_never_take_a_rollback_back(
    minutes: list[tuple[int, int, int, int]], later: list[tuple[int, int, int, int]]
) -> None:
    """Whatever comes after a rollback on what was seen, the verdict stays."""

    def judge(rows: list[tuple[int, int, int, int]]) -> Verdict:
        seen = [
            see(minute, (requests, min(requests, errors)), (9 * requests, before))
            for minute, (requests, errors, _extra, before) in enumerate(rows, start=1)
        ]
        return judge_phase(POLICY, seen, look_after(len(seen))).verdict

    if judge(minutes) is Verdict.ROLL_BACK:
        assert judge([*minutes, *later]) is Verdict.ROLL_BACK
