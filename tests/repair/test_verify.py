import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from hotfix.core.errors import UsageError
from hotfix.repair.checkout import open_repository
from hotfix.repair.locate import locate
from hotfix.repair.reproduce.given import expect_error, use_given
from hotfix.repair.reproduce.make import make_reproduction
from hotfix.repair.sandbox.confine import find_confinement
from hotfix.repair.sandbox.contract import Ending, Limits
from hotfix.repair.suites.find import find_suite
from hotfix.repair.verify.compatibility import check_compatibility
from hotfix.repair.verify.contract import CategoryResult, CompatibleCase, Depth, Patch, Status, TestOrder, TestVerdict
from hotfix.repair.verify.fix import validate_fix
from hotfix.repair.verify.performance import Race, check_performance
from hotfix.repair.verify.regression import check_regression, run_baseline
from hotfix.repair.verify.rollback import check_rollback
from hotfix.repair.verify.verify import verify_patch
from hotfix.repair.verify.workbench import Workbench, lay_out_workbench
from tests.repair import shop
from tests.repair.analyses import make_analysis
from tests.repair.trees import make_patch, make_repository, take_prints

Lay = Callable[[Mapping[str, str | bytes | None] | bytes], Workbench]

_OLD_ORDER = CompatibleCase("an order of last year", "python3 -m app.read", b'{"total_cents": 990}')


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository of the small project."""
    return make_repository(tmp_path_factory.mktemp("user") / "checkout", shop.FILES)


@pytest.fixture
def lay(repository: Path) -> Iterator[Lay]:
    """Lay out the trees without and with a change; the user's repository is the same afterwards, byte for byte."""
    with ExitStack() as stack:
        opened = stack.enter_context(open_repository(repository))

        def lay_out(change: Mapping[str, str | bytes | None] | bytes) -> Workbench:
            diff = change if isinstance(change, bytes) else make_patch(repository, change)
            before.update(take_prints(repository))
            return stack.enter_context(lay_out_workbench(opened, diff, Limits(seconds=120), find_confinement()))

        before: dict[str, str] = {}
        yield lay_out
    assert take_prints(repository) == before


def _validate(bench: Workbench, repository: Path, given: str | None) -> CategoryResult:
    analysis = shop.analysis()
    with open_repository(repository) as opened:
        reproduction, why_none = make_reproduction(bench, locate(opened, analysis).frames, analysis, given)
    return validate_fix(bench, reproduction, why_none)


def _check_tests(bench: Workbench) -> CategoryResult:
    suite = find_suite(bench.base.source, bench.paths, (), bench.can_run)
    assert suite is not None
    return check_regression(bench, run_baseline(bench, suite), "")


@pytest.mark.parametrize("given", [shop.REPRO, None], ids=["given", "generated"])
def test_right_fix_is_validated(lay: Lay, repository: Path, given: str | None) -> None:
    """The reproduction, given or generated, fails before for the reason of the incident and passes after."""
    found = _validate(lay(shop.RIGHT), repository, given)
    assert found.status is Status.PASSED
    assert "fails without the patch (TypeError at app/cart.py:11) and passes with it, 3 times of 3." in found.detail
    assert [proof.ended for proof in found.proofs] == ["exit code 1", "exit code 0"]


@pytest.mark.parametrize("given", [shop.REPRO, None], ids=["given", "generated"])
def test_patch_beside_the_error_is_rejected(lay: Lay, repository: Path, given: str | None) -> None:
    """A patch that leaves the error in is found by the reproduction."""
    found = _validate(lay(shop.ELSEWHERE), repository, given)
    assert found.status is Status.FAILED
    assert found.detail == "The error is still there with the patch: TypeError at app/cart.py:11."


def test_patch_with_another_error_is_rejected(lay: Lay, repository: Path) -> None:
    """A patch that replaces the error by another one has not fixed it."""
    found = _validate(lay(shop.ANOTHER_ERROR), repository, shop.REPRO)
    assert found.status is Status.FAILED
    assert "still fails with the patch, now otherwise: exit code 1" in found.detail


