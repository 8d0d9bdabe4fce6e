"""From an analysis to `report.html`: one file that needs no network and no script, and prints well."""

from hotfix.core.facts import Analysis
from hotfix.core.settings import EXCERPT_COLUMNS, EXCERPT_LINES, ROWS_SHOWN
from hotfix.core.text import format_time, say_span
from hotfix.report.answers import answer_questions, describe_period, describe_reading, find_trigger, state_headline
from hotfix.report.chart import draw_chart
from hotfix.report.contents import lay_out_incident
from hotfix.report.past import state_past, state_runbook
from hotfix.report.plain import clip_block, shorten, tame_block
from hotfix.report.templating import fill_template
from hotfix.report.words import APPROACHES, EVIDENCE_KINDS, RUNGS, VERDICTS, say_place


def render_html(analysis: Analysis) -> str:
    """Return the report as one HTML page; everything from logs is escaped and without control characters.

    Raises:
        RuleError: the template is missing.
    """
    incident = analysis.incident
    trigger = find_trigger(analysis)
    values = {
        "analysis": analysis,
        "diagnosis": analysis.diagnosis,
        "incident": incident,
        "contents": lay_out_incident(analysis, incident) if incident else None,
        "headline": state_headline(analysis),
        "answers": answer_questions(analysis),
        "chart": draw_chart(analysis),
        "trigger": trigger.deploy.id if trigger else None,
        "reading": describe_reading(analysis),
        "period": describe_period(analysis),
        "past_note": state_past(analysis),
        "runbook": state_runbook(analysis),
        "rows": ROWS_SHOWN,
        "seconds": sum(analysis.timings.values()),
    }
    return fill_template("report.html", values, _FILTERS, _finish, html=True)


def _finish(value: object) -> object:
    return value if hasattr(value, "__html__") else tame_block(str(value))


_FILTERS = {
    "approach": lambda approach: APPROACHES[approach],
    "clip": lambda text: clip_block(text, EXCERPT_LINES, EXCERPT_COLUMNS),
    "count": "{:,}".format,
    "kind": lambda kind: EVIDENCE_KINDS[kind],
    "percent": "{:.0%}".format,
    "place": say_place,
    "rung": lambda rung: RUNGS[rung],
    "short": lambda text: shorten(text, EXCERPT_COLUMNS),
    "span": say_span,
    "time": format_time,
    "verdict": lambda verdict: VERDICTS[verdict],
}
