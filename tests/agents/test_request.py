"""Requests in plain words are understood by patterns: what is a path, a time, a service, and what means nothing."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotfix.agents.contract import Kind, Request
from hotfix.agents.places import look_up, suggest_path
from hotfix.agents.request import Surroundings, read_request
from hotfix.core.errors import UsageError
from hotfix.ingest.timestamps import ZONE_OFFSETS_H
from hotfix.ingest.window import parse_time

_INCIDENT = "20260304T091140Z-shop"
_LAST = datetime(2026, 1, 15, 18, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with logs, a repository and what else a request may name."""
    monkeypatch.chdir(tmp_path)
    for folder in ("logs/payment", "my logs", "orders/.git", "bare.git/objects", f".hotfix/incidents/{_INCIDENT}"):
        Path(folder).mkdir(parents=True)
    for file in ("app.log", "deploys.json", "fix.diff", "hotfix.toml", "bare.git/HEAD", "logs/payment/a.log"):
        Path(file).write_text("text")
    Path(f".hotfix/incidents/{_INCIDENT}/report.json").write_text("{}")
    Path("orders.bundle").write_bytes(b"# v2 git bundle\n")
    return tmp_path


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("text", "told", "ignored"),
    [
        ("Analyze payment errors in logs/payment/", {"logs": "logs/payment/"}, "Analyze payment errors"),
        ("what broke in logs?", {"logs": "logs"}, "what broke"),
        ("look at app.log, please", {"logs": "app.log"}, "look"),
        ("read 'my logs' now", {"logs": "my logs"}, "read now"),
        ("logs/**/*.log and deploys.json", {"logs": "logs/**/*.log", "changes": "deploys.json"}, ""),
        ("fix it in ./orders", {"repository": "./orders"}, "fix it"),
        ("fix it in bare.git", {"repository": "bare.git"}, "fix it"),
        ("fix it in orders.bundle", {"repository": "orders.bundle"}, "fix it"),
        ("test fix.diff in orders", {"patch": "fix.diff", "repository": "orders"}, "test"),
        ("plan by hotfix.toml", {"configuration": "hotfix.toml"}, "plan"),
        (f"review {_INCIDENT}", {"incident": _INCIDENT}, "review"),
        (f"review .hotfix/incidents/{_INCIDENT}", {"incident": f".hotfix/incidents/{_INCIDENT}"}, "review"),
        ("review the last incident", {"incident": "last"}, "review"),
        ("since 03:10", {"since": "03:10:00"}, ""),
        ("after 4pm until 5:30 PM CET", {"since": "16:00:00 CET", "until": "17:30:00 CET"}, ""),
        ("from 2026-01-15T14:00Z to 15:00", {"since": "2026-01-15 14:00:00Z", "until": "2026-01-15 15:00:00"}, ""),
        ("since about 14:30 +02:00", {"since": "14:30:00+02:00"}, ""),
        ("on 2026-01-14 between 23:00 and 23:30",
         {"day": "2026-01-14", "since": "2026-01-14 23:00:00", "until": "2026-01-14 23:30:00"}, ""),
        ("since 2026-01-14", {"since": "2026-01-14"}, ""),
        ("over the last 30 minutes", {"last": "30m"}, "over"),
        ("in the past hour", {"last": "1h"}, ""),
        ("it began at 14:32", {"moment": "14:32:00"}, "it began"),
        ("since yesterday", {}, "since yesterday"),
        ("the payments service fails", {"service": "payments"}, "fails"),
        ("service `a-b` and service x.y", {"service": "a-b x.y"}, ""),
        ("the service crashed", {}, "service crashed"),
        ("after release 2.15.0.", {"version": "2.15.0"}, "after"),
        ("v1.2.3-rc.1 or version 42", {"version": "1.2.3-rc.1 42"}, ""),
        ("host 10.0.0.5 needs 1.2 s at p95", {}, "host 10.0.0.5 needs 1.2 s p95"),
        ("30 % of requests, 20 errors/s, 5 per minute", {"rate": "30 % 20 errors/s 5 per minute"}, "requests"),
        ("a p0! and P3", {"severity": "P0 P3"}, ""),
        ("of 10,000 users", {"users": "10000"}, ""),
        ("12 users complain", {}, "12 users complain"),
        ("at commit abc123 on branch fix/one", {"revision": "abc123 fix/one"}, ""),
        ("blue green, not rolling back", {"strategy": "blue-green"}, "not rolling back"),
        ('with suite "pytest -q" and repro "sh go.sh"', {"suite": "pytest -q", "repro": "sh go.sh"}, ""),
        ('errors on "/orders/19" and I/O', {}, "errors /orders/19 I/O"),
    ],
)  # fmt: skip
def test_request_is_understood(text: str, told: dict[str, str], ignored: str) -> None:
    """Each part that means something is understood once; the other words are told as ignored."""
    found = _read(text)
    said: dict[str, str] = {}
    for mark in found.marks:
        said[mark.kind] = f"{said[mark.kind]} {mark.value}" if mark.kind in said else mark.value
    assert (said, " ".join(found.ignored)) == (told, ignored)


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("in log/payment", "a path that exists in the request, found 'log/payment'; did you mean 'logs/payment'?"),
        ("look at ap.log", "a path that exists in the request, found 'ap.log'; did you mean 'app.log'?"),
        ("look at /nowhere/at/all", "a path that exists in the request, found '/nowhere/at/all'; put what is no path"),
        ("logs/*.gz", "a path that exists in the request, found 'logs/*.gz'; put what is no path in double quotes"),
        ("fix 20260304T091140Z-shops",
         "the id of an incident that is kept here in the request, found '20260304T091140Z-shops'; did you mean '2026"),
        ("since 25:99", "a time such as 14:30 or 2026-01-15T14:30Z in the request, found '25:99'"),
        ("on 2026-13-01", "a time such as 14:30 or 2026-01-15T14:30Z in the request, found '2026-13-01'"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_mistake(text: str, said: str) -> None:
    """A path, an incident or a time that there is not is refused, with a near name where there is one."""
    with pytest.raises(UsageError) as caught:
        _read(text)
    assert str(caught.value).startswith(f"expected {said}")


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=80))
def test_any_text_is_understood_or_refused_in_words(text: str) -> None:
    """No text breaks the reading; no part is taken twice, and what is taken or ignored stands in the text."""
    try:
        found = read_request(text, Surroundings((), lambda _path: None, lambda _path: ""))
    except UsageError:
        return
    taken = [(mark.start, mark.end) for mark in found.marks]
    assert all(start < end for start, end in taken)
    assert all(one[1] <= other[0] for one, other in pairwise(taken))
    assert all(word in text for word in found.ignored)


@settings(max_examples=300, deadline=None)
@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001  # the zone is drawn apart
    st.sampled_from(["", "Z", " UTC", "+02:00", " -0330", *(f" {zone}" for zone in ZONE_OFFSETS_H)]),
    st.sampled_from(["since", "after", "until", "before", "starting at"]),
    st.sampled_from(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %I:%M %p"]),
)
def test_time_means_what_its_option_means(moment: datetime, zone: str, word: str, form: str) -> None:
    """However a day and a time are written, the instant is the one that ``--since`` reads from a plain stamp."""
    text = f"it broke {word} {moment.strftime(form)}{zone}, in some way"
    (mark,) = read_request(text, Surroundings((), lambda _path: None, lambda _path: "")).marks
    wanted = moment if "%S" in form else moment.replace(second=0)
    assert mark.kind is (Kind.UNTIL if word in {"until", "before"} else Kind.SINCE)
    plain = f"{wanted:%Y-%m-%d %H:%M:%S}{zone}".replace(" -0330", "-0330")
    assert parse_time("", mark.value, _LAST) == parse_time("", plain, _LAST)


def _read(text: str) -> Request:
    return read_request(text, Surroundings((_INCIDENT,), look_up, suggest_path))
