"""Takes a text literally where code takes it for a pattern, a replacement or a format that it is not meant to be."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.patternwords import PATTERN_NAME
from hotfix.repair.fixers.tree import list_children, replace_node

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_GROUP = re.compile(r"\$[\d{]|template|pattern|format|rule", re.IGNORECASE)
_SPECIAL = re.compile(r'"[.|*+?$^(){}\[\]]+"')
_REFERENCE = re.compile(r"Illegal group reference|^No group |character to be escaped is missing|named capturing group")
_CONVERSION = re.compile(r"%(?![-#+ 0,(]*\d*(?:\.\d+)?[a-zA-Z%]|\d+\$|<)")


def fix_quoted(trouble: Trouble) -> Iterator[Fix]:
    """Yield the text quoted, in the call that failed."""
    if trouble.source.language != "java":
        return
    for node in trouble.nodes:
        name, given = node.field("name"), list_children(node.field("arguments"))
        if node.kind() != "method_invocation" or name is None or not given or not trouble.lies_in(node):
            continue
        for one, fresh in _quote(trouble, name.text(), given):
            yield Fix(
                source=trouble.source.with_text(replace_node(trouble.source.text, one, fresh)),
                rationale=f"{describe(one)} is no pattern, but was taken for one ({trouble.place}); now it is "
                "taken as it is written.",
                measures=("a text without special signs is taken as before", "no log line: every text is ordinary"),
            )
    yield from _fix_empty_split(trouble)


def _quote(trouble: Trouble, name: str, given: "list[SgNode]") -> Iterator[tuple["SgNode", str]]:
    text = given[0].text()
    if trouble.exception == "PatternSyntaxException" and name in {"split", "replaceAll", "replaceFirst"}:
        if not PATTERN_NAME.search(text) and (given[0].kind() != "string_literal" or _SPECIAL.fullmatch(text)):
            yield given[0], f"java.util.regex.Pattern.quote({text})"
    elif _REFERENCE.search(trouble.message) and name in {"replaceAll", "replaceFirst", "appendReplacement"}:
        if not _GROUP.search(given[-1].text()):
            yield given[-1], f"java.util.regex.Matcher.quoteReplacement({given[-1].text()})"
    elif trouble.exception in {"UnknownFormatConversionException", "MissingFormatWidthException"}:
        literal = next((one for one in given if one.kind() == "string_literal"), None)
        if name in {"format", "formatted", "printf"} and literal is not None and _CONVERSION.search(literal.text()):
            yield literal, _CONVERSION.sub("%%", literal.text())


def _fix_empty_split(trouble: Trouble) -> Iterator[Fix]:
    """Yield the split at a sign that means any sign in a pattern: what it gives is always empty."""
    if trouble.exception != "ArrayIndexOutOfBoundsException" or not trouble.message.endswith("for length 0"):
        return
    for node in trouble.nodes:
        name, given = node.field("name"), list_children(node.field("arguments"))
        if (
            node.kind() == "method_invocation"
            and name is not None
            and name.text() == "split"
            and given
            and (given[0].text() == '"."')
        ):
            yield Fix(
                source=trouble.source.with_text(replace_node(trouble.source.text, given[0], '"\\\\."')),
                rationale=f"{describe(node)} splits at every sign and gives nothing; it splits at dots now "
                f"({trouble.place}).",
                measures=("the sign is meant, not the pattern", "no log line: every text is ordinary"),
            )
