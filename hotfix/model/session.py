"""Reads prompts into a loaded model, and reuses what it made of the same beginning before.

A prompt is reused up to the end of its constant part or of its facts, from this process or from disk, and nowhere else:
so the same tokens are always evaluated in the same portions, and an answer does not depend on what was kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hotfix.core.settings import PREFIX_TOKENS_LEAST
from hotfix.model.chat import ChatTemplate
from hotfix.model.contract import ModelError, Prompt
from hotfix.model.native import SIDE, Logits, NativeModel
from hotfix.model.prefixes import PrefixStore

OnRead = Callable[[int, int, int], None]
"""Told how many tokens of a prompt are reused, how many are read so far, and how many it has."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may take, tokens."""

    evidence_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A prompt that was read."""

    logits: Logits  # of the token that comes next
    tokens: int  # of the prompt
    reused: int  # of them


class Session:
    """One loaded model and the conversation that it holds."""

    def __init__(self, native: NativeModel, template: ChatTemplate, store: PrefixStore | None) -> None:
        """Begin with nothing read; without a store only this process reuses."""
        self.native = native
        self._template, self._store = template, store
        self._held: list[int] = []

    def read(self, prompt: Prompt, limits: Limits, on_read: OnRead) -> Reading:
        """Read a prompt, but for what is reused of it.

        Raises:
            ModelError: its facts, or all of it and an answer, are more than may be; the message names both numbers.
        """
        self._check_evidence(prompt, limits)
        tokens, ends = self._tokenize(prompt)
        room = self.native.context_tokens - limits.output_tokens
        if len(tokens) > room:
            raise ModelError(
                f"expected a prompt of at most {room:,} tokens (context {self.native.context_tokens:,} less an answer "
                f"of {limits.output_tokens:,}), found {len(tokens):,}"
            )
        reused, read = self._reuse(tokens, ends), 0

        def tell(count: int) -> None:
            nonlocal read
            read += count
            on_read(reused, read, len(tokens))

        logits: Logits | None = None
        for end in sorted({end for end in (*ends, len(tokens)) if end > reused}):
            logits = self.native.evaluate(tokens[len(self._held) : end], len(self._held), on_batch=tell)
            self._held = tokens[:end]
            if end in ends:
                self._keep()
        if logits is None:
            raise ModelError("expected a prompt that ends with a question, found none")
        return Reading(logits, len(tokens), reused)

    def write(self, tokens: Sequence[int]) -> Logits:
        """Put tokens of the answer behind what is held and return the logits of the next one."""
        logits = self.native.evaluate(tokens, len(self._held))
        self._held.extend(tokens)
        return logits

    def try_out(self, tokens: Sequence[int]) -> Logits:
        """Return the logits after a continuation that is not kept."""
        self.native.branch()
        logits = self.native.evaluate(tokens, len(self._held), sequence=SIDE)
        self.native.forget(-1, sequence=SIDE)  # so that the next one lies in the same place, and sums up the same way
        return logits

    def count(self, text: str) -> int:
        """Return how many tokens a text takes as part of a prompt."""
        return len(self.native.tokenize(text, special=False))

    def _check_evidence(self, prompt: Prompt, limits: Limits) -> None:
        found = self.count(prompt.facts)
        if found > limits.evidence_tokens:
            raise ModelError(f"expected at most {limits.evidence_tokens:,} tokens of evidence, found {found:,}")

    def _tokenize(self, prompt: Prompt) -> tuple[list[int], list[int]]:
        """Return the tokens of a prompt and the ends of its parts that can be kept."""
        tokens, ends = self.native.begin(), list[int]()
        for index, piece in enumerate(self._template.fill(prompt)):
            found = self.native.tokenize(piece.text, special=piece.from_template)
            doubled = index == 0 and found[:1] == tokens  # the template says the beginning as well
            tokens.extend(found[1:] if doubled and tokens else found)
            if piece.ends_part:
                ends.append(len(tokens))
        return tokens, ends

    def _reuse(self, tokens: Sequence[int], ends: Sequence[int]) -> int:
        """Make the model hold the longest known beginning of a prompt, and return how many tokens it has."""
        for end in reversed(ends):
            beginning = list(tokens[:end])
            if self._held[:end] == beginning and self.native.forget(end):
                self._held = beginning
                return end
            if self._load(beginning):
                return end
        self.native.forget(-1)
        self._held = []
        return 0

    def _load(self, beginning: list[int]) -> bool:
        path = self._store.find(beginning) if self._store else None
        if path is None or self._store is None:
            return False
        self._held = []
        self.native.forget(-1)
        if self.native.load_state(path) == beginning:
            self._held = beginning
            return True
        self._store.drop(path)
        return False

    def _keep(self) -> None:
        if self._store and len(self._held) >= PREFIX_TOKENS_LEAST:
            held = self._held
            self._store.keep(held, self.native.measure_state(), lambda path: self.native.save_state(path, held))
