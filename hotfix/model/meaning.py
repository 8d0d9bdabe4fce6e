"""Finds the vectors of texts: kept ones at once, others by the encoder, which starts when the first text asks for it.

Who knows that a text will ask may let it begin before. Whatever goes wrong is kept as a reason; from then on no text
has a vector, and rules decide alone.
"""

import hashlib
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hotfix.core.cache import find_cache
from hotfix.core.facts import SkippedStage
from hotfix.core.settings import ENCODER_SECONDS_MOST
from hotfix.model.contract import ModelError
from hotfix.model.encoderfile import ENCODER_SHA256, locate_encoder
from hotfix.model.encoding import Load, read_answer, write_question
from hotfix.model.process import WorkerProcess
from hotfix.model.vectors import VectorStore

Vector = NDArray[np.float32]


class Meaning:
    """Vectors of texts; `trouble` says why there are none."""

    def __init__(self, encoder: Path | None = None, store: VectorStore | None = None, most: int | None = None) -> None:
        """Take an encoder's file (by default the one that was set up) and a store of vectors.

        `most`: of how many distinct texts to find vectors at most; the next ones have none.
        """
        self.trouble: str | None = None
        self._path = encoder
        self._store = store or VectorStore(find_cache("vectors.db"))
        self._most = most
        self._known: dict[str, Vector] = {}
        self._fresh: dict[bytes, NDArray[np.float16]] = {}
        self._process: WorkerProcess | None = None

    def begin(self) -> None:
        """Let the encoder be loaded from now on, while others work: soon a text may ask for it, and meet what fails."""
        with suppress(ModelError):
            self._start()

    def find_vector(self, text: str) -> Vector | None:
        """Return the unit vector of a text; None when there is none to be had."""
        if text in self._known:
            return self._known[text]
        if self.trouble or (self._most is not None and len(self._known) >= self._most):
            return None
        key = hashlib.sha256(f"{ENCODER_SHA256}\n{text}".encode(errors="replace")).digest()
        kept = self._store.find([key]).get(key)
        try:
            vector = self._embed(text) if kept is None else kept.astype(np.float32)
        except ModelError as error:
            self.trouble = str(error)
            self._end()
            return None
        if kept is None:
            self._fresh[key] = vector.astype(np.float16)
        self._known[text] = vector
        return vector

    def tell_trouble(self) -> tuple[SkippedStage, ...]:
        """Return why texts had no vectors, for the report; nothing when they had or none was asked for."""
        if self.trouble is None:
            return ()
        return (SkippedStage("encoder", f"wording that no rule knows stays unknown: {self.trouble}"),)

    def close(self) -> None:
        """End the encoder's process and keep what it found."""
        self._end()
        if self._fresh:
            self._store.keep(self._fresh)
            self._fresh = {}

    def _embed(self, text: str) -> Vector:
        process = self._start()
        process.await_model(_find_deadline(), _ignore)
        reply = process.ask(write_question([text]), _find_deadline(), _ignore)
        (vector,) = read_answer(reply, 1)
        return vector  # type: ignore[no-any-return]  # a row of an array is Any to numpy

    def _start(self) -> WorkerProcess:
        if self._process is None:
            if self._path is None:
                locate_encoder()
            load = Load(str(self._path) if self._path else None)
            self._process = WorkerProcess(load, _find_deadline(), module="hotfix.model.encoding")
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()


def _find_deadline() -> float:
    return time.monotonic() + ENCODER_SECONDS_MOST


def _ignore(_event: object) -> None:
    """Hear of a phase; the encoder has none."""
