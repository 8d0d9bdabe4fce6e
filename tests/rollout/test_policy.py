from pathlib import Path

import pytest

from hotfix.core.errors import UsageError
from hotfix.core.facts import Severity
from hotfix.rollout.contract import Phase, Policy, Thresholds
from hotfix.rollout.policy import make_policy, read_policy
from hotfix.rollout.strategies import Strategy


@pytest.mark.parametrize(("severity", "minutes"), [("P0", 10), ("P1", 15), ("P2", 30), ("P3", 30)])
def test_without_a_file_the_defaults_of_the_severity_hold(tmp_path: Path, severity: str, minutes: int) -> None:
    """Shares, watches and lines are those of the specification; full traffic is watched for half an hour."""
    watch_s = 60.0 * minutes
    assert read_policy(tmp_path, Severity(severity)) == Policy(
        phases=(
            Phase(0.1, watch_s, 150, 4 * watch_s),
            Phase(0.5, watch_s, 150, 4 * watch_s),
            Phase(1.0, 1800.0, 150, 7200.0),
        ),
        thresholds=Thresholds(
            alert_errors=0.02,
            rollback_errors=0.05,
            success_p95=1.1,
            alert_p95=1.2,
            rollback_p95=2.0,
            rollback_volume=0.6,
            minimum_effect=1.1,
            fatal_times=2,
        ),
        check_s=60.0,
        window_requests=60,
        blind_after_s=180.0,
        blind_deadline_s=300.0,
        false_rollback=0.01,
        settle_s=120.0,
        errors_per_fault=1.0,
        strategy=Strategy.CANARY,
    )


@pytest.mark.parametrize(
    ("strategy", "phases"),
    [
        ("canary", ((0.1, 600.0), (0.5, 600.0), (1.0, 1800.0))),
        ("blue-green", ((1.0, 1800.0),)),
        ("rolling", ((1 / 3, 600.0), (2 / 3, 600.0), (1.0, 1800.0))),
    ],
)
def test_strategy_says_the_steps(strategy: str, phases: tuple[tuple[float, float], ...]) -> None:
    """All at once is one phase, watched as full traffic is; a rolling one goes by thirds."""
    policy = make_policy({"strategy": strategy}, Severity.P0)
    assert policy.strategy is Strategy(strategy)
    assert tuple((phase.share, phase.minimum_s) for phase in policy.phases) == phases


def test_phases_of_the_file_come_before_those_of_the_strategy() -> None:
    """What `[[deploy.phase]]` says holds with every strategy."""
    policy = make_policy({"strategy": "rolling", "phase": [{"share": 0.5}, {"share": 1}]}, Severity.P0)
    assert (policy.strategy, [phase.share for phase in policy.phases]) == (Strategy.ROLLING, [0.5, 1.0])


