"""The documents of recorded incidents: whole, without placeholders or dead links, and every claim has its ground.

Three incidents are checked here; `benchmarks/documents.py` checks ten.
"""

import pytest

from tests.documents.building import NOTE, Built
from tests.documents.conftest import BY_RUN, BY_STEPS, NAMES
from tests.documents.sections import ASKED

pytestmark = pytest.mark.timeout(900)
"""The first test waits for the documents of three incidents."""


@pytest.mark.parametrize("name", NAMES)
def test_documents_have_no_flaw(built: dict[str, Built], name: str) -> None:
    """Every section is filled or says what is not known; each number, time, name and path has its ground."""
    assert [str(one) for one in built[name].find_flaws()] == []


def test_every_document_is_there(built: dict[str, Built]) -> None:
    """Where a patch is found all five are written; where none is there is nothing to test. A run has its index."""
    written = {name: {path.name for path in one.folder.glob("*.md")} for name, one in built.items()}
    assert [written[name] for name in BY_STEPS] == [set(ASKED)] * len(BY_STEPS)
    assert written[BY_RUN] == set(ASKED) - {"test-report.md"} | {"index.md"}


def test_note_of_the_operator_stands_in_the_review(built: dict[str, Built]) -> None:
    """What an operator noted down is told in the timeline, with the name in it."""
    texts = [(one.folder / "rca.md").read_text("utf-8") for one in built.values()]
    assert [NOTE in text for text in texts] == [True] * len(texts)


def test_patch_document_without_a_patch_promises_none(built: dict[str, Built]) -> None:
    """Where no candidate passed, no sentence speaks of a patch below, and every section says that there is none."""
    text = (built[BY_RUN].folder / "patch.md").read_text("utf-8")
    assert ("patch below" in text, text.count("there is no patch"), "git apply" in text) == (False, 4, False)
