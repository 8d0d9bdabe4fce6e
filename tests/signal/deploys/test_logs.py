"""Changes in the world that the logs themselves tell of."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from hotfix.core.facts import DeployKind
from tests.signal.deploys.search import at, search, write_log


def test_new_version_at_start_up_is_a_deployment(tmp_path: Path) -> None:
    """A start-up line with another version than the one before is a deployment from the old to the new one."""
    told = search(write_log(tmp_path, "10:01:00 Starting orders v1.4.2", "10:30:00 Starting orders v1.5.0"))
    last = told.found.deploys[-1]
    assert (last.at, last.kind, last.service, last.before, last.after) == (
        at("10:30:00"),
        DeployKind.DEPLOYMENT,
        "orders",
        "1.4.2",
        "1.5.0",
    )


def test_place_opens_to_the_line_that_tells(tmp_path: Path) -> None:
    """The place of a change opens to its line as it stands in the log."""
    told = search(write_log(tmp_path, "10:30:00 feature flag new-pricing changed from off to on"))
    assert told.excerpts == ("2026-03-04T10:30:00Z INFO feature flag new-pricing changed from off to on",)


def test_same_version_again_is_a_restart(tmp_path: Path) -> None:
    """A start-up line with the version that ran already is a restart, not a deployment."""
    told = search(write_log(tmp_path, "10:15:00 Starting orders v1.4.2", "10:30:00 Starting orders v1.4.2"))
    assert [deploy.kind for deploy in told.found.deploys] == [DeployKind.RESTART, DeployKind.RESTART]


def test_start_with_which_a_service_begins_is_no_change(tmp_path: Path) -> None:
    """The start-up line with which the log begins is the beginning and no change."""
    assert search(write_log(tmp_path, "10:00:02 Starting orders v1.4.2")).tell() == []


def test_first_start_after_other_records_is_a_restart_with_its_version(tmp_path: Path) -> None:
    """A service that has written before and says its version for the first time has restarted with it."""
    told = search(write_log(tmp_path, "10:30:00 Starting orders v1.4.2"))
    assert told.tell() == [("10:30:00", DeployKind.RESTART, "orders", "1.4.2")]


def test_stop_before_a_new_version_belongs_to_the_deployment(tmp_path: Path) -> None:
    """The stop of the old process and the last words of the new one's start are no changes beside the deployment."""
    lines = (
        "10:01:00 Starting orders v1",
        "10:29:50 Shutting down",
        "10:30:00 Starting orders v2",
        "10:30:04 Application startup complete.",
    )
    told = search(write_log(tmp_path, *lines))
    assert told.tell()[-1] == ("10:30:00", DeployKind.DEPLOYMENT, "orders", "2")
    assert len(told.tell()) == 2


def test_stop_without_a_new_version_is_a_restart(tmp_path: Path) -> None:
    """A stop and a start with no word of a version is one restart, dated by the stop."""
    told = search(write_log(tmp_path, "10:29:50 Shutting down", "10:30:04 Application startup complete."))
    assert told.tell() == [("10:29:50", DeployKind.RESTART, "orders", None)]


@pytest.mark.parametrize("versions", [("gunicorn 21.2.0", "orders v1.4.2"), ("orders v1.4.2", "gunicorn 21.2.0")])
def test_versions_of_two_programs_are_not_mixed(tmp_path: Path, versions: tuple[str, str]) -> None:
    """A service that says its own version and its server's at each start has not changed by that."""
    lines = [f"10:{minute}:0{second} Starting {name}" for minute in (10, 40) for second, name in enumerate(versions)]
    kinds = {deploy.kind for deploy in search(write_log(tmp_path, *lines)).found.deploys}
    assert kinds == {DeployKind.RESTART}


def test_crash_loop_is_one_restart(tmp_path: Path) -> None:
    """Hundreds of restarts in a row are one restart, dated by the first, and a note says how many there were."""
    start = at("10:20:00")
    lines = [f"{start + timedelta(seconds=6 * number):%H:%M:%S} Starting orders v1.4.2" for number in range(300)]
    told = search(write_log(tmp_path, *lines))
    assert told.tell() == [("10:20:00", DeployKind.RESTART, "orders", "1.4.2")]
    assert any("not opened" in note for note in told.found.notes)


