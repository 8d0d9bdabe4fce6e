"""``hotfix rca`` over recorded incidents: whole documents, made of nothing but facts."""

import json
import re
from pathlib import Path

import pytest

from hotfix.learn.lint.blame import find_blame
from hotfix.learn.lint.check import lint_review
from hotfix.learn.lint.contract import FaultKind
from hotfix.learn.lint.outline import read_sections
from tests.documents.checker import check_folder
from tests.documents.ground import read_ground
from tests.learn.commands import run_hotfix

_SAMPLES = Path(__file__).parents[2] / "sample_logs"
_NAMES = ("python-null-after-release", "pool-shrunk-by-config", "disk-full", "poison-message", "blip-recovers")


@pytest.fixture(scope="module", params=_NAMES)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a sample incident with its review."""
    place = tmp_path_factory.mktemp("review")
    assert run_hotfix(place, "analyze", str(_SAMPLES / request.param), "--quiet", "--no-model").returncode == 1
    assert run_hotfix(place, "rca", "last").returncode == 0
    return next((place / ".hotfix" / "incidents").glob("2*"))


def test_every_section_is_filled_or_asked(folder: Path) -> None:
    """The completeness lint finds nothing missing, empty, weak or without source: only questions."""
    found = lint_review((folder / "rca.md").read_text("utf-8"))
    assert {one.kind for one in found} == {FaultKind.OPEN}
    text = (folder / "rca.md").read_text("utf-8").splitlines()
    assert [text[one.line - 1] for one in found if not text[one.line - 1].startswith("OPEN QUESTION (")] == []


def test_nobody_is_blamed(folder: Path) -> None:
    """The blame lint finds nothing in what hotfix writes."""
    sections = read_sections((folder / "rca.md").read_text("utf-8"))
    assert list(find_blame(line for one in sections for line in one.lines)) == []


def test_every_claim_has_its_ground(folder: Path) -> None:
    """Each number, time, name and path stands in the incident's files or follows from them; nothing is left empty."""
    assert [str(one) for one in check_folder(folder, read_ground(folder, None)) if one.document == "rca.md"] == []


def test_external_version_names_nothing_internal(folder: Path) -> None:
    """What customers read holds no service, file, version or host of the report."""
    report = json.loads((folder / "report.json").read_text("utf-8"))
    text = (folder / "rca.md").read_text("utf-8").split("## External version")[1].split("<!--")[0]
    told = text.split("no service, host, version or file.")[1]
    internal = {*report["incident"]["services"], *(one["version"] for one in report["deploys"] if one["version"])}
    assert [name for name in internal if re.search(rf"\b{re.escape(name)}\b", told)] == []
    assert re.findall(r"/\w+|\d+\.\d+\.\d+", told) == []


def test_writing_again_changes_nothing(folder: Path) -> None:
    """From the same facts the document is the same, byte for byte."""
    before = (folder / "rca.md").read_bytes()
    assert run_hotfix(folder.parents[2], "rca", folder.name).returncode == 0
    assert (folder / "rca.md").read_bytes() == before
