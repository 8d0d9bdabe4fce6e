"""Moves traffic by a script of the user's own, which is called with one action at a time.

The protocol: the action is the last argument, `set`, `read` or `count`. Standard input is one JSON object {protocol,
action, share (of `set` alone), new, old}; standard output is one JSON object: of `set` anything or nothing, of `read`
{share, state, notes}, of `count` {new, old, since}. Exit code 0: done; 3: it cannot do this action, which only `count`
may say; any other: failed, and the last line of its standard error is the reason.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from hotfix.core.configtable import Table
from hotfix.core.plain import tame
from hotfix.rollout.traffic.contract import Moved, Reading, Traffic, TrafficError
from hotfix.rollout.traffic.limits import COMMAND_SECONDS, SECONDS_MOST
from hotfix.rollout.traffic.marks import Mark, read_mark
from hotfix.rollout.traffic.running import run_command, say_command

PROTOCOL = "hotfix.traffic/1"
CANNOT = 3
"""Exit code of a script that cannot do an action."""


def read_command(table: Table) -> Traffic:
    """Return the provider that a table describes."""
    return Command(
        command=table.command("command"),
        new=table.text("new", "new"),
        old=table.text("old", "old"),
        deadline_s=table.number("deadline_s", COMMAND_SECONDS, 0.1, SECONDS_MOST),
    )


@dataclass(frozen=True, slots=True)
class Command:
    """The script, what it calls the versions, and how long one action may take."""

    command: tuple[str, ...]
    new: str
    old: str
    deadline_s: float

    @property
    def target(self) -> str:
        """The script with its words."""
        return f"what {say_command(self.command)} moves"

    def settle_share(self, share: float) -> float:
        """Return the share itself: what the script makes of it is read back."""
        return share

    def list_commands(self, share: float, before: float | None = None) -> tuple[str, ...]:  # noqa: ARG002  # alike
        """Return the call of the script with what it reads."""
        given = say_command([self._word_order("set", share)])
        return (f"echo {given} | {say_command((*self.command, 'set'))}",)

    def set_share(self, share: float) -> None:
        """Call the script with `set`, also where the share is set already: it knows what that means."""
        self._call("set", share)

    def read_share(self) -> Reading:
        """Call the script with `read`.

        Raises:
            TrafficError: it failed, or its answer has no share.
        """
        answer = self._call("read") or {}
        share, notes = answer.get("share"), answer.get("notes", [])
        if share is not None and (isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1):
            raise self._refuse("read", "a share from 0 to 1, or null", share)
        if not isinstance(notes, list):
            raise self._refuse("read", "a list of notes", notes)
        state = tame(str(answer.get("state") or f"the script says a share of {share}"))
        return Reading(None if share is None else float(share), state, tuple(tame(str(note)) for note in notes))

    def mark_count(self) -> str | None:
        """Call the script with `count`; None where it cannot."""
        counted = self._count()
        return counted.write() if counted else None

    def measure_share(self, mark: str) -> Moved:
        """Return the requests that the script counted since a mark."""
        before, now = read_mark(mark), self._count()
        if now is None:
            raise TrafficError(f"expected {say_command(self.command)} to count requests, found that it cannot")
        same = now.source == before.source and all(now.totals[key] >= before.totals.get(key, 0) for key in now.totals)
        new, old = (now.totals[side] - (before.totals.get(side, 0) if same else 0) for side in ("new", "old"))
        return Moved(new, old, () if same else ("the counters began anew, so requests are counted from then on",))

    def _count(self) -> Mark | None:
        answer = self._call("count", may_refuse=True)
        if answer is None:
            return None
        totals = dict[str, int]()
        for side in ("new", "old"):
            count = answer.get(side)
            if isinstance(count, bool) or not isinstance(count, int) or count < 0:
                raise self._refuse("count", f"a count of requests as {side!r}", count)
            totals[side] = count
        return Mark(f"command {answer.get('since', '')}", totals)

    def _call(
        self, action: str, share: float | None = None, *, may_refuse: bool = False
    ) -> Mapping[str, object] | None:
        """Return the answer to an action; None where the script may refuse it and does."""
        done = run_command((*self.command, action), self.deadline_s, stdin=self._word_order(action, share))
        if may_refuse and done.code == CANNOT:
            return None
        if done.code:
            raise TrafficError(f"expected {say_command((*self.command, action))} to succeed, found: {done.reason}")
        try:
            answer = json.loads(done.out) if done.out.strip() or action != "set" else {}
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise self._refuse(action, "one JSON object", done.out.strip())
        return answer

    def _word_order(self, action: str, share: float | None) -> str:
        wanted = {} if share is None else {"share": share}
        return json.dumps({"protocol": PROTOCOL, "action": action, **wanted, "new": self.new, "old": self.old})

    def _refuse(self, action: str, wanted: str, found: object) -> TrafficError:
        return TrafficError(
            f"expected {wanted} from {say_command((*self.command, action))}, found {tame(f'{found!r:.80}')}"
        )
