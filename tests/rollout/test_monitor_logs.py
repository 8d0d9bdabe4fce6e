import json
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from hotfix.core.facts import Severity
from hotfix.pipeline import AnalysisRequest, analyze
from hotfix.rollout.contract import FatalClass, Look, NewError, Rule, Verdict
from hotfix.rollout.judge.judge import judge_phase
from hotfix.rollout.judge.latency import find_quantile
from hotfix.rollout.monitor import read_monitor
from hotfix.rollout.monitor.incident import IncidentKinds
from hotfix.rollout.monitor.logs import LogMonitor
from hotfix.rollout.monitor.promqueries import NAMES
from hotfix.rollout.monitor.streams import LogStream
from hotfix.rollout.monitor.streams import Version as Side
from hotfix.rollout.policy import make_policy
from tests.rollout.services import Load, Version, run_pair
from tests.rollout.writtenlogs import BEGIN_S, Watching, WrittenLog, say_request, watch

_GUIDE = Path(__file__).parents[2] / "docs" / "deploy.md"
_FAILED = "GET /order/7 failed: stock is not known"
_TRACE = (
    "Traceback (most recent call last):\n"
    '  File "/srv/shop/orders.py", line 31, in total\n'
    "    return sum(row.price for row in rows)\n"
    '  File "/srv/shop/orders.py", line 8, in price\n'
    "    return self.cents\n"
    "AttributeError: 'NoneType' object has no attribute 'cents'"
)


def _write_pair(folder: Path, new: Sequence[str] = (), old: Sequence[str] = ()) -> tuple[WrittenLog, WrittenLog]:
    logs = WrittenLog(folder / "new.log"), WrittenLog(folder / "old.log")
    for log, lines in zip(logs, (new, old), strict=True):
        log.write(*lines)
    return logs


def _count(watching: Watching) -> list[tuple[int, int]]:
    return [(one.observation.canary.requests, one.observation.baseline.requests) for one in watching.seen]


def test_real_versions_are_counted_as_they_count_themselves(tmp_path: Path) -> None:
    """Requests of both versions add up over the windows, errors and p95 are theirs, and only what is new is told."""
    new, old = Version("new", errors=0.1, fatal=0.05, latency_ms=6, seed=2), Version("old", errors=0.05, seed=3)
    with run_pair(tmp_path, new, old) as (canary, baseline):
        with Load(baseline.port) as load:
            load.wait_for(300)
        asked = len(load.answers)
        watching = watch(tmp_path)
        watching.at_s = time.time()
        with Load(canary.port) as of_new, Load(baseline.port) as of_old:
            for _ in range(3):
                of_new.wait_for(150)
                of_old.wait_for(150)
                watching.look(time.time())
        for log in (canary.log, baseline.log):
            os.utime(log, (BEGIN_S, BEGIN_S))
        last = watching.look(time.time())
        sides = [(one.observation.canary, one.observation.baseline) for one in watching.seen]
        assert tuple(map(sum, zip(*_count(watching), strict=True))) == (canary.count(), baseline.count() - asked)
        statuses = [answer.status for answer in of_new.answers]
        assert sum(one.errors for one, _ in sides) == statuses.count(500)
        assert sum(one.errors for _, one in sides) == [answer.status for answer in of_old.answers].count(500)
    p95s = [find_quantile(one.latency, 0.95) or 0.0 for one in sides[0]]
    assert p95s[0] > 1.5 * p95s[1]
    fatal = {one.name for seen in watching.seen for one in seen.observation.fatal}
    assert (fatal, last.new_errors) == ({"CouponTableError in _use_coupon"}, ())
    assert {error for seen in watching.seen for error in seen.observation.new_errors} == set()


