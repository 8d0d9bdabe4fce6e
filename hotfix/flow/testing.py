"""The work of ``hotfix test``: an incident, its patch and a repository in, a verdict with its proofs out."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from hotfix.core.errors import InputError, UsageError
from hotfix.core.files import write_whole
from hotfix.flow.contract import Listeners, Outcome, TestOptions
from hotfix.flow.effort import Stopwatch, keep_events
from hotfix.flow.outcomes import say_test
from hotfix.learn.repairrecords import record_test
from hotfix.repair.checkout import open_repository
from hotfix.repair.contract import PATCH_DIFF, PATCH_JSON
from hotfix.repair.offers import Offer, read_offers
from hotfix.repair.verify.contract import Patch, Verification
from hotfix.repair.verify.order import read_order
from hotfix.repair.verify.turns import verify_in_turn
from hotfix.repair.verify.verify import verify_patch
from hotfix.report.incidentfolders import REPORT
from hotfix.report.jsonread import read_report
from hotfix.report.testreport import write_test_report


@dataclass(frozen=True, slots=True)
class Tested:
    """What the tests found and what was written."""

    __test__ = False  # not a test of pytest

    found: Verification
    written: tuple[Path, ...]

    @property
    def outcome(self) -> Outcome:
        """What came of it."""
        return say_test(self.found.verdict, self.found.rule, self.written[0].parent)


def verify_incident(options: TestOptions, listeners: Listeners) -> Tested:
    """Run the patch through the categories of tests, write the report, and keep the patch that passed.

    Raises:
        HotfixError: patch or repository cannot be read, or the folder cannot be written.
    """
    watch, folder, repo = Stopwatch(), options.folder, options.repo
    analysis = read_report(folder / REPORT)
    given, offers, base = _read_patch(folder, options.patch)
    place = repo if repo.is_dir() else Path()
    order = read_order(place, repro=options.repro, suite=options.suite, perf=options.perf)
    with open_repository(repo, base) as repository:
        found, chosen = verify_in_turn(
            given, offers, lambda one: verify_patch(analysis, repository, one, order, listeners.on_phase)
        )
    try:
        if chosen is not None and chosen.diff != given.diff:
            write_whole(folder / PATCH_DIFF, chosen.diff)
        written = write_test_report(folder, found)
    except OSError as error:
        raise UsageError(f"expected a folder that can be written at {folder}, found: {error.strerror}") from None
    keep_events(folder, [record_test(found, watch.stop())], listeners.tell)
    return Tested(found, written)


def _read_patch(folder: Path, given: Path | None) -> tuple[Patch, tuple[Offer, ...], str | None]:
    """Return the patch and, where `hotfix patch` wrote it, all candidates and the commit that they were made for."""
    path = given or folder / PATCH_DIFF
    try:
        diff = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"expected a patch at {path}, found: {error.strerror}; name one with --patch, or run hotfix patch"
        ) from None
    name = str(path.absolute())  # commands with it run in the repository
    about = folder / PATCH_JSON
    if given is not None or not about.is_file():
        return Patch(name, diff), (), None
    text = about.read_text("utf-8", "replace")
    offers = tuple(
        replace(one, diff=diff) if one.place == 0 and _is_same(one, diff) else one for one in read_offers(text)
    )
    return Patch(name, diff), offers, _read_base(text)


def _is_same(offer: Offer, diff: bytes) -> bool:
    """Tell whether a diff is that of a candidate, whose bytes JSON may not hold."""
    return diff.decode(errors="replace").encode() == offer.diff


def _read_base(text: str) -> str | None:
    base = json.loads(text).get("base")
    return base if isinstance(base, str) else None
