"""The engine that asks an OpenAI-compatible server in the same network; never used unless a user added one."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hotfix.core.settings import REMOTE_TOKEN_BYTES
from hotfix.model.addresses import find_address, read_url
from hotfix.model.blocks import read_block
from hotfix.model.catalogue import ModelServer
from hotfix.model.choosing import check_labels
from hotfix.model.contract import Answer, Budget, Choice, Code, Cost, ModelError, OnProgress, Progress, Prompt, Sampling
from hotfix.model.meter import Meter
from hotfix.model.shapes import Schema, check_schema, check_value
from hotfix.model.wire import stream

_CHOICE = "label"


@dataclass(slots=True)
class _Heard:
    """What a server said so far."""

    began: float
    text: list[str] = field(default_factory=list)
    first_token_s: float = 0.0
    reason: str | None = None  # why it ended
    usage: Mapping[str, Any] = field(default_factory=dict)

    def take(self, event: Mapping[str, Any]) -> bool:
        """Take one event and return whether it brought text."""
        self.usage = event.get("usage") or self.usage
        for choice in event.get("choices") or ():
            self.reason = choice.get("finish_reason") or self.reason
            said = (choice.get("delta") or {}).get("content")
            if said:
                self.first_token_s = self.first_token_s or time.monotonic() - self.began
                self.text.append(said)
                return True
        return False

    def count(self, key: str) -> int:
        """Return a number of tokens that the server told; 0 when it does not count."""
        number = self.usage.get(key)
        return number if isinstance(number, int) else 0

    def tell_cost(self, took_s: float) -> Cost:
        """Return what the call took."""
        details = self.usage.get("prompt_tokens_details") or {}
        return Cost(
            calls=1,
            prompt_tokens=self.count("prompt_tokens"),
            reused_tokens=int(details.get("cached_tokens") or 0),
            output_tokens=self.count("completion_tokens"),
            first_token_s=self.first_token_s,
            seconds=took_s,
        )


class RemoteEngine:
    """One model of one server."""

    sha256 = None

    def __init__(
        self, name: str, server: ModelServer, key: str | None = None, on_progress: OnProgress | None = None
    ) -> None:
        """Take a server of the catalogue; nothing is sent yet. `key` is shown to the server when it is given."""
        self.name = name
        self._server, self._key, self._on_progress = server, key, on_progress
        self._meter = Meter()

    @property
    def spent(self) -> Cost:
        """What all calls took since it was opened."""
        return self._meter.spent

    def answer(self, prompt: Prompt, schema: Schema, budget: Budget) -> Answer:
        """Return an answer that is valid by a schema. See `Engine`."""
        check_schema(schema)
        self._check_evidence(prompt, budget)
        request = _write_request(self._server.model, prompt, Sampling(), budget)
        heard, cost = self._ask({**request, "response_format": _shape_answer(schema)}, budget)
        text = "".join(heard.text)
        try:
            value = json.loads(text)
        except ValueError:
            raise ModelError(f"expected JSON of the model server, found {text[:80]!r}") from None
        return Answer(check_value(value, schema), cost)

    def write(self, prompt: Prompt, language: str, sampling: Sampling, budget: Budget) -> Code:  # noqa: ARG002  # told in the question
        """Return one block of code. See `Engine`."""
        self._check_evidence(prompt, budget)
        heard, cost = self._ask(_write_request(self._server.model, prompt, sampling, budget), budget)
        return Code(read_block("".join(heard.text)), cost)

    def choose(self, prompt: Prompt, labels: Sequence[str], budget: Budget) -> Choice:
        """Return which label the model picks, as a share of 1: a server does not say how likely the others were."""
        check_labels(labels)
        answer = self.answer(prompt, shape_choice(labels), budget)
        return Choice({label: float(label == answer.value[_CHOICE]) for label in labels}, answer.cost)

    def count_tokens(self, text: str) -> int:
        """Return about how many tokens a text takes, rather too many: the server's vocabulary is not known."""
        return -(-len(text.encode()) // REMOTE_TOKEN_BYTES)

    def close(self) -> None:
        """Nothing is held between calls."""

    def _ask(self, body: Mapping[str, object], budget: Budget) -> tuple[_Heard, Cost]:
        with self._meter.count_call(budget) as deadline:
            endpoint = read_url(self._server.url)
            address = find_address(endpoint, public=self._server.public)
            heard = _Heard(time.monotonic())
            for event in stream(endpoint, address, body, self._key, deadline):
                if heard.take(event):
                    self._tell(heard, budget)
        if heard.reason == "length":
            raise ModelError(f"expected an answer of at most {budget.output_tokens:,} tokens, found one that goes on")
        cost = heard.tell_cost(time.monotonic() - heard.began)
        self._meter.add(Cost(0, cost.prompt_tokens, cost.reused_tokens, cost.output_tokens, cost.first_token_s))
        return heard, cost

    def _check_evidence(self, prompt: Prompt, budget: Budget) -> None:
        found = self.count_tokens(prompt.facts)
        if found > budget.evidence_tokens:
            raise ModelError(f"expected at most {budget.evidence_tokens:,} tokens of evidence, found about {found:,}")

    def _tell(self, heard: _Heard, budget: Budget) -> None:
        if self._on_progress:
            took = time.monotonic() - heard.began - heard.first_token_s
            done = len(heard.text)  # servers send one token at a time
            self._on_progress(Progress("writing", done, budget.output_tokens, done / max(took, 1e-9)))


def shape_choice(labels: Sequence[str]) -> Schema:
    """Return the schema of an answer that is one of some labels."""
    return {
        "type": "object",
        "properties": {_CHOICE: {"type": "string", "enum": list(labels)}},
        "required": [_CHOICE],
        "additionalProperties": False,
    }


def _shape_answer(schema: Schema) -> Mapping[str, object]:
    return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}


def _write_request(model: str, prompt: Prompt, sampling: Sampling, budget: Budget) -> Mapping[str, object]:
    return {
        "model": model,
        "messages": [
            {"role": "system", "content": prompt.constant},
            {"role": "user", "content": f"{prompt.facts}\n\n{prompt.question}"},
        ],
        "temperature": sampling.temperature,
        "seed": sampling.seed,
        "max_tokens": budget.output_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
