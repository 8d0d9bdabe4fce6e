"""Frames and messages lead to files, functions and commits, among many that are innocent."""

import os
from pathlib import Path

import pytest

from hotfix.core.facts import Deploy, DeployKind, Place
from hotfix.repair.checkout import open_repository
from hotfix.repair.contract import SourceFrame
from hotfix.repair.locate import Located, locate
from hotfix.repair.locate.frames import read_trace
from hotfix.repair.locate.paths import FoundFile, find_path
from tests.repair.analyses import ONSET, make_analysis, make_release
from tests.repair.trees import make_repository, run_git, write_files

_PATHS = (
    "orders/views.py",
    "views.py",
    "src/com/shop/Cart.java",
    "web/src/cart.ts",
    "lib/log.js",
    "socket.py",
    "a/x.go",
    "b/x.go",
)


@pytest.mark.parametrize(
    ("named", "own", "found"),
    [
        ("/srv/shop/releases/7/orders/views.py", True, FoundFile("orders/views.py", same_lines=True)),
        ("/app/views.py", True, FoundFile("views.py", same_lines=True)),
        ("com/shop/Cart.java", True, FoundFile("src/com/shop/Cart.java", same_lines=True)),
        ("C:\\site\\lib\\log.js", True, FoundFile("lib/log.js", same_lines=True)),
        ("webpack://shop/./web/src/cart.ts?3fa1", True, FoundFile("web/src/cart.ts", same_lines=True)),
        ("file:///usr/src/app/web/dist/cart.js", True, FoundFile("web/src/cart.ts", same_lines=False)),
        ("/usr/lib/python3.11/socket.py", False, None),
        ("/go/src/x.go", True, None),
        ("/srv/shop/other.py", True, None),
    ],
)
def test_path_of_a_frame_is_found(named: str, found: FoundFile | None, *, own: bool) -> None:
    """The file is known by the end of its path; a library's by a folder too; one of two that fit is not guessed."""
    assert find_path(named, _PATHS, own=own) == found


def test_trace_inside_json_is_unfolded() -> None:
    """A stack trace that stands with its line ends escaped in a JSON record is read."""
    trace = read_trace(
        '{"msg":"failed","err":{"stack":"TypeError: no\\n    at f (/app/a.js:3:1)\\n    at g (/app/b.js:9:1)"}}'
    )
    assert trace is not None
    assert [(frame.file, frame.line) for frame in trace.frames] == [("/app/a.js", 3), ("/app/b.js", 9)]


def test_only_the_goroutine_that_failed_is_read() -> None:
    """Of a crash in Go the first goroutine tells where it failed, also with registers behind its frames."""
    trace = read_trace(
        "fatal error: stack overflow\n\nruntime stack:\nruntime.throw({0x49d3f4?})\n\t/usr/go/panic.go:1047 +0x5d\n\n"
        "goroutine 1 [running]:\nmain.(*Bad).Error(0x1)\n\t/app/a.go:10 +0x49 fp=0xc0 sp=0xc1 pc=0x48\n\n"
        "goroutine 2 [force gc (idle)]:\nmain.idle()\n\t/app/b.go:369 +0x1\n"
    )
    assert trace is not None
    assert [(frame.file, frame.line) for frame in trace.frames] == [("/app/a.go", 10)]


_CART = '''"""The cart."""

RATE = 19


def total(cart):
    """Adds up."""
    return sum(line["cents"] for line in cart["lines"])


def tax(cart):
    """Adds the tax."""
    return total(cart) * RATE // 100
'''
_TRACE = (
    'Traceback (most recent call last):\n  File "/app/shop/cart.py", line 13, in tax\n    return total(cart) * RATE\n'
    "  File \"/app/shop/cart.py\", line {line}, in total\n    return x\nKeyError: 'net'\n"
)


def _commit(folder: Path, subject: str, files: dict[str, str], hour: int) -> str:
    write_files(folder, files)
    run_git(folder, "add", "--all")
    os.environ["GIT_COMMITTER_DATE"] = f"2026-03-04T{hour:02}:00:00Z"
    try:
        run_git(folder, "commit", "--quiet", f"--message={subject}")
    finally:
        del os.environ["GIT_COMMITTER_DATE"]
    return run_git(folder, "rev-parse", "HEAD").decode().strip()


