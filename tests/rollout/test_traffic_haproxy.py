import http.client
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hotfix.rollout.traffic import Moved, Reading, Traffic, TrafficError, move_share, read_traffic
from hotfix.rollout.traffic.haproxysocket import Socket
from tests.loopback import wait_until
from tests.rollout.balancers import CHECKED, HAProxy, run_haproxy
from tests.rollout.services import Load, Service, count_versions, run_pair


def _configure(folder: Path, socket: Path | str, extra: str = "") -> Traffic:
    path = folder / "hotfix.toml"
    path.write_text(
        f'[deploy.traffic]\nprovider = "haproxy"\nsocket = "{socket}"\nbackend = "shop"\nnew = "new"\n{extra}'
    )
    return read_traffic(path)


@contextmanager
def _run(folder: Path, new: str = "weight 0", old: str = "weight 10") -> Iterator[tuple[HAProxy, Service, Service]]:
    with run_pair(folder) as (newer, older):
        servers = {"old": f"{older.address} {old}", "new": f"{newer.address} {new}"}
        with run_haproxy(folder / "haproxy", servers) as haproxy:
            yield haproxy, newer, older


def test_share_moves_under_load_and_nothing_is_lost(tmp_path: Path) -> None:
    """Each planned share is read back, and by HAProxy's own counters and the clients' it really moved."""
    with _run(tmp_path) as (haproxy, _new, _old), Load(haproxy.port) as load:
        traffic = _configure(tmp_path, haproxy.socket)
        for share in (0.1, 0.5, 1.0, 0.0):
            assert move_share(traffic, share).share == pytest.approx(share)
            mark = traffic.mark_count() or ""
            seen = count_versions(load.wait_for(200))
            moved = traffic.measure_share(mark)
            assert moved.share == pytest.approx(share, abs=0.02)
            assert seen["new"] / seen.total() == pytest.approx(share, abs=0.03)
    assert load.lost == []


def test_commands_are_shown_and_change_nothing(tmp_path: Path) -> None:
    """A dry run shows what the socket would be sent; what is set already needs nothing."""
    with _run(tmp_path) as (haproxy, _new, _old):
        traffic = _configure(tmp_path, haproxy.socket)
        orders = "set server shop/new weight 1; set server shop/old weight 9"
        assert traffic.list_commands(0.1) == (f"echo '{orders}' | socat stdio {haproxy.socket}",)
        assert traffic.read_share() == Reading(0.0, "shop/new weight 0 no check, shop/old weight 10 no check")
        move_share(traffic, 0.1)
        assert traffic.list_commands(0.1) == ()


def test_restart_loses_the_weights_and_reading_says_so(tmp_path: Path) -> None:
    """What is in memory only is gone with the process; counters that began anew are told."""
    with _run(tmp_path, new="weight 10") as (haproxy, _new, _old):
        traffic = _configure(tmp_path, haproxy.socket)
        move_share(traffic, 0.1)
        mark = traffic.mark_count() or ""
        haproxy.restart()
        assert traffic.read_share().share == 0.5
        with Load(haproxy.port) as load:
            load.wait_for(40)
        moved = traffic.measure_share(mark)
        assert moved.notes == ("HAProxy's counters began anew, so requests are counted from then on",)
        assert moved.new + moved.old == len(load.answers)
        assert move_share(traffic, 0.1).share == 0.1


def test_counters_that_were_cleared_are_told(tmp_path: Path) -> None:
    """An operator who clears the counters makes no count negative: what came since then is counted, and it is told."""
    with _run(tmp_path) as (haproxy, _new, old):
        traffic = _configure(tmp_path, haproxy.socket)
        with Load(haproxy.port) as load:
            load.wait_for(100)
        mark = traffic.mark_count() or ""
        Socket(str(haproxy.socket)).ask("clear counters all")
        http.client.HTTPConnection("127.0.0.1", haproxy.port).request("GET", "/order/1")
        wait_until(lambda: old.count() == len(load.answers) + 1, "the order to be answered")
        moved = traffic.measure_share(mark)
    assert moved == Moved(0, 1, ("HAProxy's counters began anew, so requests are counted from then on",))


def test_server_that_is_down_gets_no_share(tmp_path: Path) -> None:
    """Weights of a dead canary are no traffic: it is refused before and told afterwards; going back always works."""
    with _run(tmp_path, new=f"weight 0 {CHECKED}") as (haproxy, new, _old), Load(haproxy.port) as load:
        traffic = _configure(tmp_path, haproxy.socket)
        move_share(traffic, 0.5)
        new.kill()
        wait_until(lambda: traffic.read_share().share == 0.0, "HAProxy to notice")
        assert traffic.read_share().notes == ("shop/new is DOWN and gets no requests",)
        with pytest.raises(
            TrafficError, match="expected a server of the new version that is up, found: shop/new is DOWN"
        ):
            move_share(traffic, 0.5)
        assert move_share(traffic, 0.0).share == 0.0
        assert set(count_versions(load.wait_for(50))) == {"old"}


