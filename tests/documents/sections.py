"""The sections that SPEC.md asks of each document, and whether each is there and says something."""

import re
from collections.abc import Iterator, Mapping

from tests.documents.flaws import Flaw, FlawKind
from tests.documents.pages import Kind, Page

ASKED: Mapping[str, tuple[str, ...]] = {
    "diagnosis.md": (
        "incident summary", "symptoms", "user-facing", "system", "components", "evidence", "logs", "stack traces",
        "metrics", "recent changes", "deployments", "configuration", "infrastructure", "external", "five whys",
        "root cause", "contributing factors", "impact", "user", "business", "technical", "recommended fix",
        "testing requirements", "deployment strategy", "timeline", "next steps", "hypotheses rejected",
        "missing evidence", "similar past incidents", "diagnosis duration",
    ),
    "patch.md": (
        "root cause", "the change", "defensive measures", "safety checklist", "compatibility", "risk",
        "apply and take back", "testing requirements", "deployment notes",
    ),
    "test-report.md": (
        "fix validation", "regression", "performance", "compatibility", "rollback", "taking the patch back",
    ),
    "deployment-plan.md": (
        "pre-deployment checklist", "code", "rollback", "monitoring", "communication", "team", "environment",
        "strategy", "phases", "monitoring plan", "success criteria", "rollback procedure",
        "post-deployment activities", "risks", "estimated timeline", "sign-off",
    ),
    "rca.md": (
        "executive summary", "details", "timeline", "trigger", "five whys", "root cause", "technical", "systemic",
        "contributing factors", "detection", "why not sooner", "impact", "user", "business", "what went well",
        "what could improve", "where we got lucky", "action items", "this week", "within two weeks", "this quarter",
        "declined actions", "prevention", "process", "cultural", "lessons", "follow-up", "related incidents",
        "external version",
    ),
}  # fmt: skip
"""Titles by document (SPEC.md §1 to §5, and what issue 7 adds to §5), in lower case; a heading begins with one."""

_SAYS = re.compile(r"[^\W_]{2}")
_PLACEHOLDERS = re.compile(
    r"\b(?:TODO|TBD|TBA|TBC|FIXME|XXX)\b|\{\{|\}\}|\{%|<[a-z][\w -]*>|lorem ipsum"
    r"|\[(?:insert|add|your|name|date)\b[^\]]*\]"
)
_NOTHING = frozenset({"n/a", "na", "null", "nan", "none yet", "unknown", "?", "-", "–", "—", "…", "", "(empty)"})
"""What says nothing where it stands alone, in lower case."""


def find_gaps(page: Page) -> Iterator[Flaw]:
    """Yield each section that is asked and missing, each heading under which nothing is said, each empty cell."""
    headings = list(page.list_headings())
    for title in ASKED.get(page.name, ()):
        if not any(one.text.lower().startswith(title) for one in headings):
            yield Flaw(page.name, 1, FlawKind.SECTION, title, "no such section")
    for one in headings:
        if not any(_SAYS.search(inner.text) for inner in page.list_under(one) if inner.kind is not Kind.HEADING):
            yield Flaw(page.name, one.line, FlawKind.SECTION, one.text, "nothing is said under it")
    for one in page.pieces:
        if one.kind is Kind.CELL and not one.text.strip():
            yield Flaw(page.name, one.line, FlawKind.SECTION, "(empty cell)", "a table")


def find_placeholders(page: Page) -> Iterator[Flaw]:
    """Yield what stands for something that is not there; code blocks quote, and hold none."""
    for one in page.pieces:
        if one.kind is Kind.FENCE:
            continue
        if found := _PLACEHOLDERS.search(one.text):
            yield Flaw(page.name, one.line, FlawKind.PLACEHOLDER, found[0], one.text)
        elif one.text.strip() and one.text.strip(" .").lower() in _NOTHING:
            yield Flaw(page.name, one.line, FlawKind.PLACEHOLDER, one.text, one.kind)
