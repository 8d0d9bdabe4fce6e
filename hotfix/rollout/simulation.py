"""Plays a policy against synthetic traffic, thousands of rollouts at once, with the judge's own rules.

Requests come at a constant rate (Poisson), fail independently unless `Traffic` says otherwise, and take log-normal
times; the canary differs from the baseline by what is asked. Values to values: the seed is an argument. It does not
simulate blindness, fatal classes, or what the old version did before a switch of all requests at once.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log
from statistics import NormalDist

import numpy as np

from hotfix.rollout.contract import Policy, Rule, Verdict
from hotfix.rollout.judge.bounds import Floats
from hotfix.rollout.judge.limits import QUANTILES
from hotfix.rollout.judge.rules import ORDER, VERDICTS, find_rules, take_window
from hotfix.rollout.judge.state import State, Whole, Window, add_counts, begin_state

LATENCY_SPREAD = 0.6
"""Standard deviation of the logarithm of synthetic latencies: p95 is 2.7 times the median, as web services have it
(judgement)."""

_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Traffic:
    """Synthetic traffic of one service while a canary is rolled out."""

    requests_per_min: float  # of both versions together
    baseline_errors: float  # share of requests that fail, 0..1
    canary_errors: float
    slower: float = 1.0  # the canary's durations over the baseline's
    burst: float = 0.0  # standard deviation of the logarithm of a factor that multiplies both ratios in a window
    errors_per_fault: int = 1  # requests that fail together, as those of a client that tries again

    def is_harmful(self, policy: Policy) -> bool:
        """Say whether the canary is worse than the policy accepts, so that it should go back."""
        lines = policy.thresholds
        return self.canary_errors > lines.minimum_effect * self.baseline_errors or self.slower > lines.success_p95


@dataclass(frozen=True, slots=True)
class Effects:
    """What is tried beside a canary that is as good as the baseline."""

    times: tuple[float, ...]  # the canary's error ratio over the baseline's
    errors: tuple[float, ...]  # the canary's error ratio
    slower: tuple[float, ...]  # the canary's durations over the baseline's


def plan_traffic(requests_per_min: float, rates: tuple[float, ...], effects: Effects) -> tuple[Traffic, ...]:
    """Return the cases of one volume: for each error ratio of the baseline a good canary, then each effect."""
    return tuple(
        Traffic(requests_per_min, rate, canary, slower)
        for rate in rates
        for canary, slower in (
            (rate, 1.0),
            *((min(1.0, rate * times), 1.0) for times in effects.times),
            *((errors, 1.0) for errors in effects.errors),
            *((rate, slower) for slower in effects.slower),
        )
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """How simulated rollouts ended."""

    rollouts: int
    promoted: int  # to the end
    rolled_back: Mapping[Rule, int]
    in_first_phase: int  # of those rolled back
    median_requests: float | None  # requests of the canary until it was rolled back; None: none was
    median_s: float | None  # seconds until then

    @property
    def rollback_rate(self) -> float:
        """Share of all rollouts that were rolled back, 0..1."""
        return sum(self.rolled_back.values()) / self.rollouts

    @property
    def by_evidence(self) -> int:
        """Rollouts that were rolled back for what was seen and not because a deadline passed."""
        return sum(count for rule, count in self.rolled_back.items() if rule is not Rule.DEADLINE)


Judge = Callable[[State, Window, Whole], Whole]
"""From the state after a window, the window, and the numbers of the rollouts that go on, to indexes into `ORDER`."""

_PROMOTES, _ROLLS_BACK = (
    np.array([VERDICTS[rule] is verdict for rule in ORDER]) for verdict in (Verdict.PROMOTE, Verdict.ROLL_BACK)
)


@dataclass(frozen=True, slots=True)
class Ends:
    """How each of many rollouts ended; arrays of one length."""

    codes: Whole  # index into `ORDER` of the rule that decided
    requests: Floats  # of the canary until then
    seconds: Floats
    phases: Floats


def simulate_rollouts(
    policy: Policy, traffic: Traffic, rollouts: int, seed: int, decide: Judge | None = None
) -> Outcome:
    """Return how so many rollouts of one policy end.

    Args:
        policy: phases and lines; its `check_s` is the length of a window.
        traffic: what both versions do.
        rollouts: how many.
        seed: of the traffic.
        decide: another judge that is to be compared with the product's; it gets counts without evidence.
    """
    ends = Ends(np.full(rollouts, -1, dtype=np.int64), *(np.zeros(rollouts) for _ in range(3)))
    alive, state, now_s = np.arange(rollouts), begin_state((rollouts,)), 0.0
    phase, began_s = np.zeros(rollouts, dtype=np.int64), np.zeros(rollouts)
    while alive.size:
        now_s += policy.check_s
        window = draw_window(policy, traffic, (seed, round(now_s / policy.check_s)), phase, now_s - began_s).keep(alive)
        state = (add_counts if decide else take_window)(state, window, policy)
        codes = decide(state, window, alive) if decide else find_rules(state, policy, window.elapsed_s)
        over = _ROLLS_BACK[codes] | (_PROMOTES[codes] & (window.phase == len(policy.phases) - 1))
        done, going = alive[over], alive[~over]
        ends.codes[done], ends.requests[done] = codes[over], state.canary[over]
        ends.seconds[done], ends.phases[done] = now_s, window.phase[over]
        risen = going[_PROMOTES[codes[~over]]]
        phase[risen] += 1
        began_s[risen] = now_s
        alive, state = going, state.keep(~over)
    return _add_up(ends)


def draw_window(policy: Policy, traffic: Traffic, seed: tuple[int, int], phase: Whole, elapsed_s: Floats) -> Window:
    """Return the synthetic counts of one window of rollouts in these phases.

    What a rollout gets in a phase depends on the seed alone, so that several judges see the same draws.
    """
    drawn = _draw_phase(policy, traffic, seed, np.full(phase.shape, phase.min()), elapsed_s)
    for index in range(phase.min() + 1, phase.max() + 1):
        other = _draw_phase(policy, traffic, seed, np.full(phase.shape, index), elapsed_s)
        drawn = drawn.replace_where(phase == index, other)
    return drawn


def _draw_phase(policy: Policy, traffic: Traffic, seed: tuple[int, int], phase: Whole, elapsed_s: Floats) -> Window:
    rng = np.random.default_rng((*seed, int(phase[0])))
    share = np.array([one.share for one in policy.phases])[phase]
    whole = traffic.requests_per_min * policy.check_s / _MINUTE_S
    canary, baseline = rng.poisson(whole * share), rng.poisson(whole * (1 - share))
    zero, limits = np.zeros(phase.shape), policy.thresholds
    factors = (limits.rollback_p95 / traffic.slower, limits.success_p95 / traffic.slower)
    slow = _draw_above(canary, np.concatenate([_find_shares_above(factor) for factor in factors]), rng)
    settled = elapsed_s - policy.check_s >= policy.settle_s
    known = settled[..., None]
    burst = np.exp(rng.normal(-(traffic.burst**2) / 2, traffic.burst, phase.shape))
    return Window(
        phase=phase,
        share=share,
        elapsed_s=elapsed_s,
        canary=canary.astype(float),
        canary_errors=_draw_errors(canary, traffic.canary_errors * burst, traffic, rng),
        baseline=baseline.astype(float),
        baseline_errors=_draw_errors(baseline, traffic.baseline_errors * burst, traffic, rng),
        canary_bug=zero,
        baseline_bug=zero,
        usual=np.full(phase.shape, whole),
        canary_timed=np.where(settled, canary, 0.0),
        baseline_timed=np.where(settled, baseline, 0.0),
        canary_slow=np.where(known, slow[..., : len(QUANTILES)], 0.0),
        canary_slower=np.where(known, slow[..., len(QUANTILES) :], 0.0),
        baseline_slow=np.where(known, _draw_above(baseline, _find_shares_above(1.0), rng), 0.0),
        fatal=zero,
        new_errors=zero,
        settled=settled,
    )


def _draw_errors(requests: Whole, ratio: Floats, traffic: Traffic, rng: np.random.Generator) -> Floats:
    """Return failed requests, of which several come together."""
    together = traffic.errors_per_fault
    faults = rng.binomial(-(-requests // together), np.minimum(ratio, 1.0))
    return np.minimum(faults * together, requests).astype(float)


def _find_shares_above(factor: float) -> Floats:
    """Return the shares of durations above `factor` times each quantile of the baseline."""
    normal = NormalDist()
    return np.array([1 - normal.cdf(normal.inv_cdf(q) + log(factor) / LATENCY_SPREAD) for q in QUANTILES])


def _draw_above(requests: Whole, shares: Floats, rng: np.random.Generator) -> Floats:
    """Return how many durations are above each of several lines: those above a higher one are among the others."""
    counts = np.empty((*requests.shape, len(shares)))
    among, left = requests, 1.0
    for index in np.argsort(-shares):
        among = rng.binomial(among, min(1.0, shares[index] / left))
        counts[..., index], left = among, shares[index]
    return counts


def _add_up(ends: Ends) -> Outcome:
    rules = [ORDER[code] for code in ends.codes]
    back = np.array([VERDICTS[rule] is Verdict.ROLL_BACK for rule in rules])
    return Outcome(
        rollouts=len(rules),
        promoted=int((~back).sum()),
        rolled_back=Counter(rule for rule in rules if VERDICTS[rule] is Verdict.ROLL_BACK),
        in_first_phase=int((ends.phases[back] == 0).sum()),
        median_requests=float(np.median(ends.requests[back])) if back.any() else None,
        median_s=float(np.median(ends.seconds[back])) if back.any() else None,
    )
