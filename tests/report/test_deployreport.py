"""`deployment-plan.md`: every section filled, nothing left to guess, every number from a source, and logs inert."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from hotfix.core.errors import UsageError
from hotfix.core.facts import Severity
from hotfix.core.settings import CONFIDENCE_TO_ACT
from hotfix.core.text import format_time, say_span
from hotfix.repair.contract import Choice, Decision
from hotfix.report.deployreport import render_plan_document, render_plan_json, write_plan
from hotfix.report.jsonreport import render_json
from hotfix.report.words import say_number
from hotfix.rollout.plan.contract import Plan, Rehearsal, Step
from hotfix.rollout.traffic import say_share
from tests.report.analyses import VERDICTS, with_texts
from tests.rollout.plans import BACK, NOW, find, going_forward, make_plan, patched, verified

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_SECTIONS = [
    "Pre-deployment checklist", "Strategy", "Phases", "Monitoring plan", "Success criteria", "Rollback procedure",
    "Communication", "Post-deployment activities", "Risks", "Estimated timeline", "Sign-off",
    "What this plan was made from",
]  # fmt: skip
_PLACEHOLDER = re.compile(r"\b(?:TODO|TBD|FIXME|XXX|N/A|None|nan|null)\b|\{\{|\}\}|\{%|<(?!\\\*)[^>\n]+>")
_NUMBER = re.compile(r"(?<![\w.:/-])\d[\d,]*(?:\.\d+)?(?![\w:/-]|\.\d)")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
_CONFIGURATION = """
[deploy]
minimum_requests = 200
[deploy.traffic]
provider = "haproxy"
socket = "admin.sock"
backend = "shop"
new = "shop-new"
old = ["shop-1"]
"""
_REHEARSAL = Rehearsal(
    NOW,
    (Step("read the share", passed=True, detail="shop/shop-1 weight 100 UP", seconds=0.0021),),
    state="shop/shop-1 weight 100 UP",
    notes=("the weights are lost at a reload",),
    settled=(0.101, 0.5, 1.0),
    commands=(
        ("echo 'set server shop/shop-new weight 10' | socat stdio admin.sock",),
        ("echo 'set server shop/shop-new weight 50' | socat stdio admin.sock",),
        (),
    ),
    back=("echo 'set server shop/shop-new weight 0' | socat stdio admin.sock",),
    counts=True,
    moved=0.01,
    back_s=0.00434,
)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Return a plan that holds everything a plan can hold."""
    findings = find(tmp_path, None, patched(files=("app/cart.py", "app/store.py")), verified())
    return make_plan(tmp_path, findings, _CONFIGURATION, rehearsal=_REHEARSAL)


def _sections(document: str) -> dict[str, str]:
    parts = re.split(r"(?m)^## (.+)$", document)
    return dict(zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=True))


def _structure(document: str) -> list[str]:
    """Return the kinds of all blocks and inlines: what is markup and not text."""
    kinds = []
    for token in _PARSER.parse(document):
        kinds.append(token.type)
        kinds += [child.type for child in token.children or () if not child.type.startswith("text")]
    return kinds


