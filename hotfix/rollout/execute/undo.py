"""Rolls back as an order of its own: takes the traffic over from whoever moves it, and needs no journal."""

import os
import signal
import socket
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from hotfix.core.errors import HotfixError
from hotfix.rollout.execute.back import Back, send_back
from hotfix.rollout.execute.contract import Clock, Entry, Kind, State, Step
from hotfix.rollout.execute.journal import JournalError
from hotfix.rollout.execute.limits import TAKEOVER_S
from hotfix.rollout.execute.lock import Holder, LockedError, hold_lock, is_held_by
from hotfix.rollout.execute.machine import turn_back
from hotfix.rollout.traffic import Traffic

_DOING = "hotfix deploy rollback"
_WHY = "An operator called it back with hotfix deploy rollback."


@dataclass(frozen=True, slots=True)
class Undoing:
    """What going back acts on, and who hears of it."""

    traffic: Traffic
    clock: Clock
    tell: Callable[[str], None]  # is told what happens, one sentence at a time
    keep: Callable[[Entry], None]  # writes into the journal, or raises JournalError, which does not stop the way back

    def take_over(self) -> ExitStack:
        """Return the lock on the traffic, held; a rollout that holds it is told to end first.

        Where it cannot be had, that is told and nothing is held: going back is right in any case, and a rollout that
        goes on finds that its traffic is gone, and goes back as well.
        """
        stack, target = ExitStack(), self.traffic.target
        try:
            try:
                stack.enter_context(hold_lock(target, _DOING))
            except LockedError as error:
                self._end(error.holder)
                stack.enter_context(hold_lock(target, _DOING, TAKEOVER_S))
        except HotfixError as error:
            self.tell(f"{error}; it is rolled back all the same")
        return stack

    def send_back(self, state: State | None, tries_s: float) -> Back:
        """Send every request to the old version.

        Args:
            state: where the rollout stands by its journal; None: there is no journal, and nothing is written.
            tries_s: for how long it is tried again when it fails.
        """
        if state is None:
            return send_back(self.traffic, self.clock, self.tell, tries_s)
        going = turn_back(state, self.clock.now_s(), _WHY)
        self._keep(Kind.GOING_BACK, _WHY, going)
        back = send_back(self.traffic, self.clock, self.tell, tries_s)
        step, kind = (Step.ROLLED_BACK, Kind.ROLLED_BACK) if back.done else (Step.STRANDED, Kind.STRANDED)
        self._keep(kind, back.text, State(step, state.phase, self.clock.now_s(), state.began_s, why=_WHY))
        return back

    def _keep(self, kind: Kind, text: str, state: State) -> None:
        try:
            self.keep(Entry(kind, self.clock.now_s(), state, text))
        except JournalError as error:
            self.tell(f"{error}; it is rolled back all the same")

    def _end(self, holder: Holder | None) -> None:
        """Tell the process that holds the lock to end, if it is one of this machine and really has it."""
        here = holder is not None and holder.host == socket.gethostname()
        if holder is None or not here or not is_held_by(self.traffic.target, holder.pid):
            return
        self.tell(f"{holder} moves this traffic, and is told to end")
        try:
            os.kill(holder.pid, signal.SIGTERM)
        except OSError as error:
            self.tell(f"expected to end process {holder.pid}, found: {error.strerror}")
