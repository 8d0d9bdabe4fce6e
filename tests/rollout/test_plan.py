"""The plan of a rollout: whether it may begin and by which rule, phases and clocks, risks, and what is left open."""

from dataclasses import replace
from pathlib import Path

import pytest

from hotfix.core.errors import InputError, UsageError
from hotfix.core.facts import Analysis, Grade, Severity
from hotfix.repair.contract import PATCH_JSON, Choice, Decision, Proposal
from hotfix.repair.verify.contract import Category, Status, Verification
from hotfix.rollout.plan.contract import Answer, Go, Group, Plan, Rehearsal, Step
from hotfix.rollout.plan.findings import read_findings
from hotfix.rollout.plan.known import StepTimes
from hotfix.rollout.strategies import Strategy
from tests.report.analyses import incident, no_incident
from tests.rollout.plans import NOW, find, going_forward, make_plan, patched, verified, with_requests, write_folder

_CONFIGURED = """
[deploy]
strategy = "canary"
[deploy.traffic]
provider = "haproxy"
socket = "admin.sock"
backend = "shop"
new = "shop-new"
old = ["shop-1", "shop-2"]
[deploy.monitor]
"""
_REHEARSED = Rehearsal(
    NOW,
    (Step("read the share", passed=True, detail="none", seconds=0.001),),
    state="none",
    settled=(0.1, 0.5, 1.0),
    back=("echo back",),
    counts=True,
    moved=0.01,
    back_s=0.004,
)


def test_blue_green_promises_no_comparison_that_nobody_makes(tmp_path: Path) -> None:
    """With nothing beside the new version it is held against what was just before, and the risk of that is told."""
    findings = find(tmp_path, going_forward(), patched(), verified())
    strategies = (Strategy.CANARY, Strategy.BLUE_GREEN)
    plans = [make_plan(tmp_path, findings, _CONFIGURED, one) for one in strategies]
    said = [" ".join([*(one.back for one in plan.watches), *plan.success]) for plan in plans]
    assert [("the old version's" in one, "just before" in one) for one in said] == [(True, False), (False, True)]
    told = ["told from the hour of the day" in " ".join(one.what for one in plan.risks) for plan in plans]
    assert told == [False, True]


def test_fault_of_the_configuration_is_told_with_its_line(tmp_path: Path) -> None:
    """Whatever of it a plan tells is read as everywhere else."""
    for text, said in (
        ("[deploy]\ntraffic = 3", ": expected a table [deploy.traffic], found 3"),
        ("[deploy.traffic]\nnew = 5", ":2: expected name of a version for deploy.traffic.new, found 5"),
        ("[deploy.monitor]\nsource = 'prometheus'\nstatus = 5", ":3: expected the name of a label for deploy.monitor"),
    ):
        with pytest.raises(UsageError) as caught:
            make_plan(tmp_path, find(tmp_path), text)
        assert said in str(caught.value)


def _back(reason: str) -> Proposal:
    return patched(Decision(Choice.ROLLBACK, reason))


@pytest.mark.parametrize(
    ("analysis", "proposal", "found", "rule"),
    [
        (no_incident(), None, None, "the analysis found no incident to mend"),
        (incident(), None, None, "the diagnosis says roll back rather than patch: the"),
        (going_forward(), _back("it began 5 s after"), verified(), "hotfix patch says roll back rather than patch: it"),
        (going_forward(), patched(Decision(Choice.WAIT, "it is over")), verified(), "hotfix patch says wait: it is"),
        (
            going_forward(),
            patched(Decision(Choice.CONFIG, "a setting changed")),
            verified(),
            "hotfix patch says set the setting back first: a setting changed",
        ),
        (going_forward(), patched(), None, "no test report lies in the incident folder"),
        (
            going_forward(),
            patched(),
            verified({Category.REGRESSION: Status.FAILED}),
            "the test verdict is REJECTED: regression: what passed before must pass after",
        ),
        (
            going_forward(),
            patched(),
            verified({Category.FIX: Status.NOT_VALIDATED}),
            "the test verdict is NOT VALIDATED: Nothing is approved without fix validation",
        ),
    ],
)  # fmt: skip
def test_rollout_does_not_begin(
    tmp_path: Path, analysis: Analysis, proposal: Proposal | None, found: Verification | None, rule: str
) -> None:
    """What speaks against a rollout makes the plan a NO-GO that names the rule, whatever else is ready."""
    plan = make_plan(tmp_path, find(tmp_path, analysis, proposal, found), _CONFIGURED, rehearsal=_REHEARSED)
    assert (plan.decision.go, plan.decision.rule[: len(rule)]) == (Go.NO_GO, rule)


