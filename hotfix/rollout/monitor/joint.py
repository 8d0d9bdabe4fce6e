"""Watches by several sources at once: what each saw of one window comes in, one observation goes out.

Requests, errors and durations are those of the first source, so that they are counted alike in all windows; where it
has no durations, those of the next that has. Errors by kind are of all. A version is heard when every source hears it:
whoever asked for two eyes is blind when one is shut. Logs that do not count requests may be silent.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hotfix.rollout.contract import Observation, Side
from hotfix.rollout.monitor.contract import Monitor, Watched


@dataclass(frozen=True, slots=True)
class JointMonitor:
    """Several sources, the one that counts requests first."""

    monitors: tuple[Monitor, ...]

    def begin(self) -> str:
        """Return the marks of all."""
        return json.dumps([monitor.begin() for monitor in self.monitors])

    def observe(self, mark: str, phase: int, begin_s: float, end_s: float) -> Watched:
        """Return what all saw of a window."""
        found = [
            monitor.observe(own, phase, begin_s, end_s)
            for monitor, own in zip(self.monitors, _read_marks(mark, len(self.monitors)), strict=True)
        ]
        return Watched(
            _join([one.observation for one in found]),
            json.dumps([one.mark for one in found]),
            tuple(note for one in found for note in one.notes),
        )


def _read_marks(mark: str, count: int) -> list[str]:
    """Return the marks of the sources; ones that none can read where the text is no mark, which each will tell."""
    try:
        marks = json.loads(mark)
    except ValueError:
        marks = None
    fits = isinstance(marks, list) and len(marks) == count and all(isinstance(one, str) for one in marks)
    return marks if fits else [mark] * count


def _join(seen: Sequence[Observation]) -> Observation:
    counted = seen if seen[0].canary.requests or seen[0].baseline.requests else seen[:1]
    timed = next((one for one in counted if one.canary.latency.count or one.baseline.latency.count), seen[0])
    usual = next((one.usual_requests for one in seen if one.usual_requests is not None), None)
    return replace(
        seen[0],
        canary=_join_sides([one.canary for one in seen], timed.canary),
        baseline=_join_sides([one.baseline for one in seen], timed.baseline),
        fatal=tuple(fatal for one in seen for fatal in one.fatal),
        new_errors=tuple(error for one in seen for error in one.new_errors),
        usual_requests=usual,
    )


def _join_sides(sides: Sequence[Side], timed: Side) -> Side:
    first, heard = sides[0], [side.last_data_s for side in sides]
    return replace(
        first,
        latency=timed.latency,
        bug=max(side.bug for side in sides),
        last_data_s=None if None in heard else min(one for one in heard if one is not None),
    )
