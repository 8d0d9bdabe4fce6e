"""Reads names as people write them (JavaScript): a locale with an underscore, an address without its scheme."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.dynamic.edits import Call, list_calls, tell_fix
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import is_plain, replace_node

_LOCALE = re.compile(r"^Incorrect locale information|^Invalid language tag")
_URL = re.compile(r"^Invalid URL")
_PARTS = re.compile(r"\b(?:hostname|host|port|pathname|searchParams|search|hash)\b")
_WHOLE = re.compile(r"\.(?:href|origin|protocol)\b|\bhref\b|\bfetch\(")


def fix_tags(trouble: Trouble) -> Iterator[Fix]:
    """Yield the reading of what the failing call was given, as people write it."""
    for call in list_calls(trouble):
        if _LOCALE.search(trouble.message):
            yield from _fix_locale(trouble, call)
        elif _URL.search(trouble.message):
            yield from _fix_address(trouble, call)


def _fix_locale(trouble: Trouble, call: Call) -> Iterator[Fix]:
    formats = call.called.startswith("Intl.") or call.name.startswith("toLocale") or call.name == "localeCompare"
    place = 1 if call.name == "localeCompare" else 0
    if not formats or len(call.given) <= place or call.given[place].kind() not in {"identifier", "member_expression"}:
        return
    given = call.given[place]
    text = replace_node(trouble.source.text, given, f"{given.text()}?.replace(/_/g, '-')")
    what = f"{describe(given)} may be written with an underscore, as other systems do; both ways are read"
    yield tell_fix(trouble, text, what, ("others are read as before", "no log line: both ways are ordinary"))


def _fix_address(trouble: Trouble, call: Call) -> Iterator[Fix]:
    if call.name != "URL" or len(call.given) != 1 or not is_plain(call.given[0]):
        return
    given, function = call.given[0].text(), trouble.function.text() if trouble.function is not None else ""
    fresh = f"/^[a-z][a-z0-9+.-]*:\\/\\//i.test({given}) ? {given} : `https://${{{given}}}`"
    guess = "" if _PARTS.search(function) and not _WHOLE.search(function) else f"which scheme {given} stands for"
    text = replace_node(trouble.source.text, call.given[0], fresh)
    what = f"{given} may come without its scheme, of which nothing is taken here; then it is read as if it had one"
    yield tell_fix(trouble, text, what, ("others are read as before", "no log line: both ways are ordinary"), guess)
