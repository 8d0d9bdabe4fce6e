"""What a rollout leaves in the journal of its incident."""

from datetime import UTC, datetime
from pathlib import Path

from hotfix.cli.effort import keep_rollout
from hotfix.learn.events import EventKind, EventSource, read_events
from hotfix.rollout.execute.contract import Kind
from tests.rollout.seen import POLICY
from tests.rollout.virtual import Behaviour, VirtualRollout


def test_confirmed_rollout_mitigated_and_resolved(tmp_path: Path) -> None:
    """Its first phase ends the harm, its end the cause; told once, however often it is asked."""
    rollout = VirtualRollout(tmp_path, POLICY)
    rollout.start()
    keep_rollout(tmp_path)
    keep_rollout(tmp_path)
    mitigated, resolved = read_events(tmp_path).events
    assert (mitigated.kind, resolved.kind) == (EventKind.MITIGATED, EventKind.RESOLVED)
    assert {mitigated.source, resolved.source} == {EventSource.JOURNAL}
    first = next(entry for entry in rollout.heard if entry.state.phase == 1)
    assert mitigated.at == datetime.fromtimestamp(round(first.at_s, 3), UTC)
    assert mitigated.at < resolved.at
    assert mitigated.done
    assert resolved.done


def test_rollout_that_went_back_ended_no_phase(tmp_path: Path) -> None:
    """The attempt is told with its reason."""
    rollout = VirtualRollout(tmp_path, POLICY, Behaviour(errors=0.3))
    rollout.start()
    keep_rollout(tmp_path)
    (tried,) = read_events(tmp_path).events
    assert (tried.kind, tried.done) == (EventKind.MITIGATED, False)
    assert rollout.list_kinds()[-1] is Kind.ROLLED_BACK
    assert tried.text.startswith("rolled back: ")


def test_no_rollout_leaves_nothing(tmp_path: Path) -> None:
    """Going back without a journal is possible, and nothing to tell of."""
    keep_rollout(tmp_path)
    assert read_events(tmp_path).events == ()
