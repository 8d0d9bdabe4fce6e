import math
import os
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hotfix.rollout.traffic import Traffic, TrafficError, move_share, read_traffic
from hotfix.rollout.traffic.nginxfile import SplitClients
from hotfix.rollout.traffic.nginxprocess import wait_for_workers
from tests.loopback import wait_until
from tests.rollout.balancers import Nginx, run_nginx
from tests.rollout.services import Load, count_versions, run_pair

_MEASURED = 200
_IN_FLIGHT = 4 / _MEASURED  # a request of each client was sent before the mark and is logged after it
_PROBE = "location = /share { return 200 $shop_version_share; }"


@contextmanager
def _run_split(folder: Path, *, probe: bool = False) -> Iterator[tuple[Nginx, Traffic]]:
    """Yield nginx with `split_clients` between two upstreams, all at the old one."""
    place = folder / "nginx"
    place.mkdir()
    owned = place / "shop-share.conf"
    with run_pair(folder) as (new, old):
        owned.write_text(SplitClients("$shop_version", "$request_id", "shop_new", "shop_old").render(0.0))
        upstreams = [f"upstream shop_{name} {{ server {one.address}; }}" for name, one in (("new", new), ("old", old))]
        http = ["include shop-share.conf;", *upstreams]
        with run_nginx(place, "$shop_version", http, [_PROBE] if probe else []) as nginx:
            yield nginx, _configure_split(nginx, probe=probe)


def _configure_split(nginx: Nginx, *, probe: bool = False) -> Traffic:
    asked = f'probe = "http://127.0.0.1:{nginx.port}/share"' if probe else ""
    return _configure(
        nginx,
        f"""
        variable = "$shop_version"
        new = "shop_new"
        old = "shop_old"
        log_pattern = 'name=(\\S+)'
        {asked}
        """,
    )


def _configure(nginx: Nginx, keys: str) -> Traffic:
    path = nginx.folder / "hotfix.toml"
    path.write_text(
        f"""
        [deploy.traffic]
        provider = "nginx"
        file = "shop-share.conf"
        command = "{nginx.command}"
        pid = "{nginx.folder}/nginx.pid"
        log = "{nginx.log}"
        reload_s = 60
        {keys}
        """
    )
    return read_traffic(path)


def _measure(traffic: Traffic, load: Load) -> tuple[float, float]:
    """Return the share of the next answers by the access log, and by the clients."""
    mark = traffic.mark_count() or ""
    seen = count_versions(load.wait_for(_MEASURED))
    moved = traffic.measure_share(mark).share
    assert moved is not None
    return moved, seen["new"] / seen.total()


def _count_lines(log: Path) -> int:
    return log.read_bytes().count(b"\n")


def test_split_moves_under_load_and_nothing_is_lost(tmp_path: Path) -> None:
    """Each planned share is read back from nginx, and by its log and the clients it really moved."""
    with _run_split(tmp_path, probe=True) as (nginx, traffic), Load(nginx.port) as load:
        for share in (0.1, 0.5, 1.0, 0.0):
            assert move_share(traffic, share).share == pytest.approx(share)
            margin = 4.5 * math.sqrt(share * (1 - share) / _MEASURED)  # hashes fall by chance
            logged, seen = _measure(traffic, load)
            assert logged == pytest.approx(share, abs=margin + _IN_FLIGHT)
            assert seen == pytest.approx(share, abs=margin)
    assert load.lost == []


def test_upstream_weights_move_under_load_and_nothing_is_lost(tmp_path: Path) -> None:
    """The upstream of the owned file gets weights, and at the ends a server that is down."""
    with run_pair(tmp_path) as (new, old):
        place = tmp_path / "nginx"
        place.mkdir()
        owned = place / "shop-share.conf"
        owned.write_text(f"upstream shop {{ server {old.address}; }}")
        with run_nginx(place, "shop", ["include shop-share.conf;"]) as nginx, Load(nginx.port) as load:
            owned.write_text("")
            traffic = _configure(
                nginx,
                f"""
                mode = "upstream"
                upstream = "shop"
                new = "{new.address}"
                old = ["{old.address}"]
                parameters = "max_fails=0"
                directives = ["zone shop 64k"]
                log_pattern = 'to=(\\S+)'
                """,
            )
            for share in (0.1, 0.5, 1.0, 0.0):
                assert move_share(traffic, share).share == pytest.approx(share)
                logged, seen = _measure(traffic, load)
                assert logged == pytest.approx(share, abs=0.03)
                assert seen == pytest.approx(share, abs=0.02)
    assert load.lost == []


