"""From an analysis to `diagnosis.md`: all sections of a diagnosis report, filled from facts only.

What is not known is said to be not known. Whatever comes from logs is inert in Markdown (`markdown`).
"""

from hotfix.core.facts import Analysis
from hotfix.core.settings import EXCERPT_COLUMNS, ROWS_SHOWN
from hotfix.core.text import format_time, say_span
from hotfix.report.answers import answer_questions, describe_period, describe_reading, state_headline
from hotfix.report.contents import lay_out_incident
from hotfix.report.markdown import code, fence, finish
from hotfix.report.past import state_past, state_runbook
from hotfix.report.plain import shorten
from hotfix.report.templating import fill_template
from hotfix.report.words import APPROACHES, EVIDENCE_KINDS, RUNGS, VERDICTS, say_place


def render_document(analysis: Analysis) -> str:
    """Return the report as Markdown; without an incident a short one that says what was looked at.

    Raises:
        RuleError: the template is missing.
    """
    incident = analysis.incident
    values = {
        "analysis": analysis,
        "diagnosis": analysis.diagnosis,
        "incident": incident,
        "contents": lay_out_incident(analysis, incident) if incident else None,
        "headline": state_headline(analysis),
        "answers": answer_questions(analysis),
        "reading": describe_reading(analysis),
        "period": describe_period(analysis),
        "past_note": state_past(analysis),
        "runbook": state_runbook(analysis),
        "rows": ROWS_SHOWN,
        "seconds": sum(analysis.timings.values()),
    }
    return fill_template("diagnosis-report.md", values, _FILTERS, finish)


_FILTERS = {
    "approach": lambda approach: APPROACHES[approach],
    "code": code,
    "count": "{:,}".format,
    "fence": fence,
    "kind": lambda kind: EVIDENCE_KINDS[kind],
    "percent": "{:.0%}".format,
    "place": say_place,
    "rung": lambda rung: RUNGS[rung],
    "short": lambda text: shorten(text, EXCERPT_COLUMNS),
    "span": say_span,
    "time": format_time,
    "verdict": lambda verdict: VERDICTS[verdict],
}
