"""False rollbacks, power and speed of the judge on simulated rollouts, with two other judges on the same draws.

    python benchmarks/judge.py [--rollouts 10000] [--volume 600] [--seed 1]

Each cell is a whole rollout by SPEC's policy (10 %, 50 %, 100 %; P1) at a constant rate of independent requests. Beside
the product's judge stand

- the raw threshold: back when more than 5 % of one window's canary requests failed (60 s), promoted after the minimum;
- Mann–Whitney as Kayenta uses it (`MannWhitneyClassifier`): at the end of each phase's minimum time the error ratios of
  its windows; the canary's are high when the 98 % interval of the shift lies above a quarter of the estimated shift; at
  full traffic there is no baseline, so that it promotes.

The last cases are equal versions whose requests do not fail independently: bursts that hit both versions in a window
(a log-normal factor, standard deviation 1), and clients that fail four times for one fault, without and with a policy
that says so (`errors_per_fault`).

A window that a rollout gets in a phase depends on the seed alone, so that all judges see the same.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from hotfix.core.facts import Severity
from hotfix.rollout.contract import Policy, Rule
from hotfix.rollout.judge.bounds import Floats
from hotfix.rollout.judge.rules import ORDER
from hotfix.rollout.judge.state import State, Whole, Window
from hotfix.rollout.policy import make_policy
from hotfix.rollout.simulation import Judge, Outcome, Traffic, simulate_rollouts

RATES = (0.001, 0.01, 0.03)
ONE_SIDED_98 = 2.3263
TOLERANCE = 0.25

_BACK, _GO, _WAIT = (ORDER.index(rule) for rule in (Rule.ERRORS_LIMIT, Rule.HEALTHY, Rule.TIME))


def make_threshold(policy: Policy) -> Judge:
    """Return the rule of thumb: one window's raw error ratio against the line."""
    minimum_s = np.array([phase.minimum_s for phase in policy.phases])

    def decide(_state: State, window: Window, _alive: Whole) -> Whole:
        above = window.canary_errors > policy.thresholds.rollback_errors * window.canary
        return np.where(above, _BACK, np.where(window.elapsed_s >= minimum_s[window.phase], _GO, _WAIT))

    return decide


def make_mann_whitney(policy: Policy, rollouts: int) -> Judge:
    """Return a judge that compares the windows of a phase once, at its end."""
    minimum_s = np.array([phase.minimum_s for phase in policy.phases])
    longest = int(minimum_s.max() / policy.check_s) + 1
    canary, baseline = np.full((rollouts, longest), np.nan), np.full((rollouts, longest), np.nan)

    def decide(_state: State, window: Window, alive: Whole) -> Whole:
        place = np.rint(window.elapsed_s / policy.check_s).astype(int) - 1
        canary[alive, place] = window.canary_errors / np.maximum(window.canary, 1)
        baseline[alive, place] = window.baseline_errors / np.maximum(window.baseline, 1)
        ends = window.elapsed_s >= minimum_s[window.phase]
        asked = ends & (window.share < 1)
        codes = np.where(ends, _GO, _WAIT)
        windows = place[asked].max(initial=-1) + 1
        if windows:
            rows = alive[asked]
            codes[asked] = np.where(is_greater(canary[rows, :windows], baseline[rows, :windows]), _BACK, _GO)
        return codes

    return decide


def is_greater(canary: Floats, baseline: Floats) -> "np.typing.NDArray[np.bool_]":
    """Say by row whether the lower bound of the shift between both exceeds a quarter of its Hodges–Lehmann estimate.

    The bound is the order statistic of all pairs' differences that the normal approximation of U gives.
    """
    count = canary.shape[1]
    differences = np.sort((canary[:, :, None] - baseline[:, None, :]).reshape(len(canary), -1), axis=1)
    rank = int(count**2 / 2 - ONE_SIDED_98 * np.sqrt(count**2 * (2 * count + 1) / 12))
    return np.asarray(differences[:, max(rank, 0)] > TOLERANCE * np.abs(np.median(differences, axis=1)))


def list_cases(volume: float, policy: Policy) -> list[tuple[str, Traffic, Policy]]:
    """Return what is simulated, in words, as traffic, and the policy; equal versions under strain last."""
    cases = []
    for rate in RATES:
        for words, canary in (("equal", rate), ("2×", 2 * rate), ("5×", 5 * rate), ("8 %", 0.08)):
            cases.append((f"{rate:.1%}, canary {words}", Traffic(volume, rate, canary), policy))
    fourfold = Traffic(volume, 0.01, 0.01, errors_per_fault=4)
    return [
        *cases,
        ("1.0%, equal, bursts", Traffic(volume, 0.01, 0.01, burst=1.0), policy),
        ("1.0%, equal, fourfold", fourfold, policy),
        ("the same, as policy", fourfold, replace(policy, errors_per_fault=4.0)),
    ]


def say(outcome: Outcome) -> str:
    """Return one cell of the table: share rolled back, median canary requests until then."""
    requests = "-" if outcome.median_requests is None else f"{outcome.median_requests:,.0f}"
    return f"{outcome.rollback_rate:7.2%} {requests:>7}"


def main() -> None:
    """Print one line per case, one column per judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rollouts", type=int, default=10_000)
    parser.add_argument("--volume", type=float, default=600.0, help="requests per minute of both versions")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    judges: dict[str, Callable[[Policy], Judge | None]] = {
        "hotfix": lambda _policy: None,
        "raw 5 %": make_threshold,
        "Mann–Whitney": lambda policy: make_mann_whitney(policy, given.rollouts),
    }
    began = time.monotonic()
    print(
        f"{given.rollouts:,} rollouts of each case, {given.volume:g} requests/min; rolled back, median canary requests"
    )
    print(f"{'baseline':<22}" + "".join(f"{name:>18}" for name in judges))
    for words, traffic, policy in list_cases(given.volume, make_policy({}, Severity.P1)):
        ends = [
            simulate_rollouts(policy, traffic, given.rollouts, given.seed, make(policy)) for make in judges.values()
        ]
        print(f"{words:<22}" + "".join(f"{say(end):>18}" for end in ends), flush=True)
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
