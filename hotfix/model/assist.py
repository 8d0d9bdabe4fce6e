"""Where diagnosis and model meet: a finding of rules comes in, the same finding better worded goes out.

The model may choose another of the listed causes where rules abstain, and word what facts prove. Whatever it fails at
leaves what rules and templates made: the rung that is reached is in the diagnosis, the reason among what was skipped.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hotfix.core.facts import Diagnosis, ModelUse, Rung, SkippedStage, StruckClaim
from hotfix.diagnosis.case import Case
from hotfix.diagnosis.claimfacts import Citables, gather_citables
from hotfix.diagnosis.diagnose import Finding, prefer
from hotfix.model.agentfiles import Step, choose_agent
from hotfix.model.briefing import Briefing
from hotfix.model.contract import Assisted, Budget, Engine, ModelError
from hotfix.model.prompts import lay_out_facts, order_facts
from hotfix.model.ranking import choose_rank, is_unsure
from hotfix.model.wording import Worded, word_statement, word_whys

_Word = Callable[[Briefing, Citables, Diagnosis], Worded]


def assist(case: Case, finding: Finding, engine: Engine, budget: Budget | None = None) -> Assisted:
    """Return the finding with a model's choice and words in it, as far as they hold; it is complete in any case."""
    if not finding.diagnosis.hypotheses:
        nothing = SkippedStage("model", "there is no cause to choose or to word")
        return Assisted(finding, None, (nothing,))
    session = _Session(case, engine, budget or Budget(), finding)
    for stage, step in (("ranking", session.rank), ("statement", session.word_statement), ("whys", session.word_whys)):
        try:
            step()
        except ModelError as error:
            session.skipped.append(SkippedStage(f"model: {stage}", f"as rules and templates say it: {error}"))
            break
    return session.end()


@dataclass(slots=True)
class _Session:
    """One analysis with one engine; each step leaves the finding complete."""

    case: Case
    engine: Engine
    budget: Budget
    finding: Finding
    accepted: int = 0
    worded: bool = False
    struck: list[StruckClaim] = field(default_factory=list)
    skipped: list[SkippedStage] = field(default_factory=list)

    def rank(self) -> None:
        """Put another hypothesis first where rules abstain and the model does not."""
        if not is_unsure(self.finding):
            return
        rank = choose_rank(self._brief(self._facts()), self.finding)
        if rank and rank > 1:
            self.finding = prefer(self.finding, rank, f"rules, of whose list {self.engine.name} chose")

    def word_statement(self) -> None:
        """Word the statement; without it the steps stay in the words of templates too."""
        self.worded = self._take(word_statement)
        if not self.worded:
            self.skipped.append(
                SkippedStage("model: statement", "in the words of templates: what held did not name service and cause")
            )

    def word_whys(self) -> None:
        """Word the proven steps of the whys."""
        if self.worded:
            self._take(word_whys)

    def end(self) -> Assisted:
        """Return the finding with its rung."""
        spent, diagnosis = self.engine.spent, self.finding.diagnosis
        if self.worded:
            rung = Rung.MODEL_STRUCK if self.struck else Rung.MODEL_VERIFIED
            diagnosis = replace(diagnosis, rung=rung)
        use = ModelUse(
            name=self.engine.name,
            sha256=self.engine.sha256,
            calls=spent.calls,
            prompt_tokens=spent.prompt_tokens,
            reused_tokens=spent.reused_tokens,
            output_tokens=spent.output_tokens,
            first_token_s=spent.first_token_s,
            seconds=spent.seconds,
            accepted_claims=self.accepted,
            struck=tuple(self.struck),
        )
        return Assisted(replace(self.finding, diagnosis=diagnosis), use, tuple(self.skipped))

    def _take(self, word: _Word) -> bool:
        facts = self._facts()
        worded = word(self._brief(facts), facts, self.finding.diagnosis)
        self.finding = replace(self.finding, diagnosis=worded.diagnosis)
        self.accepted += worded.accepted
        self.struck += worded.struck
        return worded.changed

    def _facts(self) -> Citables:
        found = self.finding
        return gather_citables(found.evidence, found.incident, self.case.deploys, self.case.changes, found.diagnosis)

    def _brief(self, facts: Citables) -> Briefing:
        table = lay_out_facts(order_facts(facts), self.engine.count_tokens, self.budget.evidence_tokens)
        return Briefing(self.engine, choose_agent(Step.DIAGNOSE), table, self.budget)
