"""Patches keep what they do not mean to change: line ends, encodings, modes, indentation."""

import subprocess
from pathlib import Path

import pytest

from hotfix.repair.checkout import open_repository
from hotfix.repair.contract import Candidate
from hotfix.repair.proposal import propose_patch
from tests.repair.analyses import make_analysis
from tests.repair.trees import make_repository, run_git

_TRACE = (
    'Traceback (most recent call last):\n  File "/app/shop/greet.py", line 3, in greet\n    return customer.name\n'
    "AttributeError: 'NoneType' object has no attribute 'name'\n"
)


def _patch(repository: Path, trace: str = _TRACE) -> Candidate:
    with open_repository(repository) as opened:
        best = propose_patch(opened, make_analysis(trace), lambda _phase: None).best
    assert best is not None
    return best.candidate


@pytest.mark.parametrize(
    ("content", "added"),
    [
        (
            b"def greet(customer) -> str | None:\r\n    # one\r\n    return customer.name\r\n",
            b"    if customer is None:\r\n        return None\r\n",
        ),
        (
            b"def greet(customer) -> str | None:\n\t# one\n\treturn customer.name\n",
            b"\tif customer is None:\n\t\treturn None\n",
        ),
        (
            "def greet(customer) -> str | None:\n  # caf\xe9\n  return customer.name".encode("latin-1"),
            b"  if customer is None:\n    return None\n",
        ),
        (
            "def greet(customer) -> str | None:\n    # \U0001f600 é\n    return customer.name\n".encode(),
            b"    if customer is None:\n        return None\n",
        ),
    ],
    ids=["crlf", "tabs", "latin-1, two spaces, no last line end", "wide characters"],
)
def test_guard_is_written_as_the_file_is(tmp_path: Path, content: bytes, added: bytes) -> None:
    """The guard has the file's line ends, encoding and indentation; every other byte stays, also after git apply."""
    repository = make_repository(tmp_path / "repository", {"shop/greet.py": content})
    candidate = _patch(repository)
    subprocess.run(["git", "apply", "-"], cwd=repository, input=candidate.diff, check=True)
    at = content.rindex(b"return") - (len(added) - len(added.lstrip()))
    assert (repository / "shop/greet.py").read_bytes() == content[:at] + added + content[at:]


def test_mode_of_a_script_stays(tmp_path: Path) -> None:
    """A patch of an executable file says so, and applies without changing its mode."""
    repository = make_repository(
        tmp_path / "repository",
        {"shop/greet.py": "def greet(customer) -> str | None:\n    # one\n    return customer.name\n"},
    )
    (repository / "shop/greet.py").chmod(0o755)
    run_git(repository, "commit", "--quiet", "--all", "--message=Make it a script")
    candidate = _patch(repository)
    assert b"100755" in candidate.diff
    assert b"mode" not in candidate.diff
