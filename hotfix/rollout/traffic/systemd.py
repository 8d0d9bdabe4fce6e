"""Moves traffic host by host: the other version is put in place, the unit restarted, and the host must become healthy.

The first hosts of the list get the new version. The first failure stops the work, so that a mistake is not repeated on
every host; going back goes on past hosts that cannot be reached, and names them at the end.
"""

import re
import time
from dataclasses import dataclass

from hotfix.core.configtable import Table
from hotfix.core.plain import tame
from hotfix.rollout.traffic.contract import Moved, Reading, Traffic, TrafficError
from hotfix.rollout.traffic.hosts import Reach, UnreachableError, ask_all, fill
from hotfix.rollout.traffic.limits import COMMAND_SECONDS, HEALTH_PAUSE_S, HEALTH_SECONDS, SECONDS_MOST
from hotfix.rollout.traffic.marks import Mark, read_mark
from hotfix.rollout.traffic.running import DeadlineError, say_command

_HOST = re.compile(r"[A-Za-z0-9_.:@\[\]][A-Za-z0-9_.:@\[\]-]*")  # no option of ssh begins so
_UNIT = re.compile(r"[A-Za-z0-9_.:@\\-]+")


def read_systemd(table: Table) -> Traffic:
    """Return the provider that a table describes."""
    hosts = table.names("hosts", _HOST, "name of a host")
    ssh = table.command("ssh", "ssh -o BatchMode=yes {host}")
    if not any("{host}" in word for word in ssh):
        table.refuse("ssh", "a command with {host} in it", say_command(ssh))
    new, old = table.text("new"), table.text("old")
    table.refuse_shared("old", (new,), (old,))
    return Systemd(
        hosts=hosts,
        new=new,
        old=old,
        switch=table.text("switch"),
        restart=_read_restart(table),
        running=table.text("running"),
        health=table.text("health"),
        reach=Reach(ssh, table.number("deadline_s", COMMAND_SECONDS, 0.1, SECONDS_MOST)),
        at_once=table.whole("at_once", 1, 1, len(hosts)),
        health_s=table.number("health_s", HEALTH_SECONDS, 0, SECONDS_MOST),
        drain=table.optional_text("drain"),
        restore=table.optional_text("restore"),
        count=table.optional_text("count"),
    )


def _read_restart(table: Table) -> str:
    if table.has("restart"):
        return table.text("restart")
    return f"sudo -n systemctl restart {table.matching('unit', _UNIT, 'name of a unit')}"


