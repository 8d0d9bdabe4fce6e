"""The state machine of a rollout: a state and what happened come in, the next state goes out. Pure.

A share rises in one place alone: `_promote`, on the judge's PROMOTE with traffic where it was put.
"""

from dataclasses import dataclass, replace

from hotfix.rollout.contract import Look, Policy, Stage, Verdict
from hotfix.rollout.execute.contract import (
    Arrived,
    Looked,
    Lost,
    Missed,
    News,
    Place,
    Returned,
    Said,
    State,
    Step,
    Word,
)

STAGES = {Step.WATCHING: Stage.WATCHING, Step.PAUSED: Stage.PAUSED, Step.APPROVAL: Stage.APPROVAL}
"""Steps in which the rollout is looked at, and what the judge is told of them."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the machine goes by."""

    policy: Policy
    asks: bool  # an operator approves each phase after the first


def begin(at_s: float) -> State:
    """Return the state of a rollout that is to send its first share."""
    return State(Step.MOVING, 0, at_s, at_s)


def advance(state: State, news: News, rules: Rules) -> State:
    """Return the state after something happened; what does not belong to the step changes nothing."""
    after = state
    match state.step, news:
        case Step.MOVING, Arrived(at_s):
            after = State(Step.WATCHING, state.phase, at_s, at_s)
        case Step.MOVING, Missed(at_s, why):
            after = turn_back(state, at_s, why)
        case Step.WATCHING | Step.PAUSED | Step.APPROVAL, Looked():
            after = _heed_look(state, news, rules)
        case Step.MOVING | Step.WATCHING | Step.PAUSED | Step.APPROVAL, Said():
            after = _heed_word(state, news)
        case Step.GOING_BACK, Returned(at_s):
            after = replace(state, step=Step.ROLLED_BACK, since_s=at_s)
        case Step.GOING_BACK, Lost(at_s, why):
            after = replace(state, step=Step.STRANDED, since_s=at_s, why=f"{state.why} Then: {why}")
    return after


def lay_look(state: State, at_s: float) -> Look:
    """Return the look of the judge at a step that is watched."""
    waits = state.step is not Step.WATCHING
    paused_s = state.paused_s + (at_s - state.since_s if waits else 0.0)
    return Look(state.phase, state.began_s, at_s, STAGES[state.step], paused_s)


def turn_back(state: State, at_s: float, why: str) -> State:
    """Return the state in which everything goes back to the old version, from any other one."""
    return replace(state, step=Step.GOING_BACK, since_s=at_s, astray_s=None, why=why)


def _heed_look(state: State, news: Looked, rules: Rules) -> State:
    """Look at what harms first, then at traffic, and at last at what is good."""
    decision = news.decision
    if decision.verdict is Verdict.ROLL_BACK:
        return turn_back(state, news.at_s, decision.reason)
    state = replace(state, astray_s=_find_astray(state, news))
    if why := _say_astray(state, news, rules.policy):
        return turn_back(state, news.at_s, why)
    promotes = decision.verdict is Verdict.PROMOTE and news.place is Place.PLANNED
    return _promote(state, news, rules) if promotes and state.step is Step.WATCHING else state


def _promote(state: State, news: Looked, rules: Rules) -> State:
    if state.phase + 1 == len(rules.policy.phases):
        return replace(state, step=Step.CONFIRMED, since_s=news.at_s, why=news.decision.reason)
    if rules.asks and not state.approved:
        return replace(state, step=Step.APPROVAL, since_s=news.at_s)
    return State(Step.MOVING, state.phase + 1, news.at_s, news.at_s)


def _find_astray(state: State, news: Looked) -> float | None:
    if news.place is Place.PLANNED:
        return None
    return news.at_s if state.astray_s is None else state.astray_s


def _say_astray(state: State, news: Looked, policy: Policy) -> str:
    """Return why traffic that is not where it was put ends the rollout; empty while it does not."""
    for_s = 0.0 if state.astray_s is None else news.at_s - state.astray_s
    if news.place is Place.MORE:
        return "Something else sent more requests to the new version than the phase allows: back."
    if news.place is Place.LESS and for_s > policy.blind_after_s:
        return f"For {for_s:.0f} s the new version has got fewer requests than it was sent: back."
    if news.place is Place.UNKNOWN and for_s > policy.blind_deadline_s:
        return f"For {for_s:.0f} s nobody has told where the requests go: back."
    return ""


def _heed_word(state: State, news: Said) -> State:
    if news.word is Word.BACK:
        return turn_back(state, news.at_s, "An operator called it back.")
    waited_s = news.at_s - state.since_s
    match state.step, news.word:
        case Step.WATCHING, Word.PAUSE:
            return replace(state, step=Step.PAUSED, since_s=news.at_s)
        case Step.APPROVAL, Word.PAUSE:
            return replace(state, step=Step.PAUSED, since_s=news.at_s, paused_s=state.paused_s + waited_s)
        case ((Step.PAUSED | Step.APPROVAL), Word.GO):
            return replace(
                state,
                step=Step.WATCHING,
                since_s=news.at_s,
                paused_s=state.paused_s + waited_s,
                approved=state.approved or state.step is Step.APPROVAL,
            )
    return state
