"""From a verification to `test-report.md` and to the JSON of `hotfix test`. What comes from programs is inert."""

import json
from pathlib import Path

from hotfix.core.files import write_whole
from hotfix.core.settings import EXCERPT_COLUMNS
from hotfix.core.text import say_span
from hotfix.learn.clock import Phase, say_against
from hotfix.repair.verify.contract import TEST_JSON, TEST_REPORT_MD, Category, CategoryResult, TestVerdict, Verification
from hotfix.repair.verify.verdict import NAMES, say_status
from hotfix.report.markdown import Markdown, code, fence, finish
from hotfix.report.plain import shorten, tame_block
from hotfix.report.templating import Filter, fill_template

_QUESTIONS = {
    Category.FIX: "Is the error gone?",
    Category.REGRESSION: "Does what worked still work?",
    Category.PERFORMANCE: "Is it as fast as before?",
    Category.COMPATIBILITY: "Are old data and old clients treated as before?",
    Category.ROLLBACK: "Can it be taken back?",
}
_ADVICE = {
    TestVerdict.APPROVED: "The patch may go on to its rollout.",
    TestVerdict.APPROVED_WITH_NOTES: "The patch may go on to its rollout, once somebody has read the notes.",
    TestVerdict.REJECTED: "Stop: the patch must not be rolled out.",
    TestVerdict.NOT_VALIDATED: "Nothing was proven: do not roll the patch out on this report alone.",
}


def write_test_report(folder: Path, found: Verification) -> tuple[Path, ...]:
    """Write `test-report.md` and `test.json` into the incident folder and return their paths.

    Raises:
        OSError: the folder cannot be written.
        RuleError: the template is missing.
    """
    texts = {TEST_REPORT_MD: render_test_report(found), TEST_JSON: render_test_json(found)}
    for name, text in texts.items():
        write_whole(folder / name, text)
    return tuple(folder / name for name in texts)


def render_test_json(found: Verification) -> str:
    """Return what ``hotfix test --json`` prints: one object, ASCII only."""
    whole = {
        "verdict": found.verdict,
        "rule": found.rule,
        "categories": {
            one.category: {
                "status": one.status,
                "detail": one.detail,
                "command": one.command,
                "seconds": round(one.seconds, 6),
                "notes": list(one.notes),
            }
            for one in found.results
        },
        "incident": found.incident,
        "severity": found.severity,
        "depth": found.depth.name,
        "base": found.base,
        "patch": found.patch,
        "files": list(found.files),
        "candidates": [
            {"candidate": one.place, "rung": one.rung, "verdict": one.verdict, "rule": one.rule} for one in found.tried
        ],
        "confined": found.confined,
        "confinement": found.confinement,
        "notes": list(found.notes),
        "seconds": round(found.seconds, 6),
    }
    return json.dumps(whole, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def render_test_report(found: Verification) -> str:
    """Return the report as Markdown: the verdict first, then each category with the output that proves it."""
    values = {
        "found": found,
        "advice": _ADVICE[found.verdict],
        "clock": say_clock(found),
        "results": found.results,
        "questions": _QUESTIONS,
        "names": NAMES,
    }
    filters: dict[str, Filter] = {
        "code": code,
        "fence": fence,
        "block": _block,
        "name": lambda category: NAMES[category].capitalize(),
        "question": lambda category: _QUESTIONS[category],
        "status": say_status,
        "span": say_span,
        "short": lambda text: shorten(text, EXCERPT_COLUMNS),
    }
    return fill_template("test-report.md", values, filters, finish)


def _block(text: str) -> Markdown:
    """Return a whole program in a fence that it cannot end: our own text, with values as Python literals."""
    return Markdown(f"````python\n{tame_block(text)}\n````")


def say_clock(found: Verification) -> str:
    """Return how long testing took against the target of the severity."""
    return say_against(found.seconds, Phase.TEST, found.severity)


def describe_result(one: CategoryResult) -> str:
    """Return one answer as a line of plain text."""
    return f"{NAMES[one.category]:<15}{say_status(one.status):<15}{one.detail}"
