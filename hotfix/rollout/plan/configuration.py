"""Reads what `hotfix.toml` says of a rollout, as far as a plan tells it."""

import re
from dataclasses import replace
from pathlib import Path

from hotfix.core.configfile import CONFIG_FILE, read_optional_table, read_tables
from hotfix.core.facts import Severity
from hotfix.rollout.monitor.promqueries import read_names
from hotfix.rollout.plan.known import Configuration, Metrics
from hotfix.rollout.policy import read_policy
from hotfix.rollout.strategies import Strategy

_NAME = re.compile(r"(?s).*\S.*")


def read_configuration(folder: Path, severity: Severity) -> Configuration:
    """Return the configuration of a project; SPEC's policy for the severity where the file says nothing.

    Raises:
        UsageError: the file is no TOML, its policy is none, or a key that a plan tells is of another kind.
    """
    path, policy = folder / CONFIG_FILE, read_policy(folder, severity)
    said, traffic = read_optional_table(path, "deploy").keys, read_optional_table(path, "deploy.traffic")
    new, old = (traffic.optional_names(key, _NAME, "name of a version") for key in ("new", "old"))
    return Configuration(
        path=path,
        found=path.is_file(),
        policy=policy,
        said=said,
        provider=traffic.optional_text("provider"),
        new=new,
        old=old,
        metrics=_read_metrics(path) if "monitor" in said else None,
    )


def follow_strategy(configuration: Configuration, strategy: Strategy, severity: Severity) -> Configuration:
    """Return the configuration with the policy of a strategy; phases and numbers that the file says itself stay."""
    if configuration.policy.strategy is strategy:
        return configuration
    return replace(configuration, policy=read_policy(configuration.path.parent, severity, strategy))


def _read_metrics(path: Path) -> Metrics | None:
    """Return how the first Prometheus among the monitors knows the service; None where there is none."""
    for table in read_tables(path, "deploy.monitor", "docs/deploy.md"):
        if table.optional_text("source") == "prometheus":
            names = read_names(table)
            return Metrics(names.counter, names.status, names.histogram, table.optional_text("url"))
    return None
