"""Opens the few records that are worded like a change: hits in, what they tell out; many alike are not all opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from hotfix.core.facts import Place
from hotfix.core.settings import OCCASIONS_OPENED, RECORDS_OPENED
from hotfix.ingest.messages import Message, MessageReader
from hotfix.signal.deploys.bursts import choose_occasions
from hotfix.signal.deploys.contract import DeployRequest
from hotfix.signal.deploys.fields import ChangeFields, choose_version, read_change_fields
from hotfix.signal.deploys.services import is_same_service
from hotfix.signal.deploys.wordings import Beside, ToldChange, Wording, read_change


@dataclass(frozen=True, slots=True)
class Hit:
    """A record whose message is worded like a change."""

    time: datetime
    service: str | None
    file_id: int
    line: int
    line_count: int
    pattern: int


@dataclass(frozen=True, slots=True)
class Told:
    """A record that tells of a change, and what it says."""

    hit: Hit
    change: ToldChange
    message: Message
    fields: ChangeFields  # what the named fields of the record add

    @property
    def version(self) -> str | None:
        """The version that words or fields say, a release number before a revision."""
        return choose_version(self.change.version, self.fields.version)

    @property
    def counts(self) -> bool:
        """True when the fields say what the wording wants them to."""
        beside = self.change.wording.beside
        if beside is Beside.VERSION:
            named, own = self.change.service, self.hit.service
            return self.version is not None and (named is None or own is None or is_same_service(named, own))
        return beside is None or self.fields.before is not None or self.fields.after is not None


class Opening:
    """Opens records, RECORDS_OPENED at most but for the search of new versions."""

    def __init__(self, request: DeployRequest, formats: Mapping[int, str], wordings: Sequence[Wording]) -> None:
        """Open with a request's opener the records of patterns whose formats are given."""
        self._request, self._formats, self._wordings = request, formats, wordings
        self._reader = MessageReader() if formats else None
        self._read = 0

    def read_group(self, group: Sequence[Hit]) -> list[Told]:
        """Return what the records of one message and service tell: all when they are few, else a choice of them.

        A version is taken to stay until the next one, so that between two that differ the first record of the new one
        is found by halving.
        """
        most = min(OCCASIONS_OPENED, RECORDS_OPENED - self._read)
        if most <= 0:
            return []
        chosen = choose_occasions([hit.time for hit in group], most)
        found = {place: told for place in chosen if (told := self._open(group[place]))}
        if any(told.change.wording.starts for told in found.values()):
            for before, after in pairwise(sorted(found)):
                found |= self._halve(group, before, after, found)
        return [found[place] for place in sorted(found)]

    def describe(self, count: int) -> tuple[str, ...]:
        """Return a note when not every one of so many records was opened."""
        left_out = count - self._read
        return (f"{left_out:,} records worded like a change repeat others and were not opened",) if left_out > 0 else ()

    def _halve(self, group: Sequence[Hit], before: int, after: int, found: Mapping[int, Told]) -> dict[int, Told]:
        """Return the first record of the version that runs at ``after``, when another one runs at ``before``."""
        old, new = found[before].version, found[after]
        while new.version != old and after - before > 1:
            middle = (before + after) // 2
            told = self._open(group[middle])
            if told is not None and told.version != old:
                after, new = middle, told
            else:
                before = middle
        return {after: new}

    def _open(self, hit: Hit) -> Told | None:
        if self._reader is None:
            return None
        self._read += 1
        end_line = hit.line + min(max(hit.line_count, 1), 2) - 1
        text = self._request.open_text(Place(self._request.paths[hit.file_id], hit.line, end_line))
        message = self._reader.read(text, self._formats[hit.pattern])
        change = read_change(message.text, self._wordings)
        if change is None:
            return None
        told = Told(hit, change, message, read_change_fields(message.fields, hit.service))
        return told if told.counts else None
