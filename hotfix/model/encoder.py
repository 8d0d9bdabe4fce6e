"""Turns texts into vectors of meaning with the local encoder: texts in, one unit vector each out. Decides nothing.

The only module that runs the encoder. It is loaded when the first text asks for it; vectors are rounded to float16, so
that one that was kept on disk and a fresh one are the same.
"""

import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hotfix.core.settings import ENCODED_CHARACTERS, ENCODED_TOKENS
from hotfix.model.contract import ModelError
from hotfix.model.host import count_threads

Vectors = NDArray[np.float32]
"""One row of unit length for each text."""


class Encoder:
    """The encoder of a GGUF file, which must be one that was checked: native code trusts what it is given."""

    def __init__(self, path: Path) -> None:
        """Load a file.

        Raises:
            ModelError: llama-cpp-python is not installed, or it refuses the file.
        """
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # spinning threads cost a busy host 5 to 40 times the time
        try:
            from llama_cpp import Llama
        except (ImportError, OSError, RuntimeError) as error:
            raise ModelError(f"llama-cpp-python cannot be used (pip install hotfix[model]): {error}") from error
        threads = count_threads()
        try:
            self._llama = Llama(
                str(path),
                embedding=True,
                n_ctx=ENCODED_TOKENS,
                n_batch=ENCODED_TOKENS,
                n_ubatch=ENCODED_TOKENS,
                n_threads=threads,
                n_threads_batch=threads,
                verbose=False,
            )
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{path}: llama.cpp cannot load the encoder: {error}") from error

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return a unit vector for each text; a long text counts by its first ENCODED_TOKENS tokens.

        Raises:
            ModelError: llama.cpp gave no vectors.
        """
        cut = [text[:ENCODED_CHARACTERS] for text in texts]
        if not cut:
            return np.empty((0, self._llama.n_embd()), dtype=np.float32)
        try:
            found = np.array(self._llama.embed(cut, normalize=True), dtype=np.float16)
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"the encoder gave no vectors: {error}") from error
        return found.astype(np.float32)

    def close(self) -> None:
        """Let go of the model."""
        self._llama.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()


def embed_once(path: Path, texts: Sequence[str]) -> Vectors:
    """Return the vectors of texts by a file, and let go of it.

    Raises:
        ModelError: the file cannot be loaded, or gave no vectors.
    """
    with closing(Encoder(path)) as encoder:
        return encoder.embed(texts)