def test_scheduled_reload_is_told_once(tmp_path: Path) -> None:
    """A configuration that is reloaded at regular intervals is listed once, with a note."""
    lines = [f"10:{minute:02}:30 reloading configuration" for minute in range(3, 60, 11)]
    told = search(write_log(tmp_path, *lines))
    assert len(told.found.deploys) == 1
    assert told.found.notes == ("config of orders: 6 times at regular intervals, only the first is listed",)


def test_day_of_business_yields_no_change(tmp_path: Path) -> None:
    """Orders that change their status, jobs that start and pages that reload are no changes in the world."""
    lines = [
        *(f"10:{minute:02}:07 order {minute} status changed from PENDING to PAID" for minute in range(60)),
        *(f"10:{minute:02}:11 Started processing batch {minute}" for minute in range(60)),
        "10:20:00 client version 1.4.2 connected",
        "10:30:00 failed to reload configuration: line 7",
        "10:40:00 feature flag new-pricing evaluated to true for user 9",
    ]
    assert search(write_log(tmp_path, *lines)).tell() == []


Record = dict[str, object]

CHANGES: dict[str, Record] = {
    "old and new": {"msg": "config changed", "key": "database.pool_size", "old": 20, "new": 2},
    "was and now": {"msg": "configuration changed", "key": "database.pool_size", "was": 20, "now": 2},
    "from and to": {"msg": "setting updated", "setting": "database.pool_size", "from": "20", "to": "2"},
    "previous and current": {"msg": "updated config", "property": "database.pool_size", "previous": 20, "current": 2},
    "before and after": {"msg": "option changed", "option": "database.pool_size", "before": 20, "after": 2},
    "values": {"msg": "parameter change", "parameter": "database.pool_size", "old_value": 20, "new_value": 2},
    "a name": {"msg": "config value changed", "name": "database.pool_size", "oldValue": 20, "newValue": 2},
    "an inner object": {"msg": "configuration changed", "change": {"database.pool_size": {"old": 20, "new": 2}}},
    "an envelope": {"msg": "configuration changed", "change": {"key": "database.pool_size", "old": 20, "new": 2}},
}


def write_json_log(
    folder: Path, *told: dict[str, object], form: Callable[[dict[str, object]], str] = json.dumps
) -> None:
    """Write an hour of JSON records of a service "stock", with each of ``told`` at 10:29:30 and a minute apart."""
    records: list[Record] = [
        {"time": f"2026-03-04T10:{minute:02}:00Z", "level": "info", "service": "stock", "msg": "served"}
        for minute in range(60)
    ]
    for number, more in enumerate(told):
        records.insert(
            30 + 2 * number, {"time": f"2026-03-04T10:{29 + number}:30Z", "level": "info", "service": "stock", **more}
        )
    (folder / "stock.log").write_text("\n".join(map(form, records)) + "\n", encoding="utf-8")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_values_of_structured_records_are_read_from_their_fields(tmp_path: Path, change: Record) -> None:
    """A JSON record that only says that a setting changed tells in its fields which, from what and to what."""
    write_json_log(tmp_path, change)
    (deploy,) = search(tmp_path).found.deploys
    assert (deploy.kind, deploy.service, deploy.before, deploy.after, deploy.summary) == (
        DeployKind.CONFIG,
        "stock",
        "20",
        "2",
        "database.pool_size changed from 20 to 2",
    )


def test_values_of_logfmt_records_are_read_from_their_fields(tmp_path: Path) -> None:
    """A logfmt record tells of its change like a JSON record."""
    write_json_log(
        tmp_path,
        CHANGES["was and now"],
        form=lambda record: " ".join(f'{name}="{value}"' for name, value in record.items()),
    )
    told = [(one.summary, one.before, one.after) for one in search(tmp_path).found.deploys]
    assert told == [("database.pool_size changed from 20 to 2", "20", "2")]


@pytest.mark.parametrize(
    "record", [{"msg": "value updated", "key": "7"}, {"msg": "limit changed"}, {"msg": "starting"}, {"msg": "ready"}]
)
def test_common_words_count_only_beside_the_fields_that_tell(tmp_path: Path, record: Record) -> None:
    """That a value was updated, or something started, is no change in the world without values or a version."""
    write_json_log(tmp_path, record)
    assert search(tmp_path).tell() == []


