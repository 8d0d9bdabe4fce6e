"""Lets a model write an answer of which no token can leave the form that was asked for: a schema, or a block of code.

llguidance says which tokens may come next; what can only be one way is not asked of the model at all. No grammar
reaches native code of llama.cpp. The seed and the temperature are given, so the same prompt gives the same answer.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from hotfix.model.blocks import repeats, shape_block
from hotfix.model.contract import ModelError, Sampling
from hotfix.model.native import Logits, NativeModel
from hotfix.model.session import Reading, Session
from hotfix.model.shapes import PRINTABLE

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer

OnWritten = Callable[[int], None]
"""Told how many tokens are written."""


Form = Callable[[], str]
"""Makes the grammar that an answer cannot leave."""


def shape_json(schema: Mapping[str, object]) -> Form:
    """Return the form of JSON by a schema."""

    def make() -> str:
        from llguidance import LLMatcher

        printable = json.dumps(_make_printable(schema))
        return str(LLMatcher.grammar_from_json_schema(printable, defaults={"whitespace_flexible": False}))

    return make


def shape_code(language: str) -> Form:
    """Return the form of one fenced block of code."""

    def make() -> str:
        from llguidance import LLMatcher

        return str(LLMatcher.grammar_from_regex(shape_block(language)))

    return make


class Writer:
    """Writes answers of one model; the bridge to its vocabulary takes up to a second and is made once."""

    def __init__(self, session: Session) -> None:
        """Make the bridge.

        Raises:
            ModelError: llguidance is not installed.
        """
        self._session = session
        self._tokenizer = _open_tokenizer(session.native)

    def write(
        self, reading: Reading, form: Form, sampling: Sampling, most_tokens: int, on_written: OnWritten
    ) -> tuple[str, int]:
        """Return the text of an answer of a form, and how many tokens it has.

        Raises:
            ModelError: the form cannot be used, or the answer was not complete within `most_tokens`, or it goes round.
        """
        matcher = self._open_matcher(form)
        chance = np.random.default_rng(sampling.seed)
        logits, written = reading.logits, list[int]()
        while True:
            tokens = matcher.compute_ff_tokens() or [_pick(logits, matcher, chance, sampling.temperature)]
            if not matcher.consume_tokens(tokens):
                _refuse(matcher)
            written.extend(tokens)
            on_written(len(written))
            if matcher.is_stopped():
                return self._session.native.spell(written).decode("utf-8", "replace"), len(written)
            if repeats(written):
                raise ModelError("expected an answer that ends, found one that says the same again and again")
            if len(written) >= most_tokens:
                raise ModelError(f"expected an answer of at most {most_tokens:,} tokens, found one that goes on")
            logits = self._session.write(tokens)

    def _open_matcher(self, form: Form) -> "LLMatcher":
        from llguidance import LLMatcher

        matcher = LLMatcher(self._tokenizer, form(), log_level=0)
        if matcher.is_error():
            _refuse(matcher)
        return matcher


def _open_tokenizer(native: NativeModel) -> "LLTokenizer":
    try:
        from llguidance.llamacpp import lltokenizer_from_vocab
    except ModuleNotFoundError as error:
        raise ModelError(
            f"expected the packages that run models, found no {error.name}; pip install 'hotfix[model]'"
        ) from None
    return lltokenizer_from_vocab(native.vocabulary)


def _make_printable(node: Mapping[str, object]) -> dict[str, object]:
    """Return a schema whose free texts hold no control characters."""
    made: dict[str, object] = {}
    for key, value in node.items():
        if key == "properties" and isinstance(value, dict):
            made[key] = {name: _make_printable(child) for name, child in value.items()}
        else:
            made[key] = _make_printable(value) if key == "items" and isinstance(value, dict) else value
    if made.get("type") == "string" and "enum" not in made:
        made["pattern"] = f"^{PRINTABLE}$"
    return made


def _pick(logits: Logits, matcher: "LLMatcher", chance: np.random.Generator, temperature: float) -> int:
    """Return one of the tokens that may come, by its likelihood at a temperature."""
    allowed = np.flatnonzero(np.frombuffer(matcher.compute_logit_bias(), dtype=np.uint8)[: len(logits)])
    if not len(allowed):
        _refuse(matcher)
    weights = logits[allowed].astype(np.float64) / temperature
    weights = np.exp(weights - weights.max())
    return int(allowed[np.searchsorted(np.cumsum(weights), chance.random() * weights.sum(), side="right")])


def _refuse(matcher: "LLMatcher") -> NoReturn:
    raise ModelError(f"the answer's schema cannot be followed: {matcher.get_error() or matcher.stop_reason()}")