def test_reproduction_of_something_else_counts_for_nothing(lay: Lay, repository: Path) -> None:
    """A command that fails before for another reason than the incident's validates nothing."""
    bench = lay(shop.RIGHT)
    for command in ("python3 -c 'from app import cart; cart.total(3)'", "false", "python3 -c 'None[0]'"):
        found = _validate(bench, repository, command)
        assert found.status is Status.NOT_VALIDATED
        assert "for another reason than the incident's, which is TypeError in total (app/cart.py)." in found.detail


def test_reproduction_that_passes_before_counts_for_nothing(lay: Lay, repository: Path) -> None:
    """A command that passes without the patch shows no error."""
    assert _validate(lay(shop.RIGHT), repository, "true").status is Status.NOT_VALIDATED


def test_tests_stay_green(lay: Lay) -> None:
    """A right fix leaves every test as it was."""
    found = _check_tests(lay(shop.RIGHT))
    assert (found.status, found.detail) == (
        Status.PASSED,
        "All of 2 tests that pass without the patch pass with it.",
    )


def test_deleted_feature_is_rejected(lay: Lay) -> None:
    """A patch that removes what the error was in breaks the tests of it."""
    found = _check_tests(lay(shop.WITHOUT_FEATURE))
    assert found.status is Status.FAILED
    assert found.detail.startswith("1 test passed without the patch and not with it: ")
    assert "test_discount_is_taken_off" in found.detail


def test_edited_test_is_rejected(lay: Lay) -> None:
    """A patch that edits a test to its liking is held to the test as it was."""
    found = _check_tests(lay(shop.TESTS_EDITED))
    assert found.status is Status.FAILED
    assert "The patch changes tests, which were taken as they were before it: tests/test_cart.py." in found.notes


_TWO_LOOKS = Depth("two looks", narrow=False, suite_after_rollback=False, pairs=(6, 12), seconds=120.0)


@pytest.mark.parametrize(("same_work", "status"), [(True, Status.FAILED), (False, Status.INCONCLUSIVE)])
def test_slow_patch_is_rejected(lay: Lay, same_work: bool, status: Status) -> None:  # noqa: FBT001  # a column
    """A patch that does the work five times is rejected by real runs, unless the two do not do the same work."""
    race = Race("python3 -m app.race", "the given command", needs_pass=same_work)
    found = check_performance(lay(shop.SLOW), race, _TWO_LOOKS, None)
    assert found.status is status, found.detail


def test_broken_old_data_is_rejected(lay: Lay) -> None:
    """A recorded order of last year that the patch cannot read any more is found."""
    found = check_compatibility(lay(shop.OLD_DATA), [_OLD_ORDER])
    assert found.status is Status.FAILED
    assert found.detail == "1 of 1 recorded inputs are treated otherwise with the patch: 'an order of last year'."


def test_old_data_is_read_as_before(lay: Lay) -> None:
    """With a right fix recorded inputs give the same output; one that never worked is told and does not count."""
    bench = lay(shop.RIGHT)
    assert check_compatibility(bench, [_OLD_ORDER]).status is Status.PASSED
    found = check_compatibility(bench, [_OLD_ORDER, CompatibleCase("no order", "python3 -m app.read")])
    assert found.status is Status.NOTED
    assert found.notes == ("'no order' fails without the patch (exit code 1): it is no good input.",)


def test_nothing_recorded_is_told(lay: Lay) -> None:
    """Without recorded inputs compatibility is not validated, and the report says how to give some."""
    found = check_compatibility(lay(shop.RIGHT), [])
    assert found.status is Status.NOT_VALIDATED
    assert "[[test.compatible]]" in found.detail


def test_patch_is_taken_back_without_a_trace(lay: Lay) -> None:
    """A patch that adds, removes and changes files leaves the same bytes when it is taken back."""
    bench = lay({**shop.RIGHT, "app/more/new.py": "x = 1\n", "app/race.py": None, "logo.png": b"\0\1\2"})
    found = check_rollback(bench, "patch.diff", None)
    assert found.status is Status.PASSED
    assert found.command == "git apply -R patch.diff"
    assert "files and folders are as before, byte for byte." in found.detail


def test_patch_that_cannot_be_taken_back_is_rejected(lay: Lay) -> None:
    """A patch that changes line ends by an attribute applies, and leaves other bytes when it is taken back."""
    found = check_rollback(lay({**shop.RIGHT, ".gitattributes": "*.py text eol=crlf\n"}), "patch.diff", None)
    assert found.status is Status.FAILED
    assert found.detail == "After taking the patch back the tree differs: app/cart.py."