@pytest.fixture
def history(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """Return a repository of two releases with six commits between, one of them guilty, and one after them."""
    folder = make_repository(
        tmp_path / "repository", {"shop/cart.py": _CART, "shop/mail.py": "def send():\n    pass\n"}
    )
    run_git(folder, "tag", "v1.0")
    net = _CART.replace('line["cents"]', 'line["net"]')
    commits = {
        "docs": _commit(folder, "Describe the cart", {"README.md": "The cart."}, 1),
        "before": _commit(
            folder, "Say what a cart is", {"shop/cart.py": _CART.replace("The cart.", "A cart of goods.")}, 2
        ),
        "guilty": _commit(
            folder, "Add up net prices", {"shop/cart.py": net.replace("The cart.", "A cart of goods.")}, 3
        ),
        "mail": _commit(folder, "Send mail twice", {"shop/mail.py": "def send():\n    return 2\n"}, 4),
        "test": _commit(folder, "Test total", {"tests/test_cart.py": "from shop.cart import total\n"}, 5),
        "config": _commit(folder, "Log less", {"config.toml": 'level = "warning"\n'}, 6),
    }
    run_git(folder, "tag", "v1.1")
    newer = net.replace("The cart.", "A cart of goods.").replace("RATE = 19", "CENT = 100\n\nRATE = 19")
    commits["after"] = _commit(folder, "Name a cent", {"shop/cart.py": newer}, 13)
    return folder, commits


def _locate(folder: Path, *deploys: Deploy, line: int = 8) -> Located:
    with open_repository(folder) as repository:
        return locate(repository, make_analysis(_TRACE.format(line=line), "schema_mismatch", deploys=deploys))


def test_commit_that_wrote_the_failing_line_leads(history: tuple[Path, dict[str, str]]) -> None:
    """Of six commits of a release the one that last wrote the failing line is rank 1, with that as its first reason."""
    folder, commits = history
    first = _locate(folder, make_release("1.1", "1.0")).suspects[0]
    assert (first.commit, first.reasons[0]) == (commits["guilty"], "it last wrote shop/cart.py:8, which failed")


def test_only_commits_of_the_release_are_looked_at(history: tuple[Path, dict[str, str]]) -> None:
    """Commits before the last good release, and after the one that ran, are not among those that came with it."""
    folder, commits = history
    among = _locate(folder, make_release("1.1", "1.0")).among
    assert set(among.commits) == {ident for name, ident in commits.items() if name != "after"}


def test_release_is_known_by_the_commit_it_names(history: tuple[Path, dict[str, str]]) -> None:
    """A deployment that names commits needs no tags."""
    folder, commits = history
    run_git(folder, "tag", "--delete", "v1.0", "v1.1")
    among = _locate(folder, make_release("7", None, lag_s=900, commit=commits["before"]),
                    make_release("8", None, commit=commits["config"])).among  # fmt: skip
    assert (among.before, among.running) == (commits["before"], commits["config"])


def test_without_releases_the_commits_before_the_onset_are_looked_at(history: tuple[Path, dict[str, str]]) -> None:
    """Where no release is known, a commit made after the onset is no suspect, and the guilty one still leads."""
    folder, commits = history
    located = _locate(folder)
    assert (located.suspects[0].commit, commits["after"] in located.among.commits) == (commits["guilty"], False)


def test_lines_are_told_at_the_head(history: tuple[Path, dict[str, str]]) -> None:
    """Lines of the release that ran are moved to where they stand at the head, with the function around them."""
    folder, _ = history
    frame = _locate(folder, make_release("1.1", "1.0")).frames[0]
    assert frame == SourceFrame("E1", "shop/cart.py", 10, "total", 8, 10, "KeyError", "'net'", 0)


def test_setting_that_changed_points_to_the_commit_that_speaks_of_it(tmp_path: Path) -> None:
    """Without a trace, a commit whose lines hold the name of the flag that was turned on comes first."""
    folder = make_repository(tmp_path / "repository", {"shop/a.py": "def a():\n    return 1\n"})
    guilty = _commit(folder, "Split", {"shop/b.py": 'def b(flags):\n    return flags["split_parcels"]\n'}, 1)
    _commit(folder, "Other", {"shop/c.py": "def c():\n    return 3\n"}, 2)
    flag = Deploy(
        "D1", ONSET, DeployKind.FLAG, "shop", None, "flag split_parcels: off -> on", "off", "on", Place("f", 1, 1)
    )
    analysis = make_analysis("shop is broken", "feature_flag", deploys=(flag,))
    with open_repository(folder) as repository:
        assert locate(repository, analysis).suspects[0].commit == guilty


def test_message_leads_to_the_line_that_writes_it(tmp_path: Path) -> None:
    """Evidence without a trace is found by the fixed parts of the text that wrote it."""
    code = (
        'import logging\n\n\ndef open_session(n):\n    logging.info("session for customer %d opened, %d open", n, 3)\n'
    )
    folder = make_repository(tmp_path / "repository", {"shop/audit.py": code})
    with open_repository(folder) as repository:
        frames = locate(repository, make_analysis("12:00 INFO session for customer 77 opened, 3 open")).frames
    assert [(frame.path, frame.line, frame.function) for frame in frames] == [("shop/audit.py", 5, "open_session")]
