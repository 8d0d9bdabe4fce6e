"""What is known before a rollout is planned: by the steps before, by the configuration, by the logs. All frozen.

Texts are plain: they may quote logs, so whoever writes them into a document makes them inert.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.facts import Analysis
from hotfix.repair.contract import Choice
from hotfix.repair.verify.contract import Category, Status, TestVerdict
from hotfix.rollout.contract import Policy


@dataclass(frozen=True, slots=True)
class PatchFinding:
    """What `hotfix patch` left in the incident folder."""

    decision: Choice
    reason: str
    irreversible: tuple[str, ...]  # what a roll-back of the release leaves behind
    rung: str  # "none" without a patch
    mitigation: bool
    files: tuple[str, ...]  # that the patch changes
    base: str  # commit that it was made for
    seconds: float  # that it took


@dataclass(frozen=True, slots=True)
class TestAnswer:
    """What `hotfix test` says in one category."""

    __test__ = False  # not a test of pytest

    status: Status
    detail: str
    command: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class TestFinding:
    """What `hotfix test` left in the incident folder."""

    __test__ = False  # not a test of pytest

    verdict: TestVerdict
    rule: str
    answers: Mapping[Category, TestAnswer]
    patch: str  # path of the diff that was tested
    files: tuple[str, ...]  # that it changes
    base: str
    notes: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class StepTimes:
    """How long each step took on the clock of the incident, waiting included, seconds; None: it is not known."""

    diagnosis_s: float | None = None
    fix_s: float | None = None
    test_s: float | None = None
    deploy_s: float | None = None  # so far
    total_s: float | None = None  # so far, since the incident was noticed


@dataclass(frozen=True, slots=True)
class Findings:
    """What the steps before this one know of the incident."""

    analysis: Analysis
    patch: PatchFinding | None
    test: TestFinding | None
    times: StepTimes = StepTimes()

    @property
    def files(self) -> tuple[str, ...]:
        """Files that the change touches: of the tested patch where one was tested, else of the proposed one."""
        return self.test.files if self.test else self.patch.files if self.patch else ()

    @property
    def service(self) -> str | None:
        """The service that is changed."""
        incident = self.analysis.incident
        return self.analysis.diagnosis.service or (incident.services[0] if incident and incident.services else None)


@dataclass(frozen=True, slots=True)
class Metrics:
    """How Prometheus knows a service, as far as `hotfix.toml` says it."""

    counter: str  # of requests
    status: tuple[str, ...]  # labels that may hold the HTTP status
    histogram: str  # of durations, without _bucket
    url: str | None = None  # of Prometheus


@dataclass(frozen=True, slots=True)
class Configuration:
    """What `hotfix.toml` says of the rollout."""

    path: Path
    found: bool  # the file is there
    policy: Policy
    said: frozenset[str]  # keys of the table [deploy] that it holds
    provider: str | None = None  # of [deploy.traffic]
    new: tuple[str, ...] = ()  # what the provider calls the versions
    old: tuple[str, ...] = ()
    metrics: Metrics | None = None  # None: no Prometheus is configured


@dataclass(frozen=True, slots=True)
class Volume:
    """Requests that the logs counted during the incident."""

    requests: int
    seconds: float
    basis: str  # "requests at gateway"

    @property
    def per_min(self) -> float:
        """Requests a minute."""
        return self.requests * 60.0 / self.seconds
