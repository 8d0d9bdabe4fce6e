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
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
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
    """A running worker, which loads its model while others work."""

    def __init__(self, load: "DataclassInstance", deadline: float, module: str = _WORKER) -> None:
        """Start a worker; its `module` is told first what to `load`.

        Raises:
            ModelError: it could not be started, ended at once, or did not hear by the deadline, a time of the monotonic
                clock.
        """
        self._rest = b""
        self._is_loaded = False
        try:
            self._begin(module)
        except OSError as error:
            raise ModelError(f"the model's process cannot be started: {error.strerror}") from error
        with self._end_on_failure(deadline):
            self._send(asdict(load), deadline)

    def _begin(self, module: str) -> None:
        with ExitStack() as undone:
            self._ours, theirs = socket.socketpair()
            undone.enter_context(self._ours)
            undone.enter_context(theirs)
            self._complaints = undone.enter_context(tempfile.TemporaryFile())
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self._complaints,
                stderr=self._complaints,
                process_group=0,  # so that Ctrl-C reaches it through us alone
                env={**os.environ, **_SETTING, "PYTHONPATH": os.pathsep.join(_list_import_paths())},
            )
            undone.pop_all()  # closed with the worker
            theirs.close()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def await_model(self, deadline: float, on_event: OnEvent) -> None:
        """Wait until the model is loaded, if it is not yet; nothing is asked before.

        Raises:
            ModelError: it did not load, or not in time; the worker is gone.
        """
        if self._is_loaded:
            return
        try:
            self._hear(deadline, on_event)
        except ModelError:
            self.end()
            raise
        self._is_loaded = True

    def ask(self, request: Mapping[str, object], deadline: float, on_event: OnEvent) -> Mapping[str, Any]:
        """Return what the worker answers.

        Raises:
            ModelError: it said why it cannot, or it ended or did not answer in time; in the last two cases it is gone.
        """
        with self._end_on_failure(deadline):
            self._send(request, deadline)
        return self._hear(deadline, on_event)["done"]  # type: ignore[no-any-return]

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

    def _send(self, message: Mapping[str, object], deadline: float) -> None:
        self._wait_until(deadline)
        self._ours.sendall(json.dumps(message).encode() + b"\n")

    def _hear(self, deadline: float, on_event: OnEvent) -> Mapping[str, Any]:
        """Return what the worker says next that is no event."""
        with self._end_on_failure(deadline):
            while "phase" in (reply := self._receive(deadline)):
                on_event(reply)
        if "failed" in reply:
            raise ModelError(_make_visible(str(reply["failed"])))
        return reply

    @contextmanager
    def _end_on_failure(self, deadline: float) -> Iterator[None]:
        """End the process when what happens inside fails; when it is the worker's doing, say so."""
        began = time.monotonic()
        try:
            yield
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
