"""From facts and a policy to what is watched, what counts as success, and when the rollout goes back. Pure."""

from collections.abc import Iterator

from hotfix.core.facts import Analysis, Change, Evidence, EvidenceKind, Metric, Template
from hotfix.core.text import say_span
from hotfix.rollout.contract import Policy
from hotfix.rollout.judge.limits import BUG_LEFT, LATER_FACTOR
from hotfix.rollout.monitor.incident import read_incident
from hotfix.rollout.plan.contract import Watch
from hotfix.rollout.plan.known import Configuration, Findings, Volume
from hotfix.rollout.traffic import say_share

NOT_LOGGED = "not known: the logs do not tell it"
_LOGGED = (EvidenceKind.LOG, EvidenceKind.STACK_TRACE)


def list_watches(findings: Findings, policy: Policy, volume: Volume | None) -> tuple[Watch, ...]:
    """Return what is watched, with the values that the logs tell from before the incident and from within it."""
    lines, analysis, service = policy.thresholds, findings.analysis, findings.service
    errors_back, slow_back, bug_back = _say_back(policy)
    errors = find_change(analysis, service, Metric.ERROR_RATIO)
    slow = find_change(analysis, service, Metric.LATENCY_P95)
    return (
        Watch(
            "error ratio of the new version, beside the old one's",
            f"{_say_percent(errors.before)} of the records of {errors.service}" if errors else NOT_LOGGED,
            f"{_say_percent(errors.after)} of the records" if errors else NOT_LOGGED,
            f"above {say_share(lines.alert_errors)}",
            errors_back,
            known=errors is not None,
        ),
        Watch(
            "95th percentile of durations, as a factor of the old version's",
            f"{slow.before:,.0f} ms at {slow.service}" if slow else NOT_LOGGED,
            f"{slow.after:,.0f} ms" if slow else NOT_LOGGED,
            f"above {lines.alert_p95:g} times",
            slow_back,
            known=slow is not None,
        ),
        Watch(
            "number of requests",
            NOT_LOGGED,
            f"{volume.requests:,} {volume.basis} in {say_span(volume.seconds)}" if volume else NOT_LOGGED,
            f"below {say_share(lines.rollback_volume)} of what is usual",
            f"below {say_share(lines.rollback_volume)} of what is usual",
            known=False,
        ),
        _watch_bug(findings, bug_back),
        Watch(
            "classes of fatal errors that were not known before the rollout",
            "none, by definition",
            "none, by definition",
            "one in the new version",
            f"{lines.fatal_times} of one class in the new version, at any number of requests",
        ),
        Watch(
            "the monitoring itself",
            "answers",
            "answers",
            f"no data for {say_span(policy.blind_after_s)}: nothing is promoted",
            f"no data for {say_span(policy.blind_deadline_s)}",
        ),
    )


def list_success(policy: Policy) -> tuple[str, ...]:
    """Return what a phase must meet to pass."""
    return (
        *_say_compared(policy),
        "No new kind of error came.",
        "The error of the incident comes less often in the new version than in the old one; at the end it is gone.",
        "Minimum time and minimum requests are both met; the judge says promote, and names the rule.",
    )


def list_sources(configuration: Configuration, policy: Policy) -> tuple[str, ...]:
    """Return where the observations come from and how often it is looked."""
    where = (
        f"The table [deploy.monitor] of {configuration.path} says where both versions are seen."
        if "monitor" in configuration.said
        else "Not known: where the logs or metrics of each version are; table [deploy.monitor] of hotfix.toml says it."
    )
    return (
        where,
        (
            f"It is looked every {say_span(policy.check_s)}; durations and volume count from "
            f"{say_span(policy.settle_s)} after each step on."
        ),
        f"Rates of fewer than {policy.window_requests} requests are not judged, unless most of them fail.",
        (
            "A version as good as the old one is rolled back by evidence in at most "
            f"{say_share(policy.false_rollback)} of rollouts."
        ),
        "The triggers stay armed while the rollout is paused or waits for approval.",
    )


