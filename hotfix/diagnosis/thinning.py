"""Thins out the records of big logs for the mechanisms: rare messages whole, frequent ones evenly. A case in and out.

What mechanisms look for is rare, or is a trend that a few thousand records show as well as millions. Logs of up to
THINNED_ABOVE records are left whole.
"""

from dataclasses import replace
from datetime import timedelta

import polars as pl

from hotfix.core.facts import Incident
from hotfix.core.settings import THINNED_ABOVE, THINNED_AROUND_S, THINNED_LEAST
from hotfix.diagnosis.case import Case
from hotfix.signal.templates import of_pattern

MECHANISM_COLUMNS = (
    "time",
    "time_inferred",
    "level",
    "service",
    "host",
    "trace_id",
    "file_id",
    "line",
    "line_count",
    "template_id",
)
"""What mechanisms look at of a record; what they do not look at is not read again."""


def thin_case(case: Case, incident: Incident) -> Case:
    """Return the case with at most about THINNED_ABOVE records of MECHANISM_COLUMNS, those around the onset among them.

    Of each message one in ``k`` records is kept, by its line number, so that it keeps its share and never fewer than
    THINNED_LEAST; the same logs are thinned out alike on every run.
    """
    counts = {one.id: one.count for one in case.templates.values()}
    if sum(counts.values()) <= THINNED_ABOVE:
        return replace(case, records=case.records.select(MECHANISM_COLUMNS))
    share = max(THINNED_ABOVE // len(counts), THINNED_LEAST)
    steps = pl.DataFrame(
        {"template_id": list(counts), "step": [max(count // share, 1) for count in counts.values()]},
        {"template_id": pl.String, "step": pl.UInt32},
    )
    step = of_pattern(case.lookup.mined.join(steps, on="template_id"), "step")
    around = timedelta(seconds=THINNED_AROUND_S)
    near = pl.col("time").is_between(incident.started_at - around, incident.started_at + around)
    thin = case.lookup.store.scan().filter((pl.col("line") % step == 0) | near)
    kept = case.lookup.view(thin).select(MECHANISM_COLUMNS).collect(engine="streaming")  # names only what is kept
    return replace(case, records=kept.lazy())
