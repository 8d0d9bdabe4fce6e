"""From a case to its diagnosis: verdict, leading cause, evidence, whys, other hypotheses, what to do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import polars as pl

from hotfix.core.facts import Change, Diagnosis, Evidence, Incident, Metric, Rung, Verdict
from hotfix.core.settings import (
    CLOCK_SLACK_S,
    ERRORS_MANY,
    ERRORS_THROUGHOUT,
    EVENTS_FEWEST,
    FEWEST_RECORDS,
    FRESH_SHARE,
    PRECURSOR_S,
    VICTIMS_SHOWN,
)
from hotfix.core.text import format_time
from hotfix.diagnosis.bursts import tell_bursts
from hotfix.diagnosis.case import GRAVE, Case
from hotfix.diagnosis.causes import load_causes
from hotfix.diagnosis.clues import find_clues
from hotfix.diagnosis.evidence import Exhibits
from hotfix.diagnosis.hypotheses import weigh_candidates
from hotfix.diagnosis.incident import open_incident, settle_incident
from hotfix.diagnosis.mechanisms.contract import Clue
from hotfix.diagnosis.ranker import Candidate, Leads, judge_confidence, newness, rank_causes
from hotfix.diagnosis.recommend import recommend
from hotfix.diagnosis.statement import state_cause
from hotfix.diagnosis.suspects import Suspect, find_suspects
from hotfix.diagnosis.untimed import add_last_words
from hotfix.diagnosis.whys import ask_whys

_CLOCK_SLACK = timedelta(seconds=CLOCK_SLACK_S)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the diagnosis stage returns: the incident, the evidence and the diagnosis that cites it."""

    incident: Incident | None
    evidence: tuple[Evidence, ...]
    diagnosis: Diagnosis
    grounds: "Grounds | None" = None  # None where no candidate was ranked

    @property
    def onset(self) -> datetime | None:
        """When the incident started; None when there is none."""
        return self.incident.started_at if self.incident else None

    @property
    def services(self) -> tuple[str, ...]:
        """Whom it concerns, culprit first; nobody when there is no incident."""
        if self.incident is None:
            return ()
        culprit = (self.diagnosis.service,) if self.diagnosis.service else ()
        return tuple(dict.fromkeys((*culprit, *self.incident.services)))


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a finding was concluded from: enough to conclude again with another candidate in the lead."""

    leads: Leads
    candidates: tuple[Candidate, ...]  # best first; the first ones are the hypotheses
    exhibits: Exhibits


def diagnose(case: Case) -> Finding:
    """Return the finding for one set of logs; without an incident it says so, or why nothing can be said."""
    leads = gather_leads(case)
    if leads is None:
        return judge_quiet(case.records, tell_bursts(case))
    case, incident, candidates = leads.case, leads.incident, rank_causes(leads)
    exhibits = Exhibits(case.open_text)
    if not candidates:
        diagnosis = _name_the_change_only(case, incident, exhibits)
        return Finding(incident, exhibits.all(), diagnosis)
    return _conclude(Grounds(leads, candidates, exhibits))


def prefer(finding: Finding, rank: int, by: str) -> Finding:
    """Return the finding with the hypothesis of another rank (from 2 on) in the lead, no surer than it was.

    Evidence keeps its ids; what the new leader rests on is added. `by` says who preferred it. A finding without
    candidates is returned as it is.
    """
    grounds = finding.grounds
    if grounds is None:
        return finding
    first = grounds.candidates[rank - 1]
    others = [one for one in grounds.candidates if one is not first]
    diagnosis, incident = _describe_leader(grounds, first, finding.diagnosis.confidence)
    moved = sorted(finding.diagnosis.hypotheses, key=lambda one: one.rank != rank)
    hypotheses = [replace(one, rank=place) for place, one in enumerate(moved, start=1)]
    hypotheses[0] = replace(hypotheses[0], confidence=diagnosis.confidence, supports=diagnosis.evidence, rejected=None)
    return Finding(
        incident,
        grounds.exhibits.all(),
        replace(diagnosis, by=by, hypotheses=tuple(hypotheses)),
        replace(grounds, candidates=(first, *others)),
    )


def gather_leads(case: Case) -> Leads | None:
    """Return everything that causes are judged by; None when nothing got worse."""
    incident = open_incident(case)
    if incident is None:
        return None
    suspects = add_last_words(case, _take_told(case, incident, find_suspects(case, incident)))
    clues = find_clues(case, incident, suspects)
    return Leads(_right_end(case, clues), incident, _right_clocks(suspects, clues), clues)


def _right_end(case: Case, clues: Sequence[Clue]) -> Case:
    """Return the case without the silences that only a clock ahead of the others shows, whose log ends after theirs."""
    ahead = timedelta(seconds=max((clue.ahead_s for clue in clues), default=0.0))
    early = case.last - ahead - _CLOCK_SLACK
    if not ahead:
        return case
    kept = [one for one in case.changes if one.metric is not Metric.VOLUME or one.until is not None or one.at < early]
    return replace(case, changes=tuple(kept))


def _right_clocks(suspects: Sequence[Suspect], clues: Sequence[Clue]) -> tuple[Suspect, ...]:
    """Return the suspects with the times at which they truly came, where a clock was found to be wrong."""
    wrong = {clue.place.file: (clue.at, timedelta(seconds=clue.ahead_s)) for clue in clues if clue.ahead_s}
    righted = []
    for one in suspects:
        at, ahead = wrong.get(one.place.file, (one.first, timedelta(0)))
        righted.append(replace(one, first=one.first - ahead) if one.first - ahead >= at - _CLOCK_SLACK else one)
    return tuple(sorted(righted, key=lambda one: (one.first, one.template_id)))


def _take_told(case: Case, incident: Incident, suspects: Sequence[Suspect]) -> tuple[Suspect, ...]:
    """Return the suspects; where nothing happened but that services fell silent, only those of these services."""
    harmful = [change for change in case.changes if case.is_harmful(change)]
    if any(change.metric is not Metric.VOLUME for change in harmful):
        return tuple(suspects)
    return tuple(suspect for suspect in suspects if suspect.service in incident.services)


def date_onset(case: Case, incident: Incident, culprit: str, suspects: Sequence[Suspect]) -> datetime:
    """Return the time of the culprit's first record of a behaviour hardly seen before; else when its own changes began.

    What came once or twice below error level is no behaviour. A culprit without either began with the incident.
    """
    fresh = [
        suspect.first
        for suspect in suspects
        if suspect.service == culprit
        and newness([suspect]) >= FRESH_SHARE
        and (suspect.level in GRAVE or suspect.n_after >= EVENTS_FEWEST)
    ]
    begin = incident.started_at - timedelta(seconds=PRECURSOR_S)
    own = [
        change.at
        for change in case.changes
        if change.service == culprit and case.is_harmful(change) and change.at >= begin
    ]
    return min(fresh or own, default=incident.started_at)


def judge_quiet(records: pl.LazyFrame, bursts: str | None = None) -> Finding:
    """Return the finding for logs in which nothing got worse: healthy, or not comparable and why.

    Args:
        records: RECORDS.
        bursts: a clause on errors that came in bursts, which alone make no incident.
    """
    timed = pl.col("time").is_not_null() & ~pl.col("time_inferred")
    total, dated, errors = (
        records.select(pl.len(), timed.sum().alias("dated"), pl.col("level").is_in(GRAVE).sum().alias("errors"))
        .collect(engine="streaming")
        .row(0)
    )
    if total and not dated:
        return _quiet(Verdict.INCONCLUSIVE, "no record carries a time, so before and after cannot be told apart")
    if total < FEWEST_RECORDS:
        said = f"only {total:,} record{'s' if total != 1 else ''}"
        return _quiet(Verdict.INCONCLUSIVE, f"{said}, too few to compare before and after")
    if errors / total >= ERRORS_THROUGHOUT:
        said = f"{errors / total:.0%} of all records are errors from the first to the last minute"
        return _quiet(Verdict.INCONCLUSIVE, f"{said}; there is no healthy period to compare them with")
    old = f"; {_say_errors(errors, total)}" if errors else ""
    told = f"; but {bursts}" if bursts else ""
    return _quiet(Verdict.NO_INCIDENT, f"nothing got worse in {total:,} records{old}{told}")


def _say_errors(errors: int, total: int) -> str:
    """Return a clause on the errors of logs in which nothing got worse; many of them are worth a look all the same."""
    if errors / total < ERRORS_MANY:
        return f"{errors:,} of them are errors, whose rise, if any, may be chance"
    return f"{errors / total:.0%} of them are errors, as steadily from the first to the last minute: it was so before"


def _quiet(verdict: Verdict, statement: str) -> Finding:
    missing = ("logs from before and after the trouble, with times",) if verdict is Verdict.INCONCLUSIVE else ()
    return Finding(None, (), _make_diagnosis(verdict, statement, missing=missing))


def _conclude(grounds: Grounds) -> Finding:
    """Bring the evidence, cause first, then what it cites."""
    candidates, exhibits = grounds.candidates, grounds.exhibits
    shown = candidates[: 1 + VICTIMS_SHOWN]
    confidence = judge_confidence(candidates)
    diagnosis, incident = _describe_leader(grounds, candidates[0], confidence)
    others = {place: (exhibits.add_suspect(one.leader),) for place, one in enumerate(shown) if place}
    cited = {0: diagnosis.evidence, **others}
    hypotheses = weigh_candidates(shown, confidence, cited, grounds.leads.case.assumed)
    return Finding(incident, exhibits.all(), replace(diagnosis, hypotheses=hypotheses), grounds)


def _describe_leader(grounds: Grounds, leader: Candidate, confidence: float) -> tuple[Diagnosis, Incident]:
    """Return the diagnosis with this candidate as the cause, without hypotheses yet, and the incident as it then is."""
    case, opened = grounds.leads.case, grounds.leads.incident
    onset = date_onset(case, opened, leader.service, grounds.leads.suspects)
    incident = settle_incident(case, opened, leader.service, onset)
    cause = load_causes()[leader.category]
    own = _bring_own(case, leader, grounds.exhibits)
    diagnosis = Diagnosis(
        verdict=Verdict.RECOVERED if incident.ended_at else Verdict.INCIDENT,
        category=leader.category,
        service=leader.service,
        statement=state_cause(leader),
        confidence=confidence,
        by=_tell_judge(leader),
        rung=Rung.TEMPLATES,
        evidence=own,
        five_whys=ask_whys(incident, leader, cause, own),
        contributing=_name_contributors(case, incident, leader),
        hypotheses=(),
        missing=_name_missing(case, leader),
        recommendation=recommend(incident, leader, cause),
    )
    return diagnosis, incident


def _tell_judge(leader: Candidate) -> str:
    """Return who named the family: rules rank, and where they did not know the wording, the encoder named it."""
    return "rules and encoder" if leader.leader.match.by.startswith("encoder") else "rules"


def _bring_own(case: Case, leader: Candidate, exhibits: Exhibits) -> tuple[str, ...]:
    idents = [exhibits.add_suspect(leader.leader)]
    if leader.deploy is not None:
        idents.append(exhibits.add_deploy(leader.deploy))
    idents += [exhibits.add_suspect(suspect) for suspect in leader.suspects[:VICTIMS_SHOWN]]
    idents += [exhibits.add_clue(clue) for clue in leader.clues[:VICTIMS_SHOWN]]
    own = [change for change in case.changes if change.service == leader.service and case.is_harmful(change)]
    idents += [ident for change in own[:VICTIMS_SHOWN] if (ident := exhibits.add_change(change))]
    return tuple(dict.fromkeys(idents))


def _name_contributors(case: Case, incident: Incident, leader: Candidate) -> tuple[str, ...]:
    slow = [
        change
        for change in case.changes
        if change.metric is Metric.LATENCY_P95 and case.is_harmful(change) and change.at <= incident.started_at
    ]
    said = [_say_slow(change) for change in slow]
    many = len({suspect.service for suspect in leader.suspects}) + len(incident.services)
    return (*said, *((f"{len(incident.services)} services were drawn in",) if many > 2 else ()))


def _say_slow(change: Change) -> str:
    return f"{change.service} had become slower before: {change.before:.0f} to {change.after:.0f} ms (p95)"


def _name_missing(case: Case, leader: Candidate) -> tuple[str, ...]:
    missing = []
    if not case.deploys:
        missing.append("no deployment, configuration or package change is known (--deploys FILE, --repo DIR)")
    elif leader.deploy is None:
        missing.append("no known change fits the onset; was there one that nobody recorded?")
    if leader.leader.exception and not leader.leader.frame:
        missing.append("the stack trace of the exception: the records name only its class")
    return (*missing, "metrics of the hosts (CPU, memory, disk) at the onset")


def _name_the_change_only(case: Case, incident: Incident, exhibits: Exhibits) -> Diagnosis:
    """Something got worse, but no record says why: report what is known and claim no cause."""
    harmful = [one for one in case.changes if case.is_harmful(one) and one.service in incident.services]
    first = min(harmful, key=lambda change: change.at)
    idents = [ident for change in harmful[:VICTIMS_SHOWN] if (ident := exhibits.add_change(change))]
    statement = f"{first.service}: {first.metric.value} went from {first.before:.4g} to {first.after:.4g}"
    verdict = Verdict.RECOVERED if incident.ended_at else Verdict.INCONCLUSIVE
    said = f"{statement} at {format_time(first.at)}; no record says why"
    missing = ("records at warning level or above from the services that changed",)
    return _make_diagnosis(verdict, said, missing=missing, evidence=tuple(idents), service=first.service)


def _make_diagnosis(
    verdict: Verdict,
    statement: str,
    *,
    missing: tuple[str, ...] = (),
    evidence: tuple[str, ...] = (),
    service: str | None = None,
) -> Diagnosis:
    return Diagnosis(
        verdict=verdict,
        category="unknown" if service else None,
        service=service,
        statement=statement,
        confidence=0.0,
        by="rules",
        rung=Rung.TEMPLATES if evidence else Rung.EVIDENCE_TABLE,
        evidence=evidence,
        five_whys=(),
        contributing=(),
        hypotheses=(),
        missing=missing,
        recommendation=None,
    )
