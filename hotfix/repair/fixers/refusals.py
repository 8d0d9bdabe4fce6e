"""Input validation at a boundary: how a handler of requests refuses bad input, in the words of its framework.

A guard that stands in a handler and looks at what the request brought leaves by this, and not by a value made up.
"""

import re
from typing import TYPE_CHECKING

from hotfix.repair.fixers.contract import Trouble
from hotfix.repair.fixers.tree import list_names

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_ROUTE = re.compile(r"@[\w.]+\.(?:route|get|post|put|patch|delete)\(")
_MAPPING = re.compile(r"@(?:Get|Post|Put|Patch|Delete|Request)Mapping\b")
_GIVEN = re.compile(r"^\s*(?:(?:const|let|var|final|[A-Z][\w<>, ]*)\s+)?([\w, {}]+?)\s*:?=(?!=)\s*(.+)$", re.MULTILINE)
_TEXT = "value is missing"


def find_refusal(trouble: Trouble, node: "SgNode") -> str | None:
    """Return the statement that answers a request as a bad one, where a node comes from it; else None."""
    function = trouble.function
    if function is None:
        return None
    write = {"python": _refuse_python, "java": _refuse_java, "go": _refuse_go}.get(
        trouble.source.language or "", _refuse_javascript
    )
    found = write(trouble, function)
    if found is None:
        return None
    statement, roots = found
    return statement if list_names(node) & _list_derived(function, roots) else None


def _list_derived(function: "SgNode", roots: set[str]) -> set[str]:
    """Return the names that hold what came with the request: the roots, and what is made of them."""
    names = set(roots)
    for found in _GIVEN.finditer(function.text()):
        if names & set(re.findall(r"\w+", found[2])):
            names |= set(re.findall(r"\w+", found[1]))
    for row in function.text().splitlines():  # Go: what the request is read into
        if names & set(re.findall(r"\w+", row)):
            names |= set(re.findall(r"(?<=[(,\s])&(\w+)", row))
    return names


def _refuse_python(trouble: Trouble, function: "SgNode") -> tuple[str, set[str]] | None:
    parent = function.parent()
    decorated = parent is not None and parent.kind() == "decorated_definition" and _ROUTE.search(parent.text())
    text = trouble.source.text
    if decorated and "HTTPException" in text:
        parameters = function.field("parameters")
        given = set(re.findall(r"(\w+)\s*:", parameters.text())) if parameters is not None else set()
        return f'raise HTTPException(status_code=400, detail="{_TEXT}")', given | {"request"}
    if decorated and re.search(r"^from flask import|^import flask\b", text, re.MULTILINE):
        return f'return {{"error": "{_TEXT}"}}, 400', {"request"}
    if "HttpResponseBadRequest" in text and re.match(r"\((?:self, )?request\b", _parameters(function)):
        return f'return HttpResponseBadRequest("{_TEXT}")', {"request"}
    return None


def _refuse_javascript(_trouble: Trouble, function: "SgNode") -> tuple[str, set[str]] | None:
    found = re.match(r"\(?\s*(req|request)\b[^,)]*,\s*(res|response)\b", _parameters(function))
    return (f"return {found[2]}.status(400).json({{ error: '{_TEXT}' }});", {found[1]}) if found else None


def _refuse_java(trouble: Trouble, function: "SgNode") -> tuple[str, set[str]] | None:
    known = re.search(r"import org\.springframework\.web\.server\.ResponseStatusException;", trouble.source.text)
    if not known or not _MAPPING.search(function.text().partition("{")[0]):
        return None
    names = set(re.findall(r"(\w+)\s*[,)]", _parameters(function)))
    status = "org.springframework.http.HttpStatus.BAD_REQUEST"
    return f'throw new ResponseStatusException({status}, "{_TEXT}");', names


def _refuse_go(_trouble: Trouble, function: "SgNode") -> tuple[str, set[str]] | None:
    found = re.match(r"\(\s*(\w+) http\.ResponseWriter,\s*(\w+) \*http\.Request\s*\)", _parameters(function))
    if found is None or function.field("result") is not None:
        return None
    return f'http.Error({found[1]}, "{_TEXT}", http.StatusBadRequest)\nreturn', {found[2]}


def _parameters(function: "SgNode") -> str:
    parameters = function.field("parameters")
    return parameters.text() if parameters is not None else ""
