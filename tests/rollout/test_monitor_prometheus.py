import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from hotfix.core.errors import UsageError
from hotfix.core.facts import Severity
from hotfix.rollout.contract import Look, Observation, Rule, Side, Verdict
from hotfix.rollout.judge.judge import judge_phase
from hotfix.rollout.judge.latency import compare_quantiles
from hotfix.rollout.monitor import read_monitor
from hotfix.rollout.monitor.promclient import PromClient
from hotfix.rollout.monitor.promqueries import NAMES, fill_query
from hotfix.rollout.policy import make_policy
from tests.loopback import find_port, wait_until
from tests.rollout.promserver import Prometheus, run_prometheus
from tests.rollout.services import Load, Service, Version, run_pair, start_service
from tests.rollout.writtenlogs import BEGIN_S, Watching, WrittenLog, say_request

_SHOP = "counter = 'shop_requests_total'\nhistogram = 'shop_request_seconds'\n"


def _watch(folder: Path, url: str, keys: str = _SHOP) -> Watching:
    path = folder / "hotfix.toml"
    sides = "new = 'version=\"new\"'\nold = 'version=\"old\"'\n"
    path.write_text(f"[deploy.monitor]\nsource = 'prometheus'\nurl = '{url}'\n{sides}{keys}")
    return Watching(read_monitor(path, None), time.time())


def _wait_until_scraped(prometheus: Prometheus, *services: Service) -> float:
    """Return a time at which Prometheus knows all that the services have answered."""
    for service in services:
        query = f'sum(shop_requests_total{{version="{service.version.name}"}})'
        wait_until(lambda query=query, service=service: prometheus.ask(query) == [service.count()], "a scrape")
    return time.time()


def _wait_for_window(prometheus: Prometheus, begin_s: float, versions: int) -> float:
    """Return a time from which on a window that begins then has enough samples of each version."""
    query = "count(count_over_time(shop_request_seconds_count[{}ms]) >= 3)"
    wait_until(
        lambda: prometheus.ask(query.format(max(int(1000 * (time.time() - begin_s)), 1))) == [versions], "scrapes"
    )
    return time.time()


def test_real_versions_are_counted_as_they_count_themselves(tmp_path: Path) -> None:
    """Requests and errors of both are those that they have answered, a restart does not count, and p95 is compared."""
    new, old = Version("new", errors=0.2, latency_ms=30, seed=2), Version("old", errors=0.05, seed=3)
    with run_pair(tmp_path, new, old) as pair, run_prometheus(tmp_path / "prometheus", pair) as prometheus:
        prometheus.wait_for_scrapes(2)
        watching = _watch(tmp_path, prometheus.url)
        with Load(pair[0].port) as of_new, Load(pair[1].port) as of_old:
            of_new.wait_for(200)
            of_old.wait_for(400)
        _wait_until_scraped(prometheus, *pair)
        pair[0].stop()
        again = start_service(new, pair[0].log, pair[0].port)
        try:
            prometheus.wait_for_scrapes(2)
            with Load(again.port) as more:
                more.wait_for(200)
            seen = watching.look(_wait_until_scraped(prometheus, again))
        finally:
            again.kill()
    answers = [[answer.status for answer in load] for load in ([*of_new.answers, *more.answers], of_old.answers)]
    assert watching.notes == ()
    for side, statuses in zip((seen.canary, seen.baseline), answers, strict=True):
        assert side.requests == pytest.approx(len(statuses), rel=0.15)
        assert side.errors / side.requests == pytest.approx(statuses.count(500) / len(statuses), abs=0.03)
    slower = compare_quantiles(seen.canary.latency, seen.baseline.latency, 0.95, 0.05)
    assert slower is not None
    assert slower.estimate > 2


