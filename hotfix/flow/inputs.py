"""What each step rests on, as short texts that change when it changes: a folder and an order in, texts out."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from hotfix.core.configfile import CONFIG_FILE
from hotfix.core.errors import InputError
from hotfix.core.files import read_regular
from hotfix.core.settings import REPORT_BYTES_MOST
from hotfix.flow.contract import StepName
from hotfix.flow.journal import Inputs
from hotfix.flow.order import Order
from hotfix.flow.places import find_config
from hotfix.ingest.discovery import find_sources
from hotfix.learn.actions import ACTIONS
from hotfix.learn.card import REPORT
from hotfix.learn.events import EVENTS, EventKind, read_events, render_event
from hotfix.learn.review import RCA
from hotfix.repair.checkout import open_repository
from hotfix.repair.contract import PATCH_DIFF, PATCH_JSON
from hotfix.repair.verify.contract import TEST_JSON
from hotfix.report.deployreport import PLAN_JSON
from hotfix.rollout.execute.journal import JOURNAL

_CHANGES_BY_ITSELF = frozenset({"timings", "command", "similar"})
"""Keys of a report that say nothing of the incident: they differ between two analyses of the same logs."""

_OWN = {StepName.TEST: {PATCH_DIFF}, StepName.REVIEW: {RCA, ACTIONS}}
"""What a step rests on and writes itself."""

_DIGITS = 16
"""Hexadecimal digits of a hash that are kept: enough to tell two states of one file apart."""


def take_inputs(step: StepName, folder: Path, order: Order) -> Inputs:
    """Return what a step would rest on now.

    Args:
        step: which.
        folder: of the incident.
        order: what is asked.

    Raises:
        InputError: logs that the order names are not there, or a file cannot be read.
    """
    return dict(_TAKE[step](folder, order))


def settle_inputs(step: StepName, before: Inputs, after: Inputs) -> Inputs:
    """Return what a step rested on: as it was before, but for what it has written itself."""
    own = _OWN.get(step, set())
    return {name: after[name] if name in own else told for name, told in before.items()}


def take_log_inputs(order: Order) -> Inputs:
    """Return what a diagnosis rests on.

    Raises:
        InputError: logs that the order names are not there.
    """
    return dict(_take_diagnosis(Path(), order))


def _take_diagnosis(_folder: Path, order: Order) -> Iterator[tuple[str, str]]:
    yield "options", _say_options(order, "since", "until", "last", "service", "users", "model", "no_model")
    yield "logs", _hash(repr(order.logs).encode() if order.from_stdin else b"".join(_stamp_logs(order)))
    if order.deploys:
        yield "deploys", _stamp(Path(order.deploys))
    if order.repository and order.repository.is_dir():
        yield "repository", _stamp_repository(order.repository)


def _stamp_logs(order: Order) -> Iterator[bytes]:
    found = find_sources(order.logs, None)
    for one in (*found.files, *found.side_files):
        yield repr((one.shown, one.bytes, one.mtime.timestamp())).encode()


def _take_patch(folder: Path, order: Order) -> Iterator[tuple[str, str]]:
    yield REPORT, _hash_report(folder)
    yield "options", _say_options(order, "model", "no_model")
    if order.repository:
        yield "repository", _stamp_repository(order.repository)


def _take_test(folder: Path, order: Order) -> Iterator[tuple[str, str]]:
    yield REPORT, _hash_report(folder)
    yield "options", _say_options(order, "repro", "suite")
    yield from _hash_files(folder, PATCH_JSON, PATCH_DIFF)
    if order.repository and order.repository.is_dir():
        yield CONFIG_FILE, _hash_file(order.repository / CONFIG_FILE)


def _take_plan(folder: Path, order: Order) -> Iterator[tuple[str, str]]:
    yield REPORT, _hash_report(folder)
    yield from _hash_files(folder, PATCH_JSON, TEST_JSON)
    yield CONFIG_FILE, _hash_file(find_config(order.configuration))


def _take_deploy(folder: Path, _order: Order) -> Iterator[tuple[str, str]]:
    yield from _hash_files(folder, PATCH_DIFF)


def _take_review(folder: Path, _order: Order) -> Iterator[tuple[str, str]]:
    yield REPORT, _hash_report(folder)
    yield from _hash_files(folder, PATCH_JSON, TEST_JSON, PLAN_JSON, JOURNAL, ACTIONS, RCA)
    yield EVENTS, _hash_events(folder)


_TAKE: dict[StepName, Callable[[Path, Order], Iterator[tuple[str, str]]]] = {
    StepName.DIAGNOSE: _take_diagnosis,
    StepName.PATCH: _take_patch,
    StepName.TEST: _take_test,
    StepName.PLAN: _take_plan,
    StepName.DEPLOY: _take_deploy,
    StepName.REVIEW: _take_review,
}


def _say_options(order: Order, *names: str) -> str:
    return json.dumps({name: getattr(order, name) for name in names}, ensure_ascii=True)


def _hash_report(folder: Path) -> str:
    """Return a hash of what a report says of the incident."""
    try:
        whole = json.loads(read_regular(folder / REPORT, REPORT_BYTES_MOST))
        kept = {key: value for key, value in whole.items() if key not in _CHANGES_BY_ITSELF}
    except (OSError, ValueError, AttributeError, RecursionError):
        raise InputError(f"expected a report as JSON at {folder / REPORT}, found other text") from None
    return _hash(json.dumps(kept, sort_keys=True).encode())


def _hash_events(folder: Path) -> str:
    """Return a hash of what the journal tells, but for what the review itself writes there."""
    told = [render_event(one) for one in read_events(folder).events if one.kind != EventKind.REVIEWED]
    return _hash("\n".join(told).encode())


def _hash_files(folder: Path, *names: str) -> Iterator[tuple[str, str]]:
    for name in names:
        yield name, _hash_file(folder / name)


def _hash_file(path: Path) -> str:
    try:
        return _hash(path.read_bytes())
    except OSError:
        return "none"


def _stamp_repository(repo: Path) -> str:
    """Return the commit that is checked out; of a bundle, and where there is no repository, size and time."""
    if not repo.is_dir():
        return _stamp(repo)
    try:
        with open_repository(repo) as repository:
            return repository.head
    except InputError:
        return "none"


def _stamp(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return "none"
    return f"{status.st_size} bytes of {status.st_mtime_ns}"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_DIGITS]
