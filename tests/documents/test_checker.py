"""The checker of documents: what is planted in real documents is found, kind by kind."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.documents.building import Built
from tests.documents.checker import check_text
from tests.documents.flaws import FlawKind
from tests.documents.planting import (
    Planted,
    plant_exceptions,
    plant_numbers,
    plant_paths,
    plant_service,
    plant_times,
    plant_versions,
)

pytestmark = pytest.mark.timeout(900)
"""The first test waits for the documents of three incidents."""

_DIGITS = 3
"""A false number of so many digits rarely happens to be a true one of the same incident."""


@pytest.fixture(scope="session")
def real(built: dict[str, Built]) -> Built:
    """Return the documents in which falsehoods are planted."""
    return built["python-null-after-release"]


def _find(real: Built, plant: Callable[[str], Planted]) -> list[tuple[str, bool]]:
    """Return each lie that was planted in all documents, and whether it was found on its line."""
    outcome = list[tuple[str, bool]]()
    for path in sorted(real.folder.glob("*.md")):
        planted = plant(path.read_text("utf-8"))
        found = [(one.line, one.said) for one in check_text(path, planted.text, real.ground)]
        outcome += [(lie, any(line == at and lie in said for at, said in found)) for line, lie in planted.lies]
    return outcome


@pytest.mark.parametrize(
    "plant",
    [plant_times, plant_versions, plant_exceptions, plant_paths, lambda text: plant_service(text, "orders", "quaints")],
    ids=["times", "versions", "exceptions", "paths", "services"],
)
def test_every_false_time_name_and_path_is_found(real: Built, plant: Callable[[str], Planted]) -> None:
    """Moved times, other versions, renamed exceptions, files and services are all seen."""
    outcome = _find(real, plant)
    assert (len(outcome) >= 10, [lie for lie, found in outcome if not found]) == (True, [])


def test_most_false_numbers_are_found(real: Built) -> None:
    """Of numbers with one digit changed three of four are seen, of long ones more; a small one may be true."""
    outcome = _find(real, plant_numbers)
    long = [found for lie, found in outcome if sum(sign.isdigit() for sign in lie) >= _DIGITS]
    assert (len(outcome) > 200, sum(found for _, found in outcome) / len(outcome) >= 0.75) == (True, True)
    assert (len(long) > 40, sum(long) / len(long) >= 0.85) == (True, True)


@pytest.mark.parametrize(
    ("line", "kind", "said"),
    [
        ("Petra Novotny merged it.", FlawKind.NAME, "Novotny"),
        ("It ran on db-9.quaint.example.", FlawKind.NAME, "db-9.quaint.example"),
        ("E77 shows it.", FlawKind.NAME, "E77"),
        ("See [the run](gone.md).", FlawKind.LINK, "gone.md"),
        ("See [above](#no-such-heading).", FlawKind.LINK, "#no-such-heading"),
        ("See [the web](https://example.com/).", FlawKind.LINK, "https://example.com/"),
        ("TODO: the cause.", FlawKind.PLACEHOLDER, "TODO"),
        ("{{ incident.id }}", FlawKind.PLACEHOLDER, "{{"),
        ("It is due on \\<date\\>.", FlawKind.PLACEHOLDER, "<date>"),
        ("N/A", FlawKind.PLACEHOLDER, "N/A"),
        ("| Point | Answer |\n|---|---|\n| tested |  |", FlawKind.SECTION, "(empty cell)"),
        ("## Lessons from it\n\n## Next", FlawKind.SECTION, "Lessons from it"),
        ("It took 6,173 min.", FlawKind.NUMBER, "6,173 min"),
        ("98.7% of the hosts failed.", FlawKind.NUMBER, "98.7%"),
        ("On 2031-03-04 it was seen.", FlawKind.TIME, "2031-03-04"),
        ("See /srv/quaint/app.py:12 for it.", FlawKind.PATH, "/srv/quaint/app.py:12"),
    ],
)
def test_one_planted_fault_is_found(real: Built, line: str, kind: FlawKind, said: str) -> None:
    """A sentence put into a real document is told by its kind and its words, and nothing else is."""
    path = real.folder / "diagnosis.md"
    text = f"{path.read_text('utf-8')}\n\n{line}\n\nThe logs end.\n"
    assert (kind, said) in {(one.kind, one.said) for one in check_text(path, text, real.ground)}


@pytest.mark.parametrize(
    "line", ["See [the patch](patch.md).", "See [there](patch.md#the-change).", "[Here](#impact)."]
)
def test_link_that_leads_somewhere_is_none(real: Built, line: str) -> None:
    """Files beside the document, their headings, and its own headings are reached."""
    path = real.folder / "diagnosis.md"
    assert [
        one for one in check_text(path, f"{path.read_text('utf-8')}\n\n{line}\n", real.ground) if one.kind == "link"
    ] == []


def test_section_that_is_taken_out_is_missed(real: Built) -> None:
    """A section that is asked for and not there is told by its title."""
    path = real.folder / "rca.md"
    text = path.read_text("utf-8").replace("## Lessons", "## Odds")
    assert [one.said for one in check_text(path, text, real.ground) if one.kind is FlawKind.SECTION] == ["lessons"]


def test_evidence_that_quotes_another_number_is_told(real: Built) -> None:
    """A sentence of the report with another number in it is a misquote, even where that number is true elsewhere."""
    path, quote = real.folder / "diagnosis.md", next(one for one in real.ground.quotes if " 73 times since " in one)
    text = f"# Diagnosis report\n\n{quote.replace(' 73 times', ' 2 times')}\n"
    assert "2" in {one.said for one in check_text(Path(path), text, real.ground) if one.kind is FlawKind.NUMBER}
