"""How much memory a model needs, told from its header before a byte of it is loaded."""

from dataclasses import dataclass

from hotfix.core.settings import MODEL_BATCH_TOKENS, MODEL_CONTEXT_MOST, MODEL_SPARE_BYTES
from hotfix.model.contract import ModelError
from hotfix.model.header import Header

_STATE_BYTES = 2  # of one number of the kept state: float16
_LOGIT_BYTES = 4
_ACTIVATIONS = 12  # numbers of the embedding's width that one token occupies at a time, about; float32


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes that a model takes while it runs."""

    weights: int
    state: int  # keys and values of every token of the context
    batch: int  # what the tokens that are evaluated together occupy, logits included

    @property
    def total(self) -> int:
        """All together, with what libraries and vocabulary take."""
        return self.weights + self.state + self.batch + MODEL_SPARE_BYTES


def estimate_need(header: Header) -> Need:
    """Return what a model takes with the context that is reserved for it; without attention its state is smaller."""
    heads = header.number("attention.head_count") or 1
    width = header.number("embedding_length") or 0
    per_head = width // heads
    keys = header.number("attention.key_length") or per_head
    values = header.number("attention.value_length") or per_head
    kept_heads = header.number("attention.head_count_kv") or heads
    layers = header.number("block_count") or 0
    state = reserve_context(header) * layers * kept_heads * (keys + values) * _STATE_BYTES
    batch = MODEL_BATCH_TOKENS * (header.vocabulary + _ACTIVATIONS * width) * _LOGIT_BYTES
    return Need(header.size_bytes, state, batch)


def reserve_context(header: Header) -> int:
    """Return how many tokens of context are reserved: the model's own number, within what an analysis can use."""
    return min(header.number("context_length") or 0, MODEL_CONTEXT_MOST)


def check_memory(need: Need, free_bytes: int | None) -> None:
    """Check that a model fits into what the host has to spare; None means that nothing is known of it.

    Raises:
        ModelError: it does not; the message names both numbers.
    """
    if free_bytes is not None and need.total > free_bytes:
        raise ModelError(
            f"expected {say_bytes(need.total)} of free memory (weights {say_bytes(need.weights)}, context "
            f"{say_bytes(need.state)}, the rest {say_bytes(need.total - need.weights - need.state)}), found "
            f"{say_bytes(free_bytes)}; take a smaller or more strongly quantised model"
        )


def say_bytes(count: int) -> str:
    """Return a number of bytes in the largest unit that leaves one digit, for example ``4.7 GB``."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"