def test_canary_that_crashed_is_blindness_and_not_health(tmp_path: Path) -> None:
    """A good canary that is killed falls silent while the old version goes on: blind first, then back."""
    policy = make_policy({"check_s": 1, "minimum_requests": 60, "minimum_s": 60}, Severity.P1)
    with run_pair(tmp_path) as (canary, baseline):
        watching = watch(tmp_path)
        begin_s = watching.at_s = time.time()
        with Load(canary.port) as of_new, Load(baseline.port) as of_old:
            of_new.wait_for(100)
            of_old.wait_for(100)
            watching.look(time.time())
            canary.kill()
            of_old.wait_for(100)
            last_s = watching.look(time.time()).end_s
            of_old.wait_for(100)
            watching.look(time.time())
    seen = [one.observation for one in watching.seen]
    assert seen[0].canary.errors == 0 < seen[0].canary.requests
    assert seen[-1].canary.last_data_s is None
    assert seen[-1].baseline.last_data_s is not None
    assert "the log of the new version is silent" in watching.notes
    blind = judge_phase(policy, seen, Look(0, begin_s, last_s + policy.blind_after_s + 0.5))
    over = judge_phase(policy, seen, Look(0, begin_s, last_s + policy.blind_deadline_s + 0.5))
    assert (blind.verdict, blind.rule) == (Verdict.BLIND, Rule.BLIND)
    assert (over.verdict, over.rule) == (Verdict.ROLL_BACK, Rule.BLIND)


def test_record_counts_in_the_window_of_its_time(tmp_path: Path) -> None:
    """What is dated after the end of a window is left to the next one, though it is read before."""
    new, _ = _write_pair(tmp_path)
    watching = watch(tmp_path)
    new.write(*(say_request(BEGIN_S + second) for second in range(10)))
    assert [watching.look(BEGIN_S + end).canary.requests for end in (4, 5, 10)] == [4, 1, 5]


def test_late_record_counts_and_is_told(tmp_path: Path) -> None:
    """A record of a window that is over counts in the next one; one that is much too late is told."""
    new, _ = _write_pair(tmp_path)
    watching = watch(tmp_path)
    new.write(say_request(BEGIN_S + 1))
    watching.look(BEGIN_S + 60)
    new.write(say_request(BEGIN_S + 59), say_request(BEGIN_S + 2), say_request(BEGIN_S + 61))
    assert watching.look(BEGIN_S + 120).canary.requests == 3
    late = "1 records of the new version came more than 10 s after their window"
    assert f"{late}: they are written late, or their clock or zone is another" in watching.notes


def test_clock_that_is_ahead_makes_nobody_wait(tmp_path: Path) -> None:
    """Records dated after the moment of reading count at once, and the version is heard."""
    new, _ = _write_pair(tmp_path)
    watching = watch(tmp_path)
    now_s = time.time()
    new.write(*(say_request(now_s + 3600 + second) for second in range(5)))
    canary = watching.look(now_s).canary
    assert (canary.requests, canary.last_data_s) == (5, now_s)


def test_log_that_is_not_there_yet_is_read_from_its_begin(tmp_path: Path) -> None:
    """The canary starts after the rollout has begun; until then it is not heard."""
    watching = watch(tmp_path)
    assert watching.look(BEGIN_S + 1).canary.last_data_s is None
    _write_pair(tmp_path, [say_request(BEGIN_S + 1.5)] * 3)
    canary = watching.look(BEGIN_S + 2).canary
    assert (canary.requests, canary.last_data_s) == (3, BEGIN_S + 1.5)


def test_what_was_logged_before_the_rollout_does_not_count(tmp_path: Path) -> None:
    """Watching begins at the end of the logs, in the middle of a line where one is being written."""
    new, old = _write_pair(tmp_path, [say_request(BEGIN_S, 500)] * 9, [say_request(BEGIN_S, 500)] * 9)
    line = say_request(BEGIN_S + 1, 500)
    new.write(line[:40], end="")
    watching = watch(tmp_path)
    assert watching.look(BEGIN_S + 2).canary.requests == 0
    new.write(line[40:])
    old.write(say_request(BEGIN_S + 3))
    seen = watching.look(BEGIN_S + 4)
    assert (seen.canary.errors, seen.baseline.requests, seen.baseline.errors) == (1, 1, 0)


def test_watching_goes_on_in_another_process(tmp_path: Path) -> None:
    """The mark alone says where it is: a monitor that is read anew counts nothing twice and knows what was new."""
    new, _ = _write_pair(tmp_path)
    watching = watch(tmp_path)
    new.write(say_request(BEGIN_S + 1, 500, "cannot pay with ada's card"))
    watching.look(BEGIN_S + 2)
    again = watch(tmp_path)
    again.mark, again.at_s = watching.mark, watching.at_s
    new.write(say_request(BEGIN_S + 3, 500, "cannot pay with ada's card"))
    seen = again.look(BEGIN_S + 4)
    assert (seen.canary.requests, seen.new_errors) == (1, watching.seen[0].observation.new_errors)


