import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from hotfix.core.facts import Severity
from hotfix.rollout.contract import Decision, Look, Rule, Verdict
from hotfix.rollout.judge.judge import judge_phase
from hotfix.rollout.monitor import read_monitor
from hotfix.rollout.policy import make_policy
from tests.rollout.balancers import run_haproxy
from tests.rollout.promserver import SCRAPE_S, run_prometheus
from tests.rollout.services import Load, Version, run_pair
from tests.rollout.writtenlogs import Watching

_POLICY = make_policy(
    {
        "check_s": 5 * SCRAPE_S,
        "settle_s": 0,
        "phase": [
            {"share": 0.5, "minimum_s": 3, "minimum_requests": 200, "deadline_s": 240},
            {"share": 1, "minimum_s": 3, "deadline_s": 240},
        ],
    },
    Severity.P0,
)
_LOGS = "[[deploy.monitor]]\nsource = 'logs'\nnew = 'new.log'\nold = 'old.log'\n"
_PROMETHEUS = (
    "[[deploy.monitor]]\nsource = 'prometheus'\nurl = '{url}'\ncounter = 'shop_requests_total'\n"
    "histogram = 'shop_request_seconds'\nnew = 'version=\"new\"'\nold = 'version=\"old\"'\n"
)


def _judge(folder: Path, new: Version, tables: str) -> Decision:
    """Return the first decision but to hold, on a new and a good old version behind one HAProxy."""
    with run_pair(folder, new, Version("old", errors=0.01, seed=5)) as pair, ExitStack() as stack:
        url = ""
        if "prometheus" in tables:
            prometheus = stack.enter_context(run_prometheus(folder / "prometheus", pair))
            prometheus.wait_for_scrapes(2)
            url = prometheus.url
        haproxy = stack.enter_context(run_haproxy(folder / "haproxy", {one.version.name: one.address for one in pair}))
        load = stack.enter_context(Load(haproxy.port))
        (folder / "hotfix.toml").write_text(tables.format(url=url))
        watching = Watching(read_monitor(folder / "hotfix.toml", None))
        begin_s = watching.at_s = time.time()
        while True:
            load.wait_for(80)
            if time.time() - watching.at_s < _POLICY.check_s:
                continue
            watching.look(time.time())
            look = Look(0, begin_s, watching.at_s)
            decision = judge_phase(_POLICY, [one.observation for one in watching.seen], look)
            if decision.verdict is not Verdict.HOLD:
                return decision


_GOOD = (Version("new", errors=0.005, seed=2), Verdict.PROMOTE, {Rule.HEALTHY})
_FAILING = (Version("new", errors=0.2, seed=2), Verdict.ROLL_BACK, {Rule.ERRORS, Rule.ERRORS_LIMIT})
_SLOW = (Version("new", errors=0.01, latency_ms=50, seed=2), Verdict.ROLL_BACK, {Rule.LATENCY})


@pytest.mark.parametrize(
    ("tables", "case"),
    [
        pytest.param(_LOGS, _GOOD, id="logs-good"),
        pytest.param(_LOGS, _FAILING, id="logs-failing"),
        pytest.param(_LOGS, _SLOW, id="logs-slow"),
        pytest.param(_PROMETHEUS, _FAILING, id="prometheus-failing"),
        pytest.param(_PROMETHEUS, _SLOW, id="prometheus-slow"),
        pytest.param(_PROMETHEUS + _LOGS, _GOOD, id="both-good"),
    ],
)
def test_real_versions_are_judged_by_what_is_seen_of_them(
    tmp_path: Path, tables: str, case: tuple[Version, Verdict, set[Rule]]
) -> None:
    """A good version is promoted, one that fails or is slow goes back, whichever source tells."""
    new, verdict, rules = case
    decision = _judge(tmp_path, new, tables)
    assert (decision.verdict, decision.rule in rules) == (verdict, True), decision.reason


def test_rare_fatal_exception_goes_back(tmp_path: Path) -> None:
    """Logs name what no rate would show."""
    decision = _judge(tmp_path, Version("new", errors=0.01, fatal=0.01, seed=2), _LOGS)
    assert (decision.verdict, decision.rule) == (Verdict.ROLL_BACK, Rule.FATAL)
    assert "CouponTableError in _use_coupon" in decision.reason
