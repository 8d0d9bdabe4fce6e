"""The stated false-alarm rate is held over hundreds of healthy logs of many kinds."""

from collections import Counter

from hotfix.core.settings import FALSE_ALARM_RATE
from hotfix.signal.changes import find_changes
from tests.signal.healthy import HEALTHY
from tests.signal.incidents import PATHS, describe

_LOGS_PER_KIND = 12


def test_share_of_healthy_logs_with_any_change_is_at_most_the_stated_rate() -> None:
    """Of 252 healthy logs of 21 kinds at most FALSE_ALARM_RATE has a change, and no kind has more than one such log."""
    alarms: Counter[str] = Counter()
    for kind, make in HEALTHY.items():
        for seed in range(_LOGS_PER_KIND):
            records = make(seed).records()
            alarms[kind] += bool(find_changes(records, describe(records), PATHS))
    assert alarms.total() <= FALSE_ALARM_RATE * len(HEALTHY) * _LOGS_PER_KIND
    assert max(alarms.values()) <= 1
