"""What to do is decided from timing, from what a roll-back leaves behind, and from what is at stake."""

from dataclasses import replace
from pathlib import Path

from hotfix.core.facts import Analysis, Approach, Deploy, DeployKind, Grade, Place, Recommendation, Severity
from hotfix.repair.checkout import open_repository
from hotfix.repair.contract import Choice, Decision
from hotfix.repair.decide import decide
from hotfix.repair.locate import locate
from tests.repair.analyses import ONSET, make_analysis, make_release
from tests.repair.trees import make_repository, run_git, write_files

_OLD = "def total(cart):\n    return sum(cart)\n"
_NEW = "def total(cart):\n    return sum(cart.lines)\n"
_TRACE = (
    'Traceback (most recent call last):\n  File "/app/shop/cart.py", line 2, in total\n    return sum(cart.lines)\n'
    "AttributeError: 'NoneType' object has no attribute 'lines'\n"
)


def _make(folder: Path, *releases: dict[str, str]) -> Path:
    """Make a repository of a release 1.0, and of one release more of a commit per entry."""
    repository = make_repository(folder / "repository", {"shop/cart.py": _OLD})
    run_git(repository, "tag", "v1.0")
    for number, files in enumerate(releases):
        write_files(repository, files)
        run_git(repository, "add", "--all")
        run_git(repository, "commit", "--quiet", f"--message=Change {number}")
    run_git(repository, "tag", "v1.1")
    return repository


def _decide(folder: Path, analysis: Analysis) -> Decision:
    with open_repository(folder) as repository:
        return decide(repository, analysis, locate(repository, analysis))


def test_fresh_release_is_rolled_back(tmp_path: Path) -> None:
    """An incident seconds after a release goes back to the release before."""
    decision = _decide(
        _make(tmp_path, {"shop/cart.py": _NEW}), make_analysis(_TRACE, deploys=(make_release("1.1", "1.0"),))
    )
    assert decision == Decision(
        Choice.ROLLBACK,
        "it began 10 s after the release, the release before is there and nothing in between changes stored data: "
        "going back is quicker and surer than new code at P1",
    )


def test_one_commit_of_many_is_reverted_where_there_is_time(tmp_path: Path) -> None:
    """At P2, with other commits in the release, only the one that stands out is taken back."""
    repository = _make(tmp_path, {"shop/mail.py": "x = 1\n"}, {"shop/cart.py": _NEW}, {"shop/b.py": "y = 1\n"})
    analysis = make_analysis(_TRACE, deploys=(make_release("1.1", "1.0"),), severity=Severity.P2)
    assert _decide(repository, analysis).choice is Choice.REVERT


def test_migration_in_the_range_forbids_a_roll_back(tmp_path: Path) -> None:
    """Where a commit of the release renames a column, older code may not read the data: one commit is taken back."""
    repository = _make(
        tmp_path, {"migrations/7.sql": "ALTER TABLE carts RENAME COLUMN a TO b;\n"}, {"shop/cart.py": _NEW}
    )
    decision = _decide(repository, make_analysis(_TRACE, deploys=(make_release("1.1", "1.0"),)))
    assert (decision.choice, len(decision.irreversible)) == (Choice.REVERT, 1)


def test_migration_that_only_adds_does_not(tmp_path: Path) -> None:
    """A new table stands in nobody's way."""
    repository = _make(tmp_path, {"migrations/7.sql": "CREATE TABLE gifts (id int);\n", "shop/cart.py": _NEW})
    decision = _decide(repository, make_analysis(_TRACE, deploys=(make_release("1.1", "1.0"),)))
    assert (decision.choice, decision.irreversible) == (Choice.ROLLBACK, ())


def test_release_of_last_week_is_not_rolled_back(tmp_path: Path) -> None:
    """Days after a release others may stand on it: the commit is taken back alone."""
    analysis = make_analysis(_TRACE, deploys=(make_release("1.1", "1.0", lag_s=6 * 86_400),))
    assert _decide(_make(tmp_path, {"shop/cart.py": _NEW}), analysis).choice is Choice.REVERT


def test_setting_is_set_back(tmp_path: Path) -> None:
    """An incident that the diagnosis lays to a flag is ended by the flag."""
    flag = Deploy("D9", ONSET, DeployKind.FLAG, "shop", None, "flag x: off -> on", "off", "on", Place("f", 3, 3))
    analysis = make_analysis(_TRACE, deploys=(make_release("1.1", "1.0"), flag))
    assert _decide(_make(tmp_path, {"shop/cart.py": _NEW}), analysis).choice is Choice.CONFIG


def test_changed_data_is_met_by_going_forward(tmp_path: Path) -> None:
    """A migration from outside is not undone by rolling code back: the code that reads the data is mended."""
    change = Deploy("D9", ONSET, DeployKind.MIGRATION, "shop", None, "ALTER TABLE x", None, None, Place("m", 3, 3))
    assert (
        _decide(_make(tmp_path, {"shop/cart.py": _NEW}), make_analysis(_TRACE, deploys=(change,))).choice
        is Choice.PATCH
    )


def test_line_without_a_release_is_patched(tmp_path: Path) -> None:
    """Where nothing was released, and the line is known, code is mended."""
    repository = make_repository(tmp_path / "repository", {"shop/cart.py": _NEW})
    assert _decide(repository, make_analysis(_TRACE)).choice is Choice.PATCH


def test_nothing_known_means_waiting(tmp_path: Path) -> None:
    """Where no line and no change of the repository is named, no patch is guessed."""
    repository = make_repository(tmp_path / "repository", {"shop/cart.py": _OLD})
    analysis = replace(make_analysis("connection refused"), deploys=())
    assert _decide(repository, analysis).choice is Choice.WAIT


def test_release_that_only_its_time_speaks_against_is_left_alone(tmp_path: Path) -> None:
    """A release just before the onset is not gone back from where neither evidence nor the diagnosis leads to it."""
    analysis = make_analysis("upstream timed out", deploys=(make_release("1.1", "1.0"),))
    uncited = replace(analysis, diagnosis=replace(analysis.diagnosis, evidence=("E1",)))
    assert _decide(_make(tmp_path, {"shop/mail.py": "x = 1\n"}), uncited).choice is Choice.WAIT


def test_release_that_the_diagnosis_cites_is_rolled_back(tmp_path: Path) -> None:
    """Where the diagnosis lays it to the release, no line needs to be named: a leak names none."""
    analysis = make_analysis("worker was killed", deploys=(make_release("1.1", "1.0"),))
    assert _decide(_make(tmp_path, {"shop/mail.py": "x = 1\n"}), analysis).choice is Choice.ROLLBACK


def test_setting_that_nobody_saw_change_is_set_right(tmp_path: Path) -> None:
    """Where the diagnosis asks for a setting and nothing was released, the code that noticed is left alone."""
    repository = make_repository(tmp_path / "repository", {"shop/cart.py": _NEW})
    analysis = make_analysis(_TRACE)
    advice = Recommendation(Approach.CONFIG, ("set it",), Grade.LOW, Grade.LOW, "a name is missing", 5)
    asked = replace(analysis, diagnosis=replace(analysis.diagnosis, recommendation=advice))
    assert _decide(repository, asked).choice is Choice.CONFIG