@pytest.mark.parametrize("mark", ["", "[]", "{}", '{"streams": []}', '["a", "b"]'])
def test_text_that_is_no_mark_is_told(tmp_path: Path, mark: str) -> None:
    """Nobody is heard in that window, and watching goes on from there."""
    new, _ = _write_pair(tmp_path, [say_request(BEGIN_S)] * 3)
    watching = watch(tmp_path)
    watching.mark = mark
    seen = watching.look(BEGIN_S + 1)
    assert (seen.canary.last_data_s, seen.baseline.last_data_s) == (None, None)
    assert watching.notes == (f"expected a mark of logs, found {mark!r}: they are watched from here on",)
    new.write(say_request(BEGIN_S + 1))
    assert watching.look(BEGIN_S + 2).canary.requests == 1


def test_errors_of_the_old_version_are_not_new(tmp_path: Path) -> None:
    """Kinds that its log held before the rollout are known, whatever their values; others are told by version."""
    errors = [say_request(BEGIN_S - 60, 500, f"GET /order/{number} failed: stock is not known") for number in range(4)]
    new, old = _write_pair(tmp_path, (), errors)
    watching = watch(tmp_path)
    new.write(*[say_request(BEGIN_S + 1, 500, _FAILED)] * 3)
    new.write(*[say_request(BEGIN_S + 1, 500, "no row for a coupon")] * 2)
    old.write(say_request(BEGIN_S + 1, 500, "no row for a coupon"), say_request(BEGIN_S + 1, 500, "disk is full"))
    seen = watching.look(BEGIN_S + 2)
    assert seen.new_errors == (NewError("disk is full", 0, 1), NewError("no row for a coupon", 2, 1))
    assert (seen.canary.errors, seen.fatal) == (5, ())


def test_new_fatal_class_is_told_apart_from_new_errors(tmp_path: Path) -> None:
    """What is fatal by its level is named by the exception and the function that raised it, not by line numbers."""
    new, old = _write_pair(tmp_path)
    watching = watch(tmp_path)
    for line in (8, 9):
        trace = _TRACE.replace("line 8,", f"line {line},")
        new.write(say_request(BEGIN_S + 1, 500, f"order {line} broke", level="FATAL", stack_trace=trace))
    old.write(say_request(BEGIN_S + 1, 500, "order 3 broke", level="ERROR", stack_trace=_TRACE))
    seen = watching.look(BEGIN_S + 2)
    name = "AttributeError in price"
    assert (seen.fatal, seen.new_errors) == ((FatalClass(name, 2, 0),), (NewError(name, 0, 1),))


def test_trace_that_is_still_written_is_waited_for(tmp_path: Path) -> None:
    """An error at the end of a log that was written to this moment counts with its trace, once."""
    new, _ = _write_pair(tmp_path)
    watching = watch(tmp_path)
    now_s = time.time()
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now_s - 1))
    with new.path.open("a") as file:
        file.write(f"{stamp},100 INFO shop: GET /order/1 200 3 ms\n{stamp},200 ERROR shop: order 7 broke\n")
    first = watching.look(now_s)
    new.write(*_TRACE.splitlines())
    second = watching.look(now_s + 1)
    assert first.new_errors == ()
    assert second.new_errors == (NewError("AttributeError in price", 1, 0),)


def test_bug_of_the_incident_is_counted_by_version(tmp_path: Path) -> None:
    """The errors that the diagnosis cites are the bug, in whichever version; they are not told as new."""
    quiet = [say_request(BEGIN_S + second / 4) for second in range(2400)]
    crash = {"message": "order 7 broke", "stack_trace": _TRACE}
    loud = [
        say_request(BEGIN_S + 600 + second / 4, 500 if second % 3 else 200, **(crash if second % 3 else {}))
        for second in range(600)
    ]
    new, old = _write_pair(tmp_path, (), [*quiet, *loud])
    analysis = analyze(AnalysisRequest((str(old.path),), encoder=False))
    assert analysis.incident is not None
    watching = watch(tmp_path, analysis)
    end_s = BEGIN_S + 900
    fields = {"message": "order 9 broke", "stack_trace": _TRACE.replace("line 8", "line 11")}
    old.write(*[say_request(end_s, 500, **fields)] * 4)
    new.write(say_request(end_s), say_request(end_s, 500, **fields))
    seen = watching.look(end_s + 1)
    assert (seen.canary.bug, seen.baseline.bug, seen.new_errors) == (1, 4, ())