def test_death_of_prometheus_is_blindness_and_not_health(tmp_path: Path) -> None:
    """Two good versions go on while their Prometheus is dead: blind first, then back, and never promoted."""
    policy = make_policy({"check_s": 1, "minimum_requests": 60, "minimum_s": 1}, Severity.P1)
    with run_pair(tmp_path) as pair, run_prometheus(tmp_path / "prometheus", pair) as prometheus:
        prometheus.wait_for_scrapes(2)
        watching = _watch(tmp_path, prometheus.url)
        begin_s = watching.at_s
        with Load(pair[0].port) as of_new, Load(pair[1].port) as of_old:
            of_new.wait_for(100)
            of_old.wait_for(100)
            watching.look(_wait_for_window(prometheus, begin_s, 2))
            prometheus.stop()
            last_s = watching.look(time.time()).end_s
    seen = [one.observation for one in watching.seen]
    assert seen[0].canary.requests > 0
    assert (seen[1].canary, seen[1].baseline) == (Side(), Side())
    assert watching.notes == (f"Prometheus at {prometheus.url} does not answer: [Errno 111] Connection refused",)
    blind = judge_phase(policy, seen, Look(0, begin_s, last_s + policy.blind_after_s + 0.5))
    over = judge_phase(policy, seen, Look(0, begin_s, last_s + policy.blind_deadline_s + 0.5))
    assert (blind.verdict, blind.rule) == (Verdict.BLIND, Rule.BLIND)
    assert (over.verdict, over.rule) == (Verdict.ROLL_BACK, Rule.BLIND)


def test_version_that_is_not_scraped_is_not_heard(tmp_path: Path) -> None:
    """A canary that crashed has no samples; one without requests has, and is heard."""
    with run_pair(tmp_path) as pair, run_prometheus(tmp_path / "prometheus", pair) as prometheus:
        prometheus.wait_for_scrapes(2)
        pair[0].kill()
        wait_until(lambda: prometheus.ask("count(shop_request_seconds_count)") == [1], "the canary to be missed")
        watching = _watch(tmp_path, prometheus.url)
        with Load(pair[1].port) as load:
            load.wait_for(50)
            seen = watching.look(_wait_for_window(prometheus, watching.at_s, 1))
        gone = watching.notes
        pair[1].stop()
        idle = start_service(Version("old"), pair[1].log, pair[1].port)
        try:
            watching.at_s = time.time()
            quiet = watching.look(_wait_for_window(prometheus, watching.at_s, 1)).baseline
        finally:
            idle.kill()
    assert (seen.canary, seen.baseline.requests > 0) == (Side(), True)
    assert gone == ("Prometheus knows too little of the new version: none of its metrics was scraped in this window",)
    assert (quiet.requests, quiet.last_data_s is not None) == (0, True)


def test_queries_must_be_able_to_see_errors(tmp_path: Path) -> None:
    """A label that no series has would never count an error; own queries that answer nothing are no health either."""
    with run_pair(tmp_path) as pair, run_prometheus(tmp_path / "prometheus", pair) as prometheus:
        prometheus.wait_for_scrapes(2)
        begin_s = time.time()
        with Load(pair[0].port) as load:
            load.wait_for(50)
            end_s = _wait_for_window(prometheus, begin_s, 2)
        own = "sum(increase(shop_requests_total{$side}[$window]))"
        told = {}
        for keys in (
            f"{_SHOP}status = 'code'\n",
            f"{_SHOP}errors = 'sum(shop_errors_total{{$side}})'\n",
            "requests = 'sum(shop_orders_total{$side})'\nerrors = 'vector(0)'\n",
            f"requests = '{own}'\nerrors = '{own} * 0.5'\ndurations = 'vector(1)'\nbug = 'vector(3)'\n",
            f"{_SHOP}errors = 'increase(shop_requests_total{{$side}}[$window]) or up'\n",
            f"{_SHOP}errors = '0 / vector(0)'\n",
            f"{_SHOP}errors = 'sum('\n",
        ):
            watching = _watch(tmp_path, prometheus.url, keys)
            watching.at_s = begin_s
            told[keys] = (watching.look(end_s).canary, " ".join(watching.notes))
    sides, notes = zip(*told.values(), strict=True)
    assert "no series of its requests tells a status, so that errors cannot be counted" in notes[0]
    assert "no answer to the query for errors; end it with `or vector(0)` where that means none" in notes[1]
    assert "no answer to the query for requests" in notes[2]
    assert (sides[3].errors, sides[3].bug) == (pytest.approx(sides[3].requests / 2, abs=1), 3)
    assert "expected one number for increase(" in notes[4]
    assert "does not answer: expected a number, found NaN" in notes[5]
    assert "does not answer: HTTP 400: invalid parameter" in notes[6]
    assert all(side == Side() for place, side in enumerate(sides) if place != 3)


