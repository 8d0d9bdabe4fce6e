"""Asks a model one small question twice: does it answer in the shape asked for, how fast, and the same again?"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.settings import MODEL_CHECK_SECONDS
from hotfix.model.catalogue import Model, ModelServer
from hotfix.model.contract import Answer, Budget, Engine, OnProgress, Prompt
from hotfix.model.engine import LlamaEngine, Setting
from hotfix.model.opening import check_unchanged
from hotfix.model.remote import RemoteEngine

_PROMPT = Prompt(
    constant="You read evidence of an incident in a computer system. Every line of evidence begins with its id. You "
    "say which line tells the cause, and you never use words that the evidence does not hold.",
    facts="E1 10:02:11 web: 500 on POST /orders, 212 times in a minute\n"
    "E2 10:02:07 orders: cannot write /var/lib/orders/log.17: no space left on device\n"
    "E3 10:02:30 web: retrying the request to orders",
    question="Which line tells the cause? Answer with its id, how sure you are in per cent, and its words.",
)
_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "evidence": {"type": "string", "enum": ["E1", "E2", "E3", "unknown"]},
        "sure": {"type": "integer", "minimum": 0, "maximum": 100},
        "words": {"type": "string", "maxLength": 60},
    },
    "required": ["evidence", "sure", "words"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What a model did with the question."""

    answer: Mapping[str, object]
    is_right: bool  # it named the line that any reader names; a hint, no condition
    is_repeatable: bool  # the same answer a second time, from a new process that reuses what was kept
    prompt_tokens: int
    reused_tokens: int  # of them, the second time
    first_token_s: float  # the first time, loading included
    again_first_token_s: float  # the second time
    output_tokens_per_s: float | None  # None when the server does not count
    seconds: float  # both times


def check_model(name: str, model: Model, key: str | None = None, on_progress: OnProgress | None = None) -> SelfTest:
    """Return how a model did; its file is hashed again first.

    Raises:
        ModelError: it cannot be used, or does not answer in the shape that was asked for.
    """
    with tempfile.TemporaryDirectory(prefix="hotfix-check-") as folder:
        setting = Setting(Path(folder), on_progress)
        first, again = (_ask(_open(name, model, key, setting)) for _ in range(2))
    written_s = first.cost.seconds - first.cost.first_token_s
    return SelfTest(
        answer=first.value,
        is_right=first.value["evidence"] == "E2",
        is_repeatable=first.value == again.value,
        prompt_tokens=first.cost.prompt_tokens,
        reused_tokens=again.cost.reused_tokens,
        first_token_s=first.cost.first_token_s,
        again_first_token_s=again.cost.first_token_s,
        output_tokens_per_s=first.cost.output_tokens / written_s if first.cost.output_tokens else None,
        seconds=first.cost.seconds + again.cost.seconds,
    )


def _open(name: str, model: Model, key: str | None, setting: Setting) -> Engine:
    if isinstance(model, ModelServer):
        return RemoteEngine(name, model, key, setting.on_progress)
    check_unchanged(model, always_hash=True)
    return LlamaEngine(name, model, setting)


def _ask(engine: Engine) -> Answer:
    try:
        return engine.answer(_PROMPT, _SCHEMA, Budget(seconds=MODEL_CHECK_SECONDS))
    finally:
        engine.close()
