"""Groups distinct masked messages into templates by voting of words: texts come in, the text of each one's template goes out.

Messages of one skeleton (separators alike, as many words) stand in columns. A column that is alike in all rows is
constant. Where enough is constant and the other columns vary openly, the rows are one template; else they are split by
the column that says most about the others, and each part is looked at again.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from hotfix.signal.masks import WILDCARD

_TOKEN = re.compile(r"""<\*>|[^\s=:,;()\[\]{}"'|<>]+(?:<\*>[^\s=:,;()\[\]{}"'|<>]*)*|.""", re.DOTALL)
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Voting:
    """What decides between one template and several."""

    alike_share: float = 0.5  # share of the words that must be constant in a template
    enumeration: int = 3  # a column with at most so many values lists choices: its rows are different templates


Row = tuple[str, ...]


def group_messages(texts: Sequence[str], voting: Voting = Voting()) -> list[str]:
    """Return the text of the template of each masked message, in the order given; which order does not matter."""
    rows = {text: tuple(_TOKEN.findall(text)[:400]) for text in texts}
    skeletons: dict[Row, list[Row]] = defaultdict(list)
    for row in sorted(set(rows.values())):
        skeletons[tuple("w" if _is_word(token) else token for token in row)].append(row)
    templates: dict[Row, Row] = {}
    for members in skeletons.values():
        _split(members, voting, templates)
    return ["".join(templates[rows[text]]) for text in texts]


def _is_word(token: str) -> bool:
    return token == WILDCARD or _WORD.search(token) is not None


def _split(rows: list[Row], voting: Voting, templates: dict[Row, Row]) -> None:
    stack = [rows]
    while stack:
        members = stack.pop()
        columns = [set(column) for column in zip(*members, strict=True)]
        varying = [index for index, column in enumerate(columns) if len(column) > 1]
        words = [index for index, token in enumerate(members[0]) if token != WILDCARD and _is_word(token)]
        constant = len(set(words) - set(varying))
        alike = constant >= voting.alike_share * max(len(words), 1)
        listing = [
            index for index in varying if len(columns[index]) <= voting.enumeration and WILDCARD not in columns[index]
        ]
        if not varying or (alike and not listing):
            text = tuple(
                WILDCARD if len(column) > 1 else token for token, column in zip(members[0], columns, strict=True)
            )
            templates.update(dict.fromkeys(members, text))
            continue
        choices = listing if alike else varying
        best = min(choices, key=lambda index: (len(columns[index]), index))
        parts: dict[str, list[Row]] = defaultdict(list)
        for row in members:
            parts[row[best]].append(row)
        stack.extend(parts.values())
