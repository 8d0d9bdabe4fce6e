"""Takes a text that people type literally, where code takes it for a pattern (Python, JavaScript)."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import list_calls, split_words, tell_fix
from hotfix.repair.fixers.grounds import describe_function
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.patternwords import PATTERN_NAME, TYPED_NAME
from hotfix.repair.fixers.tree import is_plain, replace_node

_TOLD = re.compile(r"^Invalid regular expression|at position \d+|unterminated|nothing to repeat|bad escape|unbalanced")
_ESCAPED = r"{0}.replace(/[.*+?^${{}}()|[\]\\]/g, '\\$&')"
_PYTHON = frozenset({"compile", "search", "match", "fullmatch", "findall", "finditer", "sub", "split", "subn"})


def fix_taken_literally(trouble: Trouble) -> Iterator[Fix]:
    """Yield the text with its special signs taken as they are, where nothing calls it a pattern."""
    python = trouble.source.language == "python"
    if not _TOLD.search(trouble.message) or trouble.exception not in {"error", "PatternError", "SyntaxError"}:
        return
    for call in list_calls(trouble):
        given = call.given[0] if call.given else None
        fits = (python and call.called.startswith("re.") and call.name in _PYTHON) or call.name == "RegExp"
        if not fits or given is None:
            continue
        parts = [one for one in trouble.nodes if one.kind() in {"interpolation", "template_substitution"}
                 and given.range().start.index <= one.range().start.index < given.range().end.index]  # fmt: skip
        loose = [one.named_children()[0] for one in parts] or [given]
        for one in loose:
            if one.kind() not in {"identifier", "member_expression", "attribute", "subscript"} or not is_plain(one):
                continue
            fresh = f"re.escape({one.text()})" if python else _ESCAPED.format(one.text())
            names = f"{one.text()} {_find_origin(trouble, one.text())}"
            if PATTERN_NAME.search(names):
                return
            described = describe_function(trouble)
            typed = TYPED_NAME.search(f"{'_'.join(split_words(names))} {described.lower()}") is not None
            typed = typed and not PATTERN_NAME.search(described)
            text = replace_node(trouble.source.text, one, fresh)
            what = f"{describe(one)} was taken for a pattern, and is text that people type; it is taken as written"
            guess = "" if typed else f"whether {describe(one)} is a pattern"
            yield tell_fix(trouble, text, what, ("texts without special signs are as before", "no log line"), guess)
            return


def _find_origin(trouble: Trouble, name: str) -> str:
    """Return what a loop of the function takes a name from."""
    whole = trouble.function.text() if trouble.function is not None else ""
    return " ".join(re.findall(rf"\b{re.escape(name)} (?:in|of) ([\w.]+)", whole))
