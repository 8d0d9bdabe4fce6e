"""Begins a sum or a product where there is nothing to add up (Python, JavaScript), with its neutral value."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import Call, list_calls, split_words, tell_fix
from hotfix.repair.fixers.grounds import describe_function, say_type
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import replace_node

_TOLD = re.compile(r"^Reduce of empty array|^reduce\(\) of empty")
_NUMBER = re.compile(
    r"(?<![a-z])(?:int|float|decimal|number|bigint|sum|total|amount|count|price|cost|quantity|length|size)s?(?![a-z])"
)
_TEXT = re.compile(r"(?<![a-z])(?:str|string|text|name|title|word|letter|line|path|join|label)s?(?![a-z])")
_FOLDS = (
    (r"\(\s*(?P<a>\w+),\s*(?P<b>\w+)\s*\)\s*=>\s*(?P=a)\s*\+\s*(?P=b)(?:\.\w+)*(?:\s*\*\s*(?P=b)(?:\.\w+)*)*", "0"),
    (r"\(\s*(?P<a>\w+),\s*(?P<b>\w+)\s*\)\s*=>\s*(?P=a)\s*\*\s*(?P=b)(?:\.\w+)*", "1"),
    (r"\(\s*(?P<a>\w+),\s*(?P<b>\w+)\s*\)\s*=>\s*(?P=a)\.concat\((?P=b)\)", "[]"),
    (r"\(\s*(?P<a>\w+),\s*(?P<b>\w+)\s*\)\s*=>\s*\[\.\.\.(?P=a),\s*\.\.\.(?P=b)\]", "[]"),
    (r"\(\s*(?P<a>\w+),\s*(?P<b>\w+)\s*\)\s*=>\s*\(\{\s*\.\.\.(?P=a),\s*\.\.\.(?P=b)\s*\}\)", "{}"),
    (r"lambda (?P<a>\w+), (?P<b>\w+): (?P=a) \+ (?P=b)", "0"),
    (r"lambda (?P<a>\w+), (?P<b>\w+): (?P=a) \* (?P=b)", "1"),
    (r"lambda (?P<a>\w+), (?P<b>\w+): \{\*\*(?P=a), \*\*(?P=b)\}", "{}"),
    (r"(?:operator\.)?add", "0"), (r"(?:operator\.)?mul", "1"),
)  # fmt: skip


def fix_start_value(trouble: Trouble) -> Iterator[Fix]:
    """Yield the neutral value of what the failing fold does, where its text tells it."""
    for call in list_calls(trouble) if _TOLD.search(trouble.message) else ():
        python = trouble.source.language == "python"
        if call.name not in {"reduce", "reduceRight"} or len(call.given) != (2 if python else 1):
            continue
        fold = call.given[0].text()
        start = next((value for pattern, value in _FOLDS if re.fullmatch(pattern, fold)), None)
        if start is not None:
            last, guess = call.given[-1], ""
            if start == "0":
                start, guess = _tell_kind(trouble, call)
            text = replace_node(trouble.source.text, last, f"{last.text()}, {start}")
            what = f"{describe(call.node)} can have nothing to begin with; then it gives {start}"
            measures = ("all else is as before", "no log line: nothing to add up is ordinary")
            yield tell_fix(trouble, text, what, measures, guess)


def _tell_kind(trouble: Trouble, call: Call) -> tuple[str, str]:
    """Return what a sum begins with by what the function says of it, and what is a guess then."""
    function = trouble.function
    kinds = function.field("parameters") if function is not None else None
    head = f"{kinds.text() if kinds is not None else ''} {say_type(function)}"
    names = "_".join(split_words(f"{trouble.function_name} {call.node.text()}"))
    said = f"{names} {head} {describe_function(trouble)}".lower()
    number, text = _NUMBER.search(said) is not None, _TEXT.search(said) is not None
    product = " * " in call.given[0].text()
    if text and not number and not product:
        return "''" if trouble.source.language != "python" else '""', ""
    return "0", "" if product or (number and not text) else "whether numbers or texts are added up"
