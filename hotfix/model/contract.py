"""What every engine is: it answers a question about given facts within a budget, in a closed shape, or says why not.

A prompt has three parts in the order in which they change: what is constant for an agent, the facts of one incident,
the question. Engines that keep prefixes reuse what two prompts share byte for byte.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from hotfix.core.errors import HotfixError
from hotfix.core.facts import ModelUse, SkippedStage
from hotfix.core.settings import (
    ANSWER_TOKENS_MOST,
    CALLS_MOST,
    ENGINE_SECONDS_MOST,
    EVIDENCE_TOKENS_MOST,
    MODEL_SEED,
    MODEL_TEMPERATURE,
)

if TYPE_CHECKING:  # the processes of models start without the diagnosis, which takes half a second to import
    from hotfix.diagnosis.diagnose import Finding


class ModelError(HotfixError):
    """A model cannot be used, or gave no answer: the message says what was expected and what was found.

    An analysis never ends by it: the report goes one rung down the ladder and tells the reason.
    """

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Budget:
    """What one analysis may cost at most."""

    evidence_tokens: int = EVIDENCE_TOKENS_MOST  # of the facts in a prompt
    output_tokens: int = ANSWER_TOKENS_MOST  # of one answer
    calls: int = CALLS_MOST
    seconds: float = ENGINE_SECONDS_MOST  # of wall time, for all calls together


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is shown."""

    constant: str  # role and skills of the agent: the same for every incident
    facts: str  # evidence of this incident, each line with its id
    question: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What calls took."""

    calls: int = 0
    prompt_tokens: int = 0
    reused_tokens: int = 0  # of the prompt, whose state was kept from before
    output_tokens: int = 0
    first_token_s: float = 0.0  # of wall time, added up
    seconds: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(*(getattr(self, name) + getattr(other, name) for name in Cost.__slots__))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said, in the shape that was asked for, and what it took."""

    value: Mapping[str, object]
    cost: Cost


@dataclass(frozen=True, slots=True)
class Sampling:
    """How chance is used: the same numbers give the same text."""

    seed: int = MODEL_SEED
    temperature: float = MODEL_TEMPERATURE


@dataclass(frozen=True, slots=True)
class Code:
    """Code that a model wrote, as it stood between its fences, and what it took."""

    text: str
    cost: Cost


@dataclass(frozen=True, slots=True)
class Choice:
    """How likely each of a closed set of labels is, 0..1, in their order; they add up to 1.

    An engine that cannot tell how likely says 1 of the label that it picked.
    """

    shares: Mapping[str, float]
    cost: Cost = field(default_factory=Cost)

    @property
    def best(self) -> str:
        """The likeliest label."""
        return max(self.shares, key=lambda label: self.shares[label])


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a call is."""

    phase: str  # reading (the prompt) or writing (the answer)
    done: int  # tokens
    total: int  # tokens: of the prompt, or the most that an answer may have
    tokens_per_s: float  # in this phase so far


OnProgress = Callable[[Progress], None]


class Engine(Protocol):
    """A model that can be asked; `name` and `sha256` tell which. Every call raises ModelError when it has no answer.

    One engine serves one analysis: budgets hold for all that was asked of it since it was opened.
    """

    @property
    def name(self) -> str:
        """What the user calls the model."""

    @property
    def sha256(self) -> str | None:
        """Of the model file; None for a model elsewhere."""

    @property
    def spent(self) -> Cost:
        """What all calls took since it was opened, failed ones included."""

    def answer(self, prompt: Prompt, schema: Mapping[str, object], budget: Budget) -> Answer:
        """Return an answer that is valid by a JSON schema (flat object; enums, bounded strings and arrays)."""

    def choose(self, prompt: Prompt, labels: Sequence[str], budget: Budget) -> Choice:
        """Return the share of each label as the continuation of the prompt."""

    def write(self, prompt: Prompt, language: str, sampling: Sampling, budget: Budget) -> Code:
        """Return one block of code in a programming language: data, as all that a model says."""

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text takes."""

    def close(self) -> None:
        """Let go of the model and its process."""


@dataclass(frozen=True, slots=True)
class Assisted:
    """A finding after a model was asked, what that took, and what it could not do."""

    finding: "Finding"
    use: ModelUse | None  # None when there was nothing to ask
    skipped: tuple[SkippedStage, ...]
