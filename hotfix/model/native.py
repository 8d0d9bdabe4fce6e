"""The only place that calls llama.cpp to write text: one model, one context, two sequences of tokens.

It runs in the worker process alone: native code may crash, hang or take too much memory, and then only the worker is
lost. Nothing here knows prompts, templates or schemas. It never passes a grammar to native code.
"""

import ctypes
import os
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from hotfix.core.settings import MODEL_BATCH_TOKENS
from hotfix.model.contract import ModelError

_ERROR_LEVEL = 4  # of ggml's log
_PIECE_BYTES = 4096  # of the text of one token
MAIN, SIDE = 0, 1
"""Sequences: the conversation, and a copy of it in which continuations are tried."""

_errors: deque[str] = deque(maxlen=3)
_log_callback: object = None  # native code calls it for as long as the process lives

Logits = NDArray[np.float32]
OnBatch = Callable[[int], None]


def open_library() -> ModuleType:
    """Return the binding of llama.cpp, silent, with its processor backends loaded.

    Raises:
        ModelError: it is not installed, or does not load on this host.
    """
    global _log_callback  # noqa: PLW0603  # see above
    try:
        from llama_cpp import llama_cpp as library
    except ModuleNotFoundError as error:
        raise ModelError(
            f"expected the packages that run models, found no {error.name}; pip install 'hotfix[model]'"
        ) from None
    except (ImportError, OSError, RuntimeError) as error:
        raise ModelError(
            f"expected llama-cpp-python to load on this host, found {type(error).__name__}: {error}"
        ) from None
    _log_callback = library.llama_log_callback(_keep_error)
    library.llama_log_set(_log_callback, None)
    _load_backends(library)
    library.llama_backend_init()
    return library  # type: ignore[no-any-return]


def take_errors() -> str:
    """Return what native code last complained of, and forget it."""
    said = "; ".join(_errors)
    _errors.clear()
    return said


def _keep_error(level: int, text: bytes, _data: object) -> None:
    if level == _ERROR_LEVEL:
        _errors.append(text.decode("utf-8", "replace").strip())


def _load_backends(library: ModuleType) -> None:
    """Load the variants of a portable build from its own folder, and never from the current one."""
    folder = Path(library.__file__ or "").parent / "lib"
    if next(folder.glob("libggml-cpu-*.so"), None) is None:
        return
    load = library._lib.ggml_backend_load_all_from_path  # noqa: SLF001  # the binding does not offer it
    load.argtypes, load.restype = [ctypes.c_char_p], None
    load(os.fsencode(folder))


