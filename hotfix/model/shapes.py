"""Which JSON schemas a model may be asked to answer by, and whether an answer is valid by one.

Only shapes that end: flat objects whose texts and lists are bounded. A grammar that native code builds from a schema
guarantees less than it seems, so every answer is checked here again.
"""

import re
from collections.abc import Mapping, Sequence

from hotfix.model.contract import ModelError

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
PRINTABLE = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]*"
"""What every text of an answer is: an escape sequence has no business in it."""

_KEYWORDS = {
    "object": {"type", "properties", "required", "additionalProperties"},
    "array": {"type", "items", "minItems", "maxItems"},
    "string": {"type", "enum", "minLength", "maxLength"},
    "integer": {"type", "minimum", "maximum"},
    "boolean": {"type"},
}

Schema = Mapping[str, object]


def check_schema(schema: Schema) -> None:
    """Check that a schema asks for a flat object of bounded values.

    Raises:
        ModelError: it does not; the message says where. That is a defect of the caller, told before anything runs.
    """
    if schema.get("type") != "object":
        raise ModelError(f"expected a schema of an object, found {schema.get('type')!r}")
    _check_node(schema, "the answer")


def check_value(value: object, schema: Schema) -> Mapping[str, object]:
    """Return an answer that is valid by a schema which `check_schema` let pass.

    Raises:
        ModelError: it is not valid; the message says where and what was found.
    """
    problem = _find_problem(value, schema, "the answer")
    if problem or not isinstance(value, dict):
        raise ModelError(f"the model's answer has another shape than was asked for: {problem}")
    return value


def _check_node(node: Schema, where: str) -> None:
    kind = node.get("type")
    if not isinstance(kind, str) or kind not in _KEYWORDS:
        raise ModelError(f"{where}: expected one of the types {', '.join(_KEYWORDS)}, found {kind!r}")
    unknown = set(node) - _KEYWORDS[kind]
    if unknown:
        raise ModelError(
            f"{where}: expected of a schema's {kind} only {sorted(_KEYWORDS[kind])}, found {sorted(unknown)}"
        )
    bounded = {
        "object": node.get("additionalProperties") is False and set(_names(node)) == set(_texts(node, "required")),
        "array": "maxItems" in node,
        "string": "maxLength" in node or bool(node.get("enum")),
        "integer": "minimum" in node and "maximum" in node,
        "boolean": True,
    }
    if not bounded[kind]:
        raise ModelError(
            f"{where}: expected bounds, or an object with every property required and no other, found none"
        )
    for name, child in _children(node, where):
        if child.get("type") == "object" or (kind == "array" and child.get("type") == "array"):
            raise ModelError(f"{name}: expected a flat object, found one that is nested")
        _check_node(child, name)


def _children(node: Schema, where: str) -> Sequence[tuple[str, Schema]]:
    found = [(f"{where}.{name}", child) for name, child in _names(node).items()]
    items = node.get("items")
    if node.get("type") == "array":
        found.append((f"{where}[]", items if isinstance(items, dict) else {}))
    return found


def _find_problem(value: object, node: Schema, where: str) -> str | None:
    """Return what is wrong first, or None."""
    match node["type"]:
        case "object":
            return _find_problem_of_object(value, node, where)
        case "array":
            return _find_problem_of_list(value, node, where)
        case "string":
            return _find_problem_of_text(value, node, where)
        case "integer":
            low, high = node["minimum"], node["maximum"]
            fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high  # type: ignore[operator]
            return None if fits else f"{where}: expected a whole number from {low} to {high}, found {_show(value)}"
        case _:
            return None if isinstance(value, bool) else f"{where}: expected true or false, found {_show(value)}"


def _find_problem_of_object(value: object, node: Schema, where: str) -> str | None:
    names = _names(node)
    if not isinstance(value, dict) or set(value) != set(names):
        return f"{where}: expected an object of {sorted(names)}, found {_show(value)}"
    problems = (_find_problem(value[name], child, f"{where}.{name}") for name, child in names.items())
    return next((problem for problem in problems if problem), None)


def _find_problem_of_list(value: object, node: Schema, where: str) -> str | None:
    low, high = node.get("minItems", 0), node["maxItems"]
    if not isinstance(value, list) or not low <= len(value) <= high:  # type: ignore[operator]
        return f"{where}: expected a list of {low} to {high}, found {_show(value)}"
    items = node["items"]
    problems = (_find_problem(item, items, f"{where}[{index}]") for index, item in enumerate(value))  # type: ignore[arg-type]
    return next((problem for problem in problems if problem), None)


def _find_problem_of_text(value: object, node: Schema, where: str) -> str | None:
    if not isinstance(value, str) or _CONTROL.search(value):
        return f"{where}: expected a text without control characters, found {_show(value)}"
    choices = _texts(node, "enum")
    if choices:
        return None if value in choices else f"{where}: expected one of {', '.join(choices)}, found {_show(value)}"
    low, high = node.get("minLength", 0), node["maxLength"]
    fits = low <= len(value) <= high  # type: ignore[operator]
    return None if fits else f"{where}: expected {low} to {high} characters, found {len(value)}"


def _names(node: Schema) -> Mapping[str, Schema]:
    names = node.get("properties", {})
    return names if isinstance(names, dict) else {}


def _texts(node: Schema, key: str) -> Sequence[str]:
    texts = node.get(key, ())
    return [text for text in texts if isinstance(text, str)] if isinstance(texts, Sequence) else []


def _show(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
