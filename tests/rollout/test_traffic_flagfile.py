import os
import stat
import threading
from pathlib import Path

import pytest

from hotfix.rollout.traffic import Reading, Traffic, TrafficError, move_share, read_traffic
from tests.rollout.services import run_pair

_JSON = '{\n  "checkout": {"canary": 5, "note": "\\"canary\\": 5"},\r\n  "canary": 5, "flags": [{"canary": 5}]\n}'
_TOML = (
    "# canary = 5\n[pay]\ncanary = 5\n[ checkout ]  # the one\n"
    'note = """\ncanary = 5\n"""\n\'canary\'   =   5  # percent\n'
)


def _configure(file: Path, keys: str = "") -> Traffic:
    path = file.parent / "hotfix.toml"
    path.write_text(f'[deploy.traffic]\nprovider = "flagfile"\nfile = "{file.name}"\n{keys}')
    return read_traffic(path)


@pytest.mark.parametrize(
    ("name", "keys", "before", "after"),
    [
        ("canary", "", "5\n", "12.5\n"),
        ("canary", 'unit = "ratio"', "0.05", "0.125"),
        (
            "flags.json",
            'key = "checkout.canary"',
            _JSON,
            _JSON.replace('"canary": 5, "note"', '"canary": 12.5, "note"'),
        ),
        ("flags.json", 'key = "canary"', _JSON, _JSON.replace('"canary": 5, "flags"', '"canary": 12.5, "flags"')),
        ("flags.toml", 'key = "checkout.canary"', _TOML, _TOML.replace("'canary'   =   5", "'canary'   =   12.5")),
        (
            "flags.conf",
            'key = "pay.canary"\nformat = "toml"',
            _TOML,
            _TOML.replace("[pay]\ncanary = 5", "[pay]\ncanary = 12.5"),
        ),
    ],
)
def test_one_number_changes_and_no_other_byte(tmp_path: Path, name: str, keys: str, before: str, after: str) -> None:
    """The number at the key is replaced where it stands; lookalikes in texts, comments and other tables stay."""
    file = tmp_path / name
    file.write_bytes(before.encode())
    traffic = _configure(file, keys)
    assert traffic.read_share().share == pytest.approx(0.05)
    assert move_share(traffic, 0.125).share == pytest.approx(0.125)
    assert file.read_bytes() == after.encode()


def test_mode_owner_and_link_stay(tmp_path: Path) -> None:
    """The file keeps its mode, owner and group, and a symbolic link goes on pointing at it."""
    real = tmp_path / "real.json"
    real.write_text('{"canary": 0}')
    real.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(real, 1234, 2345)
    before = real.stat()
    link = tmp_path / "flags.json"
    link.symlink_to("real.json")
    move_share(_configure(link, 'key = "canary"'), 0.5)
    after = real.stat()
    assert (link.is_symlink(), real.read_text(), stat.S_IMODE(after.st_mode)) == (True, '{"canary": 50}', 0o640)
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)


def test_what_is_set_already_is_not_written(tmp_path: Path) -> None:
    """Setting the same share again leaves the file alone, and a dry run shows nothing to do."""
    file = tmp_path / "flags.json"
    file.write_text('{"canary": 0}')
    traffic = _configure(file, 'key = "canary"')
    assert traffic.list_commands(0.07) == (f"# in {file}: canary = 7",)
    move_share(traffic, 0.07)
    before = file.stat()
    move_share(traffic, 0.07)
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert traffic.list_commands(0.07) == ()


