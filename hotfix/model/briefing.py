"""One model with what it is shown of one incident: questions go in, answers within the budget come out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hotfix.model.agentfiles import Agent
from hotfix.model.contract import Budget, Choice, Engine
from hotfix.model.prompts import make_prompt


@dataclass(frozen=True, slots=True)
class Briefing:
    """Every question of a briefing has the same beginning, byte for byte."""

    engine: Engine
    agent: Agent
    table: str  # of facts
    budget: Budget

    def answer(self, question: str, schema: Mapping[str, object]) -> Mapping[str, object]:
        """Return an answer by a schema; raises ModelError when there is none."""
        return self.engine.answer(make_prompt(self.agent, self.table, question), schema, self.budget).value

    def choose(self, question: str, labels: Sequence[str]) -> Choice:
        """Return the share of each label; raises ModelError when there is none."""
        return self.engine.choose(make_prompt(self.agent, self.table, question), labels, self.budget)
