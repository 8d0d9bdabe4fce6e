"""False rollbacks, power and speed of the judge on simulated rollouts, with two other judges on the same draws.

    python benchmarks/judge.py [--rollouts 10000] [--volume 600] [--seed 1]

Each cell is a whole rollout by SPEC's policy (10 %, 50 %, 100 %; P1) at a constant rate of independent requests. Beside
the product's judge stand

- the raw threshold: back when more than 5 % of one window's canary requests failed (60 s), promoted after the minimum;
- Mann–Whitney as Kayenta uses it: at the end of each phase's minimum time the error ratios of its windows, canary
  against baseline shifted by a quarter of its mean, two-sided 98 % (the defaults of its classifier); at full traffic
  there is no baseline, so that it promotes.

A window that a rollout gets in a phase depends on the seed alone, so that all judges see the same.
"""

import argparse
import time
from collections.abc import Callable

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
    """Say by row whether the canary's values are greater than the baseline's and a quarter of its mean."""
    shifted = baseline + TOLERANCE * baseline.mean(axis=1, keepdims=True)
    count = canary.shape[1]
    wins = (np.sign(canary[:, :, None] - shifted[:, None, :]).sum(axis=(1, 2)) + count**2) / 2
    both = np.concatenate((canary, shifted), axis=1)
    ties = ((both[:, :, None] == both[:, None, :]).sum(axis=2) ** 2 - 1).sum(axis=1)
    variance = count**2 / 12 * (2 * count + 1 - ties / (2 * count * (2 * count - 1)))
    return np.asarray((wins - count**2 / 2 - 0.5) > ONE_SIDED_98 * np.sqrt(np.maximum(variance, 1e-12)))


def list_cases(volume: float) -> list[tuple[str, Traffic]]:
    """Return what is simulated, in words and as traffic."""
    cases = []
    for rate in RATES:
        for words, canary in (("equal", rate), ("2×", 2 * rate), ("5×", 5 * rate), ("8 %", 0.08)):
            cases.append((f"{rate:.1%}, canary {words}", Traffic(volume, rate, canary)))
    return cases


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
    policy = make_policy({}, Severity.P1)
    judges: dict[str, Callable[[], Judge | None]] = {
        "hotfix": lambda: None,
        "raw 5 %": lambda: make_threshold(policy),
        "Mann–Whitney": lambda: make_mann_whitney(policy, given.rollouts),
    }
    began = time.monotonic()
    print(
        f"{given.rollouts:,} rollouts of each case, {given.volume:g} requests/min; rolled back, median canary requests"
    )
    print(f"{'baseline':<20}" + "".join(f"{name:>18}" for name in judges))
    for words, traffic in list_cases(given.volume):
        ends = [simulate_rollouts(policy, traffic, given.rollouts, given.seed, make()) for make in judges.values()]
        print(f"{words:<20}" + "".join(f"{say(end):>18}" for end in ends), flush=True)
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