def test_one_log_names_the_version_on_each_line(tmp_path: Path) -> None:
    """A balancer's log serves both: lines are told apart by the pattern, and those of neither are told."""
    log = WrittenLog(tmp_path / "access.log")
    watching = watch(tmp_path, log="access.log", log_pattern=r"version=(\S+)", new=["2.15", "2.15.1"], old="2.14")
    stamp = "20/Nov/2026:12:00:01 +0000"
    for version, status, count in (("2.15", 200, 3), ("2.15.1", 500, 2), ("2.14", 200, 4), ("1.0", 200, 5)):
        line = f'192.0.2.1 - - [{stamp}] "GET /order/7 HTTP/1.1" {status} 27 "-" "curl" rt=0.030 version={version}'
        log.write(*[line] * count)
    log.write("a line of nobody")
    seen = watching.look(BEGIN_S + 2)
    assert [(side.requests, side.errors) for side in (seen.canary, seen.baseline)] == [(5, 2), (4, 0)]
    assert seen.baseline.latency.count == 4
    assert "6 records name neither version" in watching.notes


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ('192.0.2.1 - - [20/Nov/2026:12:00:01 +0000] "GET / HTTP/1.1" 503 27 "-" "curl" rt=0.030', (1, 1, 1)),
        ("time=2026-11-20T12:00:01Z level=info msg=answered status=200 duration=30ms", (1, 0, 1)),
        ("2026-11-20 12:00:01,100 ERROR shop: no stock", (1, 1, 0)),
    ],
)
def test_formats_are_found(tmp_path: Path, line: str, counts: tuple[int, int, int]) -> None:
    """Requests, errors and durations are read from whatever format a log has; with none of them records count."""
    new, _ = _write_pair(tmp_path)
    watching = watch(tmp_path)
    new.write(line)
    canary = watching.look(BEGIN_S + 2).canary
    assert (canary.requests, canary.errors, canary.latency.count) == counts


def test_logs_of_several_hosts_are_one_version(tmp_path: Path) -> None:
    """Globs are looked at anew in each window, and a list names several logs."""
    for name in ("new-a.log", "old.log"):
        WrittenLog(tmp_path / name).write()
    watching = watch(tmp_path, new=["new-*.log", "extra/new.log"])
    (tmp_path / "extra").mkdir()
    for name in ("new-a.log", "new-b.log", "extra/new.log"):
        WrittenLog(tmp_path / name).write(say_request(BEGIN_S + 1, path=name))
    assert watching.look(BEGIN_S + 2).canary.requests == 3


def test_usual_number_of_requests_comes_from_the_history(tmp_path: Path) -> None:
    """Ten requests a second before the rollout are 50 in five seconds; of too short a history nothing is told."""
    old = [say_request(BEGIN_S - 120 + number / 10) for number in range(1200)]
    _write_pair(tmp_path, (), old)
    usual = watch(tmp_path).look(BEGIN_S + 5).usual_requests
    assert usual == pytest.approx(50, rel=0.01)
    (tmp_path / "old.log").write_text("".join(f"{line}\n" for line in old[:300]))
    assert watch(tmp_path).look(BEGIN_S + 5).usual_requests is None


def test_what_was_usual_before_the_incident_is_usual(tmp_path: Path) -> None:
    """Clients that try again while things fail are not missed when they stop."""
    calm = [say_request(BEGIN_S - 300 + number / 5) for number in range(1000)]
    storm = [say_request(BEGIN_S - 100 + number / 40, 500) for number in range(4000)]
    log = WrittenLog(tmp_path / "old.log")
    log.write(*calm, *storm)
    usual = []
    for began_s in (None, BEGIN_S - 100):
        monitor = LogMonitor((LogStream((str(log.path),), Side.OLD),), IncidentKinds(began_s=began_s))
        usual.append(Watching(monitor).look(BEGIN_S + 10).usual_requests)
    assert usual == [pytest.approx(165, rel=0.1), pytest.approx(50, rel=0.02)]


def test_restart_of_a_service_goes_on_in_its_log(tmp_path: Path) -> None:
    """A version that appends to its log after a restart is counted further."""
    new, _ = _write_pair(tmp_path)
    watching = watch(tmp_path)
    new.write(say_request(BEGIN_S + 1))
    watching.look(BEGIN_S + 2)
    new.write("half a line of a process that was kil", say_request(BEGIN_S + 3))
    assert watching.look(BEGIN_S + 4).canary.requests == 1


