"""What a diagnosis starts from: the tables and facts of the stages before it, and a way to open lines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from hotfix.core.facts import Change, Correlation, Deploy, Level, Metric, Place, Template
from hotfix.core.settings import SILENT_SHARE
from hotfix.diagnosis.causes import Classify, classify_text
from hotfix.ingest.messages import MessageReader
from hotfix.signal.clientwords import says_client_fault
from hotfix.signal.endwords import says_bad_end
from hotfix.signal.lookup import Lookup
from hotfix.signal.series import Counts

GRAVE = (Level.ERROR, Level.FATAL)


@dataclass(frozen=True, slots=True)
class Case:
    """One set of logs with everything that was found in it."""

    records: pl.LazyFrame  # RECORDS with template_id, every service named
    lookup: Lookup  # finds few of them
    counts: Counts  # of them per interval
    templates: Mapping[str, Template]
    changes: tuple[Change, ...]
    deploys: tuple[Deploy, ...]
    correlations: tuple[Correlation, ...]
    paths: tuple[str, ...]  # shown path of each file_id
    open_text: Callable[[Place], str]  # verbatim text of a place
    open_texts: Callable[[Sequence[Place]], list[str]]  # the same for many, quickest in order of file and line
    first: datetime
    last: datetime
    formats: Mapping[int, str]  # of each pattern
    messages: MessageReader
    users: int | None  # how many users there are, when the caller said so
    classify: Classify = classify_text  # names what a serious text speaks of
    without: frozenset[str] = frozenset()  # names of mechanisms that are switched off
    assumed: frozenset[str] = frozenset()  # services with files whose zone had to be assumed
    stopped: frozenset[str] = frozenset()  # silent services of which records tell that they were stopped
    ended: frozenset[str] = frozenset()  # services whose log ends early, while nothing says that they stopped

    def is_harmful(self, change: Change) -> bool:
        """Tell whether a change made things worse: more errors, slower, or a service fell silent."""
        rises = change.after > change.before
        if change.metric is Metric.VOLUME:
            return change.after < SILENT_SHARE * change.before
        if change.metric is Metric.TEMPLATE_COUNT and change.template_id is not None:
            template = self.templates[change.template_id]
            grave = template.level in GRAVE and not says_client_fault(template.text)
            return rises and (grave or says_bad_end(template.text, template.level))
        return rises

    def place(self, file_id: int, line: int, line_count: int) -> Place:
        """Return the lines of a record."""
        return Place(self.paths[file_id], line, line + max(line_count, 1) - 1)

    def deploy(self, ident: str) -> Deploy:
        """Return the deploy with this id."""
        return next(deploy for deploy in self.deploys if deploy.id == ident)
