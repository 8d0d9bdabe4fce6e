"""What somebody asked of the whole way, so that a later run can go on with it: kept as plain values of JSON."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

from hotfix.core.node import Node
from hotfix.flow.contract import DiagnoseOptions, ModelChoice, PatchOptions, PlanOptions, TestOptions
from hotfix.ingest.discovery import STDIN
from hotfix.ingest.window import WindowRequest


@dataclass(frozen=True, slots=True)
class Order:
    """What the user said, as it was typed; None where nothing was said."""

    logs: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    last: str | None = None
    service: str | None = None
    deploys: str | None = None
    users: int | None = None
    repo: str | None = None
    repro: str | None = None
    suite: str | None = None
    config: str | None = None
    model: str | None = None
    no_model: bool = False

    @property
    def from_stdin(self) -> bool:
        """Whether logs came by standard input, where they cannot be looked at again."""
        return STDIN in self.logs

    @property
    def repository(self) -> Path | None:
        """The repository of the service, where one is named."""
        return Path(self.repo) if self.repo else None

    @property
    def configuration(self) -> Path:
        """The folder whose `hotfix.toml` holds, or that file."""
        return Path(self.config or "")

    @property
    def choice(self) -> ModelChoice:
        """Which model may be asked."""
        return ModelChoice(self.model, self.no_model)

    def to_diagnose(self, command: str, stdin: BinaryIO | None) -> DiagnoseOptions:
        """Return what to diagnose; a bundle is no source of changes: its commits could not be shown again."""
        repo = self.repository
        return DiagnoseOptions(
            logs=self.logs,
            window=WindowRequest(self.since, self.until, self.last),
            service=self.service,
            deploys=Path(self.deploys) if self.deploys else None,
            repo=repo if repo and repo.is_dir() else None,
            users=self.users,
            model=self.choice,
            stdin=stdin,
            command=command,
        )

    def to_patch(self, folder: Path, repo: Path) -> PatchOptions:
        """Return what to make a patch for."""
        return PatchOptions(folder, repo, model=self.choice)

    def to_test(self, folder: Path, repo: Path) -> TestOptions:
        """Return what to test."""
        return TestOptions(folder, repo, repro=self.repro, suite=self.suite)

    def to_plan(self, folder: Path) -> PlanOptions:
        """Return what to plan the rollout of."""
        return PlanOptions(folder, self.configuration)


def go_on(old: Order | None, new: Order) -> Order:
    """Return the order with what was said before, where nothing is said anew."""
    if old is None:
        return new
    said = {key: value for key, value in asdict(new).items() if value}
    return replace(old, **said)


def describe_order(order: Order) -> dict[str, object]:
    """Return the order as values for JSON."""
    return asdict(order)


def read_order(node: Node) -> Order:
    """Return the order that a journal holds.

    Raises:
        InputError: a key is missing, or its value is of another kind.
    """
    said = {key: node.optional(key, Node.text) for key in _TEXTS}
    users, off = node.optional("users", Node.whole), node.get("no_model").truth()
    return Order(logs=node.texts("logs"), users=users, no_model=off, **said)


_TEXTS = ("since", "until", "last", "service", "deploys", "repo", "repro", "suite", "config", "model")
