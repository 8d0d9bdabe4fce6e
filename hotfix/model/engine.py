"""The engine that runs a GGUF file on this host, in a process of its own.

The process starts with the first call and is ended when it hangs, when the budget's seconds are over, on Ctrl-C, and
with the engine. What it took from the host is gone with it.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotfix.model.blocks import read_block
from hotfix.model.catalogue import ModelFile
from hotfix.model.choosing import check_labels
from hotfix.model.contract import Answer, Budget, Choice, Code, Cost, ModelError, OnProgress, Progress, Prompt, Sampling
from hotfix.model.header import read_header
from hotfix.model.host import count_threads, find_free_memory
from hotfix.model.meter import Meter
from hotfix.model.need import check_memory, estimate_need, reserve_context
from hotfix.model.process import WorkerProcess
from hotfix.model.shapes import check_schema, check_value
from hotfix.model.worker import Load

_THREAD_BYTES = 16 * 1024 * 1024
_COUNTING_S = 60.0  # to load a model and count the tokens of one text


@dataclass(frozen=True, slots=True)
class Setting:
    """What an engine may use beside its model."""

    prefixes: Path | None = None  # folder of kept prefixes; None: nothing is kept
    on_progress: OnProgress | None = None


class LlamaEngine:
    """One GGUF file."""

    def __init__(self, name: str, model: ModelFile, setting: Setting) -> None:
        """Take a model of the catalogue; nothing is loaded yet."""
        self.name, self.sha256 = name, model.sha256
        self._model, self._setting = model, setting
        self._meter = Meter()
        self._process: WorkerProcess | None = None
        self.peak_memory_bytes = 0  # of the model's process, as of its last answer

    @property
    def spent(self) -> Cost:
        """What all calls took since it was opened."""
        return self._meter.spent

    @property
    def pid(self) -> int | None:
        """Number of the process that runs the model, or None while there is none."""
        return self._process.pid if self._process and self._process.is_running else None

    def answer(self, prompt: Prompt, schema: Mapping[str, object], budget: Budget) -> Answer:
        """Return an answer that is valid by a schema. See `Engine`."""
        check_schema(schema)
        reply, cost = self._ask({"ask": "answer", "schema": schema}, prompt, budget)
        try:
            value = json.loads(reply["text"])
        except ValueError as error:
            raise ModelError(f"the model's answer is no JSON: {error}") from None
        return Answer(check_value(value, schema), cost)

    def write(self, prompt: Prompt, language: str, sampling: Sampling, budget: Budget) -> Code:
        """Return one block of code. See `Engine`."""
        chance = {"seed": sampling.seed, "temperature": sampling.temperature}
        reply, cost = self._ask({"ask": "write", "language": language, **chance}, prompt, budget)
        return Code(read_block(reply["text"]), cost)

    def choose(self, prompt: Prompt, labels: Sequence[str], budget: Budget) -> Choice:
        """Return the share of each label. See `Engine`."""
        check_labels(labels)
        reply, cost = self._ask({"ask": "choose", "labels": list(labels)}, prompt, budget)
        return Choice(reply["shares"], cost)

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text takes. See `Engine`."""
        deadline = time.monotonic() + _COUNTING_S
        process = self._start(deadline)
        return int(process.ask({"ask": "count", "text": text}, deadline, self._tell)["count"])

    def load(self, budget: Budget) -> None:
        """Load the model now rather than with the first call.

        Raises:
            ModelError: it cannot be loaded within the budget's seconds.
        """
        self._start(time.monotonic() + budget.seconds)

    def close(self) -> None:
        """End the process."""
        if self._process:
            self._process.end()
            self._process = None

    def _ask(self, request: Mapping[str, object], prompt: Prompt, budget: Budget) -> tuple[Mapping[str, Any], Cost]:
        """Return what the worker says, and what it took, the loading of the model included."""
        before = self._meter.spent
        limits = {"evidence_tokens": budget.evidence_tokens, "output_tokens": budget.output_tokens}
        parts = {"constant": prompt.constant, "facts": prompt.facts, "question": prompt.question}
        began = time.monotonic()
        with self._meter.count_call(budget) as deadline:
            process = self._start(deadline)
            loaded_s = time.monotonic() - began
            reply = process.ask({**request, **limits, **parts}, deadline, self._tell)
        self.peak_memory_bytes = int(reply["peak_memory_bytes"])
        self._meter.add(
            Cost(
                prompt_tokens=int(reply["prompt_tokens"]),
                reused_tokens=int(reply["reused_tokens"]),
                output_tokens=int(reply["output_tokens"]),
                first_token_s=loaded_s + float(reply["first_token_s"]),
            )
        )
        return reply, _subtract(self._meter.spent, before)

    def _start(self, deadline: float) -> WorkerProcess:
        """Return the running process, a new one when there is none."""
        if self._process is None or not self._process.is_running:
            self.close()
            self._process = WorkerProcess(_plan(self._model, self._setting), deadline)
            self._process.await_model(deadline, self._tell)
        return self._process

    def _tell(self, event: Mapping[str, Any]) -> None:
        if self._setting.on_progress:
            self._setting.on_progress(
                Progress(str(event["phase"]), int(event["done"]), int(event["total"]), float(event["tokens_per_s"]))
            )


def _plan(model: ModelFile, setting: Setting) -> Load:
    """Return what a worker is told to load, after a look at the file and at what the host has to spare.

    Raises:
        ModelError: the file is damaged, has no chat template, or needs more memory than is free.
    """
    path = Path(model.path)
    header = read_header(path)
    template = header.text("tokenizer.chat_template")
    if template is None:
        raise ModelError(f"{path}: expected a chat template (tokenizer.chat_template), found none")
    need = estimate_need(header)
    check_memory(need, find_free_memory())
    context, threads = reserve_context(header), count_threads()
    return Load(
        path=model.path,
        owner=f"{model.sha256} {context}",
        template=template,
        context_tokens=context,
        threads=threads,
        # The file is mapped, and for some processors the weights are packed anew; each thread has a stack.
        memory_bytes=need.total + need.weights + threads * _THREAD_BYTES,
        prefixes=str(setting.prefixes) if setting.prefixes else None,
    )


def _subtract(after: Cost, before: Cost) -> Cost:
    return Cost(*(getattr(after, name) - getattr(before, name) for name in Cost.__slots__))
