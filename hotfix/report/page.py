"""Lays lines on a terminal: wrapped or cut to its width, in the signs that its encoding has; no markup is obeyed."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotfix.core.plain import tame
from hotfix.core.settings import CONSOLE_MOST_COLUMNS
from hotfix.report.answers import Answer
from hotfix.report.plain import shorten_start

if TYPE_CHECKING:
    from rich.console import Console

_LABELS = {"Since which change": "Since change", "What to do now": "What to do"}
_LABEL_COLUMNS = 16
_NARROWEST = 40
_LINES_PER_ANSWER = {"What broke": 3, "Since which change": 4, "How bad": 3, "What to do now": 5, "What was read": 4,
                     "Onset": 3, "Clock": 5, "Documents": 3, "Last events": 8}  # fmt: skip
_LINES_OTHERWISE = 2
"""Lines of each answer: with the headline, and a place that takes two, they stay within FIRST_SCREEN_LINES."""

_PLAIN_SIGNS = str.maketrans({"…": "...", "·": "-", "×": "x", "→": "->", "–": "-", "│": "|"})
_TIE = "\ue000"
_SPAN = re.compile(r"(?<=\d) (?=(?:ms|s|min|h|d)\b)")
"""Between a number and its unit no line is broken: the tie, which harmless text never holds, is no space to rich."""


@dataclass(frozen=True, slots=True)
class Item:
    """A detail: a sentence, the place it points to, lines that belong to it, and a quoted line of a log."""

    said: str
    more: tuple[str, ...] = ()
    place: str | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Prints on one console; whatever it is given is made harmless first."""

    console: "Console"

    def headline(self, text: str, style: str) -> None:
        """Print the first line and an empty one."""
        self.line(text, style)
        self._print()

    def line(self, text: str, style: str = "") -> None:
        """Print a text on one line, its end cut off where the line is too short."""
        self._print((self._cut(text, self._width), style))

    def title(self, text: str) -> None:
        """Print the title of a section."""
        self._print()
        self._print((text, "bold"))

    def item(self, item: Item) -> None:
        """Print a detail; its place is never cut, so that it can be copied whole."""
        for number, line in enumerate(self._wrap(item.said, self._width - 6)):
            self._print((f"  {line}" if number == 0 else f"      {line}", ""))
        if item.place:
            self._print((f"      {self._speak(item.place)}", "cyan"))
        for more in item.more:
            for line in self._wrap(more, self._width - 6):
                self._print((f"      {line}", ""))
        if item.quote:
            self._print((f"      {self._speak('│')} {self._cut(item.quote, self._width - 8)}", "dim"))

    def answer(self, answer: Answer) -> None:
        """Print an answer behind its question, in no more lines than the first screen has for it."""
        label = _LABELS.get(answer.question, answer.question)
        for line, style in self._lay_out(answer):
            self._print((f"{label:<{_LABEL_COLUMNS}}", "bold"), (line, style))
            label = ""

    @property
    def _width(self) -> int:
        return max(min(self.console.width, CONSOLE_MOST_COLUMNS), _NARROWEST)

    def _lay_out(self, answer: Answer) -> list[tuple[str, str]]:
        """Return the sentence, wrapped, and each further one in a line of its own, with their styles."""
        width = self._width - _LABEL_COLUMNS
        most = _LINES_PER_ANSWER.get(answer.question, _LINES_OTHERWISE)
        if answer.question == "Where to look":
            place = shorten_start(
                self._speak(answer.said), width + self._width
            )  # the terminal itself breaks it: copied whole
            return [(place, "bold cyan"), *((self._cut(text, width), "dim") for text in answer.more[:1])]
        said = self._wrap(answer.said, width)
        room = max(most - len(answer.more), min(most, 2))
        if len(said) > room:
            said = [*said[: room - 1], self._cut(" ".join(said[room - 1 :]), width)]
        more = [(self._cut(text, width), "") for text in answer.more[: most - len(said)]]
        return [*((line, "bold") for line in said), *more]

    def _wrap(self, text: str, width: int) -> list[str]:
        from rich.text import Text

        kept = _SPAN.sub(_TIE, self._speak(text))
        lines = Text(kept).wrap(self.console, width)
        return [line.plain.rstrip().replace(_TIE, " ") for line in lines] or [""]

    def _cut(self, text: str, width: int) -> str:
        from rich.cells import cell_len, set_cell_size

        whole, dots = self._speak(text), self._speak("…")
        return whole if cell_len(whole) <= width else set_cell_size(whole, width - len(dots)).rstrip() + dots

    def _speak(self, text: str) -> str:
        """Return the text harmless and in the console's encoding: signs that it lacks are written with those it has."""
        harmless, encoding = tame(text), self.console.encoding
        if encoding.lower().startswith("utf"):
            return harmless
        return harmless.translate(_PLAIN_SIGNS).encode(encoding, "backslashreplace").decode(encoding)

    def _print(self, *parts: tuple[str, str]) -> None:
        from rich.text import Text

        line = Text.assemble(*parts)
        line.rstrip()
        self.console.print(line, soft_wrap=True)
