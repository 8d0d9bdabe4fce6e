"""Lets a model word a diagnosis anew: what it writes is verified sentence by sentence, and only what holds is used."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hotfix.core.facts import Diagnosis, StruckClaim, Why
from hotfix.core.plain import tame
from hotfix.core.settings import DRAFT_CHARACTERS, SENTENCE_CHARACTERS, SENTENCES_MOST
from hotfix.diagnosis.claimfacts import Citables, holds
from hotfix.diagnosis.claims import Claim, verify_claims
from hotfix.model.briefing import Briefing
from hotfix.model.contract import ModelError

_SENTENCE = {"type": "string", "minLength": 1, "maxLength": SENTENCE_CHARACTERS}
_STATEMENT: Mapping[str, object] = {
    "type": "object",
    "properties": {"sentences": {"type": "array", "items": _SENTENCE, "minItems": 1, "maxItems": SENTENCES_MOST}},
    "required": ["sentences"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Worded:
    """A diagnosis after a model had a go at its words."""

    diagnosis: Diagnosis
    changed: bool  # some words are now the model's
    accepted: int  # sentences that held
    struck: tuple[StruckClaim, ...]


def word_statement(briefing: Briefing, facts: Citables, diagnosis: Diagnosis) -> Worded:
    """Return the diagnosis with its statement in the model's words, where they still name service and cause.

    Raises:
        ModelError: the model gave no answer.
    """
    question = (
        f"Say in one or two sentences what broke: that {tame(diagnosis.service or '')} failed, with what, since when, "
        "and after which change, if one is among the facts. Put the ids behind what they prove.\n"
        f"{_draft(diagnosis.statement)}"
    )
    answer = briefing.answer(question, _STATEMENT)
    verified = verify_claims(_read_texts(answer.get("sentences")), facts)
    whole = _names_cause(verified.kept, facts, diagnosis)
    statement = " ".join(claim.sentence for claim in verified.kept) if whole else diagnosis.statement
    return Worded(replace(diagnosis, statement=statement), whole, len(verified.kept), verified.struck)


def word_whys(briefing: Briefing, facts: Citables, diagnosis: Diagnosis) -> Worded:
    """Return the diagnosis with the proven steps of its whys in the model's words, where they say the same.

    Raises:
        ModelError: the model gave no answer.
    """
    proven = {f"step_{place}": (place, why) for place, why in enumerate(diagnosis.five_whys, start=1) if why.evidence}
    if not proven:
        return Worded(diagnosis, changed=False, accepted=0, struck=())
    answer = briefing.answer(_ask_steps({name: why for name, (_, why) in proven.items()}), _shape(proven))
    whys, accepted, struck = list(diagnosis.five_whys), 0, list[StruckClaim]()
    for name, (place, why) in proven.items():
        verified = verify_claims(_read_texts([answer.get(name)]), facts)
        accepted += len(verified.kept)
        struck += verified.struck
        whys[place - 1] = _reword(why, verified.kept)
    worded = replace(diagnosis, five_whys=tuple(whys))
    return Worded(worded, worded != diagnosis, accepted, tuple(struck))


def _ask_steps(steps: Mapping[str, Why]) -> str:
    asked = "\n".join(
        f"{name}: {tame(why.why)} (see {', '.join(why.evidence[:3])})\n{_draft(why.because)}"
        for name, why in steps.items()
    )
    return f"Answer each step in one sentence. Put the ids behind what they prove.\n{asked}"


def _shape(names: Iterable[str]) -> Mapping[str, object]:
    properties = dict.fromkeys(names, _SENTENCE)
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _draft(text: str) -> str:
    line = " ".join(tame(part) for part in text.split())
    return f"DRAFT (data): {line[:DRAFT_CHARACTERS]}"


def _read_texts(value: object) -> list[str]:
    """Return the texts of an answer; the engine has checked the shape, and a defect there must not pass as words."""
    if isinstance(value, list) and all(isinstance(text, str) for text in value):
        return value
    raise ModelError(f"expected sentences in the model's answer, found {value!r:.60}")


def _reword(why: Why, kept: Sequence[Claim]) -> Why:
    """Return the step in the model's words, where they cite its evidence and speak of the same."""
    cited = [ident for claim in kept for ident in claim.cited if ident in why.evidence]
    if not cited or not any(_shares(claim, why.because) for claim in kept):
        return why
    return replace(why, because=" ".join(claim.sentence for claim in kept), evidence=tuple(dict.fromkeys(cited)))


def _names_cause(kept: Sequence[Claim], facts: Citables, diagnosis: Diagnosis) -> bool:
    """Tell whether sentences name the service, cite the evidence that comes first, and say what failed there."""
    service, first = (diagnosis.service or "").casefold(), diagnosis.evidence[:1]
    named = any(service in claim.specifics for claim in kept)
    telling = [claim for claim in kept if {*first} & {*claim.cited}]
    return named and any(facts.title in claim.specifics or _shares(claim, diagnosis.statement) for claim in telling)


def _shares(claim: Claim, text: str) -> bool:
    """Tell whether a claim quotes a text, or holds a name or number of it beside services and times."""
    line = " ".join(text.split())
    names = [name for name in claim.specifics if any(sign in name for sign in "._/:()") or not name.islower()]
    return any(quote in line for quote in claim.quotes) or any(
        holds(line, name) and not _is_time(name) for name in names
    )


def _is_time(name: str) -> bool:
    return name[:2].isdigit() and (name[2:3] == ":" or name[4:5] == "-")
