"""Gives a call over the network a time limit where it has none: Python, JavaScript, Java, Go."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.imports import bring_in
from hotfix.repair.fixers.tree import replace_node
from hotfix.repair.limits import CALL_SECONDS

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_CATEGORIES = frozenset(
    {"dependency_timeout", "network_partition", "thread_pool_exhaustion", "connection_pool_exhaustion"}
)
_PYTHON = re.compile(
    r"^(?:requests(?:\.Session\(\))?\.(?:get|post|put|patch|delete|head|options|request)"
    r"|(?:urllib\.request\.|request\.)?urlopen"
    r"|socket\.create_connection)$"
)


def fix_timeout(trouble: Trouble) -> Iterator[Fix]:
    """Yield a time limit for each unlimited call in the function that failed or waited."""
    if trouble.category not in _CATEGORIES or trouble.function is None:
        return
    for node in trouble.nodes:
        fresh = limit_call(trouble.source.language or "", node)
        if fresh is not None:
            source, imports = bring_in(
                trouble.source.with_text(replace_node(trouble.source.text, node, fresh)), [fresh]
            )
            yield Fix(
                source=source,
                rationale=f"{describe(node)} in {trouble.function_name} waits without end for the other side; "
                f"it now gives up after {CALL_SECONDS} s with the error that the code knows from lost connections.",
                measures=(f"time limit of {CALL_SECONDS} s, for one wait",),
                imports=imports,
            )


def limit_call(language: str, node: "SgNode") -> str | None:
    """Return a call over the network with a time limit; None where a node is no such call, or has one."""
    limit = {"python": _limit_python, "java": _limit_java, "go": _limit_go}.get(language, _limit_fetch)
    return limit(node)


def _limit_python(node: "SgNode") -> str | None:
    function, arguments = node.field("function"), node.field("arguments")
    if node.kind() != "call" or function is None or arguments is None or not _PYTHON.match(function.text()):
        return None
    given = arguments.named_children()
    if re.search(r"\btimeout\s*=|\*\*", arguments.text()) or not given:
        return None
    return _append(node, given, f"timeout={CALL_SECONDS}")


def _append(node: "SgNode", given: list["SgNode"], extra: str) -> str:
    """Return a call with one more argument behind the last, in its place and its way of breaking lines."""
    start, last = node.range().start.index, given[-1].range()
    text = node.text()
    at = last.end.index - start
    broken = given[0].range().start.line != node.range().start.line and len(given) > 1
    gap = "\n" + " " * given[-1].range().start.column if broken else " "
    return f"{text[:at]},{gap}{extra}{text[at:]}"


def _limit_fetch(node: "SgNode") -> str | None:
    function, arguments = node.field("function"), node.field("arguments")
    if node.kind() != "call_expression" or function is None or function.text() != "fetch" or arguments is None:
        return None
    given, signal = arguments.named_children(), f"signal: AbortSignal.timeout({CALL_SECONDS}000)"
    if len(given) == 1:
        return f"fetch({given[0].text()}, {{ {signal} }})"
    if len(given) == 2 and given[1].kind() == "object" and "signal" not in given[1].text():
        inner = given[1].text()
        return f"fetch({given[0].text()}, {{ {signal},{inner[1:]})"
    return None


def _limit_java(node: "SgNode") -> str | None:
    name, target = node.field("name"), node.field("object")
    if node.kind() != "method_invocation" or name is None or target is None or name.text() != "build":
        return None
    text = target.text()
    if "HttpRequest.newBuilder" not in text or ".timeout(" in text:
        return None
    return f"{text}.timeout(java.time.Duration.ofSeconds({CALL_SECONDS})).build()"


def _limit_go(node: "SgNode") -> str | None:
    limit, text = f"{CALL_SECONDS} * time.Second", node.text()
    if node.kind() == "composite_literal":
        kind, body = (node.field(name) for name in ("type", "body"))
        if kind is None or body is None or kind.text() != "http.Client" or re.search(r"\bTimeout\s*:", body.text()):
            return None
        given = body.text()[1:]
        return f"http.Client{{Timeout: {limit}{given if given.strip() == '}' else f', {given.lstrip()}'}"
    if node.kind() != "call_expression":
        return None
    shared = re.match(r"http\.(?:DefaultClient\.)?(Get|Post|PostForm|Head|Do)\(", text)
    if shared is not None:
        return f"(&http.Client{{Timeout: {limit}}}).{shared[1]}({text[shared.end() :]}"
    dialled = re.match(r"net\.Dial\(", text)
    return f"net.DialTimeout({text[dialled.end() : -1]}, {limit})" if dialled else None
