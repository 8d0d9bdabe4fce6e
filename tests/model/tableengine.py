"""An engine that answers from a table: what a test wrote down, in order, or the error that it stands for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hotfix.model.blocks import read_block
from hotfix.model.contract import Answer, Budget, Choice, Code, Cost, ModelError, Prompt, Sampling
from hotfix.model.shapes import check_schema, check_value

Reply = Mapping[str, object] | ModelError

CALL = Cost(calls=1, prompt_tokens=1_000, reused_tokens=600, output_tokens=50, first_token_s=0.5, seconds=2.0)
"""What each call is said to take."""


@dataclass
class TableEngine:
    """Gives the next reply of the table to each call: an answer, shares of labels, or an error that it raises."""

    replies: Sequence[Reply]
    name: str = "table"
    sha256: str | None = "ab" * 32
    spent: Cost = field(default_factory=Cost)
    prompts: list[Prompt] = field(default_factory=list)
    asked: list[tuple[str, Sampling]] = field(default_factory=list)
    counts: bool = True  # False: it cannot count tokens

    def answer(self, prompt: Prompt, schema: Mapping[str, object], budget: Budget) -> Answer:
        """Return the next reply, checked against the schema as every engine does."""
        check_schema(schema)
        return Answer(check_value(self._reply(prompt, budget), schema), CALL)

    def write(self, prompt: Prompt, language: str, sampling: Sampling, budget: Budget) -> Code:
        """Return the next reply, whose ``text`` is all that the model said, as every engine reads it."""
        self.asked.append((language, sampling))
        return Code(read_block(str(self._reply(prompt, budget)["text"])), CALL)

    def choose(self, prompt: Prompt, labels: Sequence[str], budget: Budget) -> Choice:
        """Return the next reply as shares; a label that it leaves out has none."""
        told = self._reply(prompt, budget)
        return Choice({label: float(str(told.get(label, 0.0))) for label in labels}, CALL)

    def count_tokens(self, text: str) -> int:
        """Return about a token for four characters."""
        if not self.counts:
            raise ModelError("the worker ended")
        return -(-len(text) // 4)

    def close(self) -> None:
        """Do nothing: there is no process."""

    def _reply(self, prompt: Prompt, budget: Budget) -> Mapping[str, object]:
        self.spent += CALL
        if self.spent.calls > budget.calls:
            raise ModelError(f"expected at most {budget.calls} calls of a model, found one more wanted")
        if self.count_tokens(prompt.facts) > budget.evidence_tokens:
            raise ModelError("the facts are longer than the budget")
        self.prompts.append(prompt)
        reply = self.replies[self.spent.calls - 1]
        if isinstance(reply, ModelError):
            raise reply
        return reply
