"""Puts a prompt into a model's own form: the chat template of its file, filled, and cut where the prompt's parts meet.

The template is a program by a stranger: it runs in jinja2's sandbox, and only in the worker, whose memory and time are
limited. It never sees a text of ours or of a log, but marks that stand for them: so what a log holds cannot act as a
part of the conversation, however much it looks like one.
"""

from dataclasses import dataclass
from datetime import date
from typing import NoReturn

from hotfix.core.settings import MODEL_DAY
from hotfix.model.contract import ModelError, Prompt

_CONSTANT, _FACTS, _QUESTION = "<<hotfix:constant>>", "<<hotfix:facts>>", "<<hotfix:question>>"
_MARKS = (_CONSTANT, _FACTS, _QUESTION)
_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a filled template."""

    text: str
    from_template: bool  # then marks of the conversation in it count; elsewhere they are mere text
    ends_part: bool = False  # the constant part or the facts end here: what is before can be kept


class ChatTemplate:
    """A chat template, read once."""

    def __init__(self, source: str, beginning: str, end: str) -> None:
        """Read a template; `beginning` and `end` are the texts of the model's tokens for them.

        Raises:
            ModelError: it is no jinja2 template.
        """
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        sandbox = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        sandbox.globals.update(raise_exception=_refuse, strftime_now=_tell_day)
        self._values = {"bos_token": beginning, "eos_token": end, "enable_thinking": False}
        try:
            self._template = sandbox.from_string(source)
        except TemplateError as error:
            raise ModelError(f"expected a chat template that jinja2 reads, found: {error}") from None

    def fill(self, prompt: Prompt) -> tuple[Piece, ...]:
        """Return the pieces of a conversation that ends where the model's answer begins.

        A template that knows no system role is given the constant part at the head of the user's message.

        Raises:
            ModelError: the template fails or leaves a part of the prompt out.
        """
        user = _FACTS + _GAP + _QUESTION
        with_system = [{"role": "system", "content": _CONSTANT}, {"role": "user", "content": user}]
        try:
            filled = self._render(with_system)
            known = all(filled.count(mark) == 1 for mark in _MARKS)
        except ModelError:
            known = False
        if not known:
            filled = self._render([{"role": "user", "content": _CONSTANT + _GAP + user}])
        return _cut(filled, prompt)

    def _render(self, messages: list[dict[str, str]]) -> str:
        try:
            return self._template.render(messages=messages, add_generation_prompt=True, **self._values)
        except Exception as error:  # noqa: BLE001  # whatever a stranger's program raises
            raise ModelError(f"the model's chat template fails: {type(error).__name__}: {error}") from None


def _cut(filled: str, prompt: Prompt) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for mark, text in zip(_MARKS, (prompt.constant, prompt.facts, prompt.question), strict=True):
        before, found, filled = filled.partition(mark)
        if not found or mark in filled:
            raise ModelError("expected a chat template that shows each part of a prompt once, found one that does not")
        pieces.append(Piece(before, from_template=True))
        pieces.append(Piece(text.strip(), from_template=False, ends_part=mark != _QUESTION))
    return (*pieces, Piece(filled, from_template=True))


def _refuse(reason: str) -> NoReturn:
    raise ModelError(reason)


def _tell_day(form: str, *_: object) -> str:
    return date.fromisoformat(MODEL_DAY).strftime(form)
