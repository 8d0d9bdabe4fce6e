"""The values that locating, deciding, proposing, judging and testing a patch exchange. All frozen; no git, no files."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository as hotfix reads it: nothing is ever written to `git_dir`, nor to the user's work tree.

    Made by `checkout.open_repository`, alive as long as that context. Files of a revision are read from git
    (`checkout.read_file`), or from a throw-away clone of it (`checkout.check_out`).
    """

    given: Path  # what the user named: a work tree, a bare repository or a bundle
    git_dir: Path  # what git reads; for a bundle a clone in a temporary folder
    head: str  # full id of the commit that a patch is made for
    branch: str | None  # None: detached
    shallow: bool  # older commits are not there
    notes: tuple[str, ...]  # what a reader must know, one sentence each: uncommitted changes, submodules and the like


@dataclass(frozen=True, slots=True)
class SourceFrame:
    """A place in the repository that evidence speaks of."""

    evidence: str  # id of the evidence: "E3"
    path: str  # in the repository, with slashes
    line: int  # at `Repository.head`, 1-based; 0 where only the file is known
    function: str  # name as the source has it; empty outside of functions
    first_line: int  # of the function, 1-based and inclusive; of the whole file outside of functions
    last_line: int
    exception: str | None  # class of the error that was raised here
    message: str
    depth: int  # 0: where it failed; 1: its caller …


@dataclass(frozen=True, slots=True)
class SuspectCommit:
    """A commit that may have brought the incident."""

    commit: str  # full id
    subject: str
    at: datetime
    path: str | None  # the file that speaks most for it
    line: int | None  # at `Repository.head`
    score: float  # 0..1; only for the order
    tied: bool  # evidence or the diagnosis leads to it; else nothing but its time speaks against it
    reasons: tuple[str, ...]  # one sentence each, strongest first


class Choice(StrEnum):
    """What to do about an incident, decided before a patch is written."""

    ROLLBACK = "rollback"
    REVERT = "revert"
    PATCH = "patch"
    CONFIG = "config"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do and why."""

    choice: Choice
    reason: str
    irreversible: tuple[str, ...] = ()  # migrations and data formats in the range, which a roll-back leaves behind


@dataclass(frozen=True, slots=True)
class FileChange:
    """How much of one file a patch changes, in lines."""

    path: str
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Edit:
    """One file before and after, as bytes; None where it does not exist."""

    path: str
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patch that is proposed. `diff` is what `git apply` reads, against `base`; `edits` are the same change whole."""

    rung: str  # "revert", "config", "fixer:NAME" or "model:NAME"
    base: str  # full id of the commit
    edits: tuple[Edit, ...]
    diff: bytes
    files: tuple[FileChange, ...]
    rationale: str  # why this removes the cause, one sentence or two
    measures: tuple[str, ...]  # what it does to stay safe, one phrase each
    mitigation: bool  # it stops the harm and leaves the cause
    imports: tuple[str, ...] = ()  # modules that it says it needs newly
    commit: str | None = None  # what it takes back, for reverts
    guess: str = ""  # what nothing in the code tells and it makes up, as half a sentence; empty: it makes nothing up


@dataclass(frozen=True, slots=True)
class GateResult:
    """What one gate says of a candidate."""

    gate: str  # "parses", "signature" …
    passed: bool
    detail: str
    checked: bool = True  # False: it could not be told here, and `detail` says why; that refuses nothing


COMPILES, ERROR_GONE = "compiles", "error gone"
"""Gates that need a toolchain and a sandbox: they are asked after the others, while there is time."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with what every gate said."""

    candidate: Candidate
    gates: tuple[GateResult, ...]

    @property
    def passed(self) -> bool:
        """True when no gate refused it."""
        return all(gate.passed for gate in self.gates)

    @property
    def proven(self) -> bool:
        """True when a reproduction of the incident was seen to fail without it and to pass with it."""
        return any(gate.gate == ERROR_GONE and gate.passed and gate.checked for gate in self.gates)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Everything that `hotfix patch` found; `best` is None where no candidate passed its gates."""

    incident: str
    repository: str  # as the user named it
    base: str
    decision: Decision
    frames: tuple[SourceFrame, ...]
    suspects: tuple[SuspectCommit, ...]
    judged: tuple[Judged, ...]  # best first; the refused ones last
    notes: tuple[str, ...]
    skipped: tuple[str, ...]  # what was not tried, and why

    @property
    def best(self) -> Judged | None:
        """The candidate that goes into `patch.diff`."""
        return self.judged[0] if self.judged and self.judged[0].passed else None


PATCH_DIFF, PATCH_JSON, PATCH_MD = "patch.diff", "patch.json", "patch.md"
"""Files in the incident folder. `patch.json` is the output of `hotfix patch --json`; it names the base commit, and
`hotfix test` reads it with `patchfile.read_patch`."""
