"""The novelty of templates around an onset."""

from datetime import timedelta

import numpy as np
import polars as pl

from hotfix.core.facts import Novelty
from hotfix.core.schema import TIME
from hotfix.signal.changes import judge_novelty
from tests.signal.incidents import START, Log, describe

_ONSET = START + timedelta(seconds=300)


def _log() -> Log:
    log = Log(1, 600)
    log.serve(log.spread(20))
    log.write(np.array([420.0]), "came once", "error").write(np.array([299.0, 310.0]), "came with it")
    log.write(log.rng.uniform(0, 250, 100), "went away").write(np.array([20.0]), "banner")
    log.write(log.rng.uniform(0, 300, 20), "rose").write(log.rng.uniform(300, 600, 200), "rose")
    return log.write(log.rng.uniform(0, 600, 50), "stayed")


def test_each_template_is_judged_by_its_records_before_and_after() -> None:
    """New is what never came before, vanished what should have come again, changed what comes at another rate."""
    records = _log().records()
    novelty = judge_novelty(records, describe(records), _ONSET)
    names = ("came once", "came with it", "went away", "banner", "rose", "stayed", "handled")
    assert [novelty[name] for name in names] == [
        Novelty.NEW,
        Novelty.NEW,
        Novelty.VANISHED,
        Novelty.STEADY,
        Novelty.CHANGED,
        Novelty.STEADY,
        Novelty.STEADY,
    ]


def test_without_an_onset_everything_is_steady() -> None:
    """No onset, or one at the very beginning, leaves nothing to compare with."""
    records = _log().records()
    templates = describe(records)
    steady = dict.fromkeys(templates["template_id"], Novelty.STEADY)
    assert judge_novelty(records, templates, None) == steady
    assert judge_novelty(records, templates, START) == steady


def test_surge_of_traffic_changes_no_message() -> None:
    """Ten times the traffic after the onset makes no message new or changed."""
    log = Log(2, 600)
    log.serve(log.spread(40, lambda share: np.where(share > 0.5, 1.0, 0.1)), 0.02)
    records = log.records()
    assert set(judge_novelty(records, describe(records), _ONSET).values()) == {Novelty.STEADY}


def test_every_template_gets_an_answer_even_without_times() -> None:
    """Templates whose records have no time are steady."""
    records = _log().records().with_columns(pl.lit(None, dtype=TIME).alias("time"))
    templates = describe(records)
    assert judge_novelty(records, templates, _ONSET) == dict.fromkeys(templates["template_id"], Novelty.STEADY)
