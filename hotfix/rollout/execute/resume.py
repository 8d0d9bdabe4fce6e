"""From where a rollout goes on that was killed or interrupted: by what is true now, not by what its journal assumes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hotfix.core.errors import UsageError
from hotfix.rollout.execute.contract import Place, State, Step
from hotfix.rollout.execute.journal import Past
from hotfix.rollout.execute.location import locate
from hotfix.rollout.execute.machine import Rules, begin, turn_back
from hotfix.rollout.execute.records import make_plain, render_policy, say_time
from hotfix.rollout.traffic import Traffic, say_share


@dataclass(frozen=True, slots=True)
class Found:
    """Where a rollout goes on, and what is not as its journal says."""

    state: State
    text: str  # one sentence
    anew: bool = False  # it begins again: what must be true before the first step must be so again
    arrived: bool = False  # its traffic was found where it was sent, and nothing of the phase is counted yet


def check_same(past: Past, traffic: Traffic, rules: Rules) -> None:
    """See that the configuration is the one that the rollout began with, and that it is not over.

    Raises:
        UsageError: it is not; the message says what differs.
    """
    state = past.state
    if past.is_over:
        raise UsageError(
            f"expected a rollout under way, found one that ended {say_time(state.since_s)}: {state.step}; "
            "hotfix deploy run without --resume begins another"
        )
    if (target := past.find_detail("target")) != traffic.target:
        raise UsageError(f"expected the traffic that the rollout moves, {target}, found {traffic.target}")
    before, now = _find_policy(past), render_policy(rules.policy)
    if differing := [key for key in now if before.get(key) != now[key]]:
        raise UsageError(
            f"expected the policy that the rollout began with, found another {', '.join(differing)} in [deploy]; "
            "put it back, or end the rollout with hotfix deploy rollback and the incident's name"
        )


def find_state(past: Past, traffic: Traffic, rules: Rules, at_s: float) -> Found:
    """Return where the rollout goes on.

    Raises:
        TrafficError: the provider does not answer, so that nobody knows what is true.
    """
    state, reading = past.state, traffic.read_share()
    if state.step is Step.GOING_BACK:
        return Found(replace(state, since_s=at_s), "It was on its way back, and goes on.")
    planned = traffic.settle_share(rules.policy.phases[state.phase].share)
    place = locate(reading.share, planned)
    if reading.share is None or place is Place.MORE:
        return _turn_back(state, at_s, f"expected at most {say_share(planned)} at the new version", reading.state)
    if state.step is Step.MOVING:
        return _go_on_moving(past, traffic, rules, at_s)
    if place is Place.PLANNED:
        return Found(_go_on_watching(state, rules, at_s), f"Traffic is where it was put: {say_share(planned)}.")
    if locate(reading.share, 0.0) is Place.PLANNED:
        said = f"The journal says {say_share(planned)}, read back is none: it begins again with the first phase."
        return Found(begin(at_s), said, anew=True)
    return _turn_back(state, at_s, f"expected {say_share(planned)} at the new version", reading.state)


def _go_on_moving(past: Past, traffic: Traffic, rules: Rules, at_s: float) -> Found:
    """Return where it goes on when it was killed on the way to a share, which is not exceeded."""
    state, share = past.state, traffic.read_share().share
    planned = traffic.settle_share(rules.policy.phases[state.phase].share)
    if locate(share, planned) is Place.PLANNED:
        arrived = State(Step.WATCHING, state.phase, at_s, at_s)
        return Found(arrived, f"Traffic had arrived where it was sent: {say_share(planned)}.", arrived=True)
    if state.phase == 0:
        some = "none" if locate(share, 0.0) is Place.PLANNED else "some"
        said = f"The first phase was on its way, and {some} of it had arrived: it begins again."
        return Found(begin(at_s), said, anew=some == "none")
    before = traffic.settle_share(rules.policy.phases[state.phase - 1].share)
    place = locate(share, before)
    if place is Place.PLANNED:
        watched = next(line.state for line in reversed(past.lines) if line.state.phase < state.phase)
        said = f"Traffic had not left for {say_share(planned)}: what happened since is judged before it does."
        return Found(replace(watched, step=Step.WATCHING, since_s=at_s, approved=True), said)
    if place is Place.MORE:
        return Found(replace(state, since_s=at_s, began_s=at_s), "A part of the traffic had moved: the rest follows.")
    return _turn_back(state, at_s, f"expected at least {say_share(before)} at the new version", say_share(share or 0.0))


def _go_on_watching(state: State, rules: Rules, at_s: float) -> State:
    """Return the state; a pause is over, and an approval is still waited for where somebody asks for it."""
    if state.step is Step.WATCHING or (state.step is Step.APPROVAL and rules.asks):
        return state
    waited_s = at_s - state.since_s
    approved = state.approved or state.step is Step.APPROVAL
    return replace(state, step=Step.WATCHING, since_s=at_s, paused_s=state.paused_s + waited_s, approved=approved)


def _turn_back(state: State, at_s: float, expected: str, found: str) -> Found:
    why = f"While nobody watched, something else moved the traffic: {expected}, found {found}: back."
    return Found(turn_back(state, at_s, why), why)


def _find_policy(past: Past) -> Mapping[str, object]:
    found = make_plain(past.lines[0].details.get("policy"))
    return found if isinstance(found, dict) else {}