def _list_numbers(value: object) -> Iterator[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _list_numbers(one)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


def _say_all_ways(value: float) -> str:
    """Return the ways in which a document may write a number that the plan holds as a number."""
    percent = f"{value * 100:.3g}"
    return (
        f" {value:,} {value:g} {value:.3g} {value:,.0f} {say_number(value)} {value:.3f} {say_span(value)} "
        f"{say_share(value)} {percent} "
    )


@pytest.mark.parametrize("make", VERDICTS.values(), ids=VERDICTS)
def test_every_section_is_filled(tmp_path: Path, make: object) -> None:
    """Whatever the analysis says, each section stands in order and says something; nothing is left as a placeholder."""
    document = render_plan_document(make_plan(tmp_path, find(tmp_path, make())))  # type: ignore[operator]
    sections = _sections(document)
    assert list(sections) == _SECTIONS
    assert [title for title, text in sections.items() if len(text) < 40] == []
    assert _PLACEHOLDER.findall(document) == []


def test_full_plan_has_no_placeholder(plan: Plan) -> None:
    """With everything known, too, no section is empty and no placeholder stands."""
    document = render_plan_document(plan)
    assert (list(_sections(document)), _PLACEHOLDER.findall(document)) == (_SECTIONS, [])


def test_decision_comes_first(tmp_path: Path) -> None:
    """A NO-GO is the title, with what to do instead and the rule, before anything else."""
    proposal = patched(Decision(Choice.ROLLBACK, "it began 5 s after the release"))
    lines = render_plan_document(make_plan(tmp_path, find(tmp_path, None, proposal, verified()))).splitlines()
    assert lines[0] == "# Deployment plan: NO-GO"
    assert lines[2] == "**Go back to the release before; this plan is for the release after it.**"
    rule = "hotfix patch says roll back rather than patch: it began 5 s after the release"
    assert lines[4] == f"- **Rule that decided:** {rule}"


def test_phases_have_share_time_and_requests(plan: Plan) -> None:
    """Each phase has its share, both minima and its deadline; a share that cannot be set exactly is told."""
    rows = [row for row in _sections(render_plan_document(plan))["Phases"].splitlines() if re.match(r"\| \d", row)]
    assert [[cell.strip() for cell in row.strip("|").split("|")] for row in rows] == [
        ["1", "10 % (can be set: 10.1 %)", "10 min", "200", "8 min 58 s", "40 min"],
        ["2", "50 %", "10 min", "200", "1 min 48 s", "40 min"],
        ["3", "100 %", "30 min", "200", "54 s", "2 h"],
    ]


def test_rollback_has_command_and_measured_seconds(plan: Plan) -> None:
    """The exact command, what was rehearsed, and how long it took stand in the procedure."""
    section = _sections(render_plan_document(plan))["Rollback procedure"]
    assert f"```text\n{BACK}\n```" in section
    assert "1 % of the requests went to the new version, and all of them were back and read back in 0.004 s." in section
    assert "set server shop/shop-new weight 0" in section
    assert "git apply --reverse patch.diff" in section


def test_messages_are_ready_to_send(plan: Plan) -> None:
    """Start, each phase, completion, rollback and the status page have their words."""
    section = _sections(render_plan_document(plan))["Communication"]
    assert re.findall(r"(?m)^### (.+?) \(to", section) == [
        "Start", "Phase 1 has passed", "Phase 2 has passed", "Complete", "Rollback", "Status page, at the start",
        "Status page, when complete", "Status page, after a rollback",
    ]  # fmt: skip
    text = " ".join(section.split())
    assert "1,314 of 4,210 requests at gateway failed since 2026-01-15T14:03:07.250Z. 10 % of the requests" in text


def test_sign_off_is_left_to_roles(plan: Plan) -> None:
    """Each role has a line whose name, time and decision are open."""
    rows = _sections(render_plan_document(plan))["Sign-off"].splitlines()[2:]
    assert {tuple(cell.strip() for cell in row.strip("|").split("|"))[1:] for row in rows} == {("open", "open", "open")}
    assert len(rows) == len(plan.roles)


def test_every_number_has_a_source(tmp_path: Path, plan: Plan) -> None:
    """Each number outside of times is one of report.json, the steps before, the configuration or the computed plan."""
    document = _TIME.sub("", render_plan_document(plan))
    folder = tmp_path / "incident"
    sources = [path.read_text() for path in folder.glob("*.json")]
    wholes = [json.loads(text) for text in (*sources, render_plan_json(plan))]
    computed = "".join(map(_say_all_ways, [*_list_numbers(wholes), CONFIDENCE_TO_ACT[Severity.P0]]))
    counted = f" {len(plan.findings.files)} {sum(p.role is None and p.answer != 'yes' for p in plan.points)} "
    known = set(re.findall(r"\d[\d,]*(?:\.\d+)?", " ".join((*sources, _CONFIGURATION)) + computed + counted))
    assert {number for number in _NUMBER.findall(document) if number not in known} == set()


def test_every_time_has_a_source(tmp_path: Path, plan: Plan) -> None:
    """Each time is one of report.json, or when the plan was made or rehearsed."""
    report = (tmp_path / "incident" / "report.json").read_text()
    known = {*_TIME.findall(report), format_time(plan.created_at)}
    assert set(_TIME.findall(render_plan_document(plan))) <= known


def test_json_holds_the_plan(plan: Plan) -> None:
    """The JSON is one object of ASCII with what the document says."""
    text = render_plan_json(plan, ("argo-rollouts.yaml",))
    whole = json.loads(text)
    assert text.isascii()
    assert (whole["decision"]["go"], whole["strategy"]["strategy"], whole["rollback"]["command"]) == (
        plan.decision.go,
        "canary",
        BACK,
    )
    assert [(one["share"], one["minimum_s"], one["minimum_requests"]) for one in whole["phases"]] == [
        (0.1, 600, 200),
        (0.5, 600, 200),
        (1.0, 1800, 200),
    ]
    assert (whole["rehearsal"]["back_s"], whole["manifests"]) == (0.00434, ["argo-rollouts.yaml"])


def test_folder_holds_document_and_json(tmp_path: Path, plan: Plan) -> None:
    """Document, JSON and exports are written beside the other steps' files."""
    written = write_plan(tmp_path, plan, {"flagger.yaml": "---\n"})
    assert [path.name for path in written] == ["deployment-plan.md", "deployment-plan.json", "flagger.yaml"]
    assert written[0].read_text() == render_plan_document(plan)


def test_folder_that_cannot_be_written_is_told(tmp_path: Path, plan: Plan) -> None:
    """A folder that is not there is an error that names it."""
    with pytest.raises(UsageError, match=r"expected a folder that can be written at .*gone, found: No such file"):
        write_plan(tmp_path / "gone", plan, {})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("`*_[]()<>!#+-=~|&$:@. \n\t\\1a"), st.characters(codec=None)), max_size=40
    )
)
def test_no_text_of_a_log_becomes_markup(tmp_path: Path, text: str) -> None:
    """Whatever logs, patches and programs say, the document has the structure that it has with harmless text."""

    def render(before: str, after: str) -> str:
        def change(whole: str) -> str:
            return f"{before}{whole}{after}"

        analysis = with_texts(going_forward(), change)
        findings = find(tmp_path, None, patched(files=("app/cart.py",)), verified())
        rehearsal = replace(
            _REHEARSAL, notes=(change("note"),), steps=(Step("x", passed=True, detail=change("y"), seconds=1),)
        )
        return render_plan_document(make_plan(tmp_path, replace(findings, analysis=analysis), "", rehearsal=rehearsal))

    assert _structure(render(f"{text} ", f" {text}")) == _structure(render("x ", " x"))


def test_report_is_what_the_plan_read(tmp_path: Path, plan: Plan) -> None:
    """The analysis of the plan is that of the folder's report.json, unchanged."""
    assert (tmp_path / "incident" / "report.json").read_text() == render_json(plan.findings.analysis)
