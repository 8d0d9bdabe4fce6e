"""The strategy of a rollout: each fact leads to one, with its reason; operator and project may say another."""

from dataclasses import replace
from pathlib import Path

import pytest

from hotfix.core.facts import Severity
from hotfix.rollout.plan.known import Volume
from hotfix.rollout.plan.strategy import StrategyFacts, choose_strategy, find_changed_data
from hotfix.rollout.policy import make_policy
from hotfix.rollout.strategies import Strategy
from tests.rollout.plans import find, make_plan, patched, verified

_MINUTE = 60.0
_PLENTY = StrategyFacts("haproxy", (), Volume(10_000, _MINUTE, "requests at gateway"), make_policy({}, Severity.P1))


def _at_rate(per_min: int) -> StrategyFacts:
    return replace(_PLENTY, volume=Volume(per_min, _MINUTE, "requests at gateway"))


@pytest.mark.parametrize(
    ("facts", "strategy", "reason"),
    [
        (_PLENTY, Strategy.CANARY, "at 10,000 requests a minute at gateway the first phase has"),
        (replace(_PLENTY, volume=None), Strategy.CANARY, "how many requests there are is not known"),
        (replace(_PLENTY, provider="systemd"), Strategy.ROLLING, "whole hosts get the new version"),
        (
            replace(_PLENTY, provider="systemd", changed_data=("a.sql changes stored data",)),
            Strategy.BLUE_GREEN,
            "the two versions must not read and write the same data beside each other; hosts change one after",
        ),
        (
            _at_rate(50),
            Strategy.CANARY,
            "the first phase (10 %) needs 30 min for its 150 requests, so it lasts longer than its 15 min",
        ),
        (
            _at_rate(10),
            Strategy.BLUE_GREEN,
            "needs 2 h 30 min for its 150 requests, and it goes back after 1 h; all requests at once need 15 min",
        ),
        (_at_rate(1), Strategy.CANARY, "all at once need 2 h 30 min, more than the 2 h that they have"),
    ],
)  # fmt: skip
def test_facts_choose(facts: StrategyFacts, strategy: Strategy, reason: str) -> None:
    """Whole hosts roll, changed data keeps versions apart, too few requests move at once; else a canary."""
    choice = choose_strategy(facts, None, None)
    assert (choice.strategy, choice.decided_by) == (strategy, "facts")
    assert reason in choice.reason


def test_operator_goes_before_project_and_project_before_facts() -> None:
    """Who decided is said, and what the facts would have asked for."""
    both = choose_strategy(_PLENTY, Strategy.ROLLING, Strategy.BLUE_GREEN)
    project = choose_strategy(_PLENTY, None, Strategy.BLUE_GREEN)
    agreed = choose_strategy(_PLENTY, None, Strategy.CANARY)
    assert [(one.strategy, one.decided_by) for one in (both, project, agreed)] == [
        (Strategy.ROLLING, "--strategy"),
        (Strategy.BLUE_GREEN, "hotfix.toml"),
        (Strategy.CANARY, "hotfix.toml"),
    ]
    assert both.reason.startswith("--strategy says so, where the facts ask for canary: a small share")
    assert agreed.reason.startswith("hotfix.toml says so, which the facts ask for as well: ")


def test_others_are_weighed() -> None:
    """Each strategy that was not chosen has its reason."""
    choice = choose_strategy(replace(_PLENTY, provider="systemd"), None, None)
    assert choice.others == (
        (Strategy.CANARY, "the provider moves whole hosts and cannot send a small share of the requests"),
        (Strategy.BLUE_GREEN, "every user meets the new version at once, and it is only compared with what was before"),
    )


def test_changed_data_comes_from_the_patch_and_from_the_range(tmp_path: Path) -> None:
    """A migration or a format among the patched files counts, and what hotfix patch called irreversible."""
    files = ("app/cart.py", "db/migrations/0007_town.sql", "api/order.proto")
    decision = replace(patched().decision, irreversible=("0006 drops a column",))
    assert find_changed_data(find(tmp_path, None, patched(decision, files), verified(files=files))) == (
        "db/migrations/0007_town.sql changes stored data or a format",
        "api/order.proto changes stored data or a format",
        "0006 drops a column",
    )


def test_plan_follows_the_strategy(tmp_path: Path) -> None:
    """Phases are those of the chosen strategy; that the configuration does not say it is told and is open."""
    findings = find(tmp_path, None, patched(files=("db/migrations/0007_town.sql",)), None)
    plan = make_plan(tmp_path, findings, '[deploy.traffic]\nprovider = "flagfile"\nfile = "canary"\n')
    assert (plan.policy.strategy, [phase.share for phase in plan.phases]) == (Strategy.BLUE_GREEN, [1.0])
    assert '[deploy]: strategy = "blue-green", so that the rollout follows this plan.' in plan.configure


def test_numbers_of_the_project_stay(tmp_path: Path) -> None:
    """A strategy that the facts choose takes its phases, and every number that hotfix.toml says."""
    configuration = '[deploy]\nminimum_s = 120\n[deploy.traffic]\nprovider = "systemd"\n'
    plan = make_plan(tmp_path, find(tmp_path, None, patched(), verified()), configuration)
    assert [(round(phase.share, 2), phase.minimum_s) for phase in plan.phases] == [(0.33, 120), (0.67, 120), (1.0, 120)]