def test_patch_that_sets_a_setting_back_may_be_rolled_out(tmp_path: Path) -> None:
    """Where the patch is the setting itself, the advice to set it back first is no refusal."""
    proposal = patched(Decision(Choice.CONFIG, "a setting changed"), rung="config")
    plan = make_plan(tmp_path, find(tmp_path, None, proposal, verified()), _CONFIGURED, rehearsal=_REHEARSED)
    assert plan.decision.go is Go.GO


def test_everything_seen_is_a_go(tmp_path: Path) -> None:
    """With an approved patch, a rehearsed way back and monitoring, what is left open is what people answer."""
    plan = make_plan(tmp_path, find(tmp_path, None, patched(), verified()), _CONFIGURED, rehearsal=_REHEARSED)
    assert plan.decision.go is Go.GO
    assert {point.answer for point in plan.points if point.role is None} == {Answer.YES}
    assert all(point.answer is Answer.OPEN for point in plan.points if point.role)


def test_points_that_a_program_could_see_closed_are_named(tmp_path: Path) -> None:
    """Without configuration the plan is made by SPEC's policy, is not yet a go, and says what to configure."""
    plan = make_plan(tmp_path, find(tmp_path, None, patched(), verified()))
    assert plan.decision.go is Go.NOT_YET
    assert "going back was rehearsed" in plan.decision.rule
    assert [said.split(":")[0].split(" ")[0] for said in plan.configure] == [
        "Write",
        "[deploy.traffic]",
        "[deploy.monitor]",
    ]
    assert [(phase.share, phase.minimum_s) for phase in plan.phases] == [(0.1, 600), (0.5, 600), (1.0, 1800)]


def test_failed_rehearsal_is_a_no_go(tmp_path: Path) -> None:
    """A provider that could not be tried refuses the rollout, with the step and its reason."""
    failed = Rehearsal(NOW, (Step("read the share", passed=False, detail="nobody answers", seconds=0.0),))
    plan = make_plan(tmp_path, find(tmp_path, None, patched(), verified()), _CONFIGURED, rehearsal=failed)
    assert plan.decision.rule == "the traffic provider was tried and failed at: read the share: nobody answers"


def test_every_group_of_the_checklist_has_points(tmp_path: Path) -> None:
    """Code, rollback, monitoring, communication, team and environment each have points, in this order."""
    plan = make_plan(tmp_path, find(tmp_path))
    assert list(dict.fromkeys(point.group for point in plan.points)) == list(Group)


def test_patch_tested_on_another_commit_is_told(tmp_path: Path) -> None:
    """A test report of another base than the patch's closes nothing."""
    plan = make_plan(
        tmp_path, find(tmp_path, None, patched(), verified(base="f" * 40)), _CONFIGURED, rehearsal=_REHEARSED
    )
    assert "the patch was tested on the commit that it was made for" in plan.decision.rule


@pytest.mark.parametrize(
    ("severity", "stops_s", "said"),
    [
        (Severity.P0, 600, "10 min, within"),
        (Severity.P1, 1800, "30 min, within"),
        (Severity.P2, 3600, "1 h, within"),
        (Severity.P3, 3600, "1 h, within"),
    ],
)
def test_clock_of_the_deploy(tmp_path: Path, severity: Severity, stops_s: float, said: str) -> None:
    """At P0 it stops when phase 1 passes, else when all requests have moved; the watch goes on after it."""
    plan = make_plan(tmp_path, find(tmp_path, going_forward(severity), patched(), verified()))
    clock = next(one for one in plan.clocks if one.step.startswith("deploy"))
    stop = next(one for one in plan.timeline if one.said.startswith("the clock of the deploy stops"))
    assert (clock.taken_s, clock.said, stop.at_s, max(one.at_s for one in plan.timeline) > stop.at_s) == (
        stops_s,
        said,
        stops_s,
        True,
    )


def test_steps_are_told_by_the_clock_of_the_incident(tmp_path: Path) -> None:
    """Wall time, not that of programs; deploy and total are what they come to if the rollout begins now."""
    times = StepTimes(diagnosis_s=1200.0, fix_s=30.0, deploy_s=60.0, total_s=1500.0)
    findings = replace(find(tmp_path, None, patched(), verified()), times=times)
    assert [(one.step, one.said) for one in make_plan(tmp_path, findings).clocks] == [
        ("diagnosis", "20 min, over by 5 min"),
        ("fix", "30 s, within"),
        ("test", "not known: its end is not recorded"),
        ("deploy, if it begins now", "11 min, within"),
        ("total, then", "35 min, within"),
    ]


