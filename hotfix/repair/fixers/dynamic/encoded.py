"""Makes bytes of texts, and texts of bytes and other values, where the failing call asks for them (Python).

With them the mark at the beginning of a file in UTF-8, which becomes a part of the first name of a table.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import indent_of, list_calls, tell_fix
from hotfix.repair.fixers.grounds import describe_function
from hotfix.repair.fixers.guards import describe, find_unit
from hotfix.repair.fixers.tree import find_innermost, replace_node, starts_its_line
from hotfix.repair.source import replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_TO_BYTES = re.compile(
    r"must be encoded before hashing|a bytes-like object is required, not 'str'"
    r"|expected bytes or bytearray, but got 'str'"
    r"|memoryview: a bytes-like object|Unicode-objects must be encoded"
)
_TO_TEXT = re.compile(
    r"must be str, not bytes|cannot use a string pattern on a bytes-like object|expected str instance, bytes found"
)
_JOINED = re.compile(
    r"^sequence item \d+: expected str instance, (int|float|Decimal|date|datetime|UUID|PosixPath|Path|bool) found"
)
_TAKERS = re.compile(
    r"^(?:hashlib\.\w+|hmac\.new|(?:base64\.)?\w*b64encode|(?:zlib|gzip)\.(?:compress|crc32)|crc32)$|\.(?:update|send|sendall|write|new)$"
)
_FROM_TEXT = re.compile(
    r"\.encode\([^()]*\)$|\bjson\.dumps\(|\b\w*(?:b16|b32|b64|b85)encode\(|\bhexlify\(|\bcheck_output\("
)
_OTHERS = re.compile(r"\b(latin[-_ ]?1|iso[-_ ]?8859[-_ ]?1|cp1252|windows[-_ ]?1252)\b", re.IGNORECASE)
_ENCODINGS = {"latin1": "latin-1", "iso88591": "latin-1", "cp1252": "cp1252", "windows1252": "cp1252"}
_PLAIN = frozenset({"identifier", "attribute", "subscript", "string", "call", "concatenated_string"})


def fix_encoded(trouble: Trouble) -> Iterator[Fix]:
    """Yield the other kind of text for what the failing call is given."""
    if trouble.source.language != "python":
        return
    if trouble.exception == "KeyError" or "Unexpected UTF-8 BOM" in trouble.message:
        yield from _skip_mark(trouble)
    if trouble.exception == "UnicodeDecodeError":
        yield from _decode_otherwise(trouble)
    if trouble.exception != "TypeError":
        return
    for call in list_calls(trouble):
        if _TO_BYTES.search(trouble.message) and _TAKERS.search(call.called):
            given = [one for one in call.given if _may_be_text(trouble, one)]
            if given:
                yield _say(trouble, given[-1], f"{_bracket(given[-1])}.encode()", "bytes")
        elif _TO_TEXT.search(trouble.message) and call.given and call.given[-1].kind() in _PLAIN:
            guess = "" if _is_text(trouble, call.given[-1]) else f"whether {describe(call.given[-1])} is a text"
            yield _say(trouble, call.given[-1], f"{_bracket(call.given[-1])}.decode()", "a text", guess)
        elif _JOINED.search(trouble.message) and call.name == "join" and len(call.given) == 1:
            yield _say(trouble, call.given[0], f"map(str, {call.given[0].text()})", "texts")


def _may_be_text(trouble: Trouble, node: "SgNode") -> bool:
    """Tell whether a value may be a text, and not already bytes, by its looks and by how the function got it."""
    text = node.text()
    if (
        node.kind() not in _PLAIN
        or text.startswith(("b'", 'b"', "hashlib."))
        or text.endswith((".encode()", ".digest"))
    ):
        return False
    whole = trouble.function.text() if trouble.function is not None else ""
    return re.search(rf"\b{re.escape(text)} = .*\.encode\(", whole) is None


def _bracket(node: "SgNode") -> str:
    return node.text() if node.kind() != "concatenated_string" else f"({node.text()})"


def _is_text(trouble: Trouble, node: "SgNode") -> bool:
    """Tell whether bytes are those of a text, by how the function got them."""
    whole = trouble.function.text() if trouble.function is not None else ""
    made = re.findall(rf"^\s*{re.escape(node.text())} = (.+)", whole, re.MULTILINE)
    return _FROM_TEXT.search(node.text()) is not None or (bool(made) and all(_FROM_TEXT.search(one) for one in made))


def _say(trouble: Trouble, node: "SgNode", fresh: str, kind: str, guess: str = "") -> Fix:
    text = replace_node(trouble.source.text, node, fresh)
    what = f"{describe(node)} is of another kind than the call takes; {kind} of the same content is given"
    return tell_fix(trouble, text, what, ("the content is the same", "no log line: nothing is left out"), guess)


def _skip_mark(trouble: Trouble) -> Iterator[Fix]:
    """Read the mark at the beginning of a file as a mark."""
    tables = re.search(r"\bDictReader\(|\bjson\.load", trouble.source.text)
    for node in trouble.nodes if tables else ():
        asked = node.field("value")
        if node.kind() != "keyword_argument" or asked is None or not node.text().startswith("encoding"):
            continue
        if asked.text().strip("\"'").lower() in {"utf-8", "utf8"}:
            text = replace_node(trouble.source.text, asked, '"utf-8-sig"')
            what = "a file in UTF-8 can begin with a mark, which becomes a part of the first name; it is read as a mark"
            yield tell_fix(
                trouble, text, what, ("files without it are read as before", "no log line: both are ordinary")
            )
            return


def _decode_otherwise(trouble: Trouble) -> Iterator[Fix]:
    """Read bytes in the other encoding that the description, or other code, names for them."""
    named = _OTHERS.findall(f"{describe_function(trouble)} {trouble.elsewhere}")
    statement = find_innermost(trouble.nodes, trouble.line)
    names = {_ENCODINGS[re.sub(r"[\s_-]", "", one.lower())] for one in named}
    if len(names) != 1 or statement is None:
        return
    first, last = span_lines(statement)
    row = trouble.source.lines[first - 1]
    other = re.sub(r"([\"'])utf-?8\1", f'"{names.pop()}"', row, flags=re.IGNORECASE)
    if first != last or not starts_its_line(statement, row) or other == row:
        return
    indent, unit = indent_of(row), find_unit(trouble.source)
    rows = [f"{indent}try:", unit + row, f"{indent}except UnicodeDecodeError:", unit + other]
    mended = replace_lines(trouble.source, first, last, rows)
    what = "bytes can come in the other encoding that is named for them; both are read"
    yield tell_fix(trouble, mended.text, what, ("UTF-8 is read as before", "no log line: both are ordinary"))
