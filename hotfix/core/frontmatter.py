"""Reads the front matter of Markdown that people write: a text comes in, fields with their lines and a body go out.

Front matter stands between two lines of ``---`` at the top. A field is ``key: value``, with several values separated by
commas or as a list of lines ``- value`` below the key; a file without front matter has no fields.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hotfix.core.errors import InputError, did_you_mean

_FENCE = "---"
_KEY = re.compile(r"([A-Za-z][\w-]*)\s*:\s*(.*)")
_ITEM = re.compile(r"\s*-\s+(.*)")
_QUOTED = re.compile(r"""(?s)(["'])(.*)\1""")


@dataclass(frozen=True, slots=True)
class Field:
    """One field as it is written."""

    line: int
    inline: str  # what stands behind the colon
    items: tuple[str, ...]  # the list below it

    @property
    def whole(self) -> tuple[str, ...]:
        """Its values where commas are a part of them: the list, or all that stands behind the colon."""
        found = (*((self.inline,) if self.inline else ()), *self.items)
        return tuple(_unquote(one) for one in found)

    @property
    def names(self) -> tuple[str, ...]:
        """Its values where commas separate them."""
        inline = self.inline.removeprefix("[").removesuffix("]") if self.inline.startswith("[") else self.inline
        found = (*inline.split(","), *self.items)
        return tuple(name for one in found if (name := _unquote(one.strip())))


@dataclass(frozen=True, slots=True)
class Front:
    """A file taken apart."""

    fields: Mapping[str, Field]
    body: str
    line: int = 1  # on which the body begins


def read_front(text: str, where: str, keys: Collection[str]) -> Front:
    """Return the fields and the body of a file.

    Args:
        text: the whole file.
        where: its path.
        keys: that it may have.

    Raises:
        InputError: a key is not known or stands twice, a line is no field, or the front matter has no end; the message
            names the line.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines or lines[0].strip() != _FENCE:
        return Front({}, "\n".join(lines).strip())
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.strip() == _FENCE), None)
    if end is None:
        raise InputError(f"{where}:1: expected a line of {_FENCE} that ends the front matter, found none")
    fields, items, current = dict[str, Field](), list[str](), ""
    for number, line in enumerate(lines[1:end], start=2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if (item := _ITEM.fullmatch(line)) and current:
            items.append(item[1].strip())
            fields[current] = Field(fields[current].line, fields[current].inline, tuple(items))
            continue
        found = _KEY.fullmatch(line)
        if found is None:
            raise InputError(
                f"{where}:{number}: expected a field such as 'title: …' or '- …' below one, found {line!r}"
            )
        current, items = found[1], []
        if current not in keys:
            known = ", ".join(keys)
            near = did_you_mean(current, keys)
            raise InputError(f"{where}:{number}: expected one of the fields {known}, found {current!r}{near}")
        if current in fields:
            raise InputError(f"{where}:{number}: expected the field {current!r} once, found it again")
        fields[current] = Field(number, found[2].strip(), ())
    return Front(fields, "\n".join(lines[end + 1 :]).strip(), end + 2)


def _unquote(text: str) -> str:
    found = _QUOTED.fullmatch(text)
    return found[2] if found else text