def test_window_of_one_scrape_says_nothing(tmp_path: Path) -> None:
    """Between two samples there is no increase: that is told, and is not an idle service."""
    with run_pair(tmp_path) as pair, run_prometheus(tmp_path / "prometheus", pair) as prometheus:
        prometheus.wait_for_scrapes(2)
        watching = _watch(tmp_path, prometheus.url)
        newest_s = prometheus.ask("max(timestamp(up))")[0]
        watching.at_s = newest_s - 0.01
        assert watching.look(newest_s + 0.01).canary.last_data_s is None
    assert any("none of its" in note or "it was scraped once in this window" in note for note in watching.notes)


def test_usual_number_of_requests_comes_from_prometheus(tmp_path: Path) -> None:
    """What both versions answered in the half hour before, as far as it was scraped, for the length of a window."""
    with run_pair(tmp_path) as pair, run_prometheus(tmp_path / "prometheus", pair) as prometheus:
        prometheus.wait_for_scrapes(2)
        with Load(pair[1].port) as load:
            load.wait_for(200)
        _wait_until_scraped(prometheus, pair[1])
        watching = _watch(tmp_path, prometheus.url)
        usual = watching.look(watching.at_s + 180).usual_requests
    assert usual is not None
    assert 0 < usual <= 1.1 * len(load.answers) / 10


def test_queries_of_every_library_are_understood(tmp_path: Path) -> None:
    """A real Prometheus takes them; it knows nothing of such metrics here."""
    with run_prometheus(tmp_path / "prometheus", ()) as prometheus:
        for names in NAMES:
            watching = _watch(tmp_path, prometheus.url, f"names = '{names}'")
            assert watching.look(watching.at_s + 60).canary == Side()
            assert watching.notes == tuple(
                f"Prometheus knows too little of the {side} version: none of its metrics was scraped in this window"
                for side in ("new", "old")
            )


def _answer(result: object, **more: object) -> bytes:
    return json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}, **more}).encode()


class _Odd(BaseHTTPRequestHandler):
    """Answers every query with the same bytes."""

    status, body, forms, headers_seen = 200, b"", list[str](), list[str | None]()

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        type(self).forms.append(parse_qs(form)["query"][0])
        type(self).headers_seen.append(self.headers["Authorization"])
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def _run_odd(status: int, body: bytes) -> Iterator[tuple[str, type[_Odd]]]:
    handler = type("Odd", (_Odd,), {"status": status, "body": body, "forms": [], "headers_seen": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b"", "expected an answer of Prometheus, found "),
        (200, b"<html>\x1b[2J", "expected an answer of Prometheus, found <html>\\x1b[2J"),
        (200, b'{"status": "success"}', "expected an answer of Prometheus, found {"),
        (200, b"[" * 100_000, "expected an answer of Prometheus, found [[["),
        (200, _answer([{"metric": {}, "value": [1, "NaN"]}]), "expected a number, found NaN"),
        (200, _answer([{"metric": {}, "value": [1, "+Inf"]}]), "expected a number, found +Inf"),
        (200, _answer([{"metric": {}, "value": [1, "many"]}]), "expected an answer of Prometheus, found {"),
        (200, _answer([], warnings=["store 3 is away"]), "a partial answer: store 3 is away"),
        (200, b'{"status": "error", "error": "query timed out"}', "refused: query timed out"),
        (503, b'{"status": "error", "error": "overloaded"}', "HTTP 503: overloaded"),
        (502, b"<html>", "HTTP 502: Bad Gateway"),
        (200, _answer([]).replace(b"vector", b"matrix"), "expected a query of one time, found a matrix"),
    ],
)
def test_what_is_no_sure_answer_leaves_both_versions_unheard(
    tmp_path: Path, status: int, body: bytes, said: str
) -> None:
    """Refusals, partial answers, numbers that are none and what another program says are blindness with the reason."""
    with _run_odd(status, body) as (url, _):
        watching = _watch(tmp_path, url)
        seen = watching.look(watching.at_s + 60)
    assert seen == Observation(0, seen.begin_s, seen.end_s, Side(), Side())
    assert watching.notes[0].startswith(f"Prometheus at {url} does not answer: {said}")


