"""A model rewrites the function that failed: what is no such function is dropped, and the gates judge the rest."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from hotfix.model.admission import admit_file
from hotfix.model.contract import Engine, ModelError
from hotfix.model.engine import LlamaEngine, Setting
from hotfix.repair.checkout import open_repository
from hotfix.repair.contract import Proposal
from hotfix.repair.proposal import Means, propose_patch
from tests.model.tableengine import TableEngine
from tests.model.tiny import write_tiny
from tests.repair.analyses import make_analysis
from tests.repair.trees import make_repository

_CODE = (
    "import queue\n\n\nclass Shop:\n    def greet(self, customer):\n        # polite\n"
    '        name = self.find(customer).name\n        self.last = name\n        return "Dear " + name\n\n'
    "    def find(self, key):\n"
    "        return None\n"
)
_TRACE = (
    'Traceback (most recent call last):\n  File "/app/shop.py", line 7, in greet\n'
    "    name = self.find(customer).name\nAttributeError: 'NoneType' object has no attribute 'name'\n"
)
_GOOD = (
    'def greet(self, customer):\n    found = self.find(customer)\n    name = found.name if found else "customer"\n'
    '    self.last = name\n    return "Dear " + name\n'
)
_SAME_TREE = _GOOD.replace("    found =", "    # looks first\n    found  =")
_TABS = _GOOD.replace("    ", "\t")
_OTHER = _GOOD.replace('"customer"', '"guest"')


def _say(code: str) -> Mapping[str, object]:
    return {"text": f"```python\n{code}```"}


def _propose(folder: Path, engine: Engine | None, code: str = _CODE) -> Proposal:
    repository = make_repository(folder / "repository", {"shop.py": code, "tests/test_shop.py": "def test(): pass\n"})
    with open_repository(repository) as opened:
        return propose_patch(opened, make_analysis(_TRACE), lambda _phase: None, Means(engine, "none is set up"))


def _list_written(proposal: Proposal) -> list[str]:
    """Return the file after each candidate that passed its gates, best first."""
    return [(one.candidate.edits[0].after or b"").decode() for one in proposal.judged if one.passed]


def _put(code: str) -> str:
    body = "".join(f"    {line}\n" for line in code.splitlines())
    return _CODE[: _CODE.index("    def greet")] + body + _CODE[_CODE.index("\n    def find") :]


def test_each_way_of_writing_is_one_candidate(tmp_path: Path) -> None:
    """Four samples by four seeds; comments and layout make no difference, and the most frequent comes first."""
    engine = TableEngine([_say(_OTHER), _say(_GOOD), _say(_SAME_TREE), _say(_TABS)])
    proposal = _propose(tmp_path, engine)
    assert _list_written(proposal) == [_put(_GOOD), _put(_OTHER)]
    assert [one.candidate.rung for one in proposal.judged] == ["model:table", "model:table"]
    assert len({sampling.seed for _, sampling in engine.asked}) == 4


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I cannot help with that.", "expected one fenced block of code, found none"),
        ("```python\ndef other(self):\n    pass\n```", "expected the function greet and nothing else"),
        (f"```python\n{_GOOD}\n\ndef more():\n    pass\n```", "expected the function greet and nothing else"),
        (f"```python\nimport os\n{_GOOD}```", "expected the function greet and nothing else"),
        ("```python\ndef greet(self, customer, strict=False):\n    return strict\n```", "expected the signature"),
        ("```python\ndef greet(self, customer:\n```", "expected a function that parses"),
        ("--- a/tests/test_shop.py\n+++ b/tests/test_shop.py\n", "expected one fenced block of code, found none"),
    ],
    ids=["words", "another function", "one function more", "an import", "a parameter more", "no code", "a diff"],
)
def test_what_is_not_the_function_is_dropped_and_told(tmp_path: Path, said: str, told: str) -> None:
    """No file and no place can be named: an answer is the function that was shown, or nothing."""
    proposal = _propose(tmp_path, TableEngine([{"text": said}] * 4))
    assert proposal.judged == ()
    assert any("in 4 of 4 tries" in one and told in one for one in proposal.skipped)


@pytest.mark.parametrize(
    ("code", "gate"),
    [
        ('def greet(self, customer):\n    return "Dear"\n', "feature kept"),
        (
            (
                "def greet(self, customer):\n    try:\n        name = self.find(customer).name\n"
                '    except AttributeError:\n        return None\n    self.last = name\n    return "Dear " + name\n'
            ),
            "no swallowed error",
        ),
        (_GOOD.replace("    found =", "    # ... existing code ...\n    found ="), "whole"),
        (_GOOD.replace('"customer"', 'urlopen("http://names")'), "nothing foreign"),
    ],
    ids=["a feature less", "a swallowed error", "a gap", "a call over the network"],
)
def test_gates_judge_a_model_as_anyone_else(tmp_path: Path, code: str, gate: str) -> None:
    """What a fixer may not do, a model may not do either."""
    judged = _propose(tmp_path, TableEngine([_say(code)] * 4)).judged
    assert gate in {one.gate for one in judged[0].gates if not one.passed}


def test_failing_engine_leaves_the_reason(tmp_path: Path) -> None:
    """A worker that ends, or no budget, is a sentence of the report; what other seeds gave is kept."""
    engine = TableEngine([ModelError("the worker ended"), _say(_GOOD), ModelError("the worker ended"), _say(_GOOD)])
    proposal = _propose(tmp_path, engine)
    assert _list_written(proposal) == [_put(_GOOD)]
    assert "The model table gave no function in 2 of 4 tries: the worker ended." in proposal.skipped


def test_no_model_is_asked_where_a_fixer_mends(tmp_path: Path) -> None:
    """Minutes of a model are not spent where code found a fix; without a model that is told."""
    said = '"""Return what to say, or None."""'
    code = _CODE.replace("self.find(customer).name", "customer.name").replace("# polite", said)
    engine = TableEngine([])
    assert "No model was asked: a fix was found without one." in _propose(tmp_path / "a", engine, code).skipped
    assert engine.prompts == []
    assert "No model was asked: none is set up." in _propose(tmp_path / "b", None).skipped


def test_line_ends_of_the_file_stay(tmp_path: Path) -> None:
    """A file with CRLF and without a last line end keeps both."""
    code = _CODE.replace("\n", "\r\n").removesuffix("\r\n")
    proposal = _propose(tmp_path, TableEngine([_say(_GOOD)] * 4), code)
    assert _list_written(proposal) == [_put(_GOOD).replace("\n", "\r\n").removesuffix("\r\n")]


def test_real_model_that_knows_nothing_falls_away(tmp_path: Path) -> None:
    """Random weights through llama.cpp give no function; the report says so, and nothing else happens."""
    engine = LlamaEngine("tiny", admit_file(write_tiny(tmp_path / "tiny.gguf")), Setting())
    try:
        proposal = _propose(tmp_path, engine)
    finally:
        engine.close()
    assert (proposal.judged, engine.spent.calls) == ((), 4)
    assert any(one.startswith("The model tiny gave no function in 4 of 4 tries") for one in proposal.skipped)
