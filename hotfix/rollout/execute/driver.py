"""Carries a rollout out: asks the machine what to do, does it, and tells the journal before and after.

Everything that can be asked of the world is asked anew: what was set is read back at every look.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from hotfix.core.text import say_span
from hotfix.rollout.contract import Observation, Side
from hotfix.rollout.execute.back import send_back
from hotfix.rollout.execute.contract import (
    ENDS,
    Arrived,
    Clock,
    Entry,
    Kind,
    Listener,
    Looked,
    Lost,
    Missed,
    News,
    Operator,
    Place,
    Returned,
    Said,
    Sight,
    State,
    Step,
    Word,
)
from hotfix.rollout.execute.journal import JournalError
from hotfix.rollout.execute.limits import CLOCK_AGREES_S
from hotfix.rollout.execute.location import locate
from hotfix.rollout.execute.machine import Rules, advance, lay_look, turn_back
from hotfix.rollout.execute.start import Start
from hotfix.rollout.judge.judge import judge_phase
from hotfix.rollout.monitor.contract import Monitor, Watched
from hotfix.rollout.traffic import Reading, Traffic, TrafficError, move_share, say_share


@dataclass(frozen=True, slots=True)
class World:
    """What a rollout acts on and whom it listens to."""

    traffic: Traffic
    monitor: Monitor
    clock: Clock
    operator: Operator
    keep: Callable[[Entry], None]  # writes an entry into the journal, or raises JournalError
    listener: Listener  # is told once it is written


@dataclass(slots=True)
class Rollout:
    """A rollout under way."""

    world: World
    rules: Rules
    start: Start
    state: State = field(init=False)
    _seen: list[Observation] = field(init=False)
    _mark: str = field(init=False)
    _until_s: float = field(init=False)
    _count_mark: str | None = field(init=False)
    _due_s: float = field(init=False)
    _word: Word | None = field(init=False, default=None)  # of an operator, not heeded yet

    def __post_init__(self) -> None:
        self.state, self._mark, self._until_s = self.start.state, self.start.mark, self.start.until_s
        self._seen = list(self.start.seen)
        self._count_mark, self._due_s = self.start.count_mark, self.world.clock.now_s()

    def run(self) -> State:
        """Return the state in which it ended.

        Whatever breaks in here sends traffic back before it is raised; an interrupt leaves all as it is.
        """
        try:
            while self.state.step not in ENDS:
                self._do_step()
        except KeyboardInterrupt:
            self._note_interrupt()
            raise
        except Exception as error:
            self.state = turn_back(self.state, self._now_s(), f"Internal error {type(error).__name__}: back.")
            self._go_back()
            raise
        return self.state

    def _note_interrupt(self) -> None:
        said = "Interrupted: traffic stays where it is, and nobody watches it."
        with suppress(KeyboardInterrupt):  # a second one, that comes while the first is heeded
            self._record(Kind.INTERRUPTED, said)
            return
        self._record(Kind.INTERRUPTED, said)

    def _do_step(self) -> None:
        match self.state.step:
            case Step.MOVING if self._is_called_back():
                self._take(Said(self._now_s(), Word.BACK), Kind.SAID, _say_word(Word.BACK))
            case Step.MOVING:
                self._move()
            case Step.GOING_BACK:
                self._go_back()
            case _:
                self._watch()

    def _move(self) -> None:
        share, traffic, begin_s = self.rules.policy.phases[self.state.phase].share, self.world.traffic, self._now_s()
        try:
            said = f"Send {say_share(traffic.settle_share(share))} of the requests to the new version."
            self._record(Kind.MOVING, said, {"share": share, "commands": traffic.list_commands(share)})
            if self.state.step is not Step.MOVING:  # what cannot be written down is not done
                return
            reading = move_share(traffic, share)
            self._count_mark = traffic.mark_count()
        except TrafficError as error:
            self._take(Missed(self._now_s(), f"Traffic could not be moved: {error}"), Kind.NOT_MOVED, str(error))
            return
        now_s = self._now_s()
        self._due_s = now_s + self.rules.policy.check_s
        said = f"{say_share(reading.share or 0.0)} of the requests go to the new version, read back: {reading.state}."
        details = {"seconds": now_s - begin_s, "count_mark": self._count_mark, "notes": reading.notes}
        self._take(Arrived(now_s), Kind.MOVED, said, details=details)

    def _is_called_back(self) -> bool:
        """Tell whether an operator said so before traffic moves; another word is kept until it can be heeded."""
        self._word = self._word or self.world.operator.listen(0.0)
        return self._word is Word.BACK

    def _watch(self) -> None:
        word = self._word or self.world.operator.listen(max(self._due_s - self._now_s(), 0.0))
        self._word = None
        if word is None:
            self._look()
            return
        self._take(Said(self._now_s(), word), Kind.SAID, _say_word(word))
        if word is Word.GO:
            self._due_s = self._now_s()

    def _look(self) -> None:
        now_s, policy = self._now_s(), self.rules.policy
        watched = self._observe(now_s)
        self._seen.append(watched.observation)
        self._mark, self._until_s, self._due_s = watched.mark, now_s, now_s + policy.check_s
        traffic = _look_at_traffic(self.world.traffic, policy.phases[self.state.phase].share, self._count_mark)
        self._count_mark = traffic.count_mark
        decision = judge_phase(policy, self._seen, lay_look(self.state, now_s))
        sight = Sight(
            observation=watched.observation,
            mark=watched.mark,
            decision=decision,
            share_planned=traffic.planned,
            share_read=traffic.reading.share,
            share_measured=traffic.measured,
            notes=(*watched.notes, *traffic.notes),
        )
        self._take(Looked(now_s, decision, traffic.place), Kind.LOOKED, decision.reason, sight)

    def _observe(self, now_s: float) -> Watched:
        """Return what the monitor saw; nothing counts as heard once the clock was set that tells windows apart."""
        watched = self.world.monitor.observe(self._mark, self.state.phase, self._until_s, now_s)
        shift_s = self.world.clock.find_shift_s()
        if abs(shift_s) <= CLOCK_AGREES_S:
            return watched
        where = "forward" if shift_s > 0 else "back"
        note = f"the clock of this machine was set {where} by {say_span(shift_s)}: what came when cannot be told"
        deaf = Observation(self.state.phase, self._until_s, now_s, Side(), Side())
        return Watched(deaf, watched.mark, (note, *watched.notes))

    def _go_back(self) -> None:
        traffic, clock = self.world.traffic, self.world.clock
        self._record(Kind.GOING_BACK, self.state.why)
        back = send_back(traffic, clock, lambda why: self._record(Kind.GOING_BACK, why))
        details = {"seconds": back.seconds, "moved_s": back.moved_s, "tries": back.tries, "notes": back.notes}
        news = Returned(self._now_s()) if back.done else Lost(self._now_s(), back.text)
        self._take(news, Kind.ROLLED_BACK if back.done else Kind.STRANDED, back.text, details=details)

    def _take(
        self,
        news: News,
        kind: Kind,
        text: str,
        sight: Sight | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        self.state = advance(self.state, news, self.rules)
        self._record(kind, text, details, sight)

    def _record(
        self, kind: Kind, text: str, details: Mapping[str, object] | None = None, sight: Sight | None = None
    ) -> None:
        """Write an entry down and tell of it; what cannot be written down turns the rollout back."""
        entry = Entry(kind, self._now_s(), self.state, text, sight, details or {})
        try:
            self.world.keep(entry)
        except JournalError as error:
            entry = replace(entry, text=f"{text} Not written down: {error}.")
            if self.state.step not in (Step.GOING_BACK, *ENDS):
                self.state = turn_back(self.state, entry.at_s, f"{error}: back.")
        self.world.listener.hear(entry)

    def _now_s(self) -> float:
        return self.world.clock.now_s()


def _say_word(word: Word) -> str:
    return f"An operator says: {word}."


@dataclass(frozen=True, slots=True)
class _TrafficSeen:
    planned: float
    reading: Reading
    place: Place
    measured: float | None
    count_mark: str | None  # for the next look
    notes: tuple[str, ...]


def _look_at_traffic(traffic: Traffic, share: float, count_mark: str | None) -> _TrafficSeen:
    """Return what a provider says now; one that does not answer is a note."""
    notes, planned, reading = list[str](), share, Reading(None, "unknown")
    try:
        planned, reading = traffic.settle_share(share), traffic.read_share()
        notes += reading.notes
        moved = traffic.measure_share(count_mark) if count_mark else None
        measured = moved.share if moved else None
        if moved:
            notes += moved.notes
            count_mark = moved.mark or count_mark
    except TrafficError as error:
        notes, measured = [*notes, str(error)], None
    place = locate(reading.share, planned)
    if place in {Place.LESS, Place.MORE} and reading.share is not None:
        notes.append(f"read back {say_share(reading.share)}, planned were {say_share(planned)}: {reading.state}")
    return _TrafficSeen(planned, reading, place, measured, count_mark, tuple(notes))
