"""The single facts that stages exchange: frozen values and closed choices. Tables live in `core.schema`."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Level(StrEnum):
    """Severity of a record, from least to most severe."""

    TRACE = "trace"
    DEBUG = "debug"
    INFO = "info"
    WARN = "warn"
    ERROR = "error"
    FATAL = "fatal"


class Metric(StrEnum):
    """What a series counts."""

    ERROR_RATIO = "error_ratio"  # records at error or fatal / all records of the service, 0..1
    TEMPLATE_COUNT = "template_count"  # records of one template per bucket
    VOLUME = "volume"  # records of a service per bucket
    LATENCY_P95 = "latency_p95_ms"  # milliseconds


class Shape(StrEnum):
    """How a change looks over time."""

    SUDDEN = "sudden"
    GRADUAL = "gradual"
    INTERMITTENT = "intermittent"
    PERIODIC = "periodic"


class Novelty(StrEnum):
    """How a template behaves between before and after."""

    NEW = "new"
    CHANGED = "changed"
    STEADY = "steady"
    VANISHED = "vanished"


class Verdict(StrEnum):
    """What the diagnosis says about the whole input."""

    INCIDENT = "incident"
    NO_INCIDENT = "no_incident"
    RECOVERED = "recovered"
    INCONCLUSIVE = "inconclusive"


class Severity(StrEnum):
    """How bad, by SPEC's shares of users or requests."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


class DeployKind(StrEnum):
    """What sort of thing changed in the world."""

    DEPLOYMENT = "deployment"
    CONFIG = "config"
    PACKAGE = "package"
    FLAG = "flag"
    MIGRATION = "migration"
    RESTART = "restart"
    COMMIT = "commit"


class Approach(StrEnum):
    """Direction of the recommended fix."""

    ROLLBACK = "rollback"
    REVERT = "revert"
    PATCH = "patch"
    CONFIG = "config"
    DATA = "data"
    SCALE = "scale"
    WAIT = "wait"


class Grade(StrEnum):
    """Complexity or risk of an action."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Rung(StrEnum):
    """Which rung of the ladder produced the words of the diagnosis."""

    MODEL_VERIFIED = "model_verified"
    MODEL_STRUCK = "model_struck"
    TEMPLATES = "templates"
    EVIDENCE_TABLE = "evidence_table"


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not read or not done: where it stands and why."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """Lines of an input file, 1-based and inclusive, in its decompressed text."""

    file: str
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class InputFile:
    """How one input file was understood."""

    path: str
    format: str  # idents of the formats seen, most frequent first, joined by ", "; wrappers as "cri > log4j"
    bytes: int  # size on disk
    lines: int
    records: int
    unparsed: int  # records that no format matched
    first: datetime | None
    last: datetime | None
    timezone: str  # zone of its stamps and, where assumed, by which rule
    service: str | None  # most frequent service of its records


@dataclass(frozen=True, slots=True)
class Template:
    """A row of TEMPLATES with what the detectors say of it."""

    id: str
    text: str
    count: int
    level: Level | None
    services: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    novelty: Novelty
    sample: Place


@dataclass(frozen=True, slots=True)
class Change:
    """A series behaves differently from `at` on: the exact time of the first record of the new behaviour."""

    id: str  # "C1", "C2" … in order of time
    at: datetime
    metric: Metric
    service: str
    template_id: str | None
    shape: Shape
    before: float  # value of the metric before and after; counts are per minute
    after: float
    n_before: int  # records behind each value
    n_after: int
    p_value: float  # chance of such a difference when nothing changed, corrected for all series looked at
    until: datetime | None  # last record of the new behaviour when it ended inside the data, else None
    first: Place | None  # the first record of the new behaviour; of an absence the last record before it
    period_s: float | None = None  # seconds from one bad time to the next, when the shape is periodic

    @property
    def ratio(self) -> float | None:
        """How many times larger the value became; None when it was zero before."""
        return self.after / self.before if self.before else None


@dataclass(frozen=True, slots=True)
class Deploy:
    """Something changed in the world: a release, a setting, a package, a flag, a migration, a restart, a commit."""

    id: str  # "D1", "D2" … in order of time
    at: datetime
    kind: DeployKind
    service: str | None  # None when it is not said which
    version: str | None
    summary: str  # one line, in the words of the source
    before: str | None  # old and new value or version where the source says them
    after: str | None
    source: Place
    started: Place | None = None  # where a process said that it began with it, when that is another line


@dataclass(frozen=True, slots=True)
class Correlation:
    """How well one deploy fits the onset of one change."""

    deploy: str
    change: str
    lag_s: float  # change minus deploy; negative when the deploy came later
    service_match: bool
    score: float  # 0..1, higher fits better: by kind, service or shared names, and lag
    chance: float  # share of moments of the data as near to a deploy that is linked as well, 0..1
    shared: tuple[str, ...] = ()  # rare names that the deploy's words and the change's records both hold

    @property
    def linked(self) -> bool:
        """True when more than time links the two: the same service, or a name that both hold."""
        return self.service_match or bool(self.shared)

    @property
    def weight(self) -> float:
        """What the fit is worth, 0..1: the score without what any moment would give. Pairs are ranked by it."""
        return self.score * (1.0 - self.chance)


class EvidenceKind(StrEnum):
    """What sort of thing proves something."""

    LOG = "log"
    STACK_TRACE = "stack_trace"
    CHANGE = "change"
    DEPLOY = "deploy"
    CLUE = "clue"  # what a mechanism found


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact with a place: `excerpt` is the verbatim text of the lines at `place`."""

    id: str  # "E1", "E2" …
    kind: EvidenceKind
    time: datetime | None
    service: str | None
    statement: str  # what it shows, written by code from the excerpt and counts
    excerpt: str
    place: Place