def test_blue_green_at_p0_is_over_its_clock(tmp_path: Path) -> None:
    """All at once is watched for 30 min before its only phase passes: more than P0 has, and told so."""
    findings = find(tmp_path, None, patched(), verified())
    plan = make_plan(tmp_path, findings, asked=Strategy.BLUE_GREEN)
    assert next(one.said for one in plan.clocks if one.step.startswith("deploy")) == "30 min, over by 15 min"


def test_phases_last_until_their_requests_have_come(tmp_path: Path) -> None:
    """A phase ends when both minima are met, by the volume that the logs counted; the next begins then."""
    analysis = with_requests(going_forward(), 1133)  # in 18 min 52.75 s: one a second
    plan = make_plan(tmp_path, find(tmp_path, analysis, patched(), verified()))
    first, second, _last = plan.phases
    assert plan.volume is not None
    assert first.expected_s == pytest.approx(first.minimum_requests / first.share * 60 / plan.volume.per_min)
    assert (first.ends_s, second.begins_s) == (first.expected_s, first.expected_s)
    assert (second.lasts_s, second.minimum_s) == (600, 600)


def _name_risks(plan: Plan) -> dict[str, Grade]:
    return {risk.what: risk.level for risk in plan.risks}


def test_risks_follow_from_facts(tmp_path: Path) -> None:
    """Each fact that makes a rollout dangerous is a risk; without the facts there are none of these."""
    safe = make_plan(
        tmp_path,
        find(tmp_path / "safe", with_requests(going_forward(), 50_000), patched(), verified()),
        _CONFIGURED,
        rehearsal=_REHEARSED,
    )
    files = ("app/cart.py", "db/migrations/0007_town.sql")
    dangerous = make_plan(
        tmp_path,
        find(
            tmp_path / "dangerous",
            with_requests(going_forward(), 300),
            patched(replace(patched().decision, irreversible=("0006 drops a column",)), files, mitigation=True),
            verified({Category.PERFORMANCE: Status.NOT_VALIDATED}, files),
        ),
        "",
    )
    assert set(_name_risks(safe)) == {"both versions share what stands behind them: stores, caches, queues"}
    assert _name_risks(dangerous) == {
        "stored data changed, and going back does not undo that": Grade.HIGH,
        "going back may fail or take long": Grade.HIGH,
        "nothing would be seen": Grade.HIGH,
        "the cause stays": Grade.MEDIUM,
        "the new version may be slower": Grade.MEDIUM,
        "a version that is a little worse is not told from the hour of the day": Grade.MEDIUM,
        "both versions share what stands behind them: stores, caches, queues": Grade.MEDIUM,
        "the change reaches further than one place": Grade.LOW,
    }
    assert "The cause is still there: plan the real fix now, with an owner and a date." in dangerous.afterwards


def test_too_few_requests_are_a_risk_with_numbers(tmp_path: Path) -> None:
    """A phase that cannot have its requests before its deadline says what it needs and what it has."""
    analysis = with_requests(going_forward(), 19)  # about one a minute
    plan = make_plan(tmp_path, find(tmp_path, analysis, patched(), verified()), asked=Strategy.CANARY)
    risk = next(one for one in plan.risks if one.what == "there are few requests")
    assert (risk.level, risk.fact) == (Grade.HIGH, "phase 1 needs 1 d for its 150 requests, and has 40 min")


def test_warnings_of_the_provider_are_risks(tmp_path: Path) -> None:
    """What the provider says of its state stands among the risks."""
    rehearsal = replace(_REHEARSED, notes=("shop/shop-2 is DOWN and gets no requests",))
    plan = make_plan(tmp_path, find(tmp_path, None, patched(), verified()), _CONFIGURED, rehearsal=rehearsal)
    assert "shop/shop-2 is DOWN and gets no requests" in [risk.fact for risk in plan.risks]


def test_broken_findings_are_told_by_file_and_key(tmp_path: Path) -> None:
    """A file that is not what its step writes is an error that names the file and the key."""
    folder = write_folder(tmp_path, going_forward(), patched())
    (folder / PATCH_JSON).write_text('{"decision": "perhaps"}')
    with pytest.raises(InputError) as caught:
        read_findings(folder, going_forward())
    assert (
        str(caught.value) == f"expected one of the schema's choices at {folder / PATCH_JSON}.decision, found 'perhaps'"
    )
