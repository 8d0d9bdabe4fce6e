"""Makes any text inert in Markdown (CommonMark and GitHub's tables, links and mathematics): inline, as code, fenced."""

import re

from hotfix.core.plain import tame
from hotfix.core.settings import EXCERPT_COLUMNS, EXCERPT_LINES
from hotfix.report.plain import clip_block


class Markdown(str):
    """Text that is Markdown already: written as it stands."""

    __slots__ = ()


_ANYWHERE = re.compile(r"[\\`*\[\]<>|~&$]")
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # inside a word it means nothing
_AT_START = re.compile(r"^(?:([#=]|[+-](?=[\s+-]|$))|(\d{1,9})([.)])(?=\s|$))")
_LINK = re.compile(r"(?i)(:)(?=//)|(?<=www)(\.)|(@)|(?<=mailto)(:)|(?<=xmpp)(:)")


def finish(value: object) -> str:
    """Return what a template writes for a value: Markdown as it is, anything else escaped."""
    return value if isinstance(value, Markdown) else escape(str(value))


def escape(text: str) -> Markdown:
    """Return one line in which nothing is markup, a link or a mention; ``(empty)`` for a text of spaces."""
    said = tame(text).strip()
    said = _ANYWHERE.sub(lambda found: "\\" + found[0], said)
    said = _UNDERSCORE.sub(r"\\_", said)
    said = _LINK.sub(lambda found: "\\" + found[0], said)
    said = _AT_START.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", said)
    return Markdown(said or "(empty)")


def code(text: str) -> Markdown:
    """Return a code span that holds exactly this text on one line, outside of a table."""
    said = tame(text)
    if not said.strip():
        return Markdown("(empty)")
    ticks = "`" * (_longest_run(said) + 1)
    padding = " " if said.startswith(("`", " ")) or said.endswith(("`", " ")) else ""
    return Markdown(f"{ticks}{padding}{said}{padding}{ticks}")


def fence(text: str) -> Markdown:
    """Return a fenced block whose fence is longer than any in the text; what is left out of a long one is said."""
    said = clip_block(text, EXCERPT_LINES, EXCERPT_COLUMNS)
    ticks = "`" * max(_longest_run(said) + 1, 3)
    return Markdown(f"{ticks}text\n{said}\n{ticks}")


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