def test_log_that_was_emptied_is_told(tmp_path: Path) -> None:
    """What a truncation without a copy has destroyed is not passed over in silence."""
    new, _ = _write_pair(tmp_path, [say_request(BEGIN_S)] * 3)
    watching = watch(tmp_path)
    new.path.write_text("")
    new.write(say_request(BEGIN_S + 1))
    assert watching.look(BEGIN_S + 2).canary.requests == 1
    assert f"{new.path} was cut or removed, and its rest is lost" in watching.notes


def test_log_that_could_not_be_read_for_a_while_is_read_on(tmp_path: Path) -> None:
    """What was counted before is not counted again when a log comes back."""
    new, _ = _write_pair(tmp_path, [say_request(BEGIN_S)] * 5)
    watching = watch(tmp_path)
    away = new.path.rename(tmp_path / "elsewhere")
    assert watching.look(BEGIN_S + 1).canary.last_data_s is None
    assert f"{new.path} was cut or removed, and its rest is lost" in watching.notes
    watching.look(BEGIN_S + 2)
    assert f"{new.path} was cut or removed, and its rest is lost" not in watching.notes
    away.rename(new.path)
    new.write(say_request(BEGIN_S + 2))
    assert watching.look(BEGIN_S + 3).canary.requests == 1


def test_old_file_that_turns_up_does_not_count(tmp_path: Path) -> None:
    """A rotated log of last week that is unpacked beside the log was last written to before the rollout."""
    _write_pair(tmp_path, [say_request(BEGIN_S)])
    watching = watch(tmp_path)
    (tmp_path / "new.log.3").write_text(f"{say_request(BEGIN_S - 600_000, 500)}\n" * 50)
    os.utime(tmp_path / "new.log.3", (BEGIN_S - 600_000, BEGIN_S - 600_000))
    assert watching.look(BEGIN_S + 1).canary.requests == 0


def test_log_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """The version is not heard, with the reason; the other one is."""
    _, old = _write_pair(tmp_path)
    watching = watch(tmp_path, new="n" * 300)
    old.write(say_request(BEGIN_S + 1))
    seen = watching.look(BEGIN_S + 2)
    assert (seen.canary.last_data_s, seen.baseline.requests) == (None, 1)
    assert any("cannot be read: File name too long" in note for note in watching.notes)


@pytest.mark.parametrize(
    "dirt",
    [
        b"\x1b[31m\x1b]0;title\x07\x1b[2J error \xe2\x80\xae drowssap\n",
        b"x" * 3_000_000 + b"\n",
        b"\xff\xfe\x80 error \xc3\n",
        b"error \0\0\0\0 nothing\n",
        b'{"time": "2026-11-20T12:00:01Z", "level": "ERROR", "message": ' + b'{"a":' * 5000 + b"\n",
        b'{"time": "9999-99-99T99:99:99Z", "status": 1e999, "duration_ms": -1e308}\n',
        b"2026-11-20T12:00:01Z ERROR " + b"<*> " * 3000 + b"\n",
    ],
    ids=["escapes", "giant line", "no text", "zeros", "deep", "numbers", "wildcards"],
)
def test_hostile_lines_break_nothing(tmp_path: Path, dirt: bytes) -> None:
    """Requests beside them are counted, and names of new errors are harmless and short."""
    new, _ = _write_pair(tmp_path)
    watching = watch(tmp_path)
    new.write(say_request(BEGIN_S + 1))
    for _ in range(2):
        with new.path.open("ab") as file:
            file.write(dirt)
        new.write(say_request(BEGIN_S + 1, 500, "stock is not known"))
    seen = watching.look(BEGIN_S + 2)
    assert 3 <= seen.canary.requests <= 5
    assert seen.canary.errors == 2
    names = [one.name for one in (*seen.fatal, *seen.new_errors)]
    assert "stock is not known" in names
    assert all(name.isprintable() and len(name) <= 200 for name in names)
    assert all(note.isprintable() for note in watching.notes)


