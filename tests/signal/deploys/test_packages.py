"""Logs of package managers."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotfix.core.facts import DeployKind
from hotfix.ingest.discovery import find_file
from hotfix.signal.deploys.packages import read_packages
from tests.signal.deploys.search import search, write_log

DPKG = """\
2026-03-04 10:30:01 startup archives unpack
2026-03-04 10:30:02 upgrade libssl3:amd64 3.0.11-1 3.0.13-1
2026-03-04 10:30:02 status half-configured libssl3:amd64 3.0.11-1
2026-03-04 10:30:03 install jq:amd64 <none> 1.6-2
2026-03-04 10:30:04 remove nano:amd64 7.2-1 <none>
"""
APT = """\

Start-Date: 2026-03-04  10:30:01
Commandline: apt-get upgrade -y
Upgrade: libssl3:amd64 (3.0.11-1, 3.0.13-1), openssl:amd64 (3.0.11-1, 3.0.13-1)
Install: jq:amd64 (1.6-2, automatic)
End-Date: 2026-03-04  10:30:09
"""
YUM = """\
Mar 04 10:30:02 Updated: 1:openssl-libs-1.0.2k-19.el7.x86_64
Mar 04 10:30:03 Installed: jq-1.6-2.el7.x86_64
Mar 04 10:30:04 Erased: nano-2.3.1-10.el7.x86_64
"""
DNF = """\
2026-03-04T10:30:01Z INFO --- logging initialized ---
2026-03-04T10:30:02Z SUBDEBUG Upgrade: openssl-libs-1:3.0.7-27.el9.x86_64
2026-03-04T10:30:03Z SUBDEBUG Installed: jq-1.6-15.el9.x86_64
2026-03-04T10:30:05Z SUBDEBUG Upgraded: openssl-libs-1:3.0.7-24.el9.x86_64
"""


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "dpkg.log",
            DPKG,
            [
                ("10:30:02", "upgraded libssl3 3.0.11-1 → 3.0.13-1", 2, 2),
                ("10:30:03", "installed jq 1.6-2", 4, 4),
                ("10:30:04", "removed nano 7.2-1", 5, 5),
            ],
        ),
        (
            "history.log",
            APT,
            [
                ("10:30:01", "upgraded libssl3 3.0.11-1 → 3.0.13-1", 2, 4),
                ("10:30:01", "upgraded openssl 3.0.11-1 → 3.0.13-1", 2, 4),
                ("10:30:01", "installed jq 1.6-2", 2, 5),
            ],
        ),
        (
            "yum.log",
            YUM,
            [
                ("10:30:02", "upgraded openssl-libs 1.0.2k-19.el7", 1, 1),
                ("10:30:03", "installed jq 1.6-2.el7", 2, 2),
                ("10:30:04", "removed nano 2.3.1-10.el7", 3, 3),
            ],
        ),
        (
            "dnf.rpm.log",
            DNF,
            [
                ("10:30:03", "installed jq 1.6-15.el9", 3, 3),
                ("10:30:02", "upgraded openssl-libs 3.0.7-24.el9 → 3.0.7-27.el9", 2, 2),
            ],
        ),
    ],
)
def test_package_manager_log_is_read(
    tmp_path: Path, name: str, text: str, told: list[tuple[str, str, int, int]]
) -> None:
    """Packages that were installed, upgraded or removed are read with their versions and lines; all else is not."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    found = read_packages(find_file(path), datetime(2026, 3, 4, 11, tzinfo=UTC)).sightings
    assert [(f"{one.at:%H:%M:%S}", one.summary, one.source.line, one.source.end_line) for one in found] == told


def test_two_logs_of_one_upgrade_count_once(tmp_path: Path) -> None:
    """A rotated, compressed dpkg.log and apt's history tell of the same packages, which are listed once."""
    write_log(tmp_path)
    (tmp_path / "dpkg.log.1.gz").write_bytes(gzip.compress(DPKG.encode()))
    (tmp_path / "history.log").write_text(APT, encoding="utf-8")
    assert sorted(deploy.service or "" for deploy in search(tmp_path).found.deploys) == [
        "jq",
        "libssl3",
        "nano",
        "openssl",
    ]


def test_great_upgrade_is_one_change_but_for_the_packages_of_services(tmp_path: Path) -> None:
    """Forty packages upgraded at once are one change; the one that carries the name of a service stands by itself."""
    names = [f"lib{number}" for number in range(40)] + ["orders"]
    lines = [f"2026-03-04 10:30:{second:02} upgrade {name}:amd64 1.0-1 1.1-1" for second, name in enumerate(names)]
    (write_log(tmp_path) / "dpkg.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = search(tmp_path)
    assert told.tell() == [
        ("10:30:00", DeployKind.PACKAGE, None, None),
        ("10:30:40", DeployKind.PACKAGE, "orders", "1.1-1"),
    ]
    assert told.found.deploys[0].summary == (
        "40 packages changed: upgraded lib0 1.0-1 → 1.1-1, upgraded lib1 1.0-1 → 1.1-1, "
        "upgraded lib2 1.0-1 → 1.1-1, upgraded lib3 1.0-1 → 1.1-1 and 36 more"
    )


def test_local_time_is_read_as_utc_and_said_so(tmp_path: Path) -> None:
    """Package managers write local time without a zone; it is read as UTC, and a note tells of it."""
    (write_log(tmp_path) / "dpkg.log").write_text(DPKG, encoding="utf-8")
    assert search(tmp_path).found.notes == (f"{tmp_path}/dpkg.log: its times say no zone and are read as UTC",)


def test_log_without_any_change_of_a_package_tells_none(tmp_path: Path) -> None:
    """Lines on states and triggers are no changes."""
    states = ("status installed man-db:amd64 2.11.2-2", "trigproc man-db:amd64 2.11.2-2 <none>")
    text = "".join(f"2026-03-04 10:30:02 {state}\n" for state in states)
    (write_log(tmp_path) / "dpkg.log").write_text(text, encoding="utf-8")
    assert search(tmp_path).tell() == []
