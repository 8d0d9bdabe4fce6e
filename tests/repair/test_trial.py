"""Candidates are tried before one is chosen: they must compile where the base does, and the error must be gone."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from hotfix.repair.checkout import open_repository, read_file
from hotfix.repair.contract import COMPILES, ERROR_GONE, Edit, Judged
from hotfix.repair.gates import judge_candidate
from hotfix.repair.locate import locate
from hotfix.repair.propose.candidates import Draft, build_candidate
from hotfix.repair.sandbox.contract import Confinement, Kind
from hotfix.repair.trial import try_candidates, trying
from tests.repair.analyses import make_analysis
from tests.repair.trees import make_repository, take_prints

_CODE = """def greet(customer):
    # one
    return customer.name
"""
_TRACE = (
    'Traceback (most recent call last):\n  File "/app/shop/greet.py", line 3, in greet\n    return customer.name\n'
    "AttributeError: 'NoneType' object has no attribute 'name'\n"
)
_GUARDED = _CODE.replace("    # one\n", "    if customer is None:\n        return None\n")
_USELESS = _CODE.replace("    # one\n", "    if not greet:\n        return None\n")


def _try(folder: Path, files: Mapping[str, str], changes: list[Mapping[str, str]], trace: str) -> tuple[Judged, ...]:
    """Return what is seen of changes that passed the other gates; the repository stays as it is."""
    analysis = make_analysis(trace)
    made = make_repository(folder / "repository", files)
    before = take_prints(made)
    with open_repository(made) as repository:
        located = locate(repository, analysis)
        judged = []
        for change in changes:
            edits = tuple(Edit(path, read_file(repository, path), text.encode()) for path, text in change.items())
            candidate = build_candidate(repository, Draft("fixer:made", edits, "made", ()))
            judged.append(judge_candidate(repository, candidate, located.frames, located.sources))
        assert all(one.passed for one in judged)
        found = try_candidates(repository, analysis, located, judged)
    assert take_prints(made) == before
    return found


def _say(judged: Judged, gate: str) -> tuple[bool, bool, str]:
    return next((one.passed, one.checked, one.detail) for one in judged.gates if one.gate == gate)


def test_error_must_be_gone(tmp_path: Path) -> None:
    """A candidate with which the reproduction fails again is refused for that; one with which it passes is proven."""
    useless, guarded = _try(
        tmp_path, {"shop/greet.py": _CODE}, [{"shop/greet.py": _USELESS}, {"shop/greet.py": _GUARDED}], _TRACE
    )
    passed, checked, said = _say(useless, ERROR_GONE)
    assert (passed, checked, useless.proven) == (False, True, False)
    assert said.startswith("The error is still there with the patch: AttributeError at shop/greet.py:")
    assert (guarded.passed, guarded.proven) == (True, True)
    assert _say(guarded, COMPILES) == (True, True, "the changed file was loaded and run")


def test_project_does_not_run_unconfined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a sandbox no code of the project runs: that is told and refuses nothing; compilers still read it."""
    bare = Confinement(Kind.NONE, "Unconfined, for the test.")
    monkeypatch.setattr(trying, "find_confinement", lambda: bare)
    (useless,) = _try(tmp_path, {"shop/greet.py": _CODE}, [{"shop/greet.py": _USELESS}], _TRACE)
    said = "not checked: code of the project runs in a sandbox only. Unconfined, for the test."
    assert _say(useless, ERROR_GONE) == (True, False, said)
    assert _say(useless, COMPILES) == (True, True, "python3 takes it")


_JAVA = "package shop;\n\nclass Cart {\n    int total(Integer count) {\n        return count + 1;\n    }\n}\n"
_GO = "package shop\n\nfunc Total(count *int) int {\n\treturn *count + 1\n}\n"
_JS = "function total(cart) {\n  return cart.count + 1;\n}\nmodule.exports = { total };\n"
_BROKEN = {
    "java": (
        {"src/main/java/shop/Cart.java": _JAVA},
        "src/main/java/shop/Cart.java",
        ("return count", "if (count == null) {\n            return null;\n        }\n        return count"),
        "java.lang.IllegalStateException: closed\n\tat shop.Cart.total(Cart.java:5)\n",
        "javac refuses it: src/main/java/shop/Cart.java:6: error: incompatible types",
    ),
    "go": (
        {"go.mod": "module example.org/shop\n", "shop.go": _GO},
        "shop.go",
        ("\treturn *count", '\tif count == nil {\n\t\treturn ""\n\t}\n\treturn *count'),
        "panic: closed\n\ngoroutine 1 [running]:\nexample.org/shop.Total(...)\n\t/src/shop/shop.go:4 +0x1\n",
        "go refuses it: ./shop.go:5:10: cannot use",
    ),
    "javascript": (
        {"cart.js": _JS},
        "cart.js",
        ("  return cart", "  const cart = cart ?? {};\n  return cart"),
        "Error: closed\n    at total (/app/cart.js:2:15)\n",
        "node refuses it: SyntaxError: Identifier 'cart' has already been declared",
    ),
    "python": (
        {"shop/greet.py": _CODE},
        "shop/greet.py",
        ("    # one\n", "    if customer is None:\n        break\n"),
        _TRACE.replace("AttributeError: 'NoneType' object has no attribute 'name'", "RuntimeError: closed"),
        "python3 refuses it: SyntaxError: 'break' outside loop",
    ),
}


@pytest.mark.parametrize("language", _BROKEN)
def test_what_does_not_compile_is_refused(tmp_path: Path, language: str) -> None:
    """What parses and does not compile is refused with the compiler's word, where the base compiles."""
    files, path, (old, new), trace, message = _BROKEN[language]
    (judged,) = _try(tmp_path, files, [{path: files[path].replace(old, new)}], trace)
    passed, checked, said = _say(judged, COMPILES)
    assert (passed, checked) == (False, True)
    assert said.startswith(message)


def test_what_cannot_be_compiled_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the toolchain, and where the base does not compile either, nothing is refused and the report says so."""
    files, path, (old, new), trace, _ = _BROKEN["java"]
    foreign = {path: files[path].replace("class Cart", "class Cart extends org.example.Missing")}
    (judged,) = _try(tmp_path / "one", foreign, [{path: foreign[path].replace(old, new)}], trace)
    said = "not checked: javac does not take the base here either (exit code 1)"
    assert _say(judged, COMPILES) == (True, False, said)
    monkeypatch.setattr("hotfix.repair.trial.compiling.shutil.which", lambda _name: None)
    (judged,) = _try(tmp_path / "two", files, [{path: files[path].replace(old, new)}], trace)
    assert _say(judged, COMPILES) == (True, False, "not checked: javac is not at hand")
