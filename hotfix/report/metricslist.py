"""Metrics over incidents as a table for the terminal, as JSON, and as CSV; whatever comes from logs is inert."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from hotfix.core.text import format_time, say_span
from hotfix.learn.metrics.contract import Figure, Group, Metrics, Scope, Section, Share, Spread, Unit
from hotfix.report.page import Item, Page
from hotfix.report.words import say_count, say_number, say_share

if TYPE_CHECKING:
    from rich.console import Console

SCHEMA = "hotfix.metrics/1"
_TITLES = ("", "median", "quartiles", "of", "not known")
_SHARE_TITLES = ("", "share", "", "of", "not known")
_SHARES = frozenset({Section.TARGETS, Section.QUALITY, Section.LEARNING})
_NONE = "-"
_OBEYED_BY_SHEETS = ("=", "+", "-", "@")
"""A spreadsheet takes a text that begins with one of these for a formula."""
_COLUMNS = (
    "by", "group", "measure", "agent", "model", "unit", "median", "lower_quartile", "upper_quartile", "total", "share",
    "count", "n", "not_known", "not_applicable", "few", "rests_on",
)  # fmt: skip


def render_metrics(metrics: Metrics, console: "Console") -> None:
    """Print a table of all incidents, or one of each group."""
    page = Page(console)
    page.line(f"{say_count(metrics.whole.incidents, 'incident')}{_say_scope(metrics.scope)}", "bold")
    for group in metrics.groups if metrics.scope.by else (metrics.whole,):
        _print_group(group, metrics.scope, page)
    if any(one.is_of_few for group in (metrics.whole, *metrics.groups) for one in group.figures):
        page.title("* of few incidents: another one may turn it over")


def render_metrics_json(metrics: Metrics) -> str:
    """Return the same as JSON, schema `hotfix.metrics/1`: one object, ASCII only."""
    scope = metrics.scope
    whole = {
        "schema": SCHEMA,
        "since": format_time(scope.since) if scope.since else None,
        "until": format_time(scope.until) if scope.until else None,
        "by": scope.by,
        "all": _describe_group(metrics.whole),
        "groups": [_describe_group(one) for one in metrics.groups],
        "unreadable": [{"where": one.where, "reason": one.reason} for one in metrics.skipped],
    }
    return json.dumps(whole, indent=2, ensure_ascii=True, allow_nan=False)


def render_metrics_csv(metrics: Metrics) -> str:
    """Return one row for each number of all incidents, or of each group; a cell that is not known is empty."""
    file = io.StringIO()
    rows = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
    rows.writeheader()
    by = metrics.scope.by
    for group in metrics.groups if by else (metrics.whole,):
        for figure in group.figures:
            told = {"by": by, "group": group.name, **_describe(figure)}
            told["rests_on"] = _say_grounds(figure.rests_on)
            rows.writerow({key: _disarm(told[key]) for key in _COLUMNS})
    return file.getvalue()


def _print_group(group: Group, scope: Scope, page: Page) -> None:
    if scope.by:
        page.title(f"{scope.by}: {group.name}, {say_count(group.incidents, 'incident')}")
    cells = {section: list(_list_rows(group, section)) for section in Section}
    rows = [row for found in cells.values() for row in found] + [_TITLES]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_TITLES))]
    for section, found in cells.items():
        if found:
            titles = (section.value.capitalize(), *(_SHARE_TITLES if section in _SHARES else _TITLES)[1:])
            page.title(_lay_out(titles, widths))
            for row in found:
                page.line(_lay_out(row, widths))
    page.title("What the numbers rest on, in incidents")
    for figure in group.figures:
        if figure.rests_on:
            page.item(Item(f"{_say_title(figure)}: {_say_grounds(figure.rests_on)}"))


def _lay_out(cells: tuple[str, ...], widths: list[int]) -> str:
    numbers = (f"{cell:>{width}}" for cell, width in zip(cells[1:], widths[1:], strict=True))
    return "  ".join((f"{cells[0]:<{widths[0]}}", *numbers))


def _list_rows(group: Group, section: Section) -> Iterator[tuple[str, ...]]:
    for figure in group.figures:
        if figure.definition.section is section:
            value, between = _say_result(figure)
            mark = "*" if figure.is_of_few else ""
            yield (
                f"  {_say_title(figure)}",
                f"{value}{mark}",
                between,
                f"{figure.n:,}",
                f"{figure.not_known:,}" if figure.not_known else _NONE,
            )


def _say_title(figure: Figure) -> str:
    if figure.agent is None:
        return figure.definition.title
    model = f" with {figure.model}" if figure.model else ""
    return f"{figure.definition.title}, {figure.agent}{model}"


def _say_result(figure: Figure) -> tuple[str, str]:
    match figure.result:
        case None:
            return _NONE, ""
        case Share() as share:
            return say_share(share.ratio), f"{share.count:,} of {share.of:,}"
        case Spread() as spread:
            unit, lower, upper = figure.definition.unit, spread.lower_quartile, spread.upper_quartile
            between = "" if lower is None or upper is None else f"{_say(lower, unit)} – {_say(upper, unit)}"
            return _say(spread.median, unit), between


def _say(value: float, unit: Unit) -> str:
    return say_span(value) if unit is Unit.SECONDS else say_number(value)


def _say_grounds(grounds: Mapping[str, int]) -> str:
    return ", ".join(f"{ground} {count:,}" for ground, count in grounds.items())


def _say_scope(scope: Scope) -> str:
    since = f" since {format_time(scope.since)}" if scope.since else ""
    return since + (f" until {format_time(scope.until)}" if scope.until else "")


def _describe_group(group: Group) -> dict[str, object]:
    return {"name": group.name, "incidents": group.incidents, "figures": [_describe(one) for one in group.figures]}


def _describe(figure: Figure) -> dict[str, object]:
    spread = figure.result if isinstance(figure.result, Spread) else None
    share = figure.result if isinstance(figure.result, Share) else None
    return {
        "measure": figure.definition.ident,
        "agent": figure.agent,
        "model": figure.model,
        "unit": figure.definition.unit,
        "definition": figure.definition.says,
        "median": spread and spread.median,
        "lower_quartile": spread and spread.lower_quartile,
        "upper_quartile": spread and spread.upper_quartile,
        "total": spread and spread.total,
        "share": share and share.ratio,
        "count": share and share.count,
        "n": figure.n,
        "not_known": figure.not_known,
        "not_applicable": figure.not_applicable,
        "few": figure.is_of_few,
        "rests_on": figure.rests_on,
    }


def _disarm(value: object) -> object:
    """Return a cell that a spreadsheet shows and does not run."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}" if isinstance(value, str) and value.startswith(_OBEYED_BY_SHEETS) else value