class NativeModel:
    """A loaded model with one context."""

    def __init__(self, path: Path, context_tokens: int, threads: int) -> None:
        """Load a model file and reserve its context.

        Raises:
            ModelError: llama.cpp does not load it; the message holds its reason.
        """
        self._library = open_library()
        self._model = self._load(path)
        self._vocabulary = self._library.llama_model_get_vocab(self._model)
        self._context = self._open_context(path, context_tokens, threads)
        self._memory = self._library.llama_get_memory(self._context)
        self._batch = self._library.llama_batch_init(MODEL_BATCH_TOKENS, 0, 1)
        self.vocabulary_size = int(self._library.llama_vocab_n_tokens(self._vocabulary))
        self.context_tokens = int(self._library.llama_n_ctx(self._context))

    @property
    def vocabulary(self) -> object:
        """The pointer to the vocabulary, for the bridge of the tokenizer."""
        return self._vocabulary

    @property
    def end_tokens(self) -> list[int]:
        """Tokens that end an answer: of a turn, and of all text."""
        found = (self._library.llama_vocab_eot(self._vocabulary), self._library.llama_vocab_eos(self._vocabulary))
        return [int(token) for token in found if token >= 0]

    def name_ends(self) -> tuple[str, str]:
        """Return the texts of the tokens that begin and end all text, as chat templates want them; empty without."""
        ends = (self._library.llama_vocab_bos(self._vocabulary), self._library.llama_vocab_eos(self._vocabulary))
        said = [self._library.llama_vocab_get_text(self._vocabulary, token) if token >= 0 else b"" for token in ends]
        return said[0].decode("utf-8", "replace"), said[1].decode("utf-8", "replace")

    def begin(self) -> list[int]:
        """Return the token that every text begins with, or none where the model wants none."""
        wanted = self._library.llama_vocab_get_add_bos(self._vocabulary)
        return [int(self._library.llama_vocab_bos(self._vocabulary))] if wanted else []

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Return the tokens of a text; marks of the conversation count as such only when `special`."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        tokens = (ctypes.c_int32 * room)()
        count = self._library.llama_tokenize(self._vocabulary, data, len(data), tokens, room, False, special)
        if count < 0:
            raise ModelError(f"expected at most {room} tokens for {len(data)} bytes, found {-count}")
        return list(tokens[:count])

    def spell(self, tokens: Sequence[int]) -> bytes:
        """Return the text of tokens, as bytes: a token may end in the middle of a character."""
        room = ctypes.create_string_buffer(_PIECE_BYTES)
        said = bytearray()
        for token in tokens:
            count = self._library.llama_token_to_piece(self._vocabulary, token, room, _PIECE_BYTES, 0, False)
            said += room.raw[: max(0, count)]
        return bytes(said)

    def evaluate(
        self, tokens: Sequence[int], start: int, *, sequence: int = MAIN, on_batch: OnBatch | None = None
    ) -> Logits:
        """Put tokens behind position `start` of a sequence and return the logits after the last one, (vocabulary,).

        Raises:
            ModelError: llama.cpp fails.
        """
        for first in range(0, len(tokens), MODEL_BATCH_TOKENS):
            part = tokens[first : first + MODEL_BATCH_TOKENS]
            self._fill_batch(part, start + first, sequence, wants_logits=first + len(part) == len(tokens))
            if self._library.llama_decode(self._context, self._batch) != 0:
                raise ModelError(
                    f"llama.cpp could not evaluate {len(part)} tokens: {take_errors() or 'no reason given'}"
                )
            if on_batch:
                on_batch(len(part))
        found = self._library.llama_get_logits_ith(self._context, -1)
        return np.ctypeslib.as_array(found, shape=(self.vocabulary_size,)).astype(np.float32, copy=True)

    def forget(self, start: int, *, sequence: int = MAIN) -> bool:
        """Drop all tokens of a sequence from a position on; False when this model's state cannot be cut there."""
        return bool(self._library.llama_memory_seq_rm(self._memory, sequence, start, -1))

    def branch(self) -> None:
        """Make the side sequence, which is empty, a copy of the conversation."""
        self._library.llama_memory_seq_cp(self._memory, MAIN, SIDE, -1, -1)

    def measure_state(self) -> int:
        """Return how many bytes the state of the conversation takes."""
        return int(self._library.llama_state_seq_get_size(self._context, MAIN))

    def save_state(self, path: Path, tokens: Sequence[int]) -> bool:
        """Write the state of the conversation, which holds just these tokens, into a file."""
        given = (ctypes.c_int32 * len(tokens))(*tokens)
        written = self._library.llama_state_seq_save_file(self._context, os.fsencode(path), MAIN, given, len(tokens))
        return bool(written)

    def load_state(self, path: Path) -> list[int]:
        """Take the conversation from a file and return its tokens; none when the file does not fit this model."""
        tokens = (ctypes.c_int32 * self.context_tokens)()
        count = ctypes.c_size_t(0)
        read = self._library.llama_state_seq_load_file(
            self._context, os.fsencode(path), MAIN, tokens, self.context_tokens, ctypes.byref(count)
        )
        return list(tokens[: count.value]) if read else []

    def _fill_batch(self, tokens: Sequence[int], start: int, sequence: int, *, wants_logits: bool) -> None:
        batch = self._batch
        batch.n_tokens = len(tokens)
        for index, token in enumerate(tokens):
            batch.token[index], batch.pos[index] = token, start + index
            batch.n_seq_id[index], batch.seq_id[index][0] = 1, sequence
            batch.logits[index] = wants_logits and index == len(tokens) - 1

    def _load(self, path: Path) -> object:
        wanted = self._library.llama_model_default_params()
        wanted.n_gpu_layers = 0
        model = self._library.llama_model_load_from_file(os.fsencode(path), wanted)
        if not model:
            raise ModelError(f"{path}: llama.cpp cannot load it: {take_errors() or 'no reason given'}")
        return model

    def _open_context(self, path: Path, context_tokens: int, threads: int) -> object:
        wanted = self._library.llama_context_default_params()
        wanted.n_ctx, wanted.n_batch, wanted.n_ubatch = context_tokens, MODEL_BATCH_TOKENS, MODEL_BATCH_TOKENS
        wanted.n_threads = wanted.n_threads_batch = threads
        wanted.n_seq_max, wanted.kv_unified = 2, True
        wanted.no_perf = True
        context = self._library.llama_init_from_model(self._model, wanted)
        if not context:
            raise ModelError(f"{path}: llama.cpp cannot make a context: {take_errors() or 'no reason given'}")
        return context
