"""Tries a read over the network again, a few times and with a time limit for each: Python, JavaScript, Java, Go.

Only where asking twice does no harm: GET and HEAD. It bridges a short failure of the other side and leaves its cause,
so it is always a mitigation.
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import dialect_of, find_unit
from hotfix.repair.fixers.imports import bring_in
from hotfix.repair.fixers.timeout import limit_call
from hotfix.repair.fixers.tree import BLOCKS, find_statement, starts_its_line
from hotfix.repair.limits import CALL_TRIES, RETRY_MILLISECONDS
from hotfix.repair.source import replace_lines, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_CATEGORIES = frozenset({"dependency_timeout", "network_partition", "connection_refused", "dns_failure"})
_PYTHON = re.compile(
    r"^(?:requests|httpx|session|self\.session|client)\.(?:get|head)\($|^(?:urllib\.request\.)?urlopen\($"
)
_GO = re.compile(r"^(\w+), (err\w*) := (?:http|[\w.]*[cC]lient)\.(?:Get|Head)\(")
_WAIT_S = RETRY_MILLISECONDS / 1000


def fix_retry(trouble: Trouble) -> Iterator[Fix]:
    """Yield a bounded repetition of the statement that asks, where it is the failing line or the only such call."""
    if trouble.category not in _CATEGORIES or trouble.function is None:
        return
    language = trouble.source.language or ""
    find, write = _LANGUAGES.get(language, (_is_fetch, _write_javascript))
    calls = [node for node in trouble.nodes if find(node, trouble)]
    at_line = [node for node in calls if trouble.lies_in(node)]
    for node in at_line or (calls if len(calls) == 1 and not trouble.exception else ()):
        statement = find_statement(node)
        parent = statement.parent() if statement is not None else None
        if statement is None or parent is None or parent.kind() not in BLOCKS or _repeats(statement):
            continue
        first, last = span_lines(statement)
        if first != last or not starts_its_line(statement, trouble.source.lines[first - 1]):
            continue
        fresh = write(trouble, node, statement)
        if fresh:
            yield _replace(trouble, (first, last), fresh)


def _repeats(statement: "SgNode") -> bool:
    """Tell whether a statement is tried again already."""
    return any(
        above.kind() in {"try_statement", "while_statement"} or re.search("(?i)retry|attempt", above.text()[:80])
        for above in statement.ancestors()
        if above.kind()
        not in {"program", "module", "source_file", "class_body", "class_definition", "class_declaration"}
    )


def _replace(trouble: Trouble, lines: tuple[int, int], rows: list[str]) -> Fix:
    source, unit = trouble.source, find_unit(trouble.source)
    line = source.lines[lines[0] - 1]
    indent = line[: len(line) - len(line.lstrip())]
    fresh = [indent + row.replace("\t", unit) for row in rows]
    mended, imports = bring_in(replace_lines(source, *lines, fresh), fresh)
    logs = any(row.strip() == log for row in rows for log in [_write_log(trouble)])
    return Fix(
        source=mended,
        rationale=f"The read at {source.path}:{lines[0]} in {trouble.function_name} is tried {CALL_TRIES} times before "
        "its error goes on.",
        measures=(
            f"at most {CALL_TRIES} tries, {RETRY_MILLISECONDS} ms and then more between them, each with a time limit",
            "only reads are repeated: asking twice changes nothing",
            "logs a warning before each new try" if logs else "no log line: the file has no logger",
        ),
        mitigation=True,
        imports=imports,
    )


def _write_log(trouble: Trouble) -> str | None:
    return dialect_of(trouble).write_log(trouble.source, f"a read in {trouble.function_name} failed: trying again")


def _list_log(trouble: Trouble, depth: int) -> list[str]:
    log = _write_log(trouble)
    return ["\t" * depth + log] if log else []


def _limit(trouble: Trouble, node: "SgNode", statement: "SgNode") -> str:
    """Return the text of a statement whose call has a time limit."""
    limited = limit_call(trouble.source.language or "", node)
    start = statement.range().start.index
    text, span = statement.text(), node.range()
    return text[: span.start.index - start] + (limited or node.text()) + text[span.end.index - start :]


def _is_python_read(node: "SgNode", _trouble: Trouble) -> bool:
    function, arguments = node.field("function"), node.field("arguments")
    if node.kind() != "call" or function is None or arguments is None:
        return False
    placed = [one for one in arguments.named_children() if one.kind() != "keyword_argument"]
    posts = function.text().endswith("urlopen") and (len(placed) > 1 or "data" in arguments.text())
    return bool(_PYTHON.match(f"{function.text()}(")) and not posts


def _write_python(trouble: Trouble, node: "SgNode", statement: "SgNode") -> list[str]:
    text = _limit(trouble, node, statement)
    if "timeout" not in text or (trouble.exception == "" and not _names_error(trouble)):
        return []
    caught = _name_error(trouble, node)
    returns = statement.kind() == "return_statement"
    return [
        f"for attempt in range({CALL_TRIES}):",
        "\ttry:",
        f"\t\t{text}",
        *([] if returns else ["\t\tbreak"]),
        f"\texcept {caught}:",
        f"\t\tif attempt == {CALL_TRIES - 1}:",
        "\t\t\traise",
        *_list_log(trouble, 2),
        f"\t\ttime.sleep({_WAIT_S} * (attempt + 1))",
    ]


def _names_error(trouble: Trouble) -> bool:
    return bool(re.search(r"^import requests\b|^import httpx\b|urllib", trouble.source.text, re.MULTILINE))


def _name_error(trouble: Trouble, node: "SgNode") -> str:
    """Return the error of connections that the library of a call raises."""
    text = node.text()
    if text.startswith("httpx."):
        return "httpx.TransportError"
    known = re.search(r"^import requests\b", trouble.source.text, re.MULTILINE)
    return "(requests.ConnectionError, requests.Timeout)" if known else "OSError"


def _is_fetch(node: "SgNode", trouble: Trouble) -> bool:
    function, arguments = node.field("function"), node.field("arguments")
    if node.kind() != "call_expression" or function is None or arguments is None:
        return False
    reads = re.search(r"\bmethod\s*:", arguments.text()) is None
    asynchronous = trouble.function is not None and trouble.function.text().lstrip("export ").startswith("async")
    parent = node.parent()
    awaited = parent is not None and parent.kind() == "await_expression"
    return function.text() == "fetch" and reads and asynchronous and awaited


def _write_javascript(trouble: Trouble, node: "SgNode", statement: "SgNode") -> list[str]:
    text = _limit(trouble, node, statement)
    declared = re.match(r"(?:const|let|var)\s+(\w+)\s*=\s*", text)
    returns = statement.kind() == "return_statement"
    if "signal" not in text or not (declared or returns) or text.count("await") > 1:
        return []
    ask = text if returns or declared is None else f"{declared[1]} = {text[declared.end() :]}"
    return [
        *([f"let {declared[1]};"] if declared else []),
        "for (let attempt = 1; ; attempt += 1) {",
        "\ttry {",
        f"\t\t{ask}",
        *([] if returns else ["\t\tbreak;"]),
        "\t} catch (err) {",
        f"\t\tif (attempt === {CALL_TRIES}) throw err;",
        *_list_log(trouble, 2),
        f"\t\tawait new Promise((resolve) => setTimeout(resolve, {RETRY_MILLISECONDS} * attempt));",
        "\t}",
        "}",
    ]


def _is_java_read(node: "SgNode", trouble: Trouble) -> bool:
    name, function = node.field("name"), trouble.function
    text = function.text() if function is not None else ""
    reads = "HttpRequest.newBuilder" in text and not re.search(r"\.(?:POST|PUT|DELETE|method)\(", text)
    return node.kind() == "method_invocation" and name is not None and name.text() == "send" and reads


def _write_java(trouble: Trouble, _node: "SgNode", statement: "SgNode") -> list[str]:
    found = re.match(r"(?:final )?([\w.<>\[\]?, ]+?)\s+(\w+)\s*=\s*(.+);$", statement.text())
    text = trouble.function.text() if trouble.function is not None else ""
    if found is None or ".timeout(" not in text or re.search(rf"->[^;]*\b{found[2]}\b", text):
        return []
    return [
        f"{found[1]} {found[2]} = null;",
        f"for (int attempt = 1; {found[2]} == null; attempt++) {{",
        "\ttry {",
        f"\t\t{found[2]} = {found[3]};",
        "\t} catch (java.io.IOException e) {",
        f"\t\tif (attempt == {CALL_TRIES}) {{",
        "\t\t\tthrow e;",
        "\t\t}",
        *_list_log(trouble, 2),
        f"\t\tjava.util.concurrent.locks.LockSupport.parkNanos({RETRY_MILLISECONDS}_000_000L * attempt);",
        "\t}",
        "}",
    ]


def _is_go_read(node: "SgNode", trouble: Trouble) -> bool:
    found = _GO.match(node.text()) if node.kind() == "short_var_declaration" else None
    text = trouble.function.text() if trouble.function is not None else ""
    return found is not None and re.search(rf"\b{found[1]}\.(?:Body|StatusCode)\b", text) is not None


def _write_go(trouble: Trouble, node: "SgNode", _statement: "SgNode") -> list[str]:
    right = node.field("right")
    found = _GO.match(node.text())
    if right is None or found is None:
        return []
    call = limit_call("go", right.named_children()[0]) or right.text()
    wait = f"time.Sleep(time.Duration(attempt) * {RETRY_MILLISECONDS} * time.Millisecond)"
    return [
        f"{found[1]}, {found[2]} := {call}",
        f"for attempt := 1; {found[2]} != nil && attempt < {CALL_TRIES}; attempt++ {{",
        *_list_log(trouble, 1),
        f"\t{wait}",
        f"\t{found[1]}, {found[2]} = {call}",
        "}",
    ]


_LANGUAGES: dict[
    str, tuple[Callable[["SgNode", Trouble], bool], Callable[[Trouble, "SgNode", "SgNode"], list[str]]]
] = {
    "python": (_is_python_read, _write_python),
    "java": (_is_java_read, _write_java),
    "go": (_is_go_read, _write_go),
}
