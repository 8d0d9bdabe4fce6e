"""Files that others may have put where hotfix reads."""

import os
from pathlib import Path

import pytest

from hotfix.core.errors import InputError, MissingError
from hotfix.core.files import read_all, read_start
from hotfix.core.node import Node


def test_what_lies_there_is_read_up_to_a_limit(tmp_path: Path) -> None:
    """One byte more tells that there is more; where all is asked for, that is an error."""
    path = tmp_path / "journal"
    path.write_bytes(b"x" * 2000)
    assert (len(read_start(path, 1999, "a journal")), len(read_all(path, 2000, "a journal"))) == (2000, 2000)
    with pytest.raises(InputError) as told:
        read_all(path, 1999, "a journal")
    assert str(told.value) == f"expected a journal of at most 1,999 bytes at {path}, found more"


def test_nothing_there_is_told_apart_from_what_is_no_file(tmp_path: Path) -> None:
    """A missing file may be expected; a pipe, on which one would wait, and a link are never followed."""
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to("/etc/hostname")
    for path, kind, found in (
        (tmp_path / "none", MissingError, "No such file or directory"),
        (pipe, InputError, "not a plain file"),
        (link, InputError, "Too many levels of symbolic links"),
    ):
        with pytest.raises(InputError) as told:
            read_start(path, 10, "a review")
        assert (type(told.value), str(told.value)) == (
            kind,
            f"expected a review that can be read at {path}, found: {found}",
        )


@pytest.mark.parametrize("text", ["", "{", "[" * 60_000, b"\xff{}"])
def test_other_text_than_json_is_told_with_its_place(text: str | bytes) -> None:
    """Text that is cut off, too deep or no UTF-8 is one sentence; JSON keeps its place."""
    with pytest.raises(InputError) as told:
        Node.parse(text, "run.jsonl:3", "hotfix.run/1")
    assert str(told.value) == "expected JSON at run.jsonl:3, found other text"
    assert Node.parse('{"a": 1}', "run.jsonl:3", "hotfix.run/1").get("a") == Node(1, "run.jsonl:3.a", "hotfix.run/1")
