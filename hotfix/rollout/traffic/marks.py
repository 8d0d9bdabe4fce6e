"""Where counters stood: written as text that a journal keeps and another process reads."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from hotfix.rollout.traffic.contract import TrafficError


@dataclass(frozen=True, slots=True)
class Mark:
    """Running totals, and whose they are: totals of another source cannot be taken from each other."""

    source: str
    totals: Mapping[str, int]

    def write(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps({"source": self.source, "totals": dict(self.totals)})


def read_mark(text: str) -> Mark:
    """Return a mark from its text.

    Raises:
        TrafficError: the text is none.
    """
    try:
        table = json.loads(text)
        return Mark(str(table["source"]), {str(name): int(total) for name, total in table["totals"].items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise TrafficError(f"expected a mark of counters, found {text!r:.80}") from None