def test_flag_is_named_by_its_field(tmp_path: Path) -> None:
    """A flag whose name stands in a field is named in the summary."""
    write_json_log(tmp_path, {"msg": "feature flag enabled", "flag": "gift_wrapping"})
    told = [(one.kind, one.summary, one.after) for one in search(tmp_path).found.deploys]
    assert told == [(DeployKind.FLAG, "feature flag enabled gift_wrapping", "enabled")]


def test_release_number_goes_before_a_revision(tmp_path: Path) -> None:
    """A start-up line that says a release number, a revision and a runtime's version tells of the release."""
    lines = (
        "10:01:00 orders 2.14.1 starting (revision b4b861d207, python 3.11.2)",
        "10:30:00 orders 2.15.0 starting (revision 2b49ef27c9, python 3.11.2)",
    )
    last = search(write_log(tmp_path, *lines)).found.deploys[-1]
    assert (last.kind, last.version, last.before, last.after) == (DeployKind.DEPLOYMENT, "2.15.0", "2.14.1", "2.15.0")


def test_start_in_one_word_tells_the_version_of_its_field(tmp_path: Path) -> None:
    """A record that says no more than "starting" is a start when a field says the version, before a revision."""
    write_json_log(
        tmp_path,
        {"msg": "starting", "commit": "b4b861d207", "version": "1.9.3"},
        {"msg": "starting", "commit": "2b49ef27c9", "version": "1.9.4"},
    )
    last = search(tmp_path).found.deploys[-1]
    assert (last.kind, last.version, last.before, last.summary) == (
        DeployKind.DEPLOYMENT,
        "1.9.4",
        "1.9.3",
        "starting 1.9.4 (revision 2b49ef27c9)",
    )


POSTGRES = "2026-03-04 10:{:02}:{:02}.000 UTC [{}] orders@shop LOG:  {}"


