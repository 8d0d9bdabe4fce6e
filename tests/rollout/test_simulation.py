import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from hotfix.cli.program import app
from hotfix.core.facts import Severity
from hotfix.rollout.contract import LatencySketch, Look, Observation, Rule, Side, Verdict
from hotfix.rollout.judge.judge import judge_phase
from hotfix.rollout.judge.rules import ORDER, VERDICTS, find_rules, take_window
from hotfix.rollout.judge.state import begin_state
from hotfix.rollout.policy import make_policy
from hotfix.rollout.simulation import Traffic, draw_window, simulate_rollouts

_POLICY = make_policy({}, Severity.P0)


def test_good_versions_go_live_and_bad_ones_go_back() -> None:
    """At most one in a hundred equal versions is rolled back, and none with eight percent errors is missed."""
    good = simulate_rollouts(_POLICY, Traffic(600, 0.01, 0.01), 500, 1)
    bad = simulate_rollouts(_POLICY, Traffic(600, 0.01, 0.08), 500, 1)
    assert good.rollback_rate <= 0.01
    assert (bad.promoted, bad.in_first_phase) == (0, 500)
    assert bad.median_s is not None
    assert bad.median_s <= 240


def test_good_version_with_little_traffic_is_not_taken_back_at_the_deadline() -> None:
    """Six canary requests in a minute and a baseline of 3 %: at most one in a hundred equal versions goes back."""
    assert simulate_rollouts(make_policy({}, Severity.P1), Traffic(60, 0.03, 0.03), 1000, 2).rollback_rate <= 0.01


def test_bursts_that_hit_both_versions_roll_back_few() -> None:
    """Error ratios that jump by a factor of three from minute to minute, at both alike, are not the canary's doing."""
    found = simulate_rollouts(_POLICY, Traffic(100, 0.01, 0.01, burst=1.0), 500, 1)
    assert found.rollback_rate <= 0.01


def test_policy_may_say_that_errors_come_together() -> None:
    """Four errors of each fault roll back good versions by the dozen, unless the policy knows of it."""
    traffic = Traffic(600, 0.01, 0.01, errors_per_fault=4)
    told = replace(_POLICY, errors_per_fault=4.0)
    assert simulate_rollouts(_POLICY, traffic, 300, 1).rollback_rate > 0.1
    assert simulate_rollouts(told, traffic, 300, 1).rollback_rate <= 0.01


def test_slower_versions_go_back() -> None:
    """Three times slower is found in the first phase."""
    found = simulate_rollouts(_POLICY, Traffic(600, 0.01, 0.01, slower=3.0), 200, 1)
    assert (found.promoted, set(found.rolled_back), found.in_first_phase) == (0, {Rule.LATENCY}, 200)


def test_too_little_traffic_ends_at_the_deadline() -> None:
    """One canary request in a minute never shows a version good: every rollout goes back, none by evidence."""
    found = simulate_rollouts(_POLICY, Traffic(10, 0.01, 0.01), 50, 1)
    assert (found.promoted, found.by_evidence) == (0, 0)


def test_equal_seeds_give_equal_outcomes() -> None:
    """The traffic depends on the seed and on nothing else."""
    first, second, other = (simulate_rollouts(_POLICY, Traffic(300, 0.03, 0.06), 200, seed) for seed in (7, 7, 8))
    assert first == second != other


@pytest.mark.parametrize("errors", [0.01, 0.04, 0.08])
def test_simulation_and_judge_decide_alike(errors: float) -> None:
    """Simulated rollouts, replayed one by one through the judge, get the same decision at each look."""
    traffic, policy, rollouts = Traffic(600, 0.01, errors), make_policy({"check_s": 120}, Severity.P0), 3
    state, phase, began_s = begin_state((rollouts,)), np.zeros(rollouts, dtype=np.int64), np.zeros(rollouts)
    seen: list[list[Observation]] = [[] for _ in range(rollouts)]
    over = np.zeros(rollouts, dtype=bool)
    for look in range(1, 25):
        now_s = look * policy.check_s
        window = draw_window(policy, traffic, (5, look), phase, now_s - began_s)
        window = replace(window, **{name: np.zeros_like(getattr(window, name)) for name in _TIMED})
        state = take_window(state, window, policy)
        codes = find_rules(state, policy, window.elapsed_s)
        for one in np.flatnonzero(~over):
            canary, baseline = (
                Side(int(requests[one]), int(failed[one]), LatencySketch(), 0, now_s)
                for requests, failed in (
                    (window.canary, window.canary_errors),
                    (window.baseline, window.baseline_errors),
                )
            )
            whole = float(window.usual[one])
            seen[one].append(Observation(int(phase[one]), now_s - policy.check_s, now_s, canary, baseline, (), whole))
            found = judge_phase(policy, seen[one], Look(int(phase[one]), float(began_s[one]), now_s))
            assert (found.verdict, found.rule) == (VERDICTS[ORDER[codes[one]]], ORDER[codes[one]])
            over[one] = found.verdict is Verdict.ROLL_BACK or (phase[one] == 2 and found.verdict is Verdict.PROMOTE)
            if found.verdict is Verdict.PROMOTE and phase[one] < 2:
                phase[one], began_s[one] = phase[one] + 1, now_s


_TIMED = ("canary_timed", "baseline_timed", "canary_slow", "canary_slower", "baseline_slow")


def test_command_prints_a_table_and_the_same_as_json() -> None:
    """``hotfix deploy simulate`` says per case how often it is wrong; --json holds one object per case."""
    command = ["deploy", "simulate", "--rate", "0.01", "--effect", "5", "--volume", "600", "--rollouts", "50"]
    table = CliRunner().invoke(app, command)
    found = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    assert table.exit_code == 0
    assert "false rollback" in table.stdout
    assert [(cell["canary_errors"], cell["slower"], cell["harmful"]) for cell in found["cells"]] == [
        (0.01, 1.0, False),
        (0.05, 1.0, True),
        (0.08, 1.0, True),
        (0.01, 3.0, True),
    ]
    assert [cell["promoted_rate"] for cell in found["cells"][1:]] == [0.0, 0.0, 0.0]
