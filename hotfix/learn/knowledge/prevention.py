"""What was to be done after similar incidents and is not: would one of these actions have prevented the new one?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.facts import Comparison
from hotfix.learn.actions import Action, Standing, read_actions


@dataclass(frozen=True, slots=True)
class OpenAction:
    """An action that nobody has done or declined, and the incident after which it was proposed."""

    incident: str  # id
    action: Action


def find_open_actions(root: Path, found: Comparison) -> tuple[OpenAction, ...]:
    """Return the open actions of the incidents that were found, in their folders below `root`; most alike first.

    Raises:
        InputError: the actions of one cannot be read.
    """
    return tuple(list_open((one.incident, read_actions(root / one.incident)) for one in found.similar))


def list_open(actions: Iterable[tuple[str, Iterable[Action]]]) -> Iterator[OpenAction]:
    """Yield those that are open of the actions of several incidents, given with their ids."""
    return (
        OpenAction(incident, action)
        for incident, proposed in actions
        for action in proposed
        if action.standing is Standing.OPEN
    )
