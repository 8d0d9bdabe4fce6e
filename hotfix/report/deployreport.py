"""From the plan of a rollout to `deployment-plan.md` and its JSON; what comes from logs, code or programs is inert."""

import json
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from hotfix.core.errors import UsageError
from hotfix.core.facts import Severity
from hotfix.core.files import write_whole
from hotfix.core.settings import EXCERPT_COLUMNS
from hotfix.core.text import format_time, say_span
from hotfix.repair.contract import PATCH_JSON
from hotfix.repair.verify.contract import TEST_JSON
from hotfix.report.incidentfolders import REPORT
from hotfix.report.markdown import code, fence, finish
from hotfix.report.plain import shorten
from hotfix.report.templating import Filter, fill_template
from hotfix.report.words import say_number
from hotfix.rollout.plan.contract import Plan
from hotfix.rollout.plan.planning import find_severity
from hotfix.rollout.traffic import say_share

PLAN_MD, PLAN_JSON = "deployment-plan.md", "deployment-plan.json"
"""Files in the incident folder; the second is the output of `hotfix deploy plan --json`."""

SCHEMA = "hotfix.deployment-plan/1"

_MESSAGE_COLUMNS = 100
"""Characters of a line of a message: it stays readable in a document, and pastes as text."""


def write_plan(folder: Path, plan: Plan, further: dict[str, str]) -> tuple[Path, ...]:
    """Write the document, its JSON and further files by name into the incident folder, and return their paths.

    Raises:
        UsageError: the folder cannot be written.
        RuleError: the template is missing.
    """
    texts = {PLAN_MD: render_plan_document(plan), PLAN_JSON: render_plan_json(plan, tuple(further)), **further}
    try:
        for name, text in texts.items():
            write_whole(folder / name, text)
    except OSError as error:
        raise UsageError(f"expected a folder that can be written at {folder}, found: {error.strerror}") from None
    return tuple(folder / name for name in texts)


def render_plan_json(plan: Plan, further: tuple[str, ...] = ()) -> str:
    """Return what ``hotfix deploy plan --json`` prints: one object, ASCII only.

    Args:
        plan: the plan.
        further: names of files that were written beside the document.
    """
    rehearsal = plan.rehearsal
    whole = {
        "schema": SCHEMA,
        "incident": plan.incident,
        "created_at": format_time(plan.created_at),
        "severity": find_severity(plan.findings),
        "service": plan.findings.service,
        "decision": asdict(plan.decision),
        "strategy": {
            "strategy": plan.choice.strategy,
            "decided_by": plan.choice.decided_by,
            "reason": plan.choice.reason,
            "in_force": plan.choice.in_force,
            "others": [{"strategy": strategy, "reason": reason} for strategy, reason in plan.choice.others],
        },
        "checklist": [asdict(one) for one in plan.points],
        "volume": plan.volume and {**asdict(plan.volume), "per_min": plan.volume.per_min},
        "phases": [{**asdict(one), "lasts_s": one.lasts_s} for one in plan.phases],
        "policy": asdict(plan.policy),
        "monitoring": {"sources": list(plan.sources), "watches": [asdict(one) for one in plan.watches]},
        "success": list(plan.success),
        "run": {"command": plan.commands.run},
        "rollback": {"command": plan.commands.rollback, "ways": [asdict(one) for one in plan.rollback]},
        "rehearsal": rehearsal and {**asdict(rehearsal), "at": format_time(rehearsal.at), "passed": rehearsal.passed},
        "messages": [asdict(one) for one in plan.messages],
        "afterwards": list(plan.afterwards),
        "risks": [asdict(one) for one in plan.risks],
        "timeline": [asdict(one) for one in plan.timeline],
        "clocks": [asdict(one) for one in plan.clocks],
        "sign_off": list(plan.roles),
        "configure": list(plan.configure),
        "made_from": list(_list_made_from(plan)),
        "manifests": list(further),
    }
    return json.dumps(whole, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def render_plan_document(plan: Plan) -> str:
    """Return the plan as Markdown: whether it may begin first, then all that is decided, checked and left to people."""
    severity = find_severity(plan.findings)
    values = {
        "plan": plan,
        "analysis": plan.findings.analysis,
        "severity": severity,
        "versions": _say_versions(plan),
        "groups": [(group, list(points)) for group, points in groupby(plan.points, lambda one: one.group)],
        "mitigated": severity is Severity.P0,
        "made_from": tuple(_list_made_from(plan)),
    }
    filters: dict[str, Filter] = {
        "code": code,
        "fence": fence,
        "short": lambda text: shorten(text, EXCERPT_COLUMNS),
        "span": say_span,
        "seconds": lambda seconds: f"{seconds:.3f} s",
        "share": say_share,
        "count": lambda number: f"{number:,}",
        "number": say_number,
        "time": format_time,
        "wrap": lambda text: "\n".join(textwrap.wrap(text, _MESSAGE_COLUMNS)),
    }
    return fill_template(PLAN_MD, values, filters, finish)


def _say_versions(plan: Plan) -> str | None:
    configuration = plan.configuration
    if not configuration.new:
        return None
    old = f", old {', '.join(configuration.old)}" if configuration.old else ""
    return f"new {', '.join(configuration.new)}{old}, as {configuration.provider} calls them"


def _list_made_from(plan: Plan) -> Iterator[str]:
    """Yield the files that the plan rests on, and those that are missing."""
    yield f"{REPORT}, written by hotfix {plan.findings.analysis.version}"
    missing = "not known: it is missing from the incident folder"
    for name, found, writer in (
        (PATCH_JSON, plan.findings.patch, "hotfix patch"),
        (TEST_JSON, plan.findings.test, "hotfix test"),
    ):
        yield f"{name} of {writer}" + ("" if found else f": {missing}")
    configuration = plan.configuration
    yield f"{configuration.path}" + (
        "" if configuration.found else ": not there, so the policy is that of the severity"
    )
