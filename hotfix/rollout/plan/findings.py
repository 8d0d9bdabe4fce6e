"""Reads what the steps before left in the incident folder: an analysis and a folder come in, findings go out."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hotfix.core.errors import InputError
from hotfix.core.facts import Analysis
from hotfix.core.node import Node
from hotfix.repair.contract import PATCH_JSON, Choice
from hotfix.repair.verify.contract import TEST_JSON, Category, Status, TestVerdict
from hotfix.rollout.plan.known import Findings, PatchFinding, TestAnswer, TestFinding

T = TypeVar("T")


def read_findings(folder: Path, analysis: Analysis) -> Findings:
    """Return what `hotfix patch` and `hotfix test` found, where they have run.

    Raises:
        InputError: a file of theirs cannot be read, or is not what they write; the message names file and key.
    """
    return Findings(
        analysis=analysis,
        patch=_read(folder / PATCH_JSON, "hotfix patch", _read_patch),
        test=_read(folder / TEST_JSON, "hotfix test", _read_test),
    )


def _read(path: Path, writer: str, read: Callable[[Node], T]) -> T | None:
    what = f"what {writer} writes"
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"expected {what} at {path}, found: {error.strerror}") from None
    return read(Node.parse(content, str(path), what))


def _read_patch(node: Node) -> PatchFinding:
    return PatchFinding(
        decision=node.get("decision").one_of(Choice),
        reason=node.get("reason").text(),
        irreversible=node.texts("irreversible"),
        rung=node.get("rung").text(),
        mitigation=node.get("mitigation_only").truth(),
        files=tuple(one.get("path").text() for one in node.each("files")),
        base=node.get("base").text(),
        seconds=node.get("seconds").number(),
    )


def _read_test(node: Node) -> TestFinding:
    return TestFinding(
        verdict=node.get("verdict").one_of(TestVerdict),
        rule=node.get("rule").text(),
        answers={one: _read_answer(node.get("categories").get(one)) for one in Category},
        patch=node.get("patch").text(),
        files=node.texts("files"),
        base=node.get("base").text(),
        notes=node.texts("notes"),
        seconds=node.get("seconds").number(),
    )


def _read_answer(node: Node) -> TestAnswer:
    return TestAnswer(
        status=node.get("status").one_of(Status),
        detail=node.get("detail").text(),
        command=node.optional("command", Node.text),
        seconds=node.get("seconds").number(),
    )
