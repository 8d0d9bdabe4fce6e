"""The values of testing a patch: what was tried, what came of it, and the verdict. Nothing runs here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hotfix.core.facts import Severity


class Category(StrEnum):
    """The five questions that a patch is asked."""

    FIX = "fix"  # does it remove the error?
    REGRESSION = "regression"  # does what worked still work?
    PERFORMANCE = "performance"  # is it as fast as before?
    COMPATIBILITY = "compatibility"  # does it treat old data and old clients as before?
    ROLLBACK = "rollback"  # can it be taken back?


class Status(StrEnum):
    """The answer to one of them."""

    PASSED = "passed"
    NOTED = "noted"  # passed, with something that a reader must know
    INCONCLUSIVE = "inconclusive"  # tried, and the answer is not certain
    NOT_VALIDATED = "not_validated"  # not tried, for a reason that is told
    FAILED = "failed"


class TestVerdict(StrEnum):
    """What is to be done with the patch."""

    __test__ = False  # not a test of pytest

    APPROVED = "APPROVED"
    APPROVED_WITH_NOTES = "APPROVED WITH NOTES"
    REJECTED = "REJECTED"
    NOT_VALIDATED = "NOT VALIDATED"


@dataclass(frozen=True, slots=True)
class Proof:
    """One command with the end of its output: what a reader can check."""

    what: str  # "before", "after" and the like
    command: str
    ended: str  # "exit code 1"
    output: str


@dataclass(frozen=True, slots=True)
class CategoryResult:
    """The answer in one category."""

    category: Category
    status: Status
    detail: str  # one or two sentences
    command: str | None = None  # what was run, for a reader to run it again
    seconds: float = 0.0  # wall time that the category took; of a rollback the time of taking the patch back
    notes: tuple[str, ...] = ()
    proofs: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """The error for which a reproduction must fail before the patch."""

    exception: str | None  # its class, with or without its package
    path: str  # in the repository
    function: str
    first_line: int  # of the function
    last_line: int

    def describe(self) -> str:
        """Return the error in words: what is raised where."""
        return f"{self.exception or 'an error'} in {self.function or 'the file'} ({self.path})"


@dataclass(frozen=True, slots=True)
class CompatibleCase:
    """A recorded good input: with it the program must do after the patch what it did before."""

    name: str
    command: str
    stdin: bytes = b""
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TestOrder:
    """What the user gave: commands that are not found by themselves, and what is allowed."""

    __test__ = False  # not a test of pytest

    repro: str | None = None
    suite: str | None = None
    perf: str | None = None
    compatible: tuple[CompatibleCase, ...] = ()
    network: bool = False


@dataclass(frozen=True, slots=True)
class Depth:
    """How much is tested at a severity (SPEC: P0 critical tests only, P1 comprehensive, P2 and P3 the full suite)."""

    name: str
    narrow: bool  # tests that name a changed file, where there are any
    suite_after_rollback: bool
    pairs: tuple[int, ...]  # of performance runs: after how many there is a look, the last is the most
    seconds: float  # that one command may take


@dataclass(frozen=True, slots=True)
class Patch:
    """What is tested."""

    name: str  # path of the diff, as commands name it
    diff: bytes
    gated: bool = False  # it passed the gates of `hotfix patch`
    mitigation: bool = False  # these call it a mitigation
    rung: str = ""  # how it came about, where that is known


@dataclass(frozen=True, slots=True)
class Tried:
    """A candidate of `patch.json` that was tested."""

    place: int  # among the candidates, from 0
    rung: str
    verdict: TestVerdict
    rule: str


@dataclass(frozen=True, slots=True)
class Verification:
    """Everything that `hotfix test` found."""

    incident: str
    severity: Severity
    depth: Depth
    repository: str
    base: str  # full id of the commit
    patch: str  # path of the diff, as named
    files: tuple[str, ...]  # that it changes
    verdict: TestVerdict
    rule: str  # what decided
    results: tuple[CategoryResult, ...]
    confinement: str
    confined: bool
    reproduction: str | None  # text of a generated one
    notes: tuple[str, ...]
    seconds: float
    tried: tuple[Tried, ...] = ()  # in this order, the patch of the verdict among them; empty for a foreign patch


TEST_REPORT_MD, TEST_JSON = "test-report.md", "test.json"
"""Files in the incident folder; `test.json` is the output of `hotfix test --json`."""
