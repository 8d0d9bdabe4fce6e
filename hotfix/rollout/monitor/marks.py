"""Where the watching of logs goes on: written as text that a journal keeps and another process reads."""

import json
from dataclasses import asdict, dataclass

from hotfix.rollout.monitor.counting import Basis
from hotfix.rollout.monitor.follow import Seen
from hotfix.rollout.monitor.history import History
from hotfix.rollout.monitor.window import StreamMark


@dataclass(frozen=True, slots=True)
class LogMark:
    """How far the logs were read, and what they have told so far."""

    streams: tuple[StreamMark, ...]
    history: History
    basis: Basis | None  # what a request is; None while nothing came
    new: tuple[str, ...] = ()  # kinds of errors that came up since the rollout began

    def write(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self), separators=(",", ":"))


def read_log_mark(text: str, streams: int) -> LogMark | None:
    """Return a mark from its text; None where it is no mark of so many streams."""
    try:
        table = json.loads(text)
        history = table["history"]
        mark = LogMark(
            streams=tuple(
                StreamMark(tuple(Seen(**one) for one in stream["seen"]), float(stream["since_s"]))
                for stream in table["streams"]
            ),
            history=History(history["records"], tuple(history["kinds"]), history["usual_per_s"]),
            basis=Basis(table["basis"]) if table["basis"] else None,
            new=tuple(table["new"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
    return mark if len(mark.streams) == streams else None