def test_answer_that_does_not_come_is_waited_for_once(tmp_path: Path) -> None:
    """Who accepts and says nothing costs one timeout per window."""
    port = find_port()
    with ThreadingHTTPServer(("127.0.0.1", port), BaseHTTPRequestHandler):
        watching = _watch(tmp_path, f"http://127.0.0.1:{port}", "timeout_s = 0.2")
        seen = watching.look(watching.at_s + 60)
    assert (seen.canary, len(watching.notes)) == (Side(), 1)
    assert watching.notes[0].endswith("does not answer: timed out")


def test_token_of_a_file_is_sent(tmp_path: Path) -> None:
    """It is read for each query, so that it may change; a file that is gone is told."""
    (tmp_path / "token").write_text("s3cret\n")
    with _run_odd(200, _answer([{"metric": {}, "value": [1, "7"]}])) as (url, handler):
        client = PromClient(url, 10, tmp_path / "token")
        assert client.ask_number("up", 5) == 7
        assert handler.headers_seen == ["Bearer s3cret"]
        (tmp_path / "token").unlink()
        watching = _watch(tmp_path, url, "token_file = 'token'")
        watching.look(watching.at_s + 60)
    said = f"{tmp_path / 'token'}: No such file or directory"
    assert watching.notes == (f"Prometheus at {url} does not answer: {said}",)


def test_nothing_is_asked_until_a_window_is_looked_at(tmp_path: Path) -> None:
    """Reading the configuration contacts nobody."""
    with _run_odd(200, _answer([])) as (url, handler):
        path = tmp_path / "hotfix.toml"
        path.write_text(f"[deploy.monitor]\nsource = 'prometheus'\nurl = '{url}'\nnew = 'a'\nold = 'b'\n")
        read_monitor(path, None)
        assert handler.forms == []


def test_own_query_keeps_its_dollars() -> None:
    """Only $side and $window are filled in."""
    assert fill_query('a{$side,b=~"x$"}[$window] ${c}', 'v="1"', 1.5) == 'a{v="1",b=~"x$"}[1500ms] ${c}'


def test_logs_and_prometheus_are_watched_together(tmp_path: Path) -> None:
    """The first source counts requests; when one of them is not heard, the version is not."""
    for name in ("new.log", "old.log"):
        (tmp_path / name).touch()
    with _run_odd(503, b"") as (url, _):
        (tmp_path / "hotfix.toml").write_text(
            "[[deploy.monitor]]\nsource = 'logs'\nnew = 'new.log'\nold = 'old.log'\n"
            f"[[deploy.monitor]]\nsource = 'prometheus'\nurl = '{url}'\nnew = 'a=\"1\"'\nold = 'a=\"2\"'\n"
        )
        watching = Watching(read_monitor(tmp_path / "hotfix.toml", None))
        WrittenLog(tmp_path / "new.log").write(say_request(BEGIN_S + 1, 500, "no stock"))
        canary = watching.look(BEGIN_S + 2).canary
    assert (canary.requests, canary.errors, canary.last_data_s) == (1, 1, None)
    assert [error.name for error in watching.seen[0].observation.new_errors] == ["no stock"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("", "2: expected text for deploy.monitor.new, found none"),
        ("new = 'a'\nold = 'a'\nurl = 'http://x'", "4: expected none of what new names for deploy.monitor.old"),
        ("new = 'a'\nold = 'b'\nurl = 'ftp://x'", "5: expected an address that begins with http:// or https:// for"),
        ("new = 'a'\nold = 'b'\nurl = 'http://x'\nname = 'otel'", "6: unknown key 'name' in [deploy.monitor]; did you"),
        ("new = 'a'\nold = 'b'\nurl = 'http://x'\nunit = 'us'", "6: expected one of ms, s for deploy.monitor.unit"),
        ("new = 'a'\nold = 'b'\nurl = 'http://x'\ncounter = 'a b'", "6: expected the name of a metric for"),
    ],
)
def test_faults_name_key_and_line(tmp_path: Path, keys: str, said: str) -> None:
    """What is wrong in the table is told with its line, before anybody is asked."""
    path = tmp_path / "hotfix.toml"
    path.write_text(f"\n[deploy.monitor]\n{keys}\nsource = 'prometheus'\n")
    with pytest.raises(UsageError) as refused:
        read_monitor(path, None)
    assert str(refused.value).startswith(f"{path}:{said}")
