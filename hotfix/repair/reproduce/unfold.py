"""Writes out the frames that a trace of Java leaves away: `... 13 more` are the last 13 of the trace around it."""

import re
from dataclasses import replace

from hotfix.core.facts import Analysis

_MORE = re.compile(r'^\s*\.\.\. (?P<count>\d+) (?:more|common frames omitted)(?=\s*$|")')
_FRAME = re.compile(r"^\s*at \S")
_ESCAPED = "\\n"


def unfold_traces(analysis: Analysis) -> Analysis:
    """Return the analysis with all frames of each cause in its evidence: a test may begin from any of them."""
    return replace(
        analysis, evidence=tuple(replace(one, excerpt=unfold_frames(one.excerpt)) for one in analysis.evidence)
    )


def unfold_frames(text: str) -> str:
    """Return the text of a record with all frames of each cause; a trace inside a JSON value stays in it.

    Where the trace around was cut off, and has fewer frames than are left away, nothing is written.
    """
    end = _ESCAPED if _ESCAPED in text and "\n" not in text.strip() else "\n"
    rows: list[str] = []
    around: list[str] = []
    frames: list[str] = []
    for row in text.split(end):
        plain = row.replace("\\t", "\t") if end == _ESCAPED else row
        more = _MORE.match(plain)
        if _FRAME.match(plain):
            frames.append(row)
        elif more and 0 < int(more["count"]) <= len(around):
            shared = around[-int(more["count"]) :]
            frames.extend(shared)
            rows.extend(shared)
            rows[-1] += plain[more.end() :]
            continue
        elif frames:
            around, frames = frames, []
        rows.append(row)
    return end.join(rows)
