"""Four rules of thumb that name a service and a cause family without any mechanism: what a diagnosis must beat.

They are told the true onset, which a person at 3 a.m. is not. The family is that of the text of the error that a rule
points at.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from hotfix.core.facts import Deploy, Level
from hotfix.diagnosis.causes import explain_text

_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Scene:
    """What the rules look at."""

    errors: pl.DataFrame  # per service, template_id: before, after (errors), file_id, line, line_count
    healthy_share: float  # part of the time that lies before the onset, 0..1
    deploys: Sequence[Deploy]
    onset: datetime
    open_text: Callable[[int, int, int], str]  # text of the record at a file_id, line and line_count


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule blames."""

    service: str
    category: str  # cause family ident


def judge_naively(scene: Scene) -> dict[str, Answer | None]:
    """Return what each rule answers; None where it has nothing to point at."""
    return {name: rule(scene) for name, rule in NAIVE_RULES.items()}


def count_errors(records: pl.LazyFrame, onset: datetime) -> pl.DataFrame:
    """Return the errors of each service and template before and after the onset, as `Scene.errors`."""
    bad = pl.col("level").is_in([Level.ERROR, Level.FATAL]) | (pl.col("status") >= _SERVER_ERROR)
    late = pl.col("time") >= onset
    return (
        records.filter(bad.fill_null(False))
        .group_by("service", "template_id")
        .agg(
            before=(~late).sum(),
            after=late.sum(),
            file_id=pl.col("file_id").first(),
            line=pl.col("line").first(),
            line_count=pl.col("line_count").first(),
        )
        .sort("service", "template_id")
        .collect(engine="streaming")
    )


def _blame(scene: Scene, errors: pl.DataFrame, weight: pl.Expr) -> Answer | None:
    """Name the service with the greatest sum of a weight, and the family of its heaviest error."""
    weighed = errors.with_columns(weight=weight).filter(pl.col("weight") > 0)
    if weighed.is_empty():
        return None
    services = (
        weighed.group_by("service").agg(pl.col("weight").sum()).sort("weight", "service", descending=[True, False])
    )
    service = str(services["service"][0])
    return Answer(service, _name_family(scene, weighed.filter(pl.col("service") == service)))


def _name_family(scene: Scene, weighed: pl.DataFrame) -> str:
    heaviest = weighed.sort("weight", descending=True).row(0, named=True)
    return explain_text(scene.open_text(*(heaviest[key] for key in ("file_id", "line", "line_count")))).category


def blame_most_errors(scene: Scene) -> Answer | None:
    """The service that shouts most, whenever."""
    return _blame(scene, scene.errors, pl.col("before") + pl.col("after"))


def blame_most_errors_after(scene: Scene) -> Answer | None:
    """The service that shouts most since the onset."""
    return _blame(scene, scene.errors, pl.col("after"))


def blame_over_represented(scene: Scene) -> Answer | None:
    """The error that became most frequent relative to what it was (lift, one added on both sides)."""
    expected = pl.col("before") * ((1 - scene.healthy_share) / max(scene.healthy_share, 0.01))
    lifted = scene.errors.with_columns(lift=(pl.col("after") + 1) / (expected + 1)).sort("lift", descending=True)
    return _blame(scene, lifted.head(1), pl.col("after"))


def blame_nearest_change(scene: Scene) -> Answer | None:
    """The service of the last change before the onset, and the family of its most frequent error since."""
    past = [deploy for deploy in scene.deploys if deploy.at <= scene.onset and deploy.service]
    if not past:
        return None
    service = max(past, key=lambda deploy: deploy.at).service or ""
    own = scene.errors.filter((pl.col("service") == service) & (pl.col("after") > 0)).with_columns(
        weight=pl.col("after")
    )
    return Answer(service, "bad_deploy" if own.is_empty() else _name_family(scene, own))


NAIVE_RULES: Mapping[str, Callable[[Scene], Answer | None]] = {
    "most errors": blame_most_errors,
    "most errors after the onset": blame_most_errors_after,
    "most over-represented error": blame_over_represented,
    "nearest change before the onset": blame_nearest_change,
}
"""Every rule by what it blames."""
