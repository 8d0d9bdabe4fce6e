"""Holds the worker process from outside: asks, waits until a deadline, and ends it when it must.

Whatever happens to native code becomes a ModelError that says what happened. Nothing here loads a model.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hotfix
from hotfix.core.text import say_span
from hotfix.model.contract import ModelError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_WORKER = "hotfix.model.worker"
_RECEIVED_BYTES = 1 << 16
_COMPLAINT_CHARACTERS = 300
_OUT_OF_MEMORY = ("bad_alloc", "MemoryError", "failed to allocate", "unable to allocate")

_SETTING = {
    "OMP_WAIT_POLICY": "passive",  # threads that spin cost 5 to 40 times on a busy host
    "MALLOC_ARENA_MAX": "2",  # an arena for each thread would count as memory that is never used
}

OnEvent = Callable[[Mapping[str, Any]], None]


class WorkerProcess:
    """A running worker."""

    def __init__(self, load: "DataclassInstance", deadline: float, on_event: OnEvent, module: str = _WORKER) -> None:
        """Start a worker and wait until its model is loaded; `deadline` is a time of the monotonic clock.

        `load` is what the worker's `module` is told first.

        Raises:
            ModelError: it did not load, or not in time.
        """
        self._ours, theirs = socket.socketpair()
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the worker
        self._rest = b""
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self._complaints,
                stderr=self._complaints,
                process_group=0,  # so that Ctrl-C reaches it through us alone
                env={**os.environ, **_SETTING, "PYTHONPATH": os.pathsep.join(_list_import_paths())},
            )
        try:
            self._exchange(asdict(load), deadline, on_event)
        except ModelError:
            self.end()
            raise

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def ask(self, request: Mapping[str, object], deadline: float, on_event: OnEvent) -> Mapping[str, Any]:
        """Return what the worker answers.

        Raises:
            ModelError: it said why it cannot, or it ended or did not answer in time; in the last two cases it is gone.
        """
        reply = self._exchange(request, deadline, on_event)
        return reply["done"]  # type: ignore[no-any-return]

    @property
    def is_running(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def end(self) -> None:
        """End the process and all that it started, at once."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):  # it ended just now
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._ours.close()
        self._complaints.close()

    def _exchange(self, message: Mapping[str, object], deadline: float, on_event: OnEvent) -> Mapping[str, Any]:
        began = time.monotonic()
        try:
            self._wait_until(deadline)
            self._ours.sendall(json.dumps(message).encode() + b"\n")
            while True:
                reply = self._receive(deadline)
                if "phase" not in reply:
                    break
                on_event(reply)
        except TimeoutError:
            self.end()
            raise ModelError(
                f"expected an answer within {say_span(deadline - began)}, found none; the model was stopped"
            ) from None
        except (ConnectionError, EOFError):
            raise ModelError(self._tell_end()) from None
        except BaseException:
            self.end()  # Ctrl-C, or the caller's progress failed: nobody waits for the answer any more
            raise
        if "failed" in reply:
            raise ModelError(_make_visible(str(reply["failed"])))
        return reply

    def _receive(self, deadline: float) -> Mapping[str, Any]:
        while b"\n" not in self._rest:
            self._wait_until(deadline)
            received = self._ours.recv(_RECEIVED_BYTES)
            if not received:
                raise EOFError
            self._rest += received
        line, _, self._rest = self._rest.partition(b"\n")
        return json.loads(line)  # type: ignore[no-any-return]

    def _wait_until(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._ours.settimeout(left)

    def _tell_end(self) -> str:
        """Return how the process ended, in words."""
        code = self._process.wait()
        self._complaints.seek(0, os.SEEK_END)
        self._complaints.seek(max(0, self._complaints.tell() - 4096))
        said = self._complaints.read().decode("utf-8", "replace").strip()
        self.end()
        last = _make_visible(said.splitlines()[-1][:_COMPLAINT_CHARACTERS]) if said else "it said nothing"
        if any(sign in said for sign in _OUT_OF_MEMORY):
            return f"the model's process ran out of the memory that it may take ({last})"
        if code == -signal.SIGKILL:
            return "the model's process was killed from outside, most likely because the host ran out of memory"
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"the model's process ended by itself with {how} ({last})"


def _make_visible(said: str) -> str:
    """Return what native code or a model's file said, without a character that a terminal would obey."""
    return "".join(character if character.isprintable() else "?" for character in said)


def _list_import_paths() -> list[str]:
    """Return where the worker finds this very hotfix; never the current folder, which may hold anything."""
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return [str(Path(hotfix.__file__).parents[1]), *(path for path in given if path)]
