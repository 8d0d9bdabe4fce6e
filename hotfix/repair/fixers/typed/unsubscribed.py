"""Takes a channel out of the map that holds it as it is closed (Go): to send on it later would panic."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.source import list_functions, name_function, replace_lines, span_lines

_CLOSE = re.compile(r"^(?P<indent>\s*)close\((?P<value>[\w.\[\]]+)\)\s*$")


def fix_unsubscribed(trouble: Trouble) -> Iterator[Fix]:
    """Yield the removal from the map that the failing method uses, beside the closing in another method."""
    told = re.search(r"send on closed channel|close of closed channel", trouble.message)
    if trouble.source.language != "go" or told is None or trouble.function is None:
        return
    own = trouble.function.text()
    for other in list_functions(trouble.source):
        for number in range(span_lines(other)[0], span_lines(other)[1] + 1):
            found = _CLOSE.match(trouble.source.lines[number - 1])
            taken = _find_taken(found["value"], other.text()) if found is not None else None
            if found is None or taken is None or "delete(" in other.text():
                continue
            field = taken[0].rpartition(".")[2]
            if not re.search(rf"\.{re.escape(field)}\b", own):
                continue
            yield Fix(
                source=replace_lines(
                    trouble.source, number + 1, number, [f"{found['indent']}delete({taken[0]}, {taken[1]})"]
                ),
                rationale=f"{name_function(other)} closes a channel and leaves it in {taken[0]}, where it is found at "
                f"{trouble.place}; now it is taken out.",
                measures=("all other channels stay", "no log line: who has left gets nothing"),
            )
            return


def _find_taken(value: str, text: str) -> tuple[str, str] | None:
    """Return the map and the key that a channel was taken from."""
    direct = re.fullmatch(r"([\w.]+)\[(\w+)\]", value)
    bound = re.search(rf"\b{re.escape(value)}(?:, \w+)? := ([\w.]+)\[([^\]\n]+)\]", text)
    ranged = re.search(rf"for (\w+), {re.escape(value)} := range ([\w.]+)", text)
    found = direct or bound
    return (found[1], found[2]) if found is not None else (ranged[2], ranged[1]) if ranged is not None else None