@dataclass(frozen=True, slots=True)
class Impact:
    """What the incident costs, as far as the input says."""

    request_share: float | None  # failed / all requests or records in the window, 0..1
    failed: int
    total: int
    basis: str  # what was counted: "requests" (records with a status) or "records"
    users_affected: float | None  # only when the user gave the number of users
    calculation: str  # the arithmetic, in words


@dataclass(frozen=True, slots=True)
class Incident:
    """The window in which things were wrong, and how wrong."""

    id: str  # from the onset's time and service: the same on every run over the same logs
    started_at: datetime
    detected_at: datetime | None  # first record at error level after the start
    ended_at: datetime | None  # None while it goes on at the end of the data
    status: str  # "ongoing" or "recovered"
    severity: Severity
    severity_rule: str
    services: tuple[str, ...]  # affected, culprit first
    shape: Shape
    impact: Impact


@dataclass(frozen=True, slots=True)
class Why:
    """One step of the five whys."""

    why: str
    because: str
    evidence: tuple[str, ...]
    hypothesis: bool  # True when no evidence proves the step


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A possible cause with what speaks for and against it."""

    rank: int
    category: str  # cause family ident
    service: str | None
    statement: str
    confidence: float  # 0..1
    supports: tuple[str, ...]  # evidence ids; "for" in the report
    against: tuple[str, ...]
    rejected: str | None  # the reason, when rejected


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to do now."""

    approach: Approach
    actions: tuple[str, ...]
    complexity: Grade
    risk: Grade
    reason: str
    estimated_minutes: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What broke, how sure, why, and what to do."""

    verdict: Verdict
    category: str | None  # cause family ident; None when there is no incident
    service: str | None
    statement: str
    confidence: float
    by: str  # what decided: "rules"
    rung: Rung
    evidence: tuple[str, ...]
    five_whys: tuple[Why, ...]
    contributing: tuple[str, ...]
    hypotheses: tuple[Hypothesis, ...]
    missing: tuple[str, ...]
    recommendation: Recommendation | None


@dataclass(frozen=True, slots=True)
class Curve:
    """A series as a report draws it: one value per interval, from `start` on."""

    service: str
    metric: Metric
    template_id: str | None
    start: datetime
    width_s: float  # length of each interval
    values: tuple[float | None, ...]  # as in SERIES: counts per interval; None where there was no record


@dataclass(frozen=True, slots=True)
class SkippedStage:
    """A stage that did not run, and why."""

    stage: str
    reason: str


@dataclass(frozen=True, slots=True)
class StruckClaim:
    """A sentence of a model that did not hold: it stands in no text, only in the list of what was struck."""

    sentence: str
    reason: str


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What a local model did for one analysis, and what it took."""

    name: str
    sha256: str | None  # of the model file; None for a model elsewhere
    calls: int
    prompt_tokens: int
    reused_tokens: int  # of the prompts, whose state was kept from before
    output_tokens: int
    first_token_s: float  # wall time until the first token of each answer, added up
    seconds: float
    accepted_claims: int  # sentences that held
    struck: tuple[StruckClaim, ...]


@dataclass(frozen=True, slots=True)
class Similar:
    """A past incident that is like this one: a candidate for the cause, never evidence of it."""

    incident: str  # id
    score: float  # likeness, 0..1
    shared: tuple[str, ...]  # in words; quote logs
    differs: tuple[str, ...]
    statement: str  # its cause, as it was diagnosed then


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing an incident with those that are kept."""

    compared: int  # past incidents that were looked at
    similar: tuple[Similar, ...]  # most alike first; empty when none is
    runbook: str | None = None  # path of the runbook of the cause family; None when there is none


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that one run found: what the reports are made from."""

    version: str
    command: str
    files: tuple[InputFile, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]  # assumptions on years, zones and the like, one sentence each
    records_total: int
    records_by_level: dict[str, int]  # level, or "unknown"
    templates: tuple[Template, ...]
    changes: tuple[Change, ...]
    deploys: tuple[Deploy, ...]
    correlations: tuple[Correlation, ...]
    incident: Incident | None
    evidence: tuple[Evidence, ...]
    diagnosis: Diagnosis
    timings: dict[str, float] = field(default_factory=dict)  # stage → seconds
    skipped_stages: tuple[SkippedStage, ...] = ()
    series: tuple[Curve, ...] = ()  # what the reports draw: the culprit's error ratio first
    model: ModelUse | None = None  # None when no model was asked
    past: Comparison | None = None  # None when it was compared with no past incidents
