"""Closes what a function opens and leaves open: Python files with ``with``, Go with ``defer``, Java with try."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import find_unit
from hotfix.repair.fixers.tree import BLOCKS, key, walk
from hotfix.repair.source import replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_CATEGORIES = frozenset({"fd_exhaustion", "connection_pool_exhaustion", "out_of_memory", "network_partition"})
_PYTHON = re.compile(
    r"^(\w+) = ((?:io\.|gzip\.|bz2\.|socket\.)?(?:open|socket|create_connection)\(.*\)|[\w.]+\.open\(.*\))$", re.DOTALL
)
_GO = re.compile(
    r"^(\w+), (err\w*) := (?:os\.(?:Open|Create|OpenFile)|http\.(?:Get|Post|Head)"
    r"|[\w.]+\.(?:Do|Query|QueryContext|Dial|Get|Post|Head|OpenFile|Open))\("
)
_ANSWER = r"\b%s\.(?:Body|StatusCode|Status|Header)\b"
_GO_LOOKUP = re.compile(r":= (?!http\.)[\w.]+\.(?:Get|Post|Head)\(")
_JAVA = re.compile(
    r"^(?:final )?([\w<>?, ]*(?:Stream|Reader|Writer|Connection|Statement|ResultSet|Socket|Scanner|Channel))"
    r"\s+(\w+)\s*=\s*(.+);$",
    re.DOTALL,
)


def fix_close(trouble: Trouble) -> Iterator[Fix]:
    """Yield a close on every path for what the function opens, unless it hands it on."""
    if trouble.category not in _CATEGORIES and "Too many open files" not in trouble.message:
        return
    if trouble.function is None:
        return
    close = {"python": _close_python, "go": _close_go, "java": _close_java}.get(trouble.source.language or "")
    if trouble.source.language == "go":
        yield from _close_in_loop(trouble)
    for node in trouble.nodes if close else ():
        parent = node.parent()
        fix = close(trouble, node) if close and parent is not None and parent.kind() in BLOCKS else None
        if fix is not None:
            yield fix


def _close_python(trouble: Trouble, node: "SgNode") -> Fix | None:
    found = _PYTHON.match(node.text())
    if node.kind() != "expression_statement" or found is None or _leaves(node, found[1]):
        return None
    rest = _list_after(node)
    closing = [number for number, one in enumerate(rest) if _is_close(one, found[1])]
    using = [number for number, one in enumerate(rest) if re.search(rf"\b{found[1]}\b", one.text())]
    if not using or len(closing) > 1 or (closing and using[-1] != closing[0]):
        return None
    inner = rest[: closing[0]] if closing else rest[: using[-1] + 1]
    if not inner:
        return None
    source, unit = trouble.source, find_unit(trouble.source)
    first, last = span_lines(node)
    indent = source.lines[first - 1][: node.range().start.column]
    body = [unit + line if line.strip() else line for line in source.lines[last : span_lines(inner[-1])[1]]]
    end = span_lines(rest[closing[0]])[1] if closing else span_lines(inner[-1])[1]
    fresh = [f"{indent}with {found[2]} as {found[1]}:", *body]
    return _say(trouble, replace_lines(source, first, end, fresh).text, found[1])


def _close_in_loop(trouble: Trouble) -> Iterator[Fix]:
    """Yield a close at the end of each step of a loop, where ``defer`` would wait for the end of the function (Go)."""
    for node in trouble.nodes:
        block, called = node.parent(), node.text().removeprefix("defer").strip()
        body = block.parent() if block is not None and block.kind() == "statement_list" else block
        loop = body.parent() if body is not None else None
        rest = _list_after(node)
        plain = re.fullmatch(r"[\w.]+\.Close\(\)", called)
        if node.kind() != "defer_statement" or loop is None or loop.kind() != "for_statement" or not plain or not rest:
            continue
        name = called.split(".")[0]
        ways = [one for statement in rest for one in walk(statement)
                if one.kind() in {"return_statement", "continue_statement", "break_statement"}]  # fmt: skip
        if any(re.search(rf"\b{name}\b", one.text()) or _is_deeper(one, loop) for one in ways):
            continue
        rows, end = list(trouble.source.lines), span_lines(rest[-1])[1]
        indent = rows[span_lines(node)[0] - 1][: node.range().start.column]
        leaves = rest[-1].kind() in {"return_statement", "continue_statement", "break_statement"}
        if not leaves:
            rows.insert(end, indent + called)
        for one in sorted(ways, key=lambda way: -span_lines(way)[0]):
            at = span_lines(one)[0] - 1
            rows.insert(at, rows[at][: len(rows[at]) - len(rows[at].lstrip())] + called)
        del rows[span_lines(node)[0] - 1]
        yield _say(trouble, trouble.source.newline.join(rows), name)


def _is_deeper(node: "SgNode", loop: "SgNode") -> bool:
    """Tell whether a way out belongs to a loop, or a function, within a loop; a return leaves all loops."""
    inner = next((one for one in node.ancestors() if one.kind() in {"for_statement", "func_literal"}), loop)
    return inner.kind() == "func_literal" or (node.kind() != "return_statement" and key(inner) != key(loop))


def _close_go(trouble: Trouble, node: "SgNode") -> Fix | None:
    found = _GO.match(node.text())
    if node.kind() != "short_var_declaration" or found is None or _leaves(node, found[1]):
        return None
    rest = _list_after(node)
    if f"{found[1]}.Close()" in "".join(one.text() for one in rest) or f"{found[1]}.Body.Close()" in "".join(
        one.text() for one in rest
    ):
        return None
    checked = (
        rest[0] if rest and rest[0].kind() == "if_statement" and found[2] in rest[0].text().partition("{")[0] else None
    )
    if checked is None:
        return None
    answer = any(re.search(_ANSWER % found[1], one.text()) for one in rest)
    if _GO_LOOKUP.search(node.text()) and not answer:
        return None
    target = f"{found[1]}.Body" if answer or re.search(r":= (?:http\.\w+|[\w.]+\.Do)\(", node.text()) else found[1]
    indent = trouble.source.lines[span_lines(node)[0] - 1][: node.range().start.column]
    after = span_lines(checked)[1]
    text = replace_lines(trouble.source, after + 1, after, [f"{indent}defer {target}.Close()"]).text
    return _say(trouble, text, target)


def _close_java(trouble: Trouble, node: "SgNode") -> Fix | None:
    found = _JAVA.match(node.text())
    if node.kind() != "local_variable_declaration" or found is None or _leaves(node, found[2]):
        return None
    rest = _list_after(node)
    if not rest or any(re.search(rf"\b{found[2]}\s*=[^=]", one.text()) for one in rest):
        return None
    inner = rest[:-1] if _is_close(rest[-1], found[2]) else rest
    if not inner or any(_is_close(one, found[2]) or one.kind() == "try_statement" for one in inner):
        return None
    source, unit = trouble.source, find_unit(trouble.source)
    first, last = span_lines(node)
    indent = source.lines[first - 1][: node.range().start.column]
    body = [unit + line if line.strip() else line for line in source.lines[last : span_lines(inner[-1])[1]]]
    fresh = [f"{indent}try ({node.text().rstrip(';')}) {{", *body, f"{indent}}}"]
    return _say(trouble, replace_lines(source, first, span_lines(rest[-1])[1], fresh).text, found[2])


def _say(trouble: Trouble, text: str, name: str) -> Fix:
    return Fix(
        source=trouble.source.with_text(text),
        rationale=f"{name} is opened in {trouble.function_name} and not closed on every path; now it is.",
        measures=("closed on every path, also after an error",),
    )


def _list_after(node: "SgNode") -> list["SgNode"]:
    """Return the statements behind a node in its block."""
    return [one for one in node.next_all() if one.is_named() and one.kind() != "comment"]


def _is_close(node: "SgNode", name: str) -> bool:
    return re.match(rf"^{re.escape(name)}\.close\(\);?$", node.text()) is not None


def _leaves(node: "SgNode", name: str) -> bool:
    """Tell whether what was opened is handed on: returned, kept in a field or a list, or given to a call as it is."""
    text = "\n".join(one.text() for one in _list_after(node))
    handed = (
        rf"\breturn\b[^\n]*\b{name}\b(?!\.)",
        rf"(?:\w\.\w+|\w\])\s*=\s*{name}\b(?!\.)",
        rf"\.(?:append|add|put|push)\([^\n]*\b{name}\b(?!\.)",
        rf"\byield\b[^\n]*\b{name}\b",
    )
    return any(re.search(pattern, text) for pattern in handed)
