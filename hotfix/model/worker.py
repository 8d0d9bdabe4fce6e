"""The process in which native code runs: takes questions from a socket, one JSON object a line, answers alike.

Started as ``python -m hotfix.model.worker FD``. What native code prints goes to standard error, which the parent keeps.
The process ends when its parent does. Its memory is limited, and it is the first to go when the host has none left.
"""

import json
import os
import queue
import resource
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from hotfix.model.answering import Form, Writer, shape_code, shape_json
from hotfix.model.chat import ChatTemplate
from hotfix.model.choosing import share_out
from hotfix.model.contract import ModelError, Prompt, Sampling
from hotfix.model.native import NativeModel
from hotfix.model.prefixes import PrefixStore
from hotfix.model.session import Limits, Reading, Session


@dataclass(frozen=True, slots=True)
class Load:
    """What a worker is told first; every field is plain JSON."""

    path: str
    owner: str  # names all that a kept prefix depends on
    template: str  # chat template
    context_tokens: int
    threads: int
    memory_bytes: int  # that it may take on top of what it has at its start
    prefixes: str | None  # folder of kept prefixes


_TICK_S = 1e-9  # so that nothing is divided by a span that the clock did not see
_Act = Callable[[Mapping[str, Any]], Mapping[str, object]]


class _Channel:
    """Writes to the parent; tells how far a phase is."""

    def __init__(self, output: TextIO) -> None:
        self._output = output
        self._began = time.monotonic()

    def send(self, message: Mapping[str, object]) -> None:
        self._output.write(json.dumps(message) + "\n")
        self._output.flush()

    def begin(self) -> None:
        """Begin a call."""
        self._began = time.monotonic()

    def elapsed(self) -> float:
        return time.monotonic() - self._began

    def tell(self, phase: str, done: int, total: int, rate: float) -> None:
        self.send({"phase": phase, "done": done, "total": total, "tokens_per_s": rate})


class _Worker:
    """Answers questions with one loaded model."""

    def __init__(self, load: Load, channel: _Channel) -> None:
        self._channel = channel
        native = NativeModel(Path(load.path), load.context_tokens, load.threads)
        self._session = Session(native, ChatTemplate(load.template, *native.name_ends()), _open_store(load))
        self._writer: Writer | None = None

    def answer(self, request: Mapping[str, Any]) -> dict[str, object]:
        return self._write(request, shape_json(request["schema"]), Sampling())

    def write(self, request: Mapping[str, Any]) -> dict[str, object]:
        sampling = Sampling(int(request["seed"]), float(request["temperature"]))
        return self._write(request, shape_code(request["language"]), sampling)

    def choose(self, request: Mapping[str, Any]) -> dict[str, object]:
        reading = self._read(request)
        first_token_s = self._channel.elapsed()
        native = self._session.native
        ways = {label: (*native.tokenize(label, special=False), *native.end_tokens[:1]) for label in request["labels"]}
        shares = share_out(ways, reading.logits, self._session.try_out)
        return {"shares": shares} | self._sum_up(reading, 0, first_token_s)

    def count(self, request: Mapping[str, Any]) -> dict[str, object]:
        return {"count": self._session.count(request["text"])}

    def _write(self, request: Mapping[str, Any], form: Form, sampling: Sampling) -> dict[str, object]:
        self._writer = self._writer or Writer(self._session)
        reading = self._read(request)
        first_token_s = self._channel.elapsed()
        most = int(request["output_tokens"])
        began = time.monotonic()
        text, count = self._writer.write(
            reading,
            form,
            sampling,
            most,
            lambda done: self._channel.tell("writing", done, most, done / max(_TICK_S, time.monotonic() - began)),
        )
        return {"text": text} | self._sum_up(reading, count, first_token_s)

    def _read(self, request: Mapping[str, Any]) -> Reading:
        prompt = Prompt(request["constant"], request["facts"], request["question"])
        limits = Limits(int(request["evidence_tokens"]), int(request["output_tokens"]))
        return self._session.read(
            prompt,
            limits,
            lambda reused, read, total: self._channel.tell(
                "reading", reused + read, total, read / max(_TICK_S, self._channel.elapsed())
            ),
        )

    def _sum_up(self, reading: Reading, written: int, first_token_s: float) -> dict[str, object]:
        return {
            "prompt_tokens": reading.tokens,
            "reused_tokens": reading.reused,
            "output_tokens": written,
            "first_token_s": first_token_s,
            "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }


def _open_store(load: Load) -> PrefixStore | None:
    """Return the kept prefixes; None without a folder, or where it cannot be used: then prompts are read in full."""
    try:
        return PrefixStore(Path(load.prefixes), load.owner) if load.prefixes else None
    except ModelError:
        return None


def main() -> None:
    """Serve the socket whose number is the only argument until it is closed."""
    channel_socket = socket.socket(fileno=int(sys.argv[1]))
    lines = _follow(channel_socket.makefile("r", encoding="utf-8"))
    channel = _Channel(channel_socket.makefile("w", encoding="utf-8"))
    load = Load(**json.loads(lines.get()))
    _limit(load.memory_bytes)
    try:
        worker = _Worker(load, channel)
        channel.send({"loaded": True})
        serve = {"answer": worker.answer, "write": worker.write, "choose": worker.choose, "count": worker.count}
        while True:
            request = json.loads(lines.get())
            channel.begin()
            channel.send(_serve(serve[request["ask"]], request))
    except ModelError as error:
        channel.send({"failed": str(error)})
    except MemoryError:
        channel.send(
            {"failed": f"expected to need at most {load.memory_bytes:,} bytes more, found that it is not enough"}
        )


def _serve(act: _Act, request: Mapping[str, Any]) -> Mapping[str, object]:
    try:
        return {"done": act(request)}
    except ModelError as error:
        return {"failed": str(error)}


def _follow(lines: TextIO) -> "queue.SimpleQueue[str]":
    """Return a queue of what the parent says; when it says no more, the process ends, even inside native code."""
    found: queue.SimpleQueue[str] = queue.SimpleQueue()

    def follow() -> None:
        for line in lines:
            found.put(line)
        os._exit(0)

    threading.Thread(target=follow, daemon=True).start()
    return found


def _limit(memory_bytes: int) -> None:
    """Limit the address space, leave no core file, and volunteer to be ended first when memory runs out."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(PermissionError):  # an agent's process may write its documents and nothing else
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


if __name__ == "__main__":
    main()