def find_change(analysis: Analysis, service: str | None, metric: Metric) -> Change | None:
    """Return the change of a metric of a whole service, else of another affected one; None where none changed."""
    found = [one for one in analysis.changes if one.metric is metric and one.template_id is None]
    return min(found, key=lambda one: one.service != service, default=None)


def find_bug(analysis: Analysis) -> Template | None:
    """Return the template of the incident's own error: that of the first cited log record."""
    return next((template for one in _list_cited(analysis) for template in _list_at(analysis, one)), None)


def _is_alone(policy: Policy) -> bool:
    """Tell whether no old version runs beside the new one: all requests are sent to it at once."""
    return policy.phases[0].share >= 1


def _say_back(policy: Policy) -> tuple[str, str, str]:
    """Return when errors, durations and the incident's own error send the rollout back."""
    lines = policy.thresholds
    line = f"surely above {say_share(lines.rollback_errors)}, or surely more than"
    if _is_alone(policy):
        return (
            f"{line} {LATER_FACTOR:g} times what it was just before",
            f"surely {LATER_FACTOR:g} times more requests beyond {lines.rollback_p95:g} times than just before",
            "at the deadline, while it is not surely rarer than just before",
        )
    return (
        f"{line} {lines.minimum_effect:g} times the old version's",
        f"surely above {lines.rollback_p95:g} times",
        f"surely more often than {say_share(BUG_LEFT)} of the old version's rate",
    )


def _say_compared(policy: Policy) -> tuple[str, ...]:
    """Return what is asked of errors and durations to pass."""
    lines = policy.thresholds
    if _is_alone(policy):
        return (
            (
                "The error ratio of the new version is surely less than "
                f"{say_share(lines.rollback_errors)} above the old one's just before, as far as that is known."
            ),
            f"Not surely more than {LATER_FACTOR:g} times as many requests fail, or take far longer, as just before.",
        )
    return (
        (
            "The error ratio of the new version is at or below the old one's, as far as the requests so far can tell; "
            f"up to a factor of {lines.minimum_effect:g} it counts as no worse."
        ),
        f"The 95th percentile of durations is within {say_share(lines.success_p95)} of the old version's.",
    )


def _watch_bug(findings: Findings, back: str) -> Watch:
    """Return what is watched of the incident's own error: the kinds of errors that the monitoring counts as it."""
    analysis = findings.analysis
    record, kinds = find_bug(analysis), read_incident(analysis).bug.names
    change = next((one for one in analysis.changes if record and one.template_id == record.id), None)
    if record is None:
        before = during = "not known: no record of it is cited"
    else:
        before = f"{change.before:.3g} a minute" if change else NOT_LOGGED
        during = f"{record.count:,} records" + (f", {change.after:.3g} a minute" if change else "")
    if kinds:
        what, alert = f"the error of the incident: {'; '.join(kinds)}", "any in the new version"
    else:
        what = f"what the incident shows: {record.text}" if record else "what the incident shows"
        alert, back = "none: look for it in the logs", "none: the monitoring counts new errors, and this is none"
    return Watch(what, before, during, alert, back, known=change is not None)


def _list_cited(analysis: Analysis) -> Iterator[Evidence]:
    known = {one.id: one for one in analysis.evidence}
    cited = [known[ident] for ident in analysis.diagnosis.evidence if ident in known]
    yield from (one for one in (*cited, *analysis.evidence) if one.kind in _LOGGED)


def _list_at(analysis: Analysis, evidence: Evidence) -> Iterator[Template]:
    place = evidence.place
    for template in analysis.templates:
        sample = template.sample
        if sample.file == place.file and place.line <= sample.line <= place.end_line:
            yield template


def _say_percent(ratio: float) -> str:
    return f"{ratio * 100:.3g} %"