def test_patch_that_does_not_apply_is_refused(lay: Lay) -> None:
    """A diff for another commit is refused with git's reason."""
    diff = b"--- a/app/cart.py\n+++ b/app/cart.py\n@@ -1 +1 @@\n-nothing\n+something\n"
    with pytest.raises(
        UsageError, match=r"--patch: expected a diff that applies to commit \w{12}, git says: patch fail"
    ):
        lay(diff)


def test_error_of_the_incident_is_expected() -> None:
    """Without frames any failure of a given command counts."""
    assert expect_error([]) is None
    assert use_given("false", None).expected is None


_HOSTILE = """import os, pathlib, socket, subprocess, time, unittest

MARK = {mark!r}


class Hostile(unittest.TestCase):
    def test_forks(self):
        for _ in range(3):
            subprocess.Popen(["sh", "-c", "sleep 1000000; : " + MARK], start_new_session=True)

    def test_fills_the_disk(self):
        with self.assertRaises(OSError):
            for number in range(1000):
                pathlib.Path(f"full{{number}}").write_bytes(b"x" * 5_000_000)

    def test_writes_to_home(self):
        with self.assertRaises(OSError):
            pathlib.Path.home().joinpath("." + MARK).write_text("x")

    def test_opens_a_socket(self):
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.1", {port}), 5)

    def test_zz_sleeps_for_ever(self):
        print("asleep", flush=True)
        time.sleep(10**6)
"""


def test_hostile_suite_is_contained(tmp_path: Path) -> None:
    """A suite that forks, fills the disk, writes to the home folder, opens a socket and never ends leaves nothing."""
    mark = f"hotfix-hostile-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        text = _HOSTILE.format(mark=mark, port=server.getsockname()[1])
        folder = make_repository(tmp_path / "checkout", {"hostile.py": text, "a.py": "A = 1\n"})
        diff = make_patch(folder, {"a.py": "A = 2\n"})
        before = take_prints(folder)
        limits = Limits(seconds=5, disk_bytes=30_000_000)
        with open_repository(folder) as opened, lay_out_workbench(opened, diff, limits, find_confinement()) as bench:
            outcome = bench.run(bench.base, "python3 -W ignore -m unittest -v hostile")
        with pytest.raises(BlockingIOError):
            server.accept()
    assert outcome.ending is Ending.TIME
    assert outcome.output.count("... ok") == 4, outcome.output
    assert outcome.output.endswith("asleep\n")
    assert take_prints(folder) == before
    assert not Path.home().joinpath(f".{mark}").exists()
    assert not any(mark.encode() in _read(place) for place in Path("/proc").glob("[0-9]*/cmdline"))


def _read(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError:
        return b""


_GREET = "def greet(customer):\n    return customer.name\n\n\ndef greet_all(customers):\n    for one in customers:\n"
_TRACE = (
    'Traceback (most recent call last):\n  File "/app/shop/greet.py", line 7, in greet_all\n    print(greet(one))\n'
    '  File "/app/shop/greet.py", line 2, in greet\n    return customer.name\n'
    "AttributeError: 'NoneType' object has no attribute 'name'\n"
)


@pytest.mark.parametrize(("mitigation", "verdict"), [(True, TestVerdict.NOT_VALIDATED), (False, TestVerdict.REJECTED)])
def test_what_handles_an_error_at_a_caller_is_left_open_as_a_mitigation(
    tmp_path: Path, *, mitigation: bool, verdict: TestVerdict
) -> None:
    """The generated test calls the function that failed, where a catch in its caller changes nothing."""
    caught = "        try:\n            print(greet(one))\n        except AttributeError:\n            pass\n"
    checkout = make_repository(tmp_path / "checkout", {"shop/greet.py": _GREET + "        print(greet(one))\n"})
    patch = Patch(
        "patch.diff", make_patch(checkout, {"shop/greet.py": _GREET + caught}), gated=True, mitigation=mitigation
    )
    with open_repository(checkout) as repository:
        found = verify_patch(make_analysis(_TRACE), repository, patch, TestOrder(), lambda _phase: None)
    assert found.verdict is verdict, found.rule
