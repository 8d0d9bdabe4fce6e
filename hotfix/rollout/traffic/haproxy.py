"""Moves traffic by the weights of HAProxy's servers, through its runtime socket.

Weights set so are in memory only: a restart or a reload of HAProxy brings back those of its configuration, which
`read_share` tells. They hold for new connections and, in mode http, for new requests; what is bound to a server by a
cookie stays there, which `measure_share` tells.
"""

import re
import shlex
from dataclasses import dataclass
from itertools import chain

from hotfix.core.configtable import Table
from hotfix.rollout.traffic.contract import Moved, Reading, Traffic, TrafficError
from hotfix.rollout.traffic.haproxysocket import Server, Socket
from hotfix.rollout.traffic.limits import HAPROXY_WEIGHT_MOST
from hotfix.rollout.traffic.marks import Mark, read_mark
from hotfix.rollout.traffic.weights import choose_weights, find_share

_NAME = re.compile(r"[A-Za-z0-9_.:-]+")  # what HAProxy allows in a name
_ADDRESS = re.compile(r"[^\s;]+")
_UPTIME = "uptime, s"  # no name of a server: it holds a blank


def read_haproxy(table: Table) -> Traffic:
    """Return the provider that a table describes."""
    new = table.names("new", _NAME, "name of a server")
    old = table.optional_names("old", _NAME, "name of a server")
    table.refuse_shared("old", new, old)
    address = table.matching("socket", _ADDRESS, "a path or host:port")
    return HAProxy(Socket(address), table.matching("backend", _NAME, "name of a backend"), new, old)


@dataclass(frozen=True, slots=True)
class _Sides:
    new: list[Server]
    old: list[Server]


@dataclass(frozen=True, slots=True)
class HAProxy:
    """Servers of one backend; where no old ones are named, all that are not new are old."""

    socket: Socket
    backend: str
    new: tuple[str, ...]
    old: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """The backend, and the process by its socket."""
        return f"backend {self.backend} of HAProxy at {self.socket.address}"

    def settle_share(self, share: float) -> float:
        """Return the share of the weights that would be set."""
        new, old = self._choose(self._read_sides(), share)
        return sum(new) / (sum(new) + sum(old))

    def list_commands(self, share: float, before: float | None = None) -> tuple[str, ...]:
        """Return what would be sent to the socket, for socat."""
        orders = self._list_orders(self._read_sides(), share, before)
        to = self.socket.address if self.socket.address.startswith("/") else f"TCP:{self.socket.address}"
        return (f"echo {shlex.quote(orders)} | socat stdio {shlex.quote(to)}",) if orders else ()

    def set_share(self, share: float) -> None:
        """Set the weights that differ, what rises first: at no moment has every server none.

        Raises:
            TrafficError: nobody answers; HAProxy refuses; or the servers that are to get traffic are not up.
        """
        sides = self._read_sides()
        self._check_ready(sides, share)
        orders = self._list_orders(sides, share)
        if orders and (said := self.socket.ask(orders).strip()):
            raise TrafficError(f"expected HAProxy to do `{orders}`, found: {said.splitlines()[0]}")

    def read_share(self) -> Reading:
        """Return the share of the weights of servers that are up."""
        sides = self._read_sides()
        servers = [*sides.new, *sides.old]
        share = find_share([one.weight for one in sides.new if one.up], [one.weight for one in sides.old if one.up])
        state = ", ".join(f"{self.backend}/{one.name} weight {one.weight} {one.status}" for one in servers)
        notes = [f"{self.backend}/{one.name} is {one.status} and gets no requests" for one in servers if not one.up]
        if share is None:
            notes.append(f"no server of {self.backend} that is up has a weight above 0")
        return Reading(share, state, tuple(notes))

    def mark_count(self) -> str:
        """Return the process and its counters."""
        return self._count(self._read_sides()).write()

    def measure_share(self, mark: str) -> Moved:
        """Return the requests that each side got, by the servers' `stot`."""
        sides = self._read_sides()
        before, now = read_mark(mark), self._count(sides)
        grown = all(total >= before.totals.get(name, 0) for name, total in now.totals.items())
        same = grown and now.source == before.source
        counted = before.totals if same else {}
        new, old = (sum(one.requests - counted.get(one.name, 0) for one in side) for side in (sides.new, sides.old))
        return Moved(new, old, () if same else ("HAProxy's counters began anew, so requests are counted from then on",))

    def _count(self, sides: _Sides) -> Mark:
        process = self.socket.read_process()
        totals = {one.name: one.requests for one in (*sides.new, *sides.old)}
        return Mark(f"haproxy {process.pid}", {**totals, _UPTIME: process.uptime_s})

    def _read_sides(self) -> _Sides:
        servers = {one.name: one for one in self.socket.read_servers(self.backend) if not one.backup}
        others = [name for name in servers if name not in self.new]
        wanted = (*self.new, *(self.old or others))
        if missing := [name for name in wanted if name not in servers]:
            raise TrafficError(
                f"expected a server {missing[0]!r} in HAProxy's backend {self.backend!r}, found {', '.join(servers)}"
            )
        if strangers := [name for name in others if name not in wanted]:
            raise TrafficError(
                f"expected only new and old servers in HAProxy's backend {self.backend!r}, found {strangers[0]!r} too: "
                "its share would be nobody's"
            )
        if not others:
            raise TrafficError(f"expected an old server in HAProxy's backend {self.backend!r}, found only new ones")
        return _Sides([servers[name] for name in self.new], [servers[name] for name in self.old or others])

    def _check_ready(self, sides: _Sides, share: float) -> None:
        for side, part, name in ((sides.new, share, "new"), (sides.old, 1 - share, "old")):
            if part and not any(one.up for one in side):
                said = ", ".join(f"{self.backend}/{one.name} is {one.status}" for one in side)
                raise TrafficError(f"expected a server of the {name} version that is up, found: {said}")

    def _choose(self, sides: _Sides, share: float) -> tuple[list[int], list[int]]:
        new, old = ([one.initial for one in side] for side in (sides.new, sides.old))
        return choose_weights(share, new, old, HAPROXY_WEIGHT_MOST)

    def _list_orders(self, sides: _Sides, share: float, before: float | None = None) -> str:
        servers = (*sides.new, *sides.old)
        now, wanted = (
            [one.weight for one in servers] if part is None else [*chain(*self._choose(sides, part))]
            for part in (before, share)
        )
        changes = [change for change in zip(servers, now, wanted, strict=True) if change[1] != change[2]]
        changes.sort(key=lambda change: change[1] > change[2])
        return "; ".join(f"set server {self.backend}/{one.name} weight {weight}" for one, _now, weight in changes)
