"""``hotfix rca`` over recorded incidents: whole documents, made of nothing but facts."""

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from hotfix.core.settings import CONFIDENCE_TO_ACT, RECOVERY_SHARE, TOTAL_TARGET_MIN
from hotfix.core.text import format_time, say_span
from hotfix.learn.actionrules import DAYS
from hotfix.learn.lint.blame import find_blame
from hotfix.learn.lint.check import lint_review
from hotfix.learn.lint.contract import FaultKind
from hotfix.learn.lint.outline import read_sections
from tests.learn.commands import run_hotfix

_SAMPLES = Path(__file__).parents[2] / "sample_logs"
_NAMES = ("python-null-after-release", "pool-shrunk-by-config", "disk-full", "poison-message", "blip-recovers")
_TOKEN = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z|\d{4}-\d\d-\d\d|(?:/[\w.-]+){2,}|(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w…])")


@pytest.fixture(scope="module", params=_NAMES)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a sample incident with its review."""
    place = tmp_path_factory.mktemp("review")
    assert run_hotfix(place, "analyze", str(_SAMPLES / request.param), "--quiet", "--no-model").returncode == 1
    assert run_hotfix(place, "rca", "last").returncode == 0
    return next((place / ".hotfix" / "incidents").glob("2*"))


def _collect_sources(folder: Path) -> str:
    return "\n".join((folder / name).read_text("utf-8") for name in ("report.json", "events.jsonl", "actions.jsonl"))


def _derive_numbers(folder: Path) -> set[str]:
    """Return what may be reckoned from the sources: spans between their times, due dates, percentages, targets."""
    text = _collect_sources(folder)
    times = sorted({_read_time(found) for found in re.findall(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)", text)})
    spans = {say_span((later - earlier).total_seconds()) for earlier, later in combinations(times[:400], 2)}
    incident = json.loads((folder / "report.json").read_text("utf-8"))["incident"]
    began, severity = _read_time(incident["started_at"]), incident["severity"]
    spans |= {say_span((time - began).total_seconds()) for time in times}
    seconds = [float(found) for found in re.findall(r'"(?:seconds|find|read|diagnosis|lag_s)": ([\d.]+)', text)]
    shares = [float(found) for found in re.findall(r": (0\.\d+|1\.0)", text)]
    shares += [CONFIDENCE_TO_ACT[severity], RECOVERY_SHARE[severity]]
    days = {f"{began.date() + timedelta(days=one)}" for one in DAYS.values()} | {f"{began.date()}"}
    clocks = {part for time in times for part in (f"{time:%H}", f"{time:%M}", f"{time:%Y-%m-%d}")}
    said = [*spans, *(say_span(one) for one in seconds), *(format_time(time) for time in times)]
    numbers = {number for one in said for number in re.findall(r"[\d.]+", one)}
    numbers |= {f"{share * 100:.0f}" for share in shares} | {f"{share * 100:.1f}" for share in shares}
    return numbers | days | clocks | {"1", "2", "3", "4", "5"} | {str(one) for one in TOTAL_TARGET_MIN.values()}


def _read_time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


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


def test_every_figure_occurs_in_the_sources(folder: Path) -> None:
    """Each number, time and path of the document stands in the incident's files or follows from their times."""
    sources, derived = _collect_sources(folder).replace("\\\\", "\\"), _derive_numbers(folder)
    text = re.sub(r"<!--.*?-->", "", (folder / "rca.md").read_text("utf-8")).replace("\\", "")
    policy = {str(one) for one in (15, 30, 60, 120, 240, 480)}
    known = set(_TOKEN.findall(sources)) | {one.replace(",", "") for one in _TOKEN.findall(sources)}
    strange = {
        token
        for token in (found.rstrip(",") for found in _TOKEN.findall(text))
        if token not in known | derived | policy
        and token.replace(",", "") not in known | derived
        and not (token.startswith("/") and token in sources)
    }
    assert strange == set()


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