def test_buckets_move_under_load_and_nothing_is_lost(tmp_path: Path) -> None:
    """Without a reload not even clients that keep their connections lose a request; the files are the share."""
    folder = tmp_path / "buckets"
    folder.mkdir()
    with run_pair(tmp_path) as (new, old):
        http = [
            *(f"upstream shop_{name} {{ server {one.address}; }}" for name, one in (("new", new), ("old", old))),
            "map $request_id $shop_bucket { ~(?<two_digits>..)$ $two_digits; }",
        ]
        server = [
            "set $shop_version shop_old;",
            f"if (-f {folder}/$shop_bucket) {{ set $shop_version shop_new; }}",
        ]
        with (
            run_nginx(tmp_path / "nginx", "$shop_version", http, server) as nginx,
            Load(nginx.port, keep_alive=True) as load,
        ):
            keys = f"""mode = "buckets"\nfolder = "{folder}"\nnew = "shop_new"\nold = "shop_old"\nlog = "{nginx.log}"
            log_pattern = 'name=(\\S+)'"""
            path = tmp_path / "hotfix.toml"
            path.write_text(f'[deploy.traffic]\nprovider = "nginx"\n{keys}')
            traffic = read_traffic(path)
            assert traffic.list_commands(0.004) == (f"touch {folder}/00",)
            for share in (0.1, 0.5, 1.0, 0.0):
                settled = traffic.settle_share(share)
                assert settled == pytest.approx(share, abs=0.002)
                assert move_share(traffic, share).share == settled
                assert traffic.list_commands(share) == ()
                margin = 4.5 * math.sqrt(share * (1 - share) / _MEASURED)
                logged, seen = _measure(traffic, load)
                assert logged == pytest.approx(settled, abs=margin + _IN_FLIGHT)
                assert seen == pytest.approx(settled, abs=margin)
    assert load.lost == []


