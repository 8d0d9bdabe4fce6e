"""What makes an incident alike to another: from a report to a few names and words, and to JSON and back."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from hotfix.core.errors import InputError
from hotfix.core.facts import EvidenceKind, Level, Novelty
from hotfix.core.files import read_regular
from hotfix.core.node import Node
from hotfix.core.settings import REPORT_BYTES_MOST
from hotfix.core.text import format_time
from hotfix.ingest.traces import StackTrace
from hotfix.learn.card import REPORT, Card, parse_report, take_card
from hotfix.learn.knowledge.limits import SIGNATURE_TEXTS_MOST
from hotfix.learn.knowledge.words import list_words, mask_texts, strip_names
from hotfix.repair.locate.frames import read_trace

SCHEMA = "hotfix.signature/2"

_LOUD = frozenset({Level.WARN.value, Level.ERROR.value, Level.FATAL.value})
_OTHER = frozenset({Novelty.NEW.value, Novelty.CHANGED.value})


@dataclass(frozen=True, slots=True)
class Signature:
    """One incident as it is compared with others."""

    incident: str  # id
    started_at: datetime
    family: str | None  # cause family; None when nobody could say
    services: tuple[str, ...]  # affected, culprit first
    change: str | None  # DeployKind of the change that the diagnosis cites
    course: tuple[str, ...]  # its Shape, and whether it goes on at the end of the logs; what the report says of these
    exceptions: tuple[str, ...]  # classes in the traces of the evidence, without their packages
    code: tuple[str, ...]  # where our own code failed: file and function, without folders and line
    texts: tuple[str, ...]  # masked: messages of exceptions, then what the culprit logs anew
    words: tuple[str, ...]  # of the texts, without the names that its system gave to things
    statement: str  # its cause, as it was diagnosed


def take_signature(report: Node) -> Signature | None:
    """Return the signature of a report, None when its analysis found no incident.

    Raises:
        InputError: the report breaks the schema; the message names the key.
    """
    card = take_card(report)
    if card is None:
        return None
    traces = [trace for one in report.each("evidence") if (trace := read_trace(one.get("excerpt").text()))]
    messages = [cause.message for trace in traces for cause in trace.chain[:1] if cause.message]
    texts = tuple(dict.fromkeys([*mask_texts(messages), *_read_templates(report, card)]))[:SIGNATURE_TEXTS_MOST]
    return Signature(
        incident=card.id,
        started_at=card.started_at,
        family=card.category,
        services=card.services,
        change=_find_change(report),
        course=_read_course(report.get("incident")),
        exceptions=_distinct(trace.exception.split(".")[-1] for trace in traces if trace.exception),
        code=_distinct(place for trace in traces if (place := _name_code(trace))),
        texts=texts,
        words=list_words(strip_names(texts), card.services),
        statement=card.statement,
    )


def read_signature(folder: Path) -> Signature | None:
    """Return the signature of the incident in a folder, None when its analysis found none.

    Raises:
        InputError: its report cannot be read or breaks the schema.
    """
    path = folder / REPORT
    try:
        return take_signature(parse_report(read_regular(path, REPORT_BYTES_MOST), str(path)))
    except OSError as error:
        raise InputError(f"expected a report at {path}, found: {error.strerror or type(error).__name__}") from None


def render_signature(signature: Signature) -> str:
    """Return a signature as JSON."""
    return json.dumps({"schema": SCHEMA} | asdict(signature) | {"started_at": format_time(signature.started_at)})


def parse_signature(text: str) -> Signature:
    """Return the signature that `render_signature` gave this text for."""
    root = Node(json.loads(text), "signature", SCHEMA)
    return Signature(
        incident=root.get("incident").text(),
        started_at=root.get("started_at").time(),
        family=root.optional("family", Node.text),
        services=root.texts("services"),
        change=root.optional("change", Node.text),
        course=root.texts("course"),
        exceptions=root.texts("exceptions"),
        code=root.texts("code"),
        texts=root.texts("texts"),
        words=root.texts("words"),
        statement=root.get("statement").text(),
    )


def _read_templates(report: Node, card: Card) -> Iterator[str]:
    """Yield what is logged anew or otherwise at warn and above: of the culprit, else of all that are affected."""
    if not report.has("templates"):
        return
    loud = [
        (one.get("text").text(), one.texts("services"))
        for one in report.each("templates")
        if one.get("novelty").text() in _OTHER and one.get("level").value in _LOUD
    ]
    own = [text for text, services in loud if card.services[:1] and card.services[0] in services]
    yield from own or (text for text, services in loud if set(services) & set(card.services))


def _find_change(report: Node) -> str | None:
    """Return the kind of the last change in the world that the diagnosis cites."""
    if not report.has("deploys"):
        return None
    cited = set(report.get("diagnosis").texts("evidence"))
    places = {
        _read_place(one.get("place"))
        for one in report.each("evidence")
        if one.get("id").text() in cited and one.get("kind").text() == EvidenceKind.DEPLOY
    }
    kinds = [one.get("kind").text() for one in report.each("deploys") if _read_place(one.get("source")) in places]
    return kinds[-1] if kinds else None


def _read_course(incident: Node) -> tuple[str, ...]:
    return tuple(incident.get(key).text() for key in ("shape", "status") if incident.has(key))


def _read_place(node: Node) -> tuple[str, int]:
    return node.get("file").text(), node.get("line").whole()


def _name_code(trace: StackTrace) -> str | None:
    if trace.top is None or not trace.top.own:
        return None
    named = (PurePosixPath(trace.top.file).name, trace.top.function.rsplit(".", 1)[-1])
    return " in ".join(part for part in named if part) or None


def _distinct(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
