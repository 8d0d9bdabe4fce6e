"""Every sample of every file of wordings, and what the loader refuses."""

from pathlib import Path

import pytest

from hotfix.core.errors import RuleError
from hotfix.signal.deploys.logs import clean_version
from hotfix.signal.deploys.wordings import (
    Sample,
    load_wording_files,
    load_wordings,
    read_change,
    read_wording_file,
)

FILES = load_wording_files()


@pytest.mark.parametrize(
    ("ident", "sample"),
    [
        pytest.param(file.ident, sample, id=f"{file.ident}-{number}")
        for file in FILES
        for number, sample in enumerate(file.samples, 1)
    ],
)
def test_sample_is_read_as_it_says(ident: str, sample: Sample) -> None:
    """The file that brings a sample claims it before every other file and reads just the change it promises."""
    told = read_change(sample.line, load_wordings())
    assert told is not None
    texts = {name: getattr(told, name) for name in ("service", "before", "after")}
    texts["version"] = clean_version(told.version)
    read = {name: text for name, text in texts.items() if text} | {"kind": told.wording.kind.value}
    read |= {"starts": True} if told.wording.starts else {}
    assert (told.wording.ident.rpartition("-")[0], read) == (ident, {**sample.expected})


@pytest.mark.parametrize(
    ("line"),
    [pytest.param(line, id=f"{file.ident}-{number}") for file in FILES for number, line in enumerate(file.others, 1)],
)
def test_other_messages_tell_of_no_change(line: str) -> None:
    """No wording of any file claims a message that a file names as another."""
    assert read_change(line, load_wordings()) is None
