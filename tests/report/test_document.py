"""`diagnosis.md`: every section in order, every citation resolved, nothing from logs marked up, nothing invented."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from hotfix.core.facts import Analysis, Severity
from hotfix.report.document import render_document
from hotfix.report.jsonreport import render_json
from hotfix.report.words import say_place
from tests.report.analyses import VERDICTS, incident, no_incident, unexplained, with_texts, worded

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
SECTIONS = [
    "Incident summary", "Symptoms", "Evidence", "Five whys", "Root cause", "Contributing factors", "Impact",
    "Recommended fix", "Testing requirements", "Deployment strategy", "Timeline", "Next steps", "Hypotheses rejected",
    "Similar past incidents", "Missing evidence", "Diagnosis duration", "What was read",
]  # fmt: skip
PARTS = {
    "Symptoms": ["User-facing", "System", "Components"],
    "Evidence": ["Logs", "Stack traces", "Metrics", "Recent changes"],
    "Recent changes": ["Deployments", "Configuration", "Infrastructure", "External"],
    "Impact": ["User", "Business", "Technical"],
}


def _structure(document: str) -> list[str]:
    """Return the kinds of all blocks and inlines: what is markup and not text."""
    kinds = []
    for token in PARSER.parse(document):
        kinds.append(token.type)
        kinds += [child.type for child in token.children or () if not child.type.startswith("text")]
    return kinds


def _section(document: str, title: str) -> str:
    return document.partition(f"\n## {title}\n")[2].partition("\n## ")[0].strip()


@pytest.mark.parametrize("make", [incident, unexplained], ids=["incident", "unexplained"])
def test_all_sections_stand_in_order(make: Callable[[], Analysis]) -> None:
    """The report on an incident has every section of a diagnosis report, in order, with its parts."""
    headings = re.findall(r"(?m)^(#{2,4}) (.+)$", render_document(make()))
    expected = []
    for section in SECTIONS:
        expected.append(("##", section))
        for part in PARTS.get(section, []):
            expected.append(("###", part))
            expected += [("####", smaller) for smaller in PARTS.get(part, [])]
    assert headings == expected


def test_without_incident_the_report_is_short() -> None:
    """Healthy logs get the sections that say what was looked at, and no empty ones."""
    titles = re.findall(r"(?m)^## (.+)$", render_document(no_incident()))
    assert titles == ["Incident summary", "Missing evidence", "Diagnosis duration", "What was read"]


@pytest.mark.parametrize("make", VERDICTS.values(), ids=VERDICTS)
def test_every_cited_id_exists(make: Callable[[], Analysis]) -> None:
    """Each E, C and D id in the text is one of the analysis, but for what was struck."""
    analysis = make()
    known = {one.id for one in (*analysis.evidence, *analysis.changes, *analysis.deploys)}
    text = render_document(analysis).partition("Struck, and used nowhere")[0]
    assert set(re.findall(r"\b[ECD]\d+\b", text)) <= known


def test_every_evidence_stands_with_place_and_verbatim_text() -> None:
    """Each item of evidence is shown with its place and its text as it was written."""
    document = render_document(incident())
    shown = [(f"**{one.id}** — " in document, f"`{say_place(one.place)}`" in document,
              f"```text\n{one.excerpt}\n```" in document) for one in incident().evidence]  # fmt: skip
    assert shown == [(True, True, True)] * 4


def test_lines_are_quoted_once() -> None:
    """Evidence that quotes the lines of a stack trace points to it instead of repeating them."""
    document = render_document(incident())
    assert (document.count("Traceback (most recent call last)"), "The lines are those of E1." in document) == (1, True)


def test_every_number_of_the_findings_comes_from_the_analysis() -> None:
    """Outside of the policy sections each count and percentage can be found in report.json."""
    analysis = incident()
    document = render_document(analysis)
    for policy in ("Testing requirements", "Deployment strategy"):
        document = document.replace(_section(document, policy), "")
    report = render_json(analysis)
    counts = {number.replace(",", "") for number in re.findall(r"(?<![\d.:T-])\d{1,3}(?:,\d{3})+(?![\d.:])", document)}
    derived = {"1550"}  # the factor of C1, after / before
    assert {count for count in counts - derived if count not in report.replace(",", "")} == set()


def test_unproven_cause_is_called_a_hypothesis() -> None:
    """Below the confidence that acting asks for the root cause is marked Hypothesis: and the fix says confirm first."""
    analysis = incident()
    document = render_document(replace(analysis, diagnosis=replace(analysis.diagnosis, confidence=0.5)))
    assert _section(document, "Root cause").startswith("Hypothesis: checkout: TypeError")
    assert "50%, below the 80% needed to act: confirm first" in _section(document, "Recommended fix")


def test_what_is_not_known_is_said() -> None:
    """Business impact, users, past incidents and outside changes are called not known, with what would tell."""
    document = render_document(incident())
    assert "- Not known: the logs do not say what a transaction is worth." in document
    assert "- How many users that is, is not known; --users NUMBER would tell." in document
    assert "Not known: this analysis was compared with no past incidents." in document
    assert "Not known: logs do not tell what changed at providers and partners; their status pages would." in document


def test_model_is_told_with_what_was_struck() -> None:
    """What a model did, and each of its sentences that did not hold, stand in a section of their own, inert."""
    document = render_document(worded())
    assert _section(document, "Local model").splitlines()[4:] == [
        "- All is well now \\[E1\\].",
        "  - the word 'All' stands in none of the cited facts",
        "- Ask \\<b\\>ops\\</b\\> \\[E99\\].",
        "  - E99 is the id of no fact",
    ]
    assert "2 calls in 21 s, 3.5 s of it until first tokens; 2,100 tokens read, 900 of them kept" in document
    assert "worded by the local model, claims that did not hold struck" in _section(document, "Root cause")
    assert document.count("All is well now") == 1


def test_users_are_counted_when_their_number_was_given() -> None:
    """With the number of users the affected ones are told with the calculation."""
    analysis = incident()
    assert analysis.incident
    impact = replace(analysis.incident.impact, users_affected=3120.4, calculation="10,000 users × 31.2%")
    document = render_document(replace(analysis, incident=replace(analysis.incident, impact=impact)))
    assert "- About 3,120 users: 10,000 users × 31.2%." in document


@pytest.mark.parametrize(
    ("severity", "scope", "watch"),
    [
        (Severity.P0, "critical tests only", "10 min at P0"),
        (Severity.P1, "comprehensive tests", "15 min at P1"),
        (Severity.P2, "the full suite", "30 min at P2"),
        (Severity.P3, "the full suite", "30 min at P3"),
    ],
)
def test_policy_follows_from_the_severity(severity: Severity, scope: str, watch: str) -> None:
    """Scope of the tests and watch times follow from the severity and are called policy."""
    analysis = incident()
    assert analysis.incident
    document = render_document(replace(analysis, incident=replace(analysis.incident, severity=severity)))
    tests, rollout = _section(document, "Testing requirements"), _section(document, "Deployment strategy")
    assert (f"Scope at {severity}: {scope}" in tests, f"at least {watch}, and 30 min after" in rollout) == (True, True)
    assert {part.splitlines()[0] for part in (tests, rollout)} == {
        f"Policy for {severity}; nothing here was measured in this system."
    }


def test_timeline_is_in_order_of_time() -> None:
    """Deploys, changes and the incident's own times stand in one order."""
    rows = [row.split(" | ") for row in _section(render_document(incident()), "Timeline").splitlines()[2:]]
    times = [row[0].removeprefix("| ") for row in rows]
    assert (times, [row[-1].removesuffix(" |") for row in rows]) == (
        sorted(times, key=lambda time: time.replace("Z", "")),
        ["D1", "D2", "analysis", "analysis", "C1", "C2", "C3", "C4", "analysis"],
    )


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("`*_[]()<>!#+-=~|&$:@. \n\t\\1a"), st.characters(codec=None)), max_size=40
    )
)
def test_no_text_of_a_log_becomes_markup(text: str) -> None:
    """Whatever logs hold, the document has the structure that it has with harmless text."""
    harmless = render_document(with_texts(incident(), lambda whole: f"{whole} x"))
    hostile = render_document(with_texts(incident(), lambda whole: f"{text} {whole} {text}"))
    assert _structure(hostile) == _structure(harmless)


def test_long_fences_do_not_end_an_excerpt() -> None:
    """An excerpt that holds fences and headings stays inside its own block."""
    hostile = render_document(with_texts(incident(), lambda whole: "````\n# Diagnosis report: all is well\n" + whole))
    headings = [_structure(document).count("heading_open") for document in (hostile, render_document(incident()))]
    assert (headings[0], "\n`````text\n````\n# Diagnosis report" in hostile) == (headings[1], True)
