"""Every sample of every file of wordings, and what the loader refuses."""

from pathlib import Path

import polars as pl
import pytest

from hotfix.core.errors import RuleError
from hotfix.core.facts import DeployKind
from hotfix.core.resources import find_resource
from hotfix.signal.deploys.logs import clean_version, match_many
from hotfix.signal.deploys.wordings import (
    Sample,
    Wording,
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


def test_many_messages_are_matched_like_few() -> None:
    """Rust's regexes, which look at many messages, claim the same ones as Python's, which look at few."""
    lines = [sample.line for file in FILES for sample in file.samples] + [
        line for file in FILES for line in file.others
    ]
    texts = pl.DataFrame(
        {
            "pattern": range(len(lines)),
            "format": ["plain"] * len(lines),
            "count": [1] * len(lines),
            "text": lines,
            "lower": [line.lower() for line in lines],
        }
    )
    told = [number for number, line in enumerate(lines) if read_change(line, load_wordings())]
    assert sorted(match_many(texts, load_wordings())) == told


@pytest.mark.parametrize("path", sorted(find_resource("rules", "changes").glob("*.toml")), ids=lambda path: path.stem)
def test_packaged_file_keeps_the_contract(path: Path) -> None:
    """Every regex of a packaged file, which the program takes as proven, passes the loader's trial."""
    assert read_wording_file(path).wordings


FOREIGN = "does not run in Rust regex (look-around, back-reference, possessive, \\Z)"
HEAD = 'title = "Test"\norder = 10\n'
WORDING = "[[wording]]\nkind = \"restart\"\nneeds = [\"begins\"]\nregex = '''^(?P<service>\\w+) begins$'''\n"
SAMPLE = '[[sample]]\nline = "orders begins"\nkind = "restart"\nservice = "orders"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + WORDING, "expected at least one [[sample]], found none"),
        (HEAD + SAMPLE, "expected at least one [[wording]], found none"),
        (HEAD + 'titel = "x"\n' + WORDING + SAMPLE, "unknown key 'titel'; did you mean 'title'?"),
        (
            HEAD + WORDING.replace("needs", "need") + SAMPLE,
            "unknown key 'wording.need'; did you mean 'needs'?",
        ),
        (
            HEAD + WORDING.replace('["begins"]', "[]") + SAMPLE,
            "needs: expected a list of texts, one of which every such message holds, found []",
        ),
        (
            HEAD + WORDING.replace('"restart"', '"restarts"') + SAMPLE,
            f"kind: expected one of {', '.join(DeployKind)}; did you mean 'restart'?, found 'restarts'",
        ),
        (
            HEAD + WORDING.replace("(?P<service>", "(?P<servise>") + SAMPLE,
            "wording.regex: unknown group 'servise'; did you mean 'service'?: ^(?P<servise>\\w+) begins$",
        ),
        (
            HEAD + WORDING.replace("begins$", "(?=begins)") + SAMPLE,
            f"wording.regex: '(?=' {FOREIGN}: ^(?P<service>\\w+) (?=begins)",
        ),
        (
            HEAD + WORDING + 'beside = "value"\n' + SAMPLE,
            "beside: expected one of version, values; did you mean 'values'?, found 'value'",
        ),
        ("title = ", "expected TOML, found Invalid value (at end of document)"),
    ],
)
def test_file_that_breaks_the_contract_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """A file without proof, with an unknown key or a faulty regex is refused with its path and what was expected."""
    path = tmp_path / "test.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as refusal:
        read_wording_file(path)
    assert str(refusal.value) == f"{path}: {message}"


def test_file_that_keeps_the_contract_is_read(tmp_path: Path) -> None:
    """A file with a wording and its sample is read, and the wording finds the sample."""
    path = tmp_path / "test.toml"
    path.write_text(HEAD + WORDING + SAMPLE, encoding="utf-8")
    file = read_wording_file(path)
    told = read_change(file.samples[0].line, file.wordings)
    assert (told.service if told else None, file.wordings[0].ident) == ("orders", "test-1")


@pytest.mark.parametrize("wording", load_wordings(), ids=lambda wording: wording.ident)
def test_every_wording_is_proven(wording: Wording) -> None:
    """Each wording has a sample that it claims in the whole order of wordings."""
    samples = [sample.line for file in FILES for sample in file.samples]
    claims = [told.wording.ident for line in samples if (told := read_change(line, load_wordings()))]
    assert wording.ident in claims
