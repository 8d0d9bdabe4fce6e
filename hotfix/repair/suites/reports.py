"""Reads what test runners report: JUnit XML, TAP, the events of `go test -json`, and the lines of `unittest -v`.

Text comes in, results by test name go out. What is no report is no result: a hostile file cannot make a test pass that
the exit code of the runner denies, because both are looked at.
"""

import json
import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

from hotfix.repair.suites.contract import Result

_UNITTEST = re.compile(
    r"^(?P<name>\w+ \([\w.]+\))(?:\n.*)? \.\.\. (?P<word>ok|FAIL|ERROR|skipped|expected failure)", re.MULTILINE
)
_WORDS = {"ok": Result.PASSED, "skipped": Result.SKIPPED, "expected failure": Result.PASSED}
_TAP = re.compile(r"^ *(?P<failed>not )?ok \d+(?: - (?P<name>.*?))?(?P<skipped> # (?:SKIP|TODO).*)?$")
"""A result of the Test Anything Protocol, version 13 (testanything.org); subtests are indented."""
_GO_ACTIONS = {"pass": Result.PASSED, "fail": Result.FAILED, "skip": Result.SKIPPED}


def read_results(files: Mapping[str, str]) -> dict[str, Result]:
    """Return what became of each test by all report files together; of a name that comes twice the worse result."""
    found: dict[str, Result] = {}
    for path in sorted(files):
        for name, result in _read_report(path, files[path]):
            if found.get(name) is not Result.FAILED:
                found[name] = result
    return found


def _read_report(path: str, text: str) -> Iterator[tuple[str, Result]]:
    if path.endswith(".xml"):
        return _read_junit(text)
    if path.endswith(".tap"):
        return _read_tap(text)
    return _read_go(text) if path.endswith(".json") else _read_unittest(text)


def _read_junit(text: str) -> Iterator[tuple[str, Result]]:
    """Yield the cases of a JUnit file; one that declares a document type is refused, so that no entity is expanded."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return
    try:
        root = ET.fromstring(text)  # noqa: S314  # entities are refused above
    except ET.ParseError:
        return
    for case in root.iter("testcase"):
        kinds = {child.tag for child in case}
        result = (
            Result.FAILED if kinds & {"failure", "error"} else Result.SKIPPED if "skipped" in kinds else Result.PASSED
        )
        yield "::".join(part for part in (case.get("classname"), case.get("name")) if part), result


def _read_tap(text: str) -> Iterator[tuple[str, Result]]:
    """Yield the results of a TAP stream; what stands in the blocks below a result is its description."""
    described = False
    for line in text.splitlines():
        described = line.strip() == "---" or (described and line.strip() != "...")
        found = None if described else _TAP.match(line)
        if found and found["name"]:
            result = Result.SKIPPED if found["skipped"] else Result.FAILED if found["failed"] else Result.PASSED
            yield found["name"], result


def _read_go(text: str) -> Iterator[tuple[str, Result]]:
    for line in text.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and event.get("Test") and event.get("Action") in _GO_ACTIONS:
            yield f"{event.get('Package', '')}::{event['Test']}", _GO_ACTIONS[event["Action"]]


def _read_unittest(text: str) -> Iterator[tuple[str, Result]]:
    for found in _UNITTEST.finditer(text):
        yield found["name"], _WORDS.get(found["word"], Result.FAILED)
