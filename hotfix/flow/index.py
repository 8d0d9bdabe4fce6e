"""Gathers what the index of an incident folder tells, and has it written: a folder and outcomes in."""

from collections.abc import Sequence
from pathlib import Path

from hotfix.flow.contract import Outcome, StepName, StepStatus
from hotfix.flow.now import tell_time
from hotfix.flow.places import say_run_command
from hotfix.flow.unknown import list_unknown
from hotfix.learn.state import read_state
from hotfix.report.incidentfolders import REPORT
from hotfix.report.jsonread import read_report
from hotfix.report.trail import Stage, Trail, write_index

_NOT_YET = "not yet"


def write_trail(folder: Path, outcomes: Sequence[Outcome]) -> Path:
    """Write the index of a folder; `outcomes` are those of the steps that were come to.

    Raises:
        InputError: a document cannot be read.
        UsageError: the folder cannot be written.
    """
    analysis = read_report(folder / REPORT)
    known = {one.name: one for one in outcomes}
    to_do = [one for one in StepName if one not in known or _has_failed(known[one])]
    return write_index(
        Trail(
            analysis=analysis,
            state=read_state(folder, tell_time()),
            stages=tuple(_tell(step, known.get(step)) for step in StepName),
            unknown=list_unknown(analysis, folder),
            command=say_run_command(folder, deploys=_has_failed(known.get(StepName.DEPLOY))) if to_do else None,
        )
    )


def _has_failed(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.status is StepStatus.FAILED


def _tell(step: StepName, outcome: Outcome | None) -> Stage:
    if outcome is None:
        return Stage(step, _NOT_YET, "it was not come to", None)
    return Stage(step, outcome.status, outcome.sentence, outcome.document.name if outcome.document else None)
