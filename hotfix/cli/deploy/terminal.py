"""The operator at the terminal: words typed on standard input, and the signals that a rollout heeds.

A hang-up, when the terminal or the connection to it is lost, calls the rollout back: nobody would watch it. Where it is
ignored, as nohup has it, it stays so. SIGTERM is an interrupt, as Ctrl-C is: all stays as it is.
"""

import os
import select
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

import typer

from hotfix.rollout.execute.contract import Word

_WORDS = {"go": Word.GO, "g": Word.GO, "yes": Word.GO, "y": Word.GO, "pause": Word.PAUSE, "p": Word.PAUSE,
          "back": Word.BACK, "b": Word.BACK}  # fmt: skip
_CHUNK = 4096


@dataclass(slots=True)
class Terminal:
    """Reads words as lines."""

    hung_up: int  # becomes readable at a hang-up
    typed: int | None  # standard input; None: nobody types
    _text: str = ""
    _words: list[Word] = field(default_factory=list)

    def listen(self, seconds: float) -> Word | None:
        """Return the next word as soon as it is said."""
        if not self._words:
            self._read(seconds)
        return self._words.pop(0) if self._words else None

    def _read(self, seconds: float) -> None:
        sources = [self.hung_up] if self.typed is None else [self.hung_up, self.typed]
        ready, _, _ = select.select(sources, [], [], seconds)
        if self.hung_up in ready:
            os.read(self.hung_up, _CHUNK)
            self.typed = None
            self._words.append(Word.BACK)
        elif ready:
            self._take(os.read(ready[0], _CHUNK))

    def _take(self, data: bytes) -> None:
        if not data:
            self.typed = None
        *lines, self._text = (self._text + data.decode(errors="replace")).split("\n")
        for line in filter(None, map(str.strip, lines)):
            if word := _WORDS.get(line.lower()):
                self._words.append(word)
            else:
                typer.echo("expected go, pause or back", err=True)


@contextmanager
def open_terminal(*, asks: bool) -> Iterator[Terminal]:
    """Yield the operator; with `asks` words are read from standard input."""
    reading, writing = os.pipe()
    try:
        with (
            _heed(signal.SIGHUP, lambda *_: _wake(writing)),
            _heed(signal.SIGTERM, signal.default_int_handler),
            _silence(asks=asks),
        ):
            yield Terminal(reading, sys.stdin.fileno() if asks else None)
    finally:
        os.close(reading)
        os.close(writing)


@contextmanager
def interrupt_by_signals() -> Iterator[None]:
    """Have a hang-up and SIGTERM interrupt what is done here, as Ctrl-C does, so that it is ended in order."""
    with _heed(signal.SIGHUP, signal.default_int_handler), _heed(signal.SIGTERM, signal.default_int_handler):
        yield


@contextmanager
def outlive_terminal() -> Iterator[None]:
    """Have a hang-up end nothing that is done here."""
    with _heed(signal.SIGHUP, signal.SIG_IGN):
        yield


@contextmanager
def _heed(
    number: signal.Signals, handler: signal.Handlers | Callable[[int, FrameType | None], object]
) -> Iterator[None]:
    """Handle a signal; one that is ignored stays so."""
    before = signal.getsignal(number)
    if before is not signal.SIG_IGN:
        signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


def _wake(writing: int) -> None:
    os.write(writing, b"!")


@contextmanager
def _silence(*, asks: bool) -> Iterator[None]:
    """Have the terminal not show what is typed, which would tear the picture that is drawn on it."""
    if not (asks and sys.stdin.isatty() and sys.stderr.isatty()):
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    silent = [*before]
    silent[3] &= ~termios.ECHO
    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, silent)
    try:
        yield
    finally:
        with suppress(termios.error):
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
