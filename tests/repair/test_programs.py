"""Small broken programs, run for real: each fails with a trace, is patched by a fixer, and passes a withheld check."""

from pathlib import Path

import pytest

from tests.repair.running import Program, check_patch, fail_program, mend_program, read_program

_PROGRAMS = [read_program(path) for path in sorted((Path(__file__).parent / "programs").glob("*.toml"))]


@pytest.mark.parametrize("program", _PROGRAMS, ids=lambda program: program.name)
def test_program_is_mended(program: Program, tmp_path: Path) -> None:
    """A fixer's patch passes every gate and the program's withheld check; what only stops the harm says so."""
    repository, trace = fail_program(program, tmp_path)
    best = mend_program(program, repository, trace).best
    assert best is not None
    checked = check_patch(program, repository, best.candidate)
    assert (checked.returncode, best.candidate.mitigation) == (0, program.mitigation), checked.stderr
