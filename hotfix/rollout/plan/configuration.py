"""Reads what `hotfix.toml` says of a rollout, as far as a plan tells it."""

import tomllib
from dataclasses import replace
from pathlib import Path

from hotfix.core.configfile import CONFIG_FILE
from hotfix.core.facts import Severity
from hotfix.rollout.monitor.promqueries import NAMES
from hotfix.rollout.plan.known import Configuration, Metrics
from hotfix.rollout.policy import make_policy, read_policy
from hotfix.rollout.strategies import Strategy


def read_configuration(folder: Path, severity: Severity) -> Configuration:
    """Return the configuration of a project; SPEC's policy for the severity where the file says nothing.

    Raises:
        UsageError: the file is no TOML, or its policy is none.
    """
    path, policy = folder / CONFIG_FILE, read_policy(folder, severity)
    deploy = _read_deploy(path)
    traffic = deploy.get("traffic")
    values = traffic if isinstance(traffic, dict) else {}
    provider = values.get("provider")
    return Configuration(
        path=path,
        found=path.is_file(),
        policy=policy,
        said=frozenset(deploy),
        provider=provider if isinstance(provider, str) else None,
        new=_list_names(values.get("new")),
        old=_list_names(values.get("old")),
        metrics=_find_metrics(deploy.get("monitor")),
    )


def follow_strategy(configuration: Configuration, strategy: Strategy, severity: Severity) -> Configuration:
    """Return the configuration with the policy of a strategy; phases and numbers that the file says itself stay."""
    if configuration.policy.strategy is strategy:
        return configuration
    values = _read_deploy(configuration.path) | {"strategy": strategy.value}
    return replace(configuration, policy=make_policy(values, severity))


def _read_deploy(path: Path) -> dict[str, object]:
    """Return the table [deploy] of a file that `read_policy` has accepted, or nothing."""
    if not path.is_file():
        return {}
    found = tomllib.loads(path.read_text(encoding="utf-8")).get("deploy", {})
    return found if isinstance(found, dict) else {}


def _find_metrics(monitors: object) -> Metrics | None:
    """Return how the first Prometheus among the monitors knows the service; what is no such table is passed by."""
    for table in monitors if isinstance(monitors, list) else [monitors]:
        if isinstance(table, dict) and table.get("source") == "prometheus":
            names = NAMES.get(str(table.get("names", "prometheus")), NAMES["prometheus"])
            return Metrics(
                counter=str(table.get("counter", names.counter)),
                status=_list_names(table.get("status")) or names.status,
                histogram=str(table.get("histogram", names.histogram)).removesuffix("_bucket"),
                url=str(table["url"]) if "url" in table else None,
            )
    return None


def _list_names(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (value,) if isinstance(value, str) else ()
