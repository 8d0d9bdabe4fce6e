"""One change that several sources tell of, and changes that only look alike."""

from pathlib import Path

import pytest

from hotfix.core.facts import DeployKind, Place
from tests.signal.deploys.search import Search, search, write_log


def search_with_list(folder: Path, rows: str, *lines: str) -> Search:
    """Return what a list of deploys and a log with these lines tell together."""
    path = folder / "list.csv"
    path.write_text(f"time,app,version,type,what\n{rows}", encoding="utf-8")
    return search(write_log(folder / "logs", *lines), path)


def test_list_and_start_up_line_are_one_deploy(tmp_path: Path) -> None:
    """The words come from the list, the time from the start-up line, and the summary says where that stands."""
    told = search_with_list(
        tmp_path, "2026-03-04T10:28:00Z,orders-api,v1.5.0,deploy,New prices\n", "10:30:07 Starting orders v1.5.0"
    )
    (deploy,) = told.found.deploys
    log = tmp_path / "logs" / "orders.log"
    line = log.read_text(encoding="utf-8").split("\n").index("2026-03-04T10:30:07Z INFO Starting orders v1.5.0") + 1
    assert (f"{deploy.at:%H:%M:%S}", deploy.kind, deploy.service, deploy.summary, deploy.started) == (
        "10:30:07",
        DeployKind.DEPLOYMENT,
        "orders",
        "New prices",
        Place(str(log), line, line),
    )
    assert told.excerpts == ("2026-03-04T10:28:00Z,orders-api,v1.5.0,deploy,New prices",)


@pytest.mark.parametrize(
    "row",
    [
        "2026-03-04T10:28:00Z,payments,1.5.0,deploy,another service",
        "2026-03-04T10:28:00Z,orders,1.4.9,deploy,another version",
        "2026-03-04T10:02:00Z,orders,1.5.0,deploy,long before",
        "2026-03-04T10:28:00Z,orders,1.5.0,migration,another kind",
    ],
)
def test_unlike_changes_stay_two(tmp_path: Path, row: str) -> None:
    """Another service, version or kind, or half an hour between, makes two changes."""
    assert len(search_with_list(tmp_path, f"{row}\n", "10:30:07 Starting orders v1.5.0").found.deploys) == 2


def test_crash_after_the_deployment_stays_a_restart(tmp_path: Path) -> None:
    """A start of the same version minutes after the deployment is a restart of its own, a consequence."""
    row = "2026-03-04T10:28:00Z,orders,1.5.0,deploy,New prices\n"
    told = search_with_list(tmp_path, row, "10:30:07 Starting orders v1.5.0", "10:33:00 Starting orders v1.5.0")
    assert told.tell() == [
        ("10:30:07", DeployKind.DEPLOYMENT, "orders", "1.5.0"),
        ("10:33:00", DeployKind.RESTART, "orders", "1.5.0"),
    ]


def test_list_and_start_up_line_with_a_revision_are_one_deploy(tmp_path: Path) -> None:
    """A start-up line that says version and revision merges with the row of its version."""
    row = "2026-03-04T10:28:00Z,orders,2.15.0,deploy,New prices\n"
    told = search_with_list(tmp_path, row, "10:30:07 orders 2.15.0 starting (revision 2b49ef27c9, python 3.11.2)")
    assert told.tell() == [("10:30:07", DeployKind.DEPLOYMENT, "orders", "2.15.0")]


def test_row_with_a_commit_and_start_up_line_with_it_are_one_deploy(tmp_path: Path) -> None:
    """A row that says version and commit is the deploy whose start-up line says only the commit."""
    path = tmp_path / "list.csv"
    path.write_text("time,app,version,commit\n2026-03-04T10:28:00Z,orders,2.15.0,2b49ef27c9\n", encoding="utf-8")
    told = search(write_log(tmp_path / "logs", "10:30:07 starting (revision 2b49ef27c9aa, python 3.11.2)"), path)
    assert told.tell() == [("10:30:07", DeployKind.DEPLOYMENT, "orders", "2.15.0")]


def test_restart_long_after_the_first_start_of_a_version_is_no_deploy(tmp_path: Path) -> None:
    """A row belongs to the start with which the log begins; a start of the same version minutes later is a restart."""
    row = "2026-03-04T10:00:00Z,orders,1.5.0,deploy,First\n"
    told = search_with_list(tmp_path, row, "10:00:00 Starting orders v1.5.0", "10:07:00 Starting orders v1.5.0")
    assert told.tell() == [
        ("10:00:00", DeployKind.DEPLOYMENT, "orders", "1.5.0"),
        ("10:07:00", DeployKind.RESTART, "orders", "1.5.0"),
    ]


def test_same_setting_in_list_and_log_is_one_change(tmp_path: Path) -> None:
    """A changed setting with the same old and new value, told twice, is one change."""
    path = tmp_path / "list.csv"
    path.write_text(
        "time,app,type,what,from,to\n2026-03-04T10:30:00Z,orders,config,smaller pool,20,5\n", encoding="utf-8"
    )
    told = search(write_log(tmp_path / "logs", "10:30:02 config changed: pool.size 20 -> 5"), path)
    assert [(one.kind, one.summary) for one in told.found.deploys] == [(DeployKind.CONFIG, "smaller pool")]


def test_ids_follow_the_order_of_time(tmp_path: Path) -> None:
    """Changes of all sources are numbered in order of time."""
    row = "2026-03-04T10:40:00Z,orders,1.5.0,deploy,New prices\n"
    told = search_with_list(tmp_path, row, "10:30:00 feature flag x enabled", "10:50:00 config changed: a.size 1 -> 2")
    assert [(one.id, one.kind) for one in told.found.deploys] == [
        ("D1", DeployKind.FLAG),
        ("D2", DeployKind.DEPLOYMENT),
        ("D3", DeployKind.CONFIG),
    ]


def test_endless_list_is_cut_and_counted(tmp_path: Path) -> None:
    """Of more changes than a reader can look at, restarts are left out first, and a note says how many there were."""
    rows = [f"2026-03-04T10:{n // 60:02}:{n % 60:02}Z,s{n},1,{'restart' if n % 2 else 'deploy'},x" for n in range(380)]
    told = search_with_list(tmp_path, "\n".join(rows) + "\n")
    kinds = [deploy.kind for deploy in told.found.deploys]
    assert (len(kinds), kinds.count(DeployKind.DEPLOYMENT)) == (200, 190)
    assert told.found.notes == ("380 changes in the world were found, 200 of them are listed",)
