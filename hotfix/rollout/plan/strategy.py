"""Chooses the strategy of a rollout: facts come in, a strategy with its reason goes out. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from hotfix.core.text import say_span
from hotfix.repair.filekinds import FileKind, tell_kind
from hotfix.rollout.contract import Phase, Policy
from hotfix.rollout.plan.contract import StrategyChoice
from hotfix.rollout.plan.known import Configuration, Findings, Volume
from hotfix.rollout.plan.volume import estimate_phase
from hotfix.rollout.strategies import Strategy
from hotfix.rollout.traffic import say_share

WHOLE_HOSTS = "systemd"
"""The provider that cannot split the requests of one host."""

_STORED = (FileKind.MIGRATION, FileKind.SCHEMA)


@dataclass(frozen=True, slots=True)
class StrategyFacts:
    """What the choice rests on."""

    provider: str | None
    changed_data: tuple[str, ...]  # what changes stored data or a format, one phrase each
    volume: Volume | None
    canary: Policy  # the policy if it is a canary


def choose_strategy(facts: StrategyFacts, asked: Strategy | None, configured: Strategy | None) -> StrategyChoice:
    """Return the strategy: what the operator asked for, else what the project says, else what the facts say.

    Args:
        facts: of the change, the provider and the traffic.
        asked: by the option of the command.
        configured: by the key `strategy` of `hotfix.toml`, where that is said.
    """
    by_facts, reason = _follow_facts(facts)
    strategy, decided_by = by_facts, "facts"
    if asked or configured:
        strategy, decided_by = (asked, "--strategy") if asked else (configured or by_facts, "hotfix.toml")
        agreed = "which the facts ask for as well" if strategy is by_facts else f"where the facts ask for {by_facts}"
        reason = f"{decided_by} says so, {agreed}: {reason}"
    others = tuple((one, _say_against(one, facts)) for one in Strategy if one is not strategy)
    return StrategyChoice(strategy, decided_by, reason, strategy is (configured or Strategy.CANARY), others)


def find_changed_data(findings: Findings) -> tuple[str, ...]:
    """Return what changes stored data or a format in which it is exchanged: by the patch, or in the range before it."""
    files = [f"{path} changes stored data or a format" for path in findings.files if tell_kind(path) in _STORED]
    return (*files, *(findings.patch.irreversible if findings.patch else ()))


def gather_strategy_facts(
    findings: Findings, configuration: Configuration, volume: Volume | None, canary: Policy
) -> StrategyFacts:
    """Return the facts of an incident."""
    return StrategyFacts(configuration.provider, find_changed_data(findings), volume, canary)


def _follow_facts(facts: StrategyFacts) -> tuple[Strategy, str]:
    for rule in (_keep_versions_apart, _go_host_by_host, _need_traffic):
        if found := rule(facts):
            return found
    rate = facts.volume and f"at {_say_rate(facts.volume)} the first phase has its requests in time"
    return Strategy.CANARY, (
        "a small share of the users meets the new version first, beside the old one under the same load; "
        + (rate or "how many requests there are is not known, so the minimum of requests decides how long it takes")
    )


def _keep_versions_apart(facts: StrategyFacts) -> tuple[Strategy, str] | None:
    if not facts.changed_data:
        return None
    hosts = "; hosts change one after the other, so both run for as long as the restarts take"
    return Strategy.BLUE_GREEN, (
        f"{'; '.join(facts.changed_data)}: the two versions must not read and write the same data beside each other"
        + (hosts if facts.provider == WHOLE_HOSTS else "")
    )


def _go_host_by_host(facts: StrategyFacts) -> tuple[Strategy, str] | None:
    if facts.provider != WHOLE_HOSTS:
        return None
    return Strategy.ROLLING, (
        f"the provider is {WHOLE_HOSTS}: whole hosts get the new version, and the requests of a host cannot be split"
    )


def _need_traffic(facts: StrategyFacts) -> tuple[Strategy, str] | None:
    """Tell what too little traffic means for the first phase of a canary."""
    first, last = facts.canary.phases[0], facts.canary.phases[-1]
    needed, whole = (estimate_phase(phase, facts.volume) for phase in (first, last))
    if facts.volume is None or needed is None or whole is None or needed <= first.minimum_s:
        return None
    said = (
        f"at {_say_rate(facts.volume)} the first phase ({say_share(first.share)}) needs {say_span(needed)} for its "
        f"{first.minimum_requests} requests"
    )
    if needed <= first.deadline_s:
        return Strategy.CANARY, f"{said}, so it lasts longer than its {say_span(first.minimum_s)}"
    said += f", and it goes back after {say_span(first.deadline_s)}"
    if whole <= last.deadline_s:
        return Strategy.BLUE_GREEN, f"{said}; all requests at once need {say_span(whole)}"
    return Strategy.CANARY, (
        f"{said}; all at once need {say_span(whole)}, more than the {say_span(last.deadline_s)} that they have as "
        "well: set deadline_s above what is needed"
    )


def _say_against(strategy: Strategy, facts: StrategyFacts) -> str:
    return next(_list_against(strategy, facts))


def _list_against(strategy: Strategy, facts: StrategyFacts) -> Iterator[str]:
    """Yield what speaks against a strategy, strongest first."""
    if facts.changed_data and strategy is not Strategy.BLUE_GREEN:
        yield "both versions would work on the same changed data for as long as the phases last"
    if facts.provider == WHOLE_HOSTS and strategy is Strategy.CANARY:
        yield "the provider moves whole hosts and cannot send a small share of the requests"
    if strategy is Strategy.ROLLING and facts.provider != WHOLE_HOSTS:
        split = "; the provider can split requests" if facts.provider else ""
        yield f"no list of hosts is configured{split}"
    if strategy is Strategy.BLUE_GREEN:
        yield "every user meets the new version at once, and it is only compared with what was before"
    if strategy is Strategy.CANARY and (needed := _say_needed(facts.canary.phases[0], facts.volume)):
        yield needed
    yield "nothing speaks against it"


def _say_needed(first: Phase, volume: Volume | None) -> str | None:
    needed = estimate_phase(first, volume)
    if needed is None or needed <= first.deadline_s:
        return None
    return f"the first phase needs {say_span(needed)} for its {first.minimum_requests} requests"


def _say_rate(volume: Volume) -> str:
    rate = f"{volume.per_min:,.0f}" if volume.per_min >= 10 else f"{volume.per_min:.2g}"
    return f"{rate} {volume.basis.replace('requests', 'requests a minute', 1)}"