def test_file_says_phases_and_lines(tmp_path: Path) -> None:
    """What a phase says holds for it, what the table says for all phases, and tables of others are left alone."""
    (tmp_path / "hotfix.toml").write_text(
        "[deploy]\ncheck_s = 2\nminimum_requests = 80\nrollback_errors = 0.03\n[deploy.traffic]\nprovider = 'haproxy'\n"
        "[[deploy.phase]]\nshare = 0.05\nminimum_s = 5\n"
        "[[deploy.phase]]\nshare = 1\nminimum_s = 8\nminimum_requests = 500\ndeadline_s = 9\n"
    )
    policy = read_policy(tmp_path, Severity.P0)
    assert policy.phases == (Phase(0.05, 5, 80, 20.0), Phase(1.0, 8, 500, 9))
    assert (policy.check_s, policy.thresholds.rollback_errors, policy.blind_after_s) == (2, 0.03, 6.0)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"rollback_error": 0.1}, "unknown key 'rollback_error' in [deploy]; did you mean 'rollback_errors'?"),
        (
            {"strategy": "roling"},
            "expected one of blue-green, canary, rolling for deploy.strategy, found 'roling'; did you mean 'rolling'?",
        ),
        ({"strategy": 1}, "expected text for deploy.strategy, found 1"),
        ({"check_s": 0}, "expected a number above 0 for deploy.check_s, found 0"),
        ({"check_s": True}, "expected a number above 0 for deploy.check_s, found True"),
        ({"rollback_errors": 5}, "expected a number above 0 to 0.99 for deploy.rollback_errors, found 5"),
        ({"fatal_times": 1.5}, "expected a whole number from 1 for deploy.fatal_times, found 1.5"),
        (
            {"alert_errors": 0.06},
            "expected a number up to deploy.rollback_errors (0.05) for deploy.alert_errors, found 0.06",
        ),
        (
            {"minimum_requests": 20},
            "expected a number up to minimum_requests (20) for deploy.window_requests, found 60",
        ),
        (
            {"deadline_s": 600},
            "expected a number above minimum_s (600) for deploy.phase.deadline_s of table 1, found 600",
        ),
        ({"phase": []}, "expected [[deploy.phase]] tables, found []"),
        ({"phase": [{"share": 0.5}]}, "expected shares that rise to 1 for deploy.phase, found [0.5]"),
        (
            {"phase": [{"share": 0.5}, {"share": 0.1}, {"share": 1}]},
            "expected shares that rise to 1 for deploy.phase, found [0.5, 0.1, 1.0]",
        ),
        ({"phase": [{"minimum_s": 5}]}, "expected a number for deploy.phase.share of table 1, found none"),
        ({"phase": [{"share": 1, "watch": 5}]}, "unknown key 'watch' in [[deploy.phase]]"),
        ({"phase": ["fast"]}, "expected [[deploy.phase]] tables, found ['fast']"),
    ],
)
def test_what_cannot_be_is_refused_by_its_key(table: dict[str, object], said: str) -> None:
    """The message names the key, what was expected and what was found."""
    with pytest.raises(UsageError) as refused:
        make_policy(table, Severity.P0)
    assert str(refused.value).startswith("hotfix.toml: ")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[deploy]\n\ncheck_s = 0\n", "3: expected a number above 0 for deploy.check_s, found 0"),
        ("[test]\ncheck_s = 0\n[deploy]\n'check_s'= -1", "4: expected a number above 0 for deploy.check_s, found -1"),
        ("# deploy\n[deploy]\nchek_s = 1", "3: unknown key 'chek_s' in [deploy]; did you mean 'check_s'?"),
        ("[deploy]\n[deploy.fase]\nshare = 1", "2: unknown key 'fase' in [deploy]; did you mean 'phase'?"),
        (
            "[[deploy.phase]]\nshare = 0.1\n[[deploy.phase]]\nminimum_s = 5\nshare = 2",
            "5: expected a number above 0 to 1 for deploy.phase.share of table 2, found 2",
        ),
        (
            "[[deploy.phase]]\nshare = 0.1\n[[deploy.phase]]\nminimum_s = 5",
            "3: expected a number for deploy.phase.share of table 2, found none",
        ),
        (
            "[deploy]\ncheck_s = 9\nblind_after_s = 8",
            "2: expected a number up to deploy.blind_after_s (8) for deploy.check_s, found 9",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_its_line(tmp_path: Path, text: str, said: str) -> None:
    """The message begins with the file and the line on which the key stands."""
    (tmp_path / "hotfix.toml").write_text(text)
    with pytest.raises(UsageError) as refused:
        read_policy(tmp_path, Severity.P0)
    assert str(refused.value).startswith(f"{tmp_path / 'hotfix.toml'}:{said}")


def test_key_of_an_inline_table_is_refused_by_its_file(tmp_path: Path) -> None:
    """Where the line is not found the file alone is named."""
    (tmp_path / "hotfix.toml").write_text("deploy = {check_s = 0}")
    with pytest.raises(UsageError, match=r"hotfix\.toml: expected a number above 0 for deploy\.check_s"):
        read_policy(tmp_path, Severity.P0)


def test_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    """The message names the place."""
    (tmp_path / "hotfix.toml").write_text("[deploy]\ncheck_s = \n")
    with pytest.raises(UsageError, match=r"expected TOML, found .* line 2"):
        read_policy(tmp_path, Severity.P0)
