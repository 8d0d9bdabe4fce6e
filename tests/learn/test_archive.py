"""An incident carried to another host in one file: whole, checked, and never over what is there."""

import gzip
import io
import json
import resource
import tarfile
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotfix.core.errors import HotfixError, InputError, UsageError
from hotfix.core.facts import Skipped
from hotfix.learn.archive import Contents, read_archive, read_contents, write_archive
from hotfix.learn.events import EventKind, append_event
from hotfix.learn.importing import Imported, import_incident
from hotfix.learn.manifest import Manifest, describe_file, render_manifest
from tests.learn.cases import operator, write_folder

NOW = datetime(2026, 1, 16, tzinfo=UTC)
IDENT = "20260115T150300Z-checkout"

Members = list[tuple[tarfile.TarInfo, bytes]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of an incident with a journal, a patch that is no text, and a file in a folder of its own."""
    folder = write_folder(tmp_path / "here" / "incidents", 1)
    append_event(folder, operator(EventKind.NOTE, 5, text="called the vendor"))
    (folder / "patch.diff").write_bytes(b"-\xff\xfe\r\n+\0")
    (folder / "graphs").mkdir()
    (folder / "graphs" / "errors é.csv").write_text("time,value\n", encoding="utf-8")
    return folder


def _export(folder: Path, target: Path, contents: Contents | None = None) -> Path:
    contents = contents or read_contents(folder)
    manifest = Manifest(folder.name, {name: describe_file(content) for name, content in contents.files.items()})
    write_archive(target, render_manifest(manifest, "0.1.0", NOW), contents)
    return target


def test_incident_is_carried_whole(folder: Path, tmp_path: Path) -> None:
    """What is exported here and imported there has the same files, byte for byte, and nothing else lies there."""
    archive, root = _export(folder, tmp_path / "one.tar.gz"), tmp_path / "there" / "incidents"
    imported = import_incident(archive, root)
    assert imported == Imported(IDENT, root / IDENT, 4, known=False)
    assert read_contents(root / IDENT) == read_contents(folder)
    assert [path.name for path in root.parent.iterdir()] == ["incidents"]


def test_same_incident_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """Two exports of the same files at the same time are equal, so that their hashes can be compared."""
    first, second = _export(folder, tmp_path / "1"), _export(folder, tmp_path / "2")
    assert first.read_bytes() == second.read_bytes()


def test_archive_is_read_by_tar(folder: Path, tmp_path: Path) -> None:
    """Any tar opens it: the manifest comes first, then the files by name."""
    with tarfile.open(_export(folder, tmp_path / "one.tar.gz")) as tar:
        assert tar.getnames() == ["manifest.json", "events.jsonl", "graphs/errors é.csv", "patch.diff", "report.json"]


def test_links_and_drafts_stay_here(folder: Path) -> None:
    """A link is left out and told, a draft of a write that was cut off is passed by."""
    (folder / "secret").symlink_to("/etc/passwd")
    (folder / "elsewhere").symlink_to("/etc")
    (folder / ".report.json.77.part").write_text("{", encoding="utf-8")
    contents = read_contents(folder)
    links = tuple(Skipped(name, "a link or no plain file") for name in ("elsewhere", "secret"))
    assert (len(contents.files), contents.left_out) == (4, links)
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    assert Skipped("manifest.json", "the archive has its own") in read_contents(folder).left_out


def test_nothing_is_written_over(folder: Path, tmp_path: Path) -> None:
    """An export does not replace a file, nor write through a link."""
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "new")
    for name in ("mine", "link"):
        with pytest.raises(UsageError, match=r"^expected no file at .*, found one; name another with --out$"):
            _export(folder, tmp_path / name)
    assert ((tmp_path / "mine").read_text(encoding="utf-8"), (tmp_path / "new").exists()) == ("mine", False)


def test_importing_again_changes_nothing(folder: Path, tmp_path: Path) -> None:
    """The same incident twice is no error: it is here already."""
    archive, root = _export(folder, tmp_path / "one.tar.gz"), tmp_path / "there" / "incidents"
    import_incident(archive, root)
    assert import_incident(archive, root) == Imported(IDENT, root / IDENT, 4, known=True)


def test_incident_that_is_here_with_other_content_stays(folder: Path, tmp_path: Path) -> None:
    """Where notes were added meanwhile nothing is touched; the files that differ and the two ways on are told."""
    archive, root = _export(folder, tmp_path / "one.tar.gz"), folder.parent
    append_event(folder, operator(EventKind.NOTE, 9, text="later"))
    (folder / "rca.md").write_text("# Review", encoding="utf-8")
    before = read_contents(folder)
    with pytest.raises(UsageError) as caught:
        import_incident(archive, root)
    assert str(caught.value) == (
        f"expected no incident {IDENT} here, or the same one, found other content in events.jsonl, rca.md; nothing was "
        f"changed; to compare both, import {archive} in an empty folder, to take it move {folder} away first"
    )
    assert read_contents(folder) == before


def _members(folder: Path) -> Members:
    """Return what an export holds, to be changed."""
    archive = _export(folder, folder.parent / "export")
    with tarfile.open(archive) as tar:
        members = [(member, _read(tar, member)) for member in tar.getmembers()]
    archive.unlink()
    return members


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    assert file is not None
    return file.read()


def _pack(target: Path, members: Members) -> Path:
    with gzip.open(target, "wb") as out, tarfile.open(fileobj=out, mode="w") as tar:
        for member, content in members:
            member.size = len(content) if member.isreg() else 0
            tar.addfile(member, io.BytesIO(content))
    return target


def _rename(old: str, new: str) -> Callable[[Members], Members]:
    """Rename a file in the manifest as well as in the archive: the hashes fit."""

    def change(members: Members) -> Members:
        for member, _ in members:
            member.name = new if member.name == old else member.name
        return _rewrite(lambda text: text.replace(f'"path": "{old}"', f'"path": {json.dumps(new)}'))(members)

    return change


def _rewrite(change: Callable[[str], str], name: str = "manifest.json") -> Callable[[Members], Members]:
    return lambda members: [
        (member, change(content.decode()).encode() if member.name == name else content) for member, content in members
    ]


def _turn_into(kind: bytes, target: str) -> Callable[[Members], Members]:
    def change(members: Members) -> Members:
        member = next(member for member, _ in members if member.name == "patch.diff")
        member.type, member.linkname = kind, target
        return members

    return change


def _repeat(members: Members) -> Members:
    return [*members, members[-1]]


_INSIDE = "expected names of files inside the incident's folder"
_PLAIN = "expected plain files"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_rename("patch.diff", "../../evil"), _INSIDE),
        (_rename("patch.diff", "/tmp/evil"), _INSIDE),  # noqa: S108  # nothing is written there
        (_rename("patch.diff", "graphs/../../evil"), _INSIDE),
        (_rename("patch.diff", "..\\evil"), _INSIDE),
        (_rename("patch.diff", ".bashrc"), _INSIDE),
        (_rename("patch.diff", "a/b/c/d/e"), _INSIDE),
        (_rename("patch.diff", "x" * 300), _INSIDE),
        (_rename("patch.diff", "\x1b[2J"), _INSIDE),
        (_rename("patch.diff", "./report.json"), _INSIDE),
        (_rewrite(lambda text: text.replace(f'"incident": "{IDENT}"', '"incident": "../up"')), _INSIDE),
        (_rewrite(lambda text: text.replace(f'"incident": "{IDENT}"', '"incident": "a/b"')), "expected an id"),
        (_rewrite(lambda text: text.replace(IDENT, "20260115T150300Z-other")), "expected the report of 2026"),
        (_turn_into(tarfile.SYMTYPE, "/etc/passwd"), _PLAIN),
        (_turn_into(tarfile.LNKTYPE, "report.json"), _PLAIN),
        (_turn_into(tarfile.DIRTYPE, ""), _PLAIN),
        (_turn_into(tarfile.FIFOTYPE, ""), _PLAIN),
        (_turn_into(tarfile.CHRTYPE, ""), _PLAIN),
        (lambda members: members[1:], "expected manifest.json first"),
        (lambda members: members[:-1], "expected report.json in"),
        (_repeat, "expected each file that manifest.json names once"),
        (_rewrite(lambda text: text.replace("called", "dialed"), "events.jsonl"), "expected events.jsonl in"),
        (_rewrite(lambda text: text.replace("hotfix.export/1", "hotfix.export/2")), "expected schema"),
        (
            _rewrite(lambda text: text.replace('"path": "patch.diff"', '"path": "report.json"')),
            "expected each file once",
        ),
        (_rewrite(lambda _: "[" * 60_000), "expected JSON"),
        (_rewrite(lambda _: " " * 2_000_000), "expected manifest.json of at most"),
        (_rewrite(lambda text: text.replace('"bytes": ', '"bytes": -')), "expected at most 1000 files"),
        (_rewrite(lambda text: text.replace('"bytes": ', '"bytes": 99999999')), "expected at most 1000 files"),
        (_rewrite(lambda text: text.replace('"bytes": ', '"bytes": "x", "b": ')), "expected a whole number"),
    ],
)
def test_archive_that_is_not_as_it_should_be_is_refused(
    folder: Path, tmp_path: Path, change: Callable[[Members], Members], message: str
) -> None:
    """Paths out of the folder, links, devices, other hashes, sizes, schemas and ids: nothing of it is written."""
    archive, root = _pack(tmp_path / "evil.tar.gz", change(_members(folder))), tmp_path / "there" / "incidents"
    with pytest.raises(InputError) as caught:
        import_incident(archive, root)
    assert str(caught.value).startswith(message)
    assert str(caught.value).isprintable()
    assert not root.parent.exists()


def _replace_report(folder: Path, change: Callable[[str], str]) -> None:
    path = folder / "report.json"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("hotfix.report/1", "hotfix.report/9"), "expected schema 'hotfix.report/1'"),
        (lambda text: text.replace(IDENT, "another"), "expected the report of 2026"),
        (lambda text: text.replace('"P1"', '"P7"'), "expected one of the schema's choices"),
        (lambda _: '{"schema": "hotfix.report/1", "incident": null}', "expected the report of 2026"),
        (lambda _: "no JSON", "expected JSON"),
    ],
)
def test_report_that_is_none_is_refused(
    folder: Path, tmp_path: Path, change: Callable[[str], str], message: str
) -> None:
    """An archive with good hashes around a report that the program could not read is refused as well."""
    _replace_report(folder, change)
    archive = _export(folder, tmp_path / "one.tar.gz")
    with pytest.raises(InputError, match=f"^{message}"):
        import_incident(archive, tmp_path / "there")


@pytest.mark.parametrize("content", [b"", b"text", gzip.compress(b"text"), b"\x1f\x8b\x08\x00" + b"\0" * 40])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    """What is no archive at all is told as such, and so is one that is not there."""
    (tmp_path / "other").write_bytes(content)
    for name in ("other", "gone"):
        with pytest.raises(InputError, match=r"^expected (an archive of|manifest\.json first)"):
            read_archive(tmp_path / name)


def test_archive_that_was_cut_off_is_refused(folder: Path, tmp_path: Path) -> None:
    """At whatever byte the copy ended, the import says so and writes nothing."""
    whole = _export(folder, tmp_path / "one.tar.gz").read_bytes()
    for end in range(0, len(whole) - 8, 41):
        (tmp_path / "part").write_bytes(whole[:end])
        with pytest.raises(InputError):
            import_incident(tmp_path / "part", tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_archive_whose_bytes_changed_is_refused(folder: Path, tmp_path: Path) -> None:
    """A flipped bit anywhere is found, or changed nothing that is written."""
    whole = _export(folder, tmp_path / "one.tar.gz").read_bytes()
    for place in range(10, len(whole), 53):
        garbled = bytearray(whole)
        garbled[place] ^= 0x10
        (tmp_path / "garbled").write_bytes(garbled)
        try:
            found = read_archive(tmp_path / "garbled")[1]
        except HotfixError:
            continue
        assert found == Contents(read_contents(folder).files)


def test_small_file_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    """A bomb of a megabyte costs no more than an archive may hold."""
    member = tarfile.TarInfo("manifest.json")
    member.size = 8 * 1024**3
    with gzip.open(tmp_path / "bomb", "wb", compresslevel=9) as out:
        out.write(member.tobuf())
        for _ in range(300):
            out.write(bytes(1024 * 1024))
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=r"^expected at most"):
            read_archive(tmp_path / "bomb")
        assert tracemalloc.get_traced_memory()[1] < 50 * 1024**2
    finally:
        tracemalloc.stop()


def test_full_disk_leaves_nothing_behind(folder: Path, tmp_path: Path) -> None:
    """Where the files do not fit, one sentence says so, and neither half an incident nor half an archive stays."""
    (folder / "report.html").write_bytes(bytes(range(256)) * 400)
    archive, root = _export(folder, tmp_path / "one.tar.gz"), tmp_path / "there" / "incidents"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(UsageError, match=r"^expected a folder that can be written at .*, found: File too large$"):
            import_incident(archive, root)
        with pytest.raises(UsageError, match=r"^expected a file that can be written at .*, found: File too large$"):
            _export(folder, tmp_path / "two.tar.gz")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    left = sorted(path.name for path in (*tmp_path.iterdir(), *root.parent.iterdir(), *root.iterdir()))
    assert left == ["here", "incidents", "one.tar.gz", "there"]