@dataclass(frozen=True, slots=True)
class Systemd:
    """Hosts that run one unit each, and the commands of it; `{version}` and `{host}` stand for themselves in them."""

    hosts: tuple[str, ...]
    new: str  # what `running` prints where the new version runs
    old: str
    switch: str  # on the host: makes a version the one that starts next
    restart: str  # on the host
    running: str  # on the host: prints the version that runs
    health: str  # on the host: succeeds when it can take requests
    reach: Reach
    at_once: int = 1
    health_s: float = HEALTH_SECONDS
    drain: str | None = None  # on this machine: takes the host out of the load balancer
    restore: str | None = None  # on this machine: puts it back
    count: str | None = None  # on the host: prints how many requests the running process has answered

    @property
    def target(self) -> str:
        """The hosts, and what is restarted on them."""
        return f"`{self.restart}` on {', '.join(sorted(self.hosts))}"

    def settle_share(self, share: float) -> float:
        """Return the share as whole hosts: never more than wanted, but for the first host."""
        return self._count_new(share) / len(self.hosts)

    def list_commands(self, share: float, before: float | None = None) -> tuple[str, ...]:
        """Return the commands for each host."""
        if before is None:
            found = ask_all(self.hosts, self._find_version)
        else:
            found = [version for _host, version in self._assign(before)]
        return tuple(
            command
            for (host, version), now in zip(self._assign(share), found, strict=True)
            for command in self._list_for(host, version, moves=now != version)
        )

    def set_share(self, share: float) -> None:
        """Bring each host to its version, `at_once` of them at a time; one that has it already is not restarted.

        Raises:
            TrafficError: a host failed, and those after it were not touched; or all were to go back to the old version
                and some could not be reached.
        """
        assigned, is_back = self._assign(share), self._count_new(share) == 0
        faults = list[TrafficError]()
        for begin in range(0, len(assigned), self.at_once):
            faults += [fault for fault in ask_all(assigned[begin : begin + self.at_once], self._try_bring) if fault]
            if any(not (is_back and isinstance(fault, UnreachableError)) for fault in faults):
                rest = ", ".join(host for host, _version in assigned[begin + self.at_once :])
                raise TrafficError("; ".join(map(str, faults)) + (f"; not touched: {rest}" if rest else ""))
        if faults:
            raise TrafficError("; ".join(map(str, faults)) + f"; every other host runs {self.old}")

    def read_share(self) -> Reading:
        """Return the share of hosts that run the new version; no share while one of them cannot be reached."""
        found = ask_all(self.hosts, self._try_find_version)
        new, old = (found.count(version) for version in (self.new, self.old))
        notes = [
            f"{host} "
            + ("cannot be reached" if isinstance(version, UnreachableError) else f"runs {version or 'nothing'}")
            for host, version in zip(self.hosts, found, strict=True)
            if version not in (self.new, self.old)
        ]
        lost = any(isinstance(version, UnreachableError) for version in found)
        state = f"{new} of {len(self.hosts)} hosts run {self.new}, {old} run {self.old}"
        return Reading(None if lost or not new + old else new / (new + old), state, tuple(notes))

    def mark_count(self) -> str | None:
        """Return how many requests each host has answered; None without a command that counts."""
        if self.count is None:
            return None
        return Mark("hosts", dict(zip(self.hosts, ask_all(self.hosts, self._count_requests), strict=True))).write()

    def measure_share(self, mark: str) -> Moved:
        """Return the requests that hosts answered since a mark, by the version that each runs now."""
        before, side = read_mark(mark).totals, {self.new: 0, self.old: 0}
        notes = list[str]()
        versions, totals = ask_all(self.hosts, self._find_version), ask_all(self.hosts, self._count_requests)
        for host, version, total in zip(self.hosts, versions, totals, strict=True):
            if version not in side:
                notes.append(f"{host} runs {version or 'nothing'}, and its requests are not counted")
                continue
            begun = before.get(host, 0)
            side[version] += total - begun if total >= begun else total  # a restart begins at zero
        return Moved(side[self.new], side[self.old], tuple(notes))

    def _count_new(self, share: float) -> int:
        return max(1, int(share * len(self.hosts) + 1e-9)) if share else 0

    def _assign(self, share: float) -> list[tuple[str, str]]:
        first = self._count_new(share)
        return [(host, self.new if place < first else self.old) for place, host in enumerate(self.hosts)]

    def _list_for(self, host: str, version: str, *, moves: bool) -> list[str]:
        switch, restart = (
            self.reach.say(host, self._fill(self.switch, host, version)),
            self.reach.say(host, self.restart),
        )
        drain, restore = ([self.reach.say_here(host, one)] if one else [] for one in (self.drain, self.restore))
        there = [*drain, switch, restart] if moves else [switch]
        return [*there, self.reach.say(host, self.health), *restore]

    def _try_bring(self, assignment: tuple[str, str]) -> TrafficError | None:
        try:
            self._bring(*assignment)
        except TrafficError as error:
            return error
        return None

    def _bring(self, host: str, version: str) -> None:
        """Make a host run a version, and have it in the load balancer only when it is healthy.

        The version is put in place also where it runs already: a run that was killed may have left the other one to
        start next, or the host out of the load balancer.
        """
        moves = self._find_version(host) != version
        if moves and self.drain:
            self.reach.order_here(host, self.drain)
        self.reach.order(host, self._fill(self.switch, host, version))
        if moves:
            self.reach.order(host, self.restart)
        self._wait_until_healthy(host, version)
        if self.restore:
            self.reach.order_here(host, self.restore)

    def _wait_until_healthy(self, host: str, version: str) -> None:
        end = time.monotonic() + self.health_s
        while fault := self._find_fault(host, version):
            if time.monotonic() > end:
                raise TrafficError(f"expected {host} to be healthy within {self.health_s:g} s, found: {fault}")
            time.sleep(HEALTH_PAUSE_S)

    def _find_fault(self, host: str, version: str) -> str | None:
        health = self.reach.ask(host, self.health)
        if health.code:
            return f"`{self.health}` failed: {health.reason}"
        found = self._find_version(host)
        return None if found == version else f"it runs {found or 'nothing'} and not {version}"

    def _try_find_version(self, host: str) -> str | UnreachableError | None:
        try:
            return self._find_version(host)
        except UnreachableError as error:
            return error

    def _find_version(self, host: str) -> str | None:
        """Return the version that runs on a host; None where none runs. A host that hangs counts as unreachable."""
        try:
            done = self.reach.ask(host, self.running)
        except DeadlineError as error:
            raise UnreachableError(str(error)) from None
        return tame(done.out.strip())[:80] or None if done.code == 0 else None

    def _count_requests(self, host: str) -> int:
        if self.count is None:
            raise TrafficError("expected the key count in [deploy.traffic] to count requests, found none")
        done = self.reach.ask(host, self.count)
        try:
            return int(done.out) if done.code == 0 else 0
        except ValueError:
            raise TrafficError(f"expected `{self.count}` to print a number on {host}, found {done.out!r:.60}") from None

    def _fill(self, command: str, host: str, version: str) -> str:
        return fill(command, host=host, version=version)
