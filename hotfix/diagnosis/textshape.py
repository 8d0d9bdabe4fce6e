"""The shape of a text: which characters are digits, letters or marks, whatever numbers and ids it holds.

Records of one message differ in little but numbers and ids, so what patterns find in a few hundred shapes stands at the
same places of many thousand records.
"""

import re
from functools import lru_cache

from hotfix.core.settings import FEATURES_REMEMBERED

_DIGITS = str.maketrans("123456789", "0" * 9)
_HEXADECIMAL = re.compile(r"[0-9a-f]{8,}")


@lru_cache(FEATURES_REMEMBERED)
def find_shape(text: str) -> str:
    """Return a text of the same length, its digits as 0 and its long hexadecimal numbers levelled.

    Patterns that ask for kinds of characters, and for words, match it at the same places as the text.
    """
    return _HEXADECIMAL.sub(_level, text).translate(_DIGITS)


def _level(found: re.Match[str]) -> str:
    """Return digits and letters by turns, in the order in which the number begins."""
    number = found[0]
    if number.isalpha() or number.isdigit():
        return number
    pair = "a0" if number[0].isalpha() else "0a"
    return (pair * len(number))[: len(number)]
