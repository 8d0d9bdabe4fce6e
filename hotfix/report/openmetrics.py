"""Metrics over incidents as a file of gauges that Prometheus reads, for the node exporter's textfile collector.

The text is OpenMetrics 1.0 and the older Prometheus text format at once: gauges alone, no times, no exemplars. What is
not known has no sample. Source: the OpenMetrics specification, and Prometheus' exposition formats.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from hotfix.core.errors import UsageError
from hotfix.core.files import write_whole
from hotfix.learn.metrics.computing import DEFINITIONS
from hotfix.learn.metrics.contract import Definition, Figure, Group, Metrics, Share, Spread
from hotfix.learn.metrics.groupings import Grouping

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
_KNOWN = "Incidents behind {name}, by whether their value is known, not known, or does not apply."

Labels = Mapping[str, str | None]


def render_openmetrics(metrics: Metrics) -> str:
    """Return one family for each measure and one for what it is of; with groups a label tells these apart."""
    by = metrics.scope.by
    groups = metrics.groups if by else (metrics.whole,)
    lines = [*_open_family("hotfix_incidents", None, "Incidents in scope.")]
    lines += [_sample("hotfix_incidents", _label_group(by, group), group.incidents) for group in groups]
    lines += _open_family("hotfix_incidents_unreadable", None, "Folders, files and lines that cannot be read.")
    lines.append(_sample("hotfix_incidents_unreadable", {}, len(metrics.skipped)))
    for definition in DEFINITIONS:
        figures = [
            (_label_group(by, group) | _label_agent(one), one)
            for group in groups
            for one in group.figures
            if one.definition is definition
        ]
        lines += _render_measure(definition, figures)
    return "\n".join((*lines, "# EOF", ""))


def write_openmetrics(path: Path, metrics: Metrics) -> None:
    """Write them whole or not at all.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        write_whole(path, render_openmetrics(metrics))
    except OSError as error:
        raise UsageError(f"expected a file that can be written at {path}, found: {error.strerror}") from None


def name_metric(definition: Definition) -> str:
    """Return the name of the family that holds the values of a measure; it ends with its unit."""
    return f"hotfix_{definition.ident}_{definition.unit}"


def _render_measure(definition: Definition, figures: list[tuple[dict[str, str | None], Figure]]) -> Iterator[str]:
    if not figures:
        return
    name = name_metric(definition)
    yield from _open_family(name, definition.unit, definition.says)
    for labels, figure in figures:
        for statistic, value in _list_values(figure):
            yield _sample(name, labels | {"statistic": statistic}, value)
    behind = f"hotfix_{definition.ident}_incidents"
    yield from _open_family(behind, None, _KNOWN.format(name=name))
    for labels, figure in figures:
        for state, count in (
            ("known", figure.n),
            ("not_known", figure.not_known),
            ("not_applicable", figure.not_applicable),
        ):
            yield _sample(behind, labels | {"value": state}, count)


def _list_values(figure: Figure) -> Iterator[tuple[str | None, float]]:
    match figure.result:
        case Share() as share:
            yield None, share.ratio
        case Spread() as spread:
            told = (
                ("lower_quartile", spread.lower_quartile),
                ("median", spread.median),
                ("upper_quartile", spread.upper_quartile),
                ("total", spread.total),
            )
            yield from ((statistic, value) for statistic, value in told if value is not None)
        case None:
            return


def _label_group(by: Grouping | None, group: Group) -> dict[str, str | None]:
    return {by.value: group.name} if by else {}


def _label_agent(figure: Figure) -> dict[str, str | None]:
    return {"agent": figure.agent, "model": figure.model} if figure.agent is not None else {}


def _open_family(name: str, unit: str | None, says: str) -> Iterator[str]:
    yield f"# TYPE {name} gauge"
    if unit:
        yield f"# UNIT {name} {unit}"
    yield f"# HELP {name} {says.translate(_ESCAPES)}"


def _sample(name: str, labels: Labels, value: float) -> str:
    """Return a sample; a label without a value is left out, as Prometheus takes it for absent."""
    said = ",".join(f'{key}="{value.translate(_ESCAPES)}"' for key, value in labels.items() if value)
    return f"{name}{{{said}}} {float(value)!r}" if said else f"{name} {float(value)!r}"
