"""Asks HAProxy through its runtime socket: commands come in, parsed answers go out. Changes nothing by itself.

Source: HAProxy, Management Guide 2.6, sections 9.1 (CSV) and 9.3 (Unix Socket commands).
"""

import csv
import socket
from dataclasses import dataclass

from hotfix.core.plain import tame
from hotfix.rollout.traffic.contract import TrafficError
from hotfix.rollout.traffic.limits import SOCKET_BYTES_MOST, SOCKET_SECONDS

_RUNNING = ("1", "2")  # starting, running
_STATE_VERSION = "1"
_END = "\n\n"


@dataclass(frozen=True, slots=True)
class Server:
    """A server of a backend, as HAProxy has it in memory."""

    name: str
    weight: int  # 0..256, now
    initial: int  # 0..256, as configured
    up: bool  # takes new requests by its state, whatever its weight
    status: str  # in HAProxy's words: UP, DOWN, MAINT, DRAIN, no check
    backup: bool
    requests: int  # since HAProxy started


@dataclass(frozen=True, slots=True)
class Process:
    """The process that answers: counters and weights are its own, and end with it."""

    pid: int
    uptime_s: int


@dataclass(frozen=True, slots=True)
class Socket:
    """HAProxy's runtime socket: a path, or host:port."""

    address: str

    def ask(self, command: str) -> str:
        """Return the answer to a command.

        Raises:
            TrafficError: nobody answers, or the answer does not end in time.
        """
        try:
            with self._connect() as connection:
                connection.sendall(command.encode() + b"\n")
                return self._receive(connection)
        except TimeoutError:
            raise TrafficError(f"expected HAProxy to answer at {self.address} within {SOCKET_SECONDS:g} s") from None
        except OSError as error:
            raise TrafficError(
                f"expected HAProxy's runtime socket at {self.address}, found: {error.strerror or error}; "
                "is it running, with `stats socket … level admin`?"
            ) from None

    def read_servers(self, backend: str) -> list[Server]:
        """Return the servers of a backend, in the order of the configuration.

        Raises:
            TrafficError: as `ask`; or there is no such backend.
        """
        answer = self._ask_whole(f"show servers state {backend}")
        version, _, table = answer.partition("\n")
        if version.strip() != _STATE_VERSION:
            raise TrafficError(f"expected the servers of HAProxy's backend {backend!r}, found: {_first_line(answer)}")
        states = list(csv.DictReader(table.removeprefix("# ").strip().splitlines(), delimiter=" "))
        counted = {row["svname"]: row for row in self._read_statistics(states[0]["be_id"])} if states else {}
        return [_read_server(row, counted.get(row["srv_name"], {})) for row in states]

    def read_process(self) -> Process:
        """Return which process answers."""
        answer = self._ask_whole("show info")
        fields = dict(line.split(": ", 1) for line in answer.splitlines() if ": " in line)
        try:
            return Process(int(fields["Pid"]), int(fields["Uptime_sec"]))
        except (KeyError, ValueError):
            raise TrafficError(
                f"expected HAProxy's `show info` at {self.address}, found: {_first_line(answer)}"
            ) from None

    def _ask_whole(self, command: str) -> str:
        """Return the answer to a command that shows something: it ends with an empty line, or HAProxy died within."""
        answer = self.ask(command)
        if not answer.endswith(_END):
            raise TrafficError(f"expected a whole answer of HAProxy at {self.address}, found one that was cut off")
        return answer

    def _read_statistics(self, backend_id: str) -> list[dict[str, str]]:
        """Return the rows of a backend's servers; by its number, for a frontend may have the same name."""
        answer = self._ask_whole(f"show stat {backend_id} 4 -1")  # 4: servers, -1: all of them
        if not answer.startswith("# pxname,"):
            raise TrafficError(f"expected HAProxy's `show stat` at {self.address}, found: {_first_line(answer)}")
        return list(csv.DictReader(answer.removeprefix("# ").strip().splitlines()))

    def _connect(self) -> socket.socket:
        host, colon, port = self.address.rpartition(":")
        if colon and port.isdigit() and "/" not in host:
            return socket.create_connection((host.strip("[]"), int(port)), SOCKET_SECONDS)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(SOCKET_SECONDS)
        try:
            connection.connect(self.address)
        except BaseException:
            connection.close()
            raise
        return connection

    def _receive(self, connection: socket.socket) -> str:
        answer = bytearray()
        while chunk := connection.recv(65536):
            answer += chunk
            if len(answer) > SOCKET_BYTES_MOST:
                raise TrafficError(f"expected an answer of HAProxy at {self.address}, found more than fits into memory")
        return answer.decode(errors="replace")


def _read_server(state: dict[str, str], counted: dict[str, str]) -> Server:
    return Server(
        name=state["srv_name"],
        weight=int(state["srv_uweight"]),
        initial=int(state["srv_iweight"]),
        up=state["srv_op_state"] in _RUNNING and state["srv_admin_state"] == "0",
        status=counted.get("status", "unknown"),
        backup=counted.get("bck") == "1",
        requests=int(counted.get("stot") or 0),
    )


def _first_line(answer: str) -> str:
    return tame(answer.strip().partition("\n")[0])[:200] or "an empty answer"
