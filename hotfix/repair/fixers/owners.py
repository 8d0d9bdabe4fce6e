"""Tells who puts the keys into a store: a group begins with its first item only where nobody else opens it before.

Where other code puts keys in, a key that is missing may be one that nobody knows: to begin it there would hide that.
"""

import re

from hotfix.repair.fixers.contract import Trouble

_EMPTY = (
    r"(?:\{{\s*\}}|dict\(\)|new (?:java\.util\.)?\w*Map(?:<[^;\n]*>)?\(\)|Object\.create\(null\)"
    r"|(?:collections\.)?(?:Counter|OrderedDict)\(\))"
)
_MADE = r"(?<![\w.])(?:self\.|this\.)?{0}(?:\s*:[^=\n]+)?\s*=\s*" + _EMPTY
_PUTS = r"(?<![\w.])(?:self\.|this\.)?{0}(?:\[[^\]\n]*\]\s*=(?!=)|\.(?:put|set|setdefault|update|putAll)\()"


def begins_empty(trouble: Trouble, store: str) -> bool:
    """Tell whether a store begins empty in its file, and no other code there puts a key in.

    Args:
        trouble: where it failed.
        store: its name as the function writes it: ``days``, ``self.days``.
    """
    function = trouble.function.text() if trouble.function is not None else ""
    if is_made_empty(store, function):
        return True
    name = re.escape(re.sub(r"^(?:self|this)\.", "", store))
    return is_made_empty(store, trouble.elsewhere) and re.search(_PUTS.format(name), trouble.elsewhere) is None


def is_made_empty(store: str, text: str) -> bool:
    """Tell whether a text makes a store with nothing in it."""
    name = re.escape(re.sub(r"^(?:self|this)\.", "", store))
    return re.search(_MADE.format(name), text) is not None