def test_old_version_that_is_down_is_not_gone_back_to(tmp_path: Path) -> None:
    """Sending everything to servers that are down would be an outage; the error says so and traffic stays."""
    with _run(tmp_path, old=f"weight 10 {CHECKED}") as (haproxy, _new, old):
        traffic = _configure(tmp_path, haproxy.socket)
        move_share(traffic, 0.5)
        old.kill()
        wait_until(lambda: traffic.read_share().share == 1.0, "HAProxy to notice")
        with pytest.raises(TrafficError, match="a server of the old version that is up, found: shop/old is DOWN"):
            move_share(traffic, 0.0)


def test_proportions_of_the_configuration_stay(tmp_path: Path) -> None:
    """Old servers of unlike size keep their proportions, and backup servers are nobody's share."""
    servers = {
        "big": "127.0.0.1:1 weight 20",
        "small": "127.0.0.1:1 weight 10",
        "new": "127.0.0.1:1 weight 0",
        "spare": "127.0.0.1:1 backup",
    }
    with run_haproxy(tmp_path / "haproxy", servers) as haproxy:
        reading = move_share(_configure(tmp_path, f"127.0.0.1:{haproxy.admin_port}"), 0.25)
        assert reading == Reading(
            0.25, "shop/new weight 1 no check, shop/big weight 2 no check, shop/small weight 1 no check"
        )


@pytest.mark.parametrize(
    ("socket", "extra", "message"),
    [
        ("none.sock", "", "socket at {folder}/haproxy/none.sock, found: No such file or directory; is it running"),
        ("user.sock", "", "expected HAProxy to do `set server shop/new weight 1`, found: Permission denied"),
        ("admin.sock", 'old = "elder"', "expected a server 'elder' in HAProxy's backend 'shop', found old, new"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(tmp_path: Path, socket: str, extra: str, message: str) -> None:
    """A missing socket, a socket without rights and an unknown server are each told plainly."""
    with run_haproxy(tmp_path / "haproxy", {"old": "127.0.0.1:1", "new": "127.0.0.1:1 weight 0"}) as haproxy:
        traffic = _configure(tmp_path, haproxy.folder / socket, extra)
        with pytest.raises(TrafficError) as caught:
            move_share(traffic, 0.5)
    assert message.format(folder=tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


@contextmanager
def _cut(haproxy: HAProxy, length: int) -> Iterator[Path]:
    """Yield a socket at which HAProxy answers, and dies after so many bytes of each answer."""
    path = haproxy.folder / f"cut-{length}.sock"

    class Cut(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            said = Socket(str(haproxy.socket)).ask(self.rfile.readline().decode().strip())
            self.wfile.write(said.encode()[:length])

    with socketserver.UnixStreamServer(str(path), Cut) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield path
        finally:
            server.shutdown()
            thread.join()


def test_answer_that_is_cut_off_is_no_answer(tmp_path: Path) -> None:
    """HAProxy that dies while it answers is told as that; half a table is never taken for the whole one."""
    servers = {"one": "127.0.0.1:1 weight 10", "two": "127.0.0.1:1 weight 10", "new": "127.0.0.1:1 weight 10"}
    with run_haproxy(tmp_path / "haproxy", servers) as haproxy:
        read, told = list[float | None](), list[str]()
        for length in range(0, 4000, 113):
            with _cut(haproxy, length) as socket:
                traffic = _configure(tmp_path, socket)
                try:
                    read.append(traffic.read_share().share)
                except TrafficError as error:
                    told.append(str(error))
    assert read == pytest.approx([1 / 3] * len(read))
    assert read
    assert all("found one that was cut off" in text for text in told)


def test_dead_haproxy_is_an_error(tmp_path: Path) -> None:
    """A socket that nobody answers any more is told, whatever is asked."""
    with run_haproxy(tmp_path / "haproxy", {"old": "127.0.0.1:1", "new": "127.0.0.1:1 weight 0"}) as haproxy:
        traffic = _configure(tmp_path, haproxy.socket)
        mark = traffic.mark_count() or ""
        haproxy.kill()
        for call in (traffic.read_share, lambda: traffic.set_share(0.1), lambda: traffic.measure_share(mark)):
            with pytest.raises(TrafficError, match="found: Connection refused; is it running"):
                call()
