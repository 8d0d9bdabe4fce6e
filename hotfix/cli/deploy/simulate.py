"""``hotfix deploy simulate``: plays the policy of a rollout before anybody relies on it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.options import Json
from hotfix.core.errors import UsageError
from hotfix.core.facts import Severity

if TYPE_CHECKING:
    from hotfix.rollout.contract import Policy
    from hotfix.rollout.simulation import Outcome, Traffic

SCHEMA = "hotfix.simulation/1"
_RATES = (0.001, 0.01, 0.03)
_EFFECTS = (2.0, 5.0)
_ERRORS = (0.08,)
_SLOWER = (3.0,)
_VOLUMES = (60.0, 600.0)


def simulate(  # noqa: PLR0913, PLR0917  # each parameter is an option of the command
    folder: Annotated[
        Path, typer.Argument(help="The folder whose hotfix.toml holds the policy, table [deploy].")
    ] = Path(),
    severity: Annotated[Severity, typer.Option(help="Severity whose defaults hold where hotfix.toml says nothing.")] = (
        Severity.P1
    ),
    rate: Annotated[
        list[float] | None, typer.Option(help="Error ratio of the baseline, 0..1; may be repeated.")
    ] = None,
    effect: Annotated[
        list[float] | None, typer.Option(help="Canary's error ratio over the baseline's; may be repeated.")
    ] = None,
    errors: Annotated[
        list[float] | None, typer.Option(help="Error ratio of the canary, 0..1; may be repeated.")
    ] = None,
    slower: Annotated[
        list[float] | None, typer.Option(help="Canary's durations over the baseline's; may be repeated.")
    ] = None,
    volume: Annotated[
        list[float] | None, typer.Option(help="Requests per minute of both versions; may be repeated.")
    ] = None,
    rollouts: Annotated[int, typer.Option(min=1, max=1_000_000, help="Simulated rollouts of each case.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the traffic.")] = 1,
    as_json: Json = False,
) -> int:
    """Play the policy against synthetic traffic: how often good versions go back, and bad ones are missed."""
    import json

    from hotfix.rollout.policy import read_policy
    from hotfix.rollout.simulation import Effects, plan_traffic, simulate_rollouts

    effects = Effects(tuple(effect or _EFFECTS), tuple(errors or _ERRORS), tuple(slower or _SLOWER))
    _check(rate or (), "--rate", 0.0, 1.0)
    _check(effects.errors, "--errors", 0.0, 1.0)
    for values, name in ((effects.times, "--effect"), (effects.slower, "--slower"), (volume or (), "--volume")):
        _check(values, name, 0.001, 1e7)
    policy = read_policy(folder, severity)
    traffic = [one for much in volume or _VOLUMES for one in plan_traffic(much, tuple(rate or _RATES), effects)]
    outcomes = [simulate_rollouts(policy, one, rollouts, seed) for one in traffic]
    if as_json:
        cells = [_to_json(policy, one, found) for one, found in zip(traffic, outcomes, strict=True)]
        typer.echo(json.dumps({"schema": SCHEMA, "rollouts": rollouts, "seed": seed, "cells": cells}, indent=2))
    else:
        _print(policy, traffic, outcomes)
    return 0


def _check(values: Sequence[float], name: str, low: float, high: float) -> None:
    for value in values:
        if not low <= value <= high:
            raise UsageError(f"{name}: expected a number from {low:g} to {high:g}, found {value:g}")


def _to_json(policy: "Policy", traffic: "Traffic", outcome: "Outcome") -> dict[str, object]:
    from dataclasses import asdict

    return {
        **asdict(traffic),
        "harmful": traffic.is_harmful(policy),
        "promoted_rate": outcome.promoted / outcome.rollouts,
        "rollback_rate": outcome.rollback_rate,
        "by_evidence_rate": outcome.by_evidence / outcome.rollouts,
        "in_first_phase_rate": outcome.in_first_phase / outcome.rollouts,
        "rules": {rule.value: count for rule, count in outcome.rolled_back.items()},
        "median_requests": outcome.median_requests,
        "median_s": outcome.median_s,
    }


def _print(policy: "Policy", traffic: Sequence["Traffic"], outcomes: Sequence["Outcome"]) -> None:
    from rich.table import Table

    from hotfix.report.console import open_console

    table = Table(box=None, pad_edge=False, padding=(0, 1))
    for name in ("requests/min", "baseline", "canary", "slower"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("wrong", justify="right", no_wrap=True)
    table.add_column("which is", no_wrap=True)
    for name in ("back by evidence", "by deadline", "in phase 1", "median requests", "median min"):
        table.add_column(name, justify="right")
    for one, found in zip(traffic, outcomes, strict=True):
        table.add_row(*_list_cells(policy, one, found))
    console = open_console()
    console.print(table)
    console.print(f"{outcomes[0].rollouts:,} rollouts of each case; requests failing independently at a constant rate.")
    console.print("Medians are of the canary's requests and of the minutes until it went back.")


def _list_cells(policy: "Policy", traffic: "Traffic", outcome: "Outcome") -> tuple[str, ...]:
    harmful = traffic.is_harmful(policy)
    wrong = outcome.promoted / outcome.rollouts if harmful else outcome.rollback_rate
    deadline = outcome.rollback_rate - outcome.by_evidence / outcome.rollouts
    return (
        f"{traffic.requests_per_min:g}",
        f"{traffic.baseline_errors:.3g}",
        f"{traffic.canary_errors:.3g}",
        f"{traffic.slower:g}",
        f"{wrong:.2%}",
        "missed" if harmful else "false rollback",
        f"{outcome.by_evidence / outcome.rollouts:.2%}",
        f"{deadline:.2%}",
        f"{outcome.in_first_phase / outcome.rollouts:.2%}",
        "" if outcome.median_requests is None else f"{outcome.median_requests:,.0f}",
        "" if outcome.median_s is None else f"{outcome.median_s / 60:.1f}",
    )
