"""Loads `rules/changes/*.toml`: how logs word a change in the world. Files come in, checked `Wording` values go out.

A file that breaks the contract is refused with its path, the key and what was expected. `read_change` reads a message.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from hotfix.core.errors import RuleError, did_you_mean
from hotfix.core.facts import DeployKind
from hotfix.core.resources import find_resource, read_table
from hotfix.core.settings import WORDING_CHARACTERS, WORDING_RECORDS_MOST
from hotfix.ingest.patterns import find_pattern_fault

_GROUPS = frozenset({"service", "version", "before", "after", "product", "summary"})
_FILE_KEYS = frozenset({"title", "url", "order", "wording", "sample", "other"})
_WORDING_KEYS = frozenset({"kind", "regex", "needs", "unless", "starts", "of_others", "most", "beside"})
_EXPECTED = frozenset({"kind", "service", "version", "before", "after", "starts"})


class Beside(StrEnum):
    """What the named fields of a record must say for words that alone are too common."""

    VERSION = "version"
    VALUES = "values"  # an old or a new value


@dataclass(frozen=True, slots=True)
class Wording:
    """One way in which a message tells of a change; regexes do not mind case and are searched anywhere in it."""

    ident: str  # file and number: "rollouts-3"
    kind: DeployKind
    regex: str
    needs: tuple[str, ...]  # lower-case texts, one of which every such message holds; spares the regex on the others
    unless: str | None  # a message that this matches tells of no change
    starts: bool  # a process says that it begins to run
    of_others: bool  # a supervisor speaks about a service that the message names
    most: int  # records of one message beyond which it is daily business
    beside: Beside | None  # what the fields of the record must say, too

    def search(self, text: str) -> re.Match[str] | None:
        """Return where a text tells of this change, or None."""
        found = _compile(self.regex).search(text)
        return None if found is None or (self.unless and _compile(self.unless).search(text)) else found


@dataclass(frozen=True, slots=True)
class ToldChange:
    """What a message says of a change; None where it does not say."""

    wording: Wording
    service: str | None
    version: str | None
    before: str | None
    after: str | None
    product: str  # which of several versions that one process tells; empty for its own
    summary: str | None = None  # the part of the message that is the change; None for all of it


@dataclass(frozen=True, slots=True)
class Sample:
    """A message and what must be read from it; what is not named must be absent."""

    line: str
    expected: Mapping[str, str | bool]


@dataclass(frozen=True, slots=True)
class WordingFile:
    """One data file of `rules/changes`, checked."""

    ident: str
    title: str
    order: int  # files with a higher order are asked first; ties by ident
    wordings: tuple[Wording, ...]
    samples: tuple[Sample, ...]
    others: tuple[str, ...]


@cache
def _compile(regex: str) -> re.Pattern[str]:
    """Return a regex that does not mind case; only the few whose words occur are ever compiled."""
    return re.compile(f"(?i){regex}")


@cache
def load_wording_files() -> tuple[WordingFile, ...]:
    """Return every packaged file of wordings, highest order first; their regexes are proven by the tests.

    Raises:
        RuleError: a data file breaks the contract.
    """
    return read_wording_files(find_resource("rules", "changes"), proven=True)


def load_wordings() -> tuple[Wording, ...]:
    """Return every packaged wording in the order in which they are asked.

    Raises:
        RuleError: a data file breaks the contract.
    """
    return tuple(wording for file in load_wording_files() for wording in file.wordings)


def read_wording_files(folder: Path, *, proven: bool = False) -> tuple[WordingFile, ...]:
    """Return the files of wordings in a folder, highest order first.

    Raises:
        RuleError: a data file breaks the contract.
    """
    files = [read_wording_file(path, proven=proven) for path in sorted(folder.glob("*.toml"))]
    return tuple(sorted(files, key=lambda file: (-file.order, file.ident)))


def read_wording_file(path: Path, *, proven: bool = False) -> WordingFile:
    """Return the wordings that one data file describes.

    Args:
        path: the file.
        proven: its regexes are known to be good; to try them all takes longer than to read a small log.

    Raises:
        RuleError: unknown or missing key, bad regex, no sample; the message names file and key.
    """
    table = read_table(path)
    file = _File(path, table, proven)
    file.refuse_unknown(table, _FILE_KEYS, "")
    for key in ("wording", "sample"):
        if not table.get(key):
            raise RuleError(f"{path}: expected at least one [[{key}]], found none")
    return file.build()


def read_change(message: str, wordings: Sequence[Wording]) -> ToldChange | None:
    """Return what the first wording that matches reads in a message, or None when none matches."""
    text = message[:WORDING_CHARACTERS]
    lower = text.lower()
    for wording in wordings:
        if wording.needs and not any(need in lower for need in wording.needs):
            continue
        found = wording.search(text)
        if found:
            groups = {name: value.strip(" '\"`") for name, value in found.groupdict().items() if value}
            texts = {name: value for name, value in groups.items() if value}
            return ToldChange(
                wording=wording,
                service=texts.get("service"),
                version=texts.get("version"),
                before=texts.get("before"),
                after=texts.get("after"),
                product=texts.get("product", ""),
                summary=(found.groupdict().get("summary") or "").rstrip(" ;") or None,
            )
    return None


@dataclass(frozen=True, slots=True)
class _File:
    """A parsed data file, with the errors that name it."""

    path: Path
    table: Mapping[str, object]
    proven: bool  # regexes need no trial

    def build(self) -> WordingFile:
        return WordingFile(
            ident=self.path.stem,
            title=self._text("title", self.table),
            order=self._number("order", self.table, 0, 100),
            wordings=tuple(self._wording(entry, number) for number, entry in enumerate(self._tables("wording"), 1)),
            samples=tuple(self._sample(entry) for entry in self._tables("sample")),
            others=tuple(self._text("line", entry) for entry in self._tables("other")),
        )

    def refuse_unknown(self, table: Mapping[str, object], known: frozenset[str], where: str) -> None:
        for key in table:
            if key not in known:
                raise RuleError(f"{self.path}: unknown key {where + key!r}{did_you_mean(key, known)}")

    def _fail(self, key: str, expected: str, found: object) -> RuleError:
        return RuleError(f"{self.path}: {key}: expected {expected}, found {found!r}")

    def _text(self, key: str, table: Mapping[str, object]) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value:
            raise self._fail(key, "a text", value)
        return value

    def _number(self, key: str, table: Mapping[str, object], least: int, most: int) -> int:
        value = table.get(key)
        if not isinstance(value, int) or not least <= value <= most:
            raise self._fail(key, f"a whole number from {least} to {most}", value)
        return value

    def _tables(self, key: str) -> list[Mapping[str, object]]:
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self._fail(key, f"[[{key}]] tables", value)
        return value

    def _wording(self, entry: Mapping[str, object], number: int) -> Wording:
        self.refuse_unknown(entry, _WORDING_KEYS, "wording.")
        regex = self._regex("wording.regex", self._text("regex", entry))
        unless = self._regex("wording.unless", self._text("unless", entry)) if "unless" in entry else None
        most = self._number("most", entry, 1, WORDING_RECORDS_MOST) if "most" in entry else WORDING_RECORDS_MOST
        return Wording(
            ident=f"{self.path.stem}-{number}",
            kind=self._kind(entry),
            regex=regex,
            needs=self._needs(entry),
            unless=unless,
            starts=entry.get("starts") is True,
            of_others=entry.get("of_others") is True,
            most=most,
            beside=self._beside(entry),
        )

    def _kind(self, entry: Mapping[str, object]) -> DeployKind:
        value = entry.get("kind")
        if value not in set(DeployKind):
            near = did_you_mean(str(value), [kind.value for kind in DeployKind])
            raise self._fail("kind", f"one of {', '.join(DeployKind)}{near}", value)
        return DeployKind(str(value))

    def _beside(self, entry: Mapping[str, object]) -> Beside | None:
        value = entry.get("beside")
        if value is not None and value not in set(Beside):
            near = did_you_mean(str(value), [beside.value for beside in Beside])
            raise self._fail("beside", f"one of {', '.join(Beside)}{near}", value)
        return Beside(str(value)) if value is not None else None

    def _needs(self, entry: Mapping[str, object]) -> tuple[str, ...]:
        value = entry.get("needs")
        if not isinstance(value, list) or not value or not all(isinstance(word, str) and word for word in value):
            raise self._fail("needs", "a list of texts, one of which every such message holds", value)
        return tuple(word.lower() for word in value)

    def _regex(self, key: str, written: str) -> str:
        fault = None if self.proven else find_pattern_fault(f"^{written}", _GROUPS)
        if fault:
            raise RuleError(f"{self.path}: {key}: {fault}: {written}")
        return written

    def _sample(self, entry: Mapping[str, object]) -> Sample:
        self.refuse_unknown(entry, _EXPECTED | {"line"}, "sample.")
        expected = {key: value for key, value in entry.items() if key != "line" and isinstance(value, str | bool)}
        return Sample(self._text("line", entry), expected)