def test_file_that_is_no_log_is_told(tmp_path: Path) -> None:
    """A binary file leaves the version unheard."""
    _write_pair(tmp_path)
    watching = watch(tmp_path)
    (tmp_path / "new.log").write_bytes(bytes(range(256)) * 50 + b"\n")
    assert watching.look(BEGIN_S + 2).canary.last_data_s is None
    assert any("binary, not text" in note for note in watching.notes)


def test_very_many_kinds_of_errors_stay_few(tmp_path: Path) -> None:
    """A flood of different messages makes neither the observation nor the mark grow without bound."""
    new, _ = _write_pair(tmp_path)
    watching = watch(tmp_path)
    words = [f"{a}{b}{c}" for a in "abcdefghijkl" for b in "mnopqrstuvwx" for c in "aeiouy"]
    for window in range(3):
        lines = [f"{word} {word[::-1]}{'q' * window} has {word[1:]} gone" for word in words]
        new.write(*(say_request(BEGIN_S + window, 500, line) for line in lines))
        watching.look(BEGIN_S + window + 0.5)
    assert sum(one.canary for one in watching.seen[-1].observation.new_errors) == len(words)
    assert len(watching.mark) < 200_000


def test_logs_of_two_tables_are_watched_together(tmp_path: Path) -> None:
    """The first ones count; the others may be silent, but where they are missing the version is not heard."""
    (tmp_path / "hotfix.toml").write_text(
        "".join(
            f"[[deploy.monitor]]\nsource = 'logs'\nnew = '{name}-new.log'\nold = '{name}-old.log'\n" for name in "ab"
        )
    )
    watching = Watching(read_monitor(tmp_path / "hotfix.toml", None))
    for name in ("a-new", "a-old", "b-new"):
        WrittenLog(tmp_path / f"{name}.log").write(say_request(BEGIN_S + 1, 500, f"error of {name}"))
    first = watching.look(BEGIN_S + 2)
    for name in ("a-new", "a-old", "b-old"):
        WrittenLog(tmp_path / f"{name}.log").write(say_request(BEGIN_S + 3, 500, f"error of {name}"))
    second = watching.look(BEGIN_S + 4)
    assert [(one.canary.requests, one.baseline.requests) for one in (first, second)] == [(1, 1), (1, 1)]
    heard = [(one.canary.last_data_s, one.baseline.last_data_s) for one in (first, second)]
    assert heard == [(BEGIN_S + 1, None), (BEGIN_S + 3, BEGIN_S + 3)]
    assert {error.name for error in first.new_errors} == {"error of a-new", "error of a-old", "error of b-new"}
    assert len(json.loads(watching.mark)) == 2


def test_durations_are_of_one_source(tmp_path: Path) -> None:
    """Where the first table has no durations those of the next are taken, but not while the first tells nothing."""
    (tmp_path / "hotfix.toml").write_text(
        "".join(
            f"[[deploy.monitor]]\nsource = 'logs'\nnew = '{name}-new.log'\nold = '{name}-old.log'\n" for name in "ab"
        )
    )
    watching, counts = Watching(read_monitor(tmp_path / "hotfix.toml", None)), list[tuple[int, int]]()
    for window, first in enumerate((True, False)):
        at_s = BEGIN_S + window
        for log in ("b-new", "b-old", *(("a-new", "a-old") if first else ())):
            duration_ms = None if log.startswith("a") else 5.0
            WrittenLog(tmp_path / f"{log}.log").write(*[say_request(at_s, duration_ms=duration_ms)] * 2)
        seen = watching.look(at_s + 0.5)
        counts.append((seen.canary.requests, seen.canary.latency.count))
    assert counts == [(2, 2), (0, 0)]


@pytest.mark.parametrize(
    "text", re.findall(r"```toml\n(\[\[?deploy\.monitor\]\]?\n.+?)```", _GUIDE.read_text(), re.DOTALL)
)
def test_examples_of_the_guide_are_accepted(tmp_path: Path, text: str) -> None:
    """What docs/deploy.md shows is what the program reads."""
    path = tmp_path / "hotfix.toml"
    path.write_text(text)
    assert read_monitor(path, None)


def test_names_of_the_guide_are_those_of_the_program() -> None:
    """The table of the guide says what each library's metrics are called."""
    for key, names in NAMES.items():
        *first, last = (f"`{label}`" for label in names.status)
        status = f"{', '.join(first)} or {last}" if first else last
        assert f"| `{key}` | `{names.counter}` | {status} | `{names.histogram}` |" in _GUIDE.read_text()