def test_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    """An application that reads all the time finds a whole number of those that were set, at every read."""
    file = tmp_path / "canary"
    file.write_text("0\n")
    traffic, seen, done = _configure(file), set[str](), threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(file.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    for percent in range(101):
        traffic.set_share(percent / 100)
    done.set()
    reader.join()
    assert seen <= {f"{percent}\n" for percent in range(101)}


def test_real_share_is_counted_in_the_log_of_the_application(tmp_path: Path) -> None:
    """With a log whose lines name the version the share that moved is measured, whatever the file says."""
    file = tmp_path / "canary"
    file.write_text("0")
    with run_pair(tmp_path) as (new, old):
        both = tmp_path / "shop.log"
        both.touch()
        keys = f'log = "{both.name}"\nlog_pattern = \'"version": "(\\w+)", "message": "GET\'\nnew = "new"\nold = "old"'
        traffic = _configure(file, keys)
        mark = traffic.mark_count() or ""
        for service, orders in ((new, 1), (old, 3)):
            for number in range(orders):
                service.ask(f"/order/{number}")
        both.write_text(new.log.read_text() + old.log.read_text())
        moved = traffic.measure_share(mark)
    assert (moved.new, moved.old, moved.share, moved.notes) == (1, 3, 0.25, ())


def test_what_was_counted_is_not_read_again(tmp_path: Path) -> None:
    """Each look reads what came since the one before it, so that a long phase of a busy service costs no more."""
    (tmp_path / "canary").write_text("0")
    log = tmp_path / "shop.log"
    log.write_text("v=old\n")
    traffic = _configure(tmp_path / "canary", "log = 'shop.log'\nlog_pattern = 'v=(\\w+)'\nnew = 'new'\nold = 'old'")
    first, found = traffic.mark_count(), []
    mark = first
    for lines, rotates in (("v=new\nv=old\nv=o", False), ("ld\n", True), ("v=new\n", False), ("", False)):
        with log.open("a") as file:
            file.write(lines)
        moved = traffic.measure_share(mark or "")
        mark = moved.mark
        found.append((moved.new, moved.old))
        log.write_bytes(b"#" * (log.stat().st_size - 3) + log.read_bytes()[-3:])
        if rotates:
            log.rename(f"{log}.1")
            log.write_text("")
    assert found == [(1, 1), (1, 2), (2, 2), (2, 2)]


def test_without_a_log_nothing_is_counted(tmp_path: Path) -> None:
    """Where the share that moved cannot be measured, nobody claims to have measured it."""
    file = tmp_path / "canary"
    file.write_text("0")
    assert _configure(file).mark_count() is None


@pytest.mark.parametrize(
    ("name", "keys", "content", "message"),
    [
        ("canary", "", "many", "expected a number in {file}, found 'many'"),
        ("canary", "", None, "expected a flag file at {file}, found: No such file or directory"),
        ("flags.json", 'key = "a.b"', '{"a": {}}', "expected a number at a.b in {file}, found no key 'b'"),
        ("flags.json", 'key = "a"', '{"a": true}', "expected a number at a in {file}, found True"),
        (
            "flags.json",
            'key = "a"',
            '{"a": 1',
            "expected a number at a in {file}, found text that is no JSON: Expecting",
        ),
        ("flags.json", 'key = "a"', '{"\\u0061": 1}', "found a number that is not written as 'a' and its value"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    tmp_path: Path, name: str, keys: str, content: str | None, message: str
) -> None:
    """A file that is missing, holds no number, or not where it is looked for is told and left as it is."""
    file = tmp_path / name
    if content is not None:
        file.write_text(content)
    with pytest.raises(TrafficError) as caught:
        move_share(_configure(file, keys), 0.5)
    assert message.format(file=file) in str(caught.value)
    assert content is None or file.read_text() == content


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe that nobody writes to is refused at once."""
    pipe = tmp_path / "canary"
    os.mkfifo(pipe)
    with pytest.raises(TrafficError, match=f"expected a flag file at {pipe}, found something that is no file"):
        _configure(pipe).read_share()


def test_number_that_is_no_share_is_read_as_none(tmp_path: Path) -> None:
    """A percentage of 300 is told, and setting a share goes on from there."""
    file = tmp_path / "canary"
    file.write_text("300")
    traffic = _configure(file)
    assert traffic.read_share() == Reading(None, f"{file} says 300, which is no share")
    assert move_share(traffic, 0.0).share == 0.0
