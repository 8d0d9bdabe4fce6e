"""Small broken programs, run for real: each fails with a trace, is patched by a fixer, and passes a withheld check.

Where nothing in the code says what is meant, no patch is offered, and the decision says why.
"""

from pathlib import Path

import pytest

from hotfix.repair.contract import Choice
from tests.repair.running import Program, check_patch, fail_program, mend_program, read_program

_PROGRAMS = [read_program(path) for path in sorted((Path(__file__).parent / "programs").glob("*.toml"))]


_MENDED = [program for program in _PROGRAMS if not program.guess]


@pytest.mark.parametrize("program", _MENDED, ids=lambda program: program.name)
def test_program_is_mended(program: Program, tmp_path: Path) -> None:
    """A fixer's patch passes every gate and the program's withheld check; what only stops the harm says so."""
    repository, trace = fail_program(program, tmp_path)
    best = mend_program(program, repository, trace).best
    assert best is not None
    checked = check_patch(program, repository, best.candidate)
    assert (checked.returncode, best.candidate.mitigation) == (0, program.mitigation), checked.stderr


@pytest.mark.parametrize("program", [one for one in _PROGRAMS if one.guess], ids=lambda program: program.name)
def test_nothing_is_made_up(program: Program, tmp_path: Path) -> None:
    """What a patch would make up is refused by its gate, and the decision is to act without one, with the reason."""
    repository, trace = fail_program(program, tmp_path)
    proposal = mend_program(program, repository, trace)
    refusals = [gate.gate for one in proposal.judged for gate in one.gates if not gate.passed]
    assert proposal.best is None
    assert set(refusals) == {"founded"}
    assert proposal.decision.choice is Choice.CONFIG
    assert "nothing in the code says" in proposal.decision.reason
