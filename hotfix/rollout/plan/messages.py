"""From facts to the messages of a rollout, ready to be sent: what users notice, and when the next word comes."""

from collections.abc import Iterator
from dataclasses import dataclass

from hotfix.core.facts import Incident
from hotfix.core.text import format_time, say_span
from hotfix.rollout.plan.contract import Message, PlannedPhase
from hotfix.rollout.plan.known import Findings
from hotfix.rollout.traffic import say_share

TEAM, EVERYONE, USERS = "team", "team and stakeholders", "users"


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What the messages are filled from."""

    findings: Findings
    phases: tuple[PlannedPhase, ...]
    command: str  # that goes back

    @property
    def service(self) -> str:
        """What the messages call the service."""
        return self.findings.service or "the service"

    @property
    def incident(self) -> Incident | None:
        """The incident, where there is one."""
        return self.findings.analysis.incident


def write_messages(facts: MessageFacts) -> tuple[Message, ...]:
    """Return the messages in the order in which they may be sent."""
    return tuple(_list_messages(facts))


def _list_messages(facts: MessageFacts) -> Iterator[Message]:
    first = facts.phases[0]
    yield Message(
        "start",
        EVERYONE,
        f"{facts.service}: the rollout of a fix begins. {_say_noticed(facts)} {say_share(first.share)} of the requests "
        f"go to the new version first, for at least {say_span(first.minimum_s)} and {first.minimum_requests} requests. "
        f"Next word when that has passed, or at once if it is taken back (`{facts.command}`).",
    )
    for phase, following in zip(facts.phases, facts.phases[1:], strict=False):
        yield Message(
            f"phase {phase.number} has passed",
            TEAM,
            f"{facts.service}: {say_share(phase.share)} of the requests have run on the new version and no rule spoke "
            f"against it; the numbers stand in rollout.jsonl. Now {say_share(following.share)}, for at least "
            f"{say_span(following.minimum_s)} and {following.minimum_requests} requests. Next word after that.",
        )
    last = facts.phases[-1]
    yield Message(
        "complete",
        EVERYONE,
        f"{facts.service}: the new version has had all requests for at least {say_span(last.minimum_s)} and "
        f"{last.minimum_requests} requests, and no rule spoke against it. The rollout is complete. "
        "Next word: the review of the incident.",
    )
    yield Message(
        "rollback",
        EVERYONE,
        f"{facts.service}: the new version is taken back; all requests go to the old one. The errors of the incident "
        "are to be expected again until another fix or an earlier release is live. The rule that decided stands in "
        "rollout.jsonl. Next word when it is known what comes instead.",
    )
    yield from _list_status_page(facts)


def _list_status_page(facts: MessageFacts) -> Iterator[Message]:
    since = f" since {format_time(facts.incident.started_at)}" if facts.incident else ""
    begun = f"Part of the requests to {facts.service} fail{since}. A fix is being rolled out in steps."
    span = say_span(sum(phase.lasts_s for phase in facts.phases))
    yield Message("status page, at the start", USERS, f"{begun} We expect it to be everywhere within {span}.")
    yield Message(
        "status page, when complete",
        USERS,
        f"The fix for {facts.service} is live for all requests and has been watched. We consider this resolved.",
    )
    yield Message(
        "status page, after a rollback",
        USERS,
        f"The fix for {facts.service} was taken back. Part of the requests may fail again. We are working on another.",
    )


def _say_noticed(facts: MessageFacts) -> str:
    incident = facts.incident
    if incident is None:
        return "What users notice is not known: the analysis found no incident."
    impact, since = incident.impact, f"since {format_time(incident.started_at)}"
    if impact.request_share is None:
        return f"What users notice is not known: no request with a status is logged; errors come {since}."
    return f"{impact.failed:,} of {impact.total:,} {impact.basis} failed {since}."
