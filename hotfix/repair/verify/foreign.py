"""What is said of a patch that passed no gates: a hidden error is not mended, and an edited test proves nothing."""

from collections.abc import Sequence
from dataclasses import replace

from hotfix.repair.contract import Candidate, Repository
from hotfix.repair.gates.case import Case
from hotfix.repair.gates.content import swallows_nothing
from hotfix.repair.verify.contract import Category, CategoryResult, Status
from hotfix.repair.verify.workbench import Workbench


def note_foreign(bench: Workbench, repository: Repository, results: Sequence[CategoryResult]) -> list[CategoryResult]:
    """Return the answers for a foreign patch: what passed is noted where the patch hides errors or changes tests."""
    hidden = swallows_nothing(Case(repository, _read_candidate(bench), (), {}))
    said = {}
    if hidden:
        said[Category.FIX] = f"{hidden}."
    if bench.restored:
        said[Category.REGRESSION] = "What the patch makes of the tests that it changes counts for nothing."
    return [_note(one, said[one.category]) if one.category in said else one for one in results]


def _note(one: CategoryResult, why: str) -> CategoryResult:
    status = Status.NOTED if one.status is Status.PASSED else one.status
    return replace(one, status=status, notes=(*one.notes, why))


def _read_candidate(bench: Workbench) -> Candidate:
    return Candidate("given", "", bench.list_edits(), bench.diff, (), "", (), mitigation=False)
