"""Accepts dates in an old and a new format (Python): the one that the code expects, and the one that came."""

import re
from collections.abc import Iterator
from datetime import datetime

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.imports import bring_in
from hotfix.repair.fixers.tree import is_plain, list_children, replace_node

_TOLD = re.compile(r"time data '([^']+)' does not match format '([^']+)'")
_FORMATS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y%m%d", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%z",
            "%Y-%m-%dT%H:%M:%S.%f%z")  # fmt: skip
"""Ways of writing in which day and month cannot be taken for each other."""

_PIECES = {"%Y": r"\d{4}", "%f": r"\d{1,6}", "%z": r"(?:Z|[+-]\d\d:?\d\d)", "T": "T", "Z": "Z"}


def fix_date_format(trouble: Trouble) -> Iterator[Fix]:
    """Yield a reading of both formats where the text that failed is told and is in a format that is known."""
    told = _TOLD.search(trouble.message)
    if trouble.exception != "ValueError" or trouble.source.language != "python" or told is None:
        return
    other = next((one for one in _FORMATS if _fits(told[1], one) and ("%z" in one) == ("%z" in told[2])), None)
    for node in trouble.nodes if other else ():
        function, arguments = node.field("function"), node.field("arguments")
        given = list_children(arguments)
        if node.kind() != "call" or function is None or not function.text().endswith("strptime") or len(given) != 2:
            continue
        text, expected = given
        if trouble.lies_in(node) and is_plain(text):
            shape = "".join(
                _PIECES.get(part, r"\d{2}" if part[0] == "%" else re.escape(part)) for part in _split(other)
            )
            fresh = f'"{other}" if re.fullmatch(r"{shape}", {text.text()}) else {expected.text()}'
            mended, imports = bring_in(
                trouble.source.with_text(replace_node(trouble.source.text, expected, fresh)), [fresh]
            )
            yield Fix(
                source=mended,
                rationale=f"{text.text()} may be written like {other} too ({trouble.place}); both ways are read.",
                measures=("what was read before is read as before", "no log line: both ways are ordinary"),
                imports=imports,
            )


def _split(form: str | None) -> list[str]:
    return re.findall(r"%.|[^%]", form or "")


def _fits(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007  # only whether it can be read
    except ValueError:
        return False
    return True
