"""Shows a rollout while it runs: on a terminal a picture that is drawn anew, elsewhere one line for each entry.

Each view takes entries as the executor tells them, and never fails it: a terminal that is gone is left alone.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from hotfix.core.plain import tame
from hotfix.core.text import say_span
from hotfix.report.rolloutwords import render_entry_json, say_clock, say_counts, say_entry, say_next
from hotfix.rollout.contract import Policy
from hotfix.rollout.execute.contract import Clock, Entry, Kind, Listener, State, Step
from hotfix.rollout.traffic import say_share

if TYPE_CHECKING:
    from rich.console import Console, Group
    from rich.table import Table

_DRAWN_PER_S = 2
_NEWS_SHOWN = 6
_COLOURS = {Step.CONFIRMED: "green", Step.GOING_BACK: "red", Step.ROLLED_BACK: "red", Step.STRANDED: "bold red"}
_TOLD = (Kind.BEGUN, Kind.RESUMED, Kind.MOVED, Kind.NOT_MOVED, Kind.SAID, Kind.GOING_BACK, Kind.ROLLED_BACK,
         Kind.STRANDED)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lines:
    """Writes each entry as a line."""

    policy: Policy
    stream: TextIO

    def hear(self, entry: Entry) -> None:
        """Write an entry."""
        _write(self.stream, say_entry(entry, self.policy))


@dataclass(frozen=True, slots=True)
class JsonLines:
    """Writes looks, and how it ends, as JSON."""

    stream: TextIO

    def hear(self, entry: Entry) -> None:
        """Write an entry, if it is one of those."""
        if (line := render_entry_json(entry)) is not None:
            _write(self.stream, line)


@dataclass(frozen=True, slots=True)
class Both:
    """Tells two listeners."""

    first: Listener
    second: Listener

    def hear(self, entry: Entry) -> None:
        """Tell both."""
        self.first.hear(entry)
        self.second.hear(entry)


@dataclass(slots=True)
class Picture:
    """Phases, clocks, figures and the reason of the last verdict, as of the last entry."""

    policy: Policy
    clock: Clock
    asks: bool
    last: Entry | None = None
    look: Entry | None = None
    news: list[str] = field(default_factory=list)

    def hear(self, entry: Entry) -> None:
        """Take an entry; it is drawn the next time."""
        self.last = entry
        if entry.sight:
            self.look = entry
        if entry.kind in _TOLD:
            self.news.append(tame(f"{entry.kind}: {entry.text}"))

    def draw(self) -> "Group":
        """Return what is seen now."""
        from rich.console import Group
        from rich.text import Text

        if self.last is None:
            return Group(Text("asking traffic, new version and monitoring before the first step"))
        state = self.last.state
        said = [
            say_clock(state, self.policy, self.clock.now_s()),
            *self._describe_look(),
            *self.news[-_NEWS_SHOWN:],
            say_next(self.last) if self.last.sight or state.step in {Step.PAUSED, Step.APPROVAL} else "",
            "Type go, pause or back and Enter; Ctrl-C leaves all as it is." if self.asks else "",
        ]
        colour = _COLOURS.get(state.step, "")
        return Group(_lay_phases(self.policy, state), *(Text(line, colour) for line in map(tame, filter(None, said))))

    def _describe_look(self) -> Iterator[str]:
        if self.look is None or self.look.sight is None:
            return
        sight = self.look.sight
        yield say_counts(sight)
        yield f"{sight.decision.verdict}: {sight.decision.reason}"
        yield from (f"look: {one}" for one in (*sight.decision.alerts, *sight.notes))


@contextmanager
def show_rollout(policy: Policy, clock: Clock, *, asks: bool, as_json: bool) -> Iterator[Listener]:
    """Yield who is to be told of each entry; shown on standard error, with JSON on standard output where it is wanted.

    Args:
        policy: phases, with what they ask for.
        clock: of the rollout.
        asks: an operator is listened to.
        as_json: one object a line on standard output.
    """
    from rich.console import Console

    console = Console(stderr=True, markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        yield _add_json(Lines(policy, sys.stderr), as_json=as_json)
        return
    picture = Picture(policy, clock, asks)
    with _draw(picture, console):
        yield _add_json(picture, as_json=as_json)


@contextmanager
def _draw(picture: Picture, console: "Console") -> Iterator[None]:
    from rich.live import Live

    with Live(console=console, refresh_per_second=_DRAWN_PER_S, get_renderable=picture.draw, redirect_stdout=False):
        yield


def _add_json(view: Listener, *, as_json: bool) -> Listener:
    return Both(view, JsonLines(sys.stdout)) if as_json else view


def _lay_phases(policy: Policy, state: State) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2))
    for name in ("phase", "share", "at least", "requests", ""):
        table.add_column(name, no_wrap=True)
    for row in list_phases(policy, state):
        table.add_row(*row)
    return table


def list_phases(policy: Policy, state: State) -> Sequence[tuple[str, ...]]:
    """Return number, share, minimum time, minimum requests and state of each phase, in words."""
    rows = list[tuple[str, ...]]()
    for index, phase in enumerate(policy.phases):
        done = index < state.phase or state.step is Step.CONFIRMED
        mark = "passed" if done else str(state.step) if index == state.phase else ""
        requests = f"{phase.minimum_requests:,}"
        rows.append((str(index + 1), say_share(phase.share), say_span(phase.minimum_s), requests, mark))
    return rows


def _write(stream: TextIO, line: str) -> None:
    """Write a line; a reader who is gone must not end a rollout."""
    with suppress(OSError, ValueError):
        stream.write(f"{line}\n")
        stream.flush()