@pytest.mark.parametrize(
    ("statement", "kind", "values"),
    [
        ("ALTER TABLE customers RENAME COLUMN city TO town", DeployKind.MIGRATION, ("city", "town")),
        ("DROP INDEX orders_by_customer", DeployKind.MIGRATION, (None, None)),
        ("REVOKE INSERT ON order_lines FROM orders", DeployKind.CONFIG, (None, None)),
        ("ALTER SYSTEM SET max_connections = 20", DeployKind.CONFIG, (None, "20")),
    ],
)
def test_statement_that_a_database_logs_is_the_summary(
    tmp_path: Path, statement: str, kind: DeployKind, values: tuple[str | None, str | None]
) -> None:
    """A statement that changes tables, rights or settings is a change of the database, told in its own words."""
    lines = [POSTGRES.format(minute, 0, 12, "checkpoint starting: time") for minute in range(60)]
    lines.insert(31, POSTGRES.format(30, 30, 40, f"statement: {statement};"))
    (tmp_path / "postgresql.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = [(one.kind, one.summary, (one.before, one.after)) for one in search(tmp_path).found.deploys]
    assert told == [(kind, statement, values)]


def test_password_in_a_statement_stays_out_of_the_summary(tmp_path: Path) -> None:
    """A summary does not repeat the password that a statement sets."""
    told = search(write_log(tmp_path, "10:30:00 statement: ALTER ROLE orders PASSWORD 'hunter''s 2';"))
    assert [deploy.summary for deploy in told.found.deploys] == ["ALTER ROLE orders PASSWORD '…'"]


def test_container_wrappers_do_not_hide_a_change(tmp_path: Path) -> None:
    """A change told inside docker's JSON log is found."""
    lines = [
        json.dumps(
            {
                "log": f"{'Starting orders v2.0.1' if minute == 30 else 'served'}\n",
                "stream": "stdout",
                "time": f"2026-03-04T10:{minute:02}:00Z",
            }
        )
        for minute in range(60)
    ]
    (tmp_path / "orders-json.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (deploy,) = search(tmp_path).found.deploys
    assert (deploy.at, deploy.version) == (at("10:30:00"), "2.0.1")


def test_supervisor_tells_which_service_changed(tmp_path: Path) -> None:
    """A line of systemd about nginx is a change of nginx and not of systemd."""
    lines = [
        f"Mar  4 10:{minute:02}:00 web1 systemd[1]: Started Session {minute} of user root." for minute in range(60)
    ]
    lines.insert(31, "Mar  4 10:30:30 web1 systemd[1]: Reloaded nginx.service - A high performance web server.")
    (tmp_path / "syslog").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert [(one.kind, one.service) for one in search(tmp_path).found.deploys] == [(DeployKind.CONFIG, "nginx")]


def test_terminal_escapes_stay_out_of_the_summary(tmp_path: Path) -> None:
    """What a log writes to colour or confuse a terminal is not repeated in a summary."""
    told = search(write_log(tmp_path, "10:30:00 Starting orders v1.4.2 \x1b[31mred\x07"))
    assert [deploy.summary for deploy in told.found.deploys] == ["Starting orders v1.4.2 red"]


def test_message_below_its_head_is_read(tmp_path: Path) -> None:
    """A message that stands below its head (java.util.logging) tells of a change; its place covers both lines."""
    lines = []
    for minute in range(60):
        lines.append(f"Mar 04, 2026 10:{minute:02}:00 AM com.shop.orders.Main run")
        lines.append("INFO: Starting orders v2.0.1" if minute == 30 else "INFO: served")
    (tmp_path / "orders.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = search(tmp_path)
    assert [one.version for one in told.found.deploys] == ["2.0.1"]
    assert told.excerpts == ("Mar 04, 2026 10:30:00 AM com.shop.orders.Main run\nINFO: Starting orders v2.0.1",)


def test_version_among_the_fields_is_read(tmp_path: Path) -> None:
    """A JSON record that says "service started" tells its version in a field."""
    records = [
        {"time": f"2026-03-04T10:{minute:02}:00Z", "level": "info", "service": "stock", "msg": "served"}
        for minute in range(60)
    ]
    for minute, version in ((5, "1.0.0"), (35, "1.1.0")):
        records[minute] |= {"msg": "service started", "version": version}
    (tmp_path / "stock.jsonl").write_text("\n".join(map(json.dumps, records)) + "\n", encoding="utf-8")
    last = search(tmp_path).found.deploys[-1]
    assert (last.kind, last.before, last.after) == (DeployKind.DEPLOYMENT, "1.0.0", "1.1.0")


def test_new_version_among_hundreds_of_starts_is_found_to_the_line(tmp_path: Path) -> None:
    """A worker that starts every six seconds has one deployment: its first start with the new version."""
    start = at("10:05:00")
    lines = [
        f"{start + timedelta(seconds=6 * number):%H:%M:%S} Starting orders v{'1.4.2' if number < 333 else '1.5.0'}"
        for number in range(500)
    ]
    found = search(write_log(tmp_path, *lines)).found.deploys
    assert [one.at for one in found if one.kind is DeployKind.DEPLOYMENT] == [start + timedelta(seconds=6 * 333)]


def test_different_flags_are_different_changes(tmp_path: Path) -> None:
    """Two flags enabled within a minute are two changes; the same flag told by two replicas is one."""
    lines = ("10:30:00 feature flag a enabled", "10:30:20 feature flag b enabled", "10:30:21 feature flag b enabled")
    assert [one.summary for one in search(write_log(tmp_path, *lines)).found.deploys] == [
        "feature flag a enabled",
        "feature flag b enabled",
    ]


def test_program_that_adapts_all_the_time_is_told_briefly(tmp_path: Path) -> None:
    """Of a setting that changes every half minute at most twenty changes are listed, and a note counts the others."""
    lines = [f"10:{n // 2:02}:{n % 2 * 30 + 9:02} config changed: pool.size {n} -> {n + 1}" for n in range(118)]
    told = search(write_log(tmp_path, *lines))
    assert len(told.found.deploys) <= 20
    assert len(told.found.notes) >= 1


def test_reload_minutes_after_another_is_a_change_of_its_own(tmp_path: Path) -> None:
    """Two reloads five minutes apart are two changes, two within a minute are one."""
    lines = [f"{clock} reloading configuration" for clock in ("10:20:00", "10:20:40", "10:25:40")]
    assert [f"{one.at:%H:%M:%S}" for one in search(write_log(tmp_path, *lines)).found.deploys] == [
        "10:20:00",
        "10:25:40",
    ]
