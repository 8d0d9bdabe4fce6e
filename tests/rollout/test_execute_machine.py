"""The machine alone: whatever happens, a share rises only on the judge's word, and harm always turns it back."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hotfix.rollout.contract import Decision, Rule, Verdict
from hotfix.rollout.execute.contract import (
    ENDS,
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
from hotfix.rollout.execute.machine import STAGES, Rules, advance, begin, lay_look
from tests.rollout.seen import POLICY

_ASKING, _TRUSTED = Rules(POLICY, asks=True), Rules(POLICY, asks=False)
_CHECK_S = POLICY.check_s


def _look(at_s: float, verdict: Verdict = Verdict.HOLD, place: Place = Place.PLANNED) -> Looked:
    rule = Rule.HEALTHY if verdict is Verdict.PROMOTE else Rule.UNSURE
    return Looked(at_s, Decision(verdict, rule, f"It says {verdict}.", 100, None, None, None), place)


def _follow(state: State, news: list[News], rules: Rules = _TRUSTED) -> list[State]:
    states = [state]
    for one in news:
        states.append(advance(states[-1], one, rules))
    return states


def _make_news(kind: str, at_s: float, verdict: Verdict, place: Place, word: Word) -> News:
    return {
        "arrived": Arrived(at_s),
        "missed": Missed(at_s, "It could not be moved."),
        "looked": _look(at_s, verdict, place),
        "said": Said(at_s, word),
        "returned": Returned(at_s),
        "lost": Lost(at_s, "It could not be sent back."),
    }[kind]


_KINDS = st.sampled_from(("arrived", "missed", "looked", "looked", "looked", "said", "returned", "lost"))
_HAPPENED = st.tuples(_KINDS, st.sampled_from(Verdict), st.sampled_from(Place), st.sampled_from(Word))
_HISTORIES = st.lists(_HAPPENED, max_size=60)


@given(_HISTORIES, st.booleans())
def test_share_rises_only_when_the_judge_promotes(
    history: list[tuple[str, Verdict, Place, Word]],
    asks: bool,  # noqa: FBT001  # drawn
) -> None:
    """Only from watching, by one phase at a time, with traffic where it was put and approved where somebody asks."""
    state, rules = begin(0.0), Rules(POLICY, asks)
    for number, (kind, *drawn) in enumerate(history, start=1):
        news = _make_news(kind, number * _CHECK_S, *drawn)
        after = advance(state, news, rules)
        if after.phase != state.phase:
            assert (after.phase, after.step, state.step) == (state.phase + 1, Step.MOVING, Step.WATCHING)
            assert isinstance(news, Looked)
            assert (news.decision.verdict, news.place) == (Verdict.PROMOTE, Place.PLANNED)
            assert state.approved or not asks
        state = after


@given(_HISTORIES)
def test_harm_turns_back_from_every_step(history: list[tuple[str, Verdict, Place, Word]]) -> None:
    """Paused and waiting for approval too; what went back never goes forward again, and an end stays one."""
    state = begin(0.0)
    for number, (kind, *drawn) in enumerate(history, start=1):
        news = _make_news(kind, number * _CHECK_S, *drawn)
        after = advance(state, news, _ASKING)
        if state.step in STAGES:
            assert advance(state, _look(news.at_s, Verdict.ROLL_BACK), _ASKING).step is Step.GOING_BACK
            assert advance(state, _look(news.at_s, place=Place.MORE), _ASKING).step is Step.GOING_BACK
            assert advance(state, Said(news.at_s, Word.BACK), _ASKING).step is Step.GOING_BACK
        if state.step is Step.GOING_BACK:
            assert after.step in {Step.GOING_BACK, Step.ROLLED_BACK, Step.STRANDED}
        if state.step in ENDS:
            assert after == state
        state = after


def test_rollout_goes_through_its_phases_and_is_confirmed() -> None:
    """Each phase begins its clock when its traffic has arrived."""
    promoted = Verdict.PROMOTE
    news: list[News] = [
        Arrived(1), _look(61, promoted), Arrived(62), _look(122, promoted), Arrived(123), _look(183, promoted)
    ]  # fmt: skip
    steps = [(state.step, state.phase, state.began_s) for state in _follow(begin(0.0), news)]
    assert steps == [
        (Step.MOVING, 0, 0), (Step.WATCHING, 0, 1), (Step.MOVING, 1, 61), (Step.WATCHING, 1, 62),
        (Step.MOVING, 2, 122), (Step.WATCHING, 2, 123), (Step.CONFIRMED, 2, 123),
    ]  # fmt: skip


def test_approval_is_asked_for_and_judged_again() -> None:
    """A go does not move traffic by itself: the judge must still promote, without the time that was waited."""
    news = [Arrived(0), _look(60, Verdict.PROMOTE), Said(360, Word.GO), _look(361), _look(420, Verdict.PROMOTE)]
    states = _follow(begin(0.0), news, _ASKING)
    steps = [state.step for state in states[2:]]
    assert steps == [Step.APPROVAL, Step.WATCHING, Step.WATCHING, Step.MOVING]
    assert lay_look(states[3], 361).elapsed_s == 61


def test_time_of_a_pause_does_not_count() -> None:
    """Neither while it lasts nor afterwards, and triggers stay armed."""
    states = _follow(begin(0.0), [Arrived(0), Said(100, Word.PAUSE), Said(400, Word.GO)])
    assert [lay_look(states[2], 300).elapsed_s, lay_look(states[3], 450).elapsed_s] == [100, 150]
    assert advance(states[2], _look(200, Verdict.PROMOTE), _TRUSTED).step is Step.PAUSED


def test_traffic_that_is_elsewhere_ends_the_rollout_in_its_time() -> None:
    """More than planned at once, less after a while, unknown at the deadline of blindness; what recovers goes on."""
    watched = advance(begin(0.0), Arrived(0.0), _TRUSTED)
    for place, limit_s in ((Place.LESS, POLICY.blind_after_s), (Place.UNKNOWN, POLICY.blind_deadline_s)):
        astray = advance(watched, _look(60, Verdict.PROMOTE, place), _TRUSTED)
        assert astray == replace(watched, astray_s=60)
        assert advance(astray, _look(60 + limit_s, place=place), _TRUSTED) == astray
        assert advance(astray, _look(61 + limit_s, place=place), _TRUSTED).step is Step.GOING_BACK
        assert advance(astray, _look(120), _TRUSTED) == watched