def test_what_is_in_force_already_is_not_reloaded(tmp_path: Path) -> None:
    """Setting the same share again touches neither the file nor nginx, and its dry run is empty."""
    with _run_split(tmp_path) as (nginx, traffic):
        owned = nginx.folder / "shop-share.conf"
        shown = traffic.list_commands(0.1)
        assert traffic.read_share().share == 0.0
        assert shown[1:] == (f"{nginx.command} -t", f"{nginx.command} -s reload")
        move_share(traffic, 0.1)
        assert shown[0] == f"cat > {owned} <<'END'\n{owned.read_text()}END"
        before = owned.stat()
        move_share(traffic, 0.1)
        assert (owned.stat().st_mtime_ns, owned.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
        assert traffic.list_commands(0.1) == ()


def test_configuration_that_nginx_refuses_leaves_the_old_file(tmp_path: Path) -> None:
    """Where others have broken the configuration, the old file and its rights are back and nginx was not reloaded."""
    with _run_split(tmp_path, probe=True) as (nginx, traffic), Load(nginx.port) as load:
        move_share(traffic, 0.1)
        owned = nginx.folder / "shop-share.conf"
        owned.chmod(0o640)
        before, status = owned.read_bytes(), owned.stat()
        main = nginx.folder / "nginx.conf"
        sound = main.read_text()
        main.write_text(sound.replace("listen", "lissten"))
        with pytest.raises(
            TrafficError, match='expected nginx to accept its configuration, found: unknown directive "lissten"'
        ):
            move_share(traffic, 0.5)
        assert (owned.read_bytes(), owned.stat().st_mtime_ns) == (before, status.st_mtime_ns)
        reading = traffic.read_share()
        assert reading.share == pytest.approx(0.1)
        assert reading.notes[0].startswith("nginx would refuse its configuration now, so that no share can be set: ")
        main.write_text(sound)
        assert move_share(traffic, 0.5).share == 0.5
        assert stat.S_IMODE(owned.stat().st_mode) == 0o640
        assert {path.name for path in nginx.folder.iterdir() if path.name.startswith(".")} == set()
        load.wait_for(20)
    assert load.lost == []


def test_reload_that_nginx_does_not_do_is_noticed(tmp_path: Path) -> None:
    """What only the master finds wrong fails no command; without new workers the old file comes back."""
    with _run_split(tmp_path, probe=True) as (nginx, traffic):
        move_share(traffic, 0.1)
        owned = nginx.folder / "shop-share.conf"
        before = owned.read_text()
        main = nginx.folder / "nginx.conf"
        main.write_text(main.read_text().replace("limit_req_zone $remote_addr", "limit_req_zone $uri"))
        config = nginx.folder / "hotfix.toml"
        config.write_text(config.read_text().replace("reload_s = 60", "reload_s = 1"))
        with pytest.raises(TrafficError, match="expected new workers of nginx within 1 s, found the old ones"):
            move_share(read_traffic(config), 0.5)
        assert owned.read_text() == before
        assert traffic.read_share().share == pytest.approx(0.1)


def _wrap(nginx: Nginx, lines: str) -> Traffic:
    """Return the provider that calls nginx by a script, which goes on with some lines after what was asked for."""
    script, config = nginx.folder / "nginx.sh", nginx.folder / "hotfix.toml"
    script.write_text(f'#!/bin/sh\n{nginx.command} "$@" || exit\n{lines}\n')
    script.chmod(0o755)
    config.write_text(config.read_text().replace(nginx.command, str(script)))
    return read_traffic(config)


@contextmanager
def _heed_interrupts() -> Iterator[None]:
    """Have Ctrl-C interrupt, also where the tests run in the background of a shell, which has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def test_interrupt_of_a_reload_leaves_what_nginx_has_read(tmp_path: Path) -> None:
    """The file says what runs and not what ran before, so that going back is not taken for done already."""
    with _run_split(tmp_path) as (nginx, real), Load(nginx.port) as load:
        traffic = _wrap(nginx, 'test "$1" != -s || { kill -INT $PPID; sleep 600; }')
        with _heed_interrupts(), pytest.raises(KeyboardInterrupt):
            move_share(traffic, 0.5)
        wait_until(lambda: real.read_share().share == 0.5, "nginx to have read the file")
        assert set(count_versions(load.wait_for(100))) == {"new", "old"}
        assert move_share(real, 0.0).share == 0.0
        assert set(count_versions(load.wait_for(100))) == {"old"}
    assert load.lost == []


def test_file_that_only_nginx_may_look_at_hides_no_share(tmp_path: Path) -> None:
    """Nginx is called as another user: what it includes need not be open to hotfix."""
    with _run_split(tmp_path) as (nginx, _real):
        traffic = _wrap(nginx, 'test "$1" != -T || echo "# configuration file /root-only/certificates.conf:"')
        assert move_share(traffic, 0.1) == traffic.read_share()
        assert (traffic.read_share().share, traffic.read_share().notes) == (pytest.approx(0.1), ())


def test_file_that_was_written_but_not_loaded_is_not_in_force(tmp_path: Path) -> None:
    """A run that was killed between writing and reloading is read as what it is, and setting goes on from there."""
    with _run_split(tmp_path) as (nginx, traffic):
        move_share(traffic, 0.1)
        owned = nginx.folder / "shop-share.conf"
        owned.write_text(owned.read_text().replace("10%", "50%").replace("default 10;", "default 50;"))
        reading = traffic.read_share()
        assert reading.share is None
        assert "was changed after nginx was loaded" in reading.state
        assert move_share(traffic, 0.5).share == 0.5


def test_worker_that_crashed_and_came_back_puts_nothing_in_force(tmp_path: Path) -> None:
    """A young worker that replaced a dead one has the old configuration: the file that nobody loaded stays so."""
    with _run_split(tmp_path) as (nginx, traffic):
        move_share(traffic, 0.1)
        owned = nginx.folder / "shop-share.conf"
        owned.write_text(owned.read_text().replace("10%", "50%").replace("default 10;", "default 50;"))
        before = set(wait_for_workers(nginx.folder / "nginx.pid", 60))
        os.kill(min(before), signal.SIGKILL)
        wait_until(lambda: set(wait_for_workers(nginx.folder / "nginx.pid", 60)) - before != set(), "another worker")
        assert traffic.read_share().share is None
        assert move_share(traffic, 0.5).share == 0.5


def test_probe_asks_nginx_and_not_the_file(tmp_path: Path) -> None:
    """With a probe what runs is read even where the file says another share."""
    with _run_split(tmp_path, probe=True) as (nginx, traffic):
        move_share(traffic, 0.1)
        owned = nginx.folder / "shop-share.conf"
        owned.write_text(owned.read_text().replace("10%", "50%").replace("default 10;", "default 50;"))
        reading = traffic.read_share()
        assert reading.share == pytest.approx(0.1)
        assert reading.notes == (f"{owned} says 0.5, nginx runs with 0.1",)


def test_changes_of_others_that_a_reload_would_load_are_told(tmp_path: Path) -> None:
    """A file that changed since nginx was loaded is named before it comes into force with the next share."""
    with _run_split(tmp_path) as (nginx, traffic):
        move_share(traffic, 0.1)
        main = nginx.folder / "nginx.conf"
        os.utime(main)
        assert traffic.read_share().notes == (f"a reload puts changes in force that others made to {main}",)


def test_rotated_log_is_counted_to_its_end(tmp_path: Path) -> None:
    """What was written before and after the log was moved away is counted once each."""
    with _run_split(tmp_path) as (nginx, traffic):
        move_share(traffic, 1.0)
        mark = traffic.mark_count() or ""
        with Load(nginx.port) as load:
            load.wait_for(30)
        wait_until(lambda: _count_lines(nginx.log) == len(load.answers), "nginx to log what it answered")
        nginx.log.rename(nginx.log.with_suffix(".log.1"))
        nginx.log.write_text("200 to=127.0.0.1:1 name=shop_old\n200 to=127.0.0.1:1 name=other\n200 to=12")
        moved = traffic.measure_share(mark)
        assert (moved.new, moved.old) == (len(load.answers), 1)
        assert moved.notes == ("access.log names 'other', which is neither the new nor the old version",)


@pytest.mark.parametrize(
    ("keys", "content", "message"),
    [
        ("", "upstream mine { server 127.0.0.1:1; }", "that hotfix wrote or an empty one, found another"),
        ('file = "elsewhere.conf"', "", "configuration to include {folder}/elsewhere.conf, found that it does not"),
        ('pid = "none.pid"', "", "expected a running nginx whose process id is in none.pid, found none"),
        ('command = "nginx-is-not-here"', "", "expected to run nginx-is-not-here -T, found: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(tmp_path: Path, keys: str, content: str, message: str) -> None:
    """A file of others, one that is not included, and an nginx that is not there are told, and nothing is changed."""
    with _run_split(tmp_path) as (nginx, _traffic):
        owned = nginx.folder / "shop-share.conf"
        before = content or owned.read_text()
        owned.write_text(before)
        config = nginx.folder / "hotfix.toml"
        name = keys.partition(" ")[0]
        kept = [
            line for line in config.read_text().splitlines() if not name or not line.strip().startswith(f"{name} =")
        ]
        config.write_text("\n".join([*kept, keys]))
        with pytest.raises(TrafficError) as caught:
            move_share(read_traffic(config), 0.5)
        assert message.format(folder=nginx.folder) in str(caught.value)
        assert owned.read_text() == before
        assert not (nginx.folder / "elsewhere.conf").exists()
