"""Wrong patches, planted on purpose, are each refused by the gate that should; the right one passes them all."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hotfix.repair.checkout import list_files, open_repository, read_file
from hotfix.repair.contract import Candidate, Edit, Repository, SourceFrame
from hotfix.repair.gates import judge_candidate
from hotfix.repair.propose.candidates import Draft, build_candidate
from hotfix.repair.source import Source
from tests.repair.trees import make_repository

_CODE = '''import logging

log = logging.getLogger("shop")


def greet(customer):
    """Greets."""
    name = customer.name
    log.info("greeting %s", name)
    return "Dear " + name


def part(customer):
    """Says goodbye."""
    return "Bye " + customer.name
'''
_TEST = "from shop import greet\n\n\ndef test_none():\n    assert greet(None) is None\n"
_FRAME = SourceFrame(
    "E1", "shop.py", 8, "greet", 6, 10, "AttributeError", "'NoneType' object has no attribute 'name'", 0
)
_GUARD = "    if customer is None:\n        return None\n    name = customer.name\n"


def _mend(text: str) -> str:
    return _CODE.replace("    name = customer.name\n", text)


def _swallow() -> dict[str, str]:
    return {"shop.py": _mend("    try:\n        name = customer.name\n    except Exception:\n        return None\n")}


def _edit_the_test() -> dict[str, str]:
    return {"shop.py": _mend(_GUARD), "tests/test_shop.py": _TEST.replace("is None", "or True")}


def _delete_the_feature() -> dict[str, str]:
    return {
        "shop.py": _CODE.replace(_CODE[_CODE.index('    """Greets') : _CODE.index("def part")], "    return None\n\n\n")
    }


def _drop_a_function() -> dict[str, str]:
    return {"shop.py": _mend(_GUARD).replace(_CODE[_CODE.index("def part") :], "")}


def _rewrite_the_file() -> dict[str, str]:
    return {"shop.py": _mend(_GUARD) + "".join(f"\n# line {number} of a rewrite\n" for number in range(20))}


def _break_the_syntax() -> dict[str, str]:
    return {"shop.py": _mend("    if customer is None\n        return None\n    name = customer.name\n")}


def _change_the_signature() -> dict[str, str]:
    return {"shop.py": _mend(_GUARD).replace("def greet(customer)", "def greet(customer, strict=False)")}


def _import_something() -> dict[str, str]:
    return {"shop.py": _mend(_GUARD).replace("import logging\n", "import logging\nimport requests\n")}


def _call_the_network() -> dict[str, str]:
    return {"shop.py": _mend(_GUARD.replace("return None", 'return urlopen("http://names/").read()'))}


def _mend_elsewhere() -> dict[str, str]:
    return {"shop.py": _CODE.replace('return "Bye " + customer.name', 'return "Bye " + (customer.name or "")')}


def _leave_out() -> dict[str, str]:
    return {"shop.py": _mend("    # ... existing code ...\n    name = customer.name if customer else None\n")}


_WRONG: dict[Callable[[], dict[str, str]], str] = {
    _swallow: "no swallowed error",
    _edit_the_test: "tests untouched",
    _delete_the_feature: "feature kept",
    _drop_a_function: "signatures",
    _rewrite_the_file: "small",
    _break_the_syntax: "parses",
    _change_the_signature: "signatures",
    _import_something: "nothing foreign",
    _call_the_network: "nothing foreign",
    _mend_elsewhere: "in place",
    _leave_out: "whole",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a repository with a program and its test."""
    return make_repository(tmp_path / "repository", {"shop.py": _CODE, "tests/test_shop.py": _TEST})


def _propose(repository: Repository, files: dict[str, str]) -> Candidate:
    edits = tuple(Edit(path, read_file(repository, path), text.encode()) for path, text in files.items())
    return build_candidate(repository, Draft("fixer:planted", edits, "planted", ()))


def _find_refusing(folder: Path, change: Callable[[Candidate], Candidate], files: dict[str, str]) -> set[str]:
    with open_repository(folder) as repository:
        candidate = change(_propose(repository, files))
        sources = {path: Source(path, read_file(repository, path) or b"") for path in list_files(repository)}
        judged = judge_candidate(repository, candidate, (_FRAME,), sources)
    return {gate.gate for gate in judged.gates if not gate.passed}


@pytest.mark.parametrize("plant", _WRONG, ids=lambda plant: plant.__name__.strip("_"))
def test_planted_patch_is_refused(folder: Path, plant: Callable[[], dict[str, str]]) -> None:
    """The gate that is made for a kind of wrong patch refuses it."""
    assert _WRONG[plant] in _find_refusing(folder, lambda one: one, plant())


def test_guard_at_the_failing_line_passes_every_gate(folder: Path) -> None:
    """The smallest right patch is refused by nothing."""
    assert _find_refusing(folder, lambda one: one, {"shop.py": _mend(_GUARD)}) == set()


def test_what_is_made_up_is_refused(folder: Path) -> None:
    """A patch that nothing in the code speaks for is refused, and the gate says what is not known."""
    guess = "what greet gives then"
    refusing = _find_refusing(folder, lambda one: replace(one, guess=guess), {"shop.py": _mend(_GUARD)})
    assert refusing == {"founded"}


def test_diff_that_does_not_apply_is_refused(folder: Path) -> None:
    """A diff against other lines than those of the commit is refused."""

    def spoil(one: Candidate) -> Candidate:
        diff = one.diff.replace(b"name = customer.name", b"name = customer.nick")
        return replace(one, diff=diff)

    assert _find_refusing(folder, spoil, {"shop.py": _mend(_GUARD)}) == {"applies and reverses"}
