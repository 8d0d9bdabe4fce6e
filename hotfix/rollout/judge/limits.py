"""Numbers of the judge: each with its unit and where it comes from. What a team may set is in `policy`."""

from collections.abc import Mapping

from hotfix.rollout.contract import Rule

BUDGET: Mapping[Rule, float] = {
    Rule.ERRORS: 0.4,
    Rule.LATENCY: 0.2,
    Rule.ERRORS_LIMIT: 0.1,
    Rule.ERRORS_BEFORE: 0.1,
    Rule.BUG: 0.1,
    Rule.LATENCY_BEFORE: 0.05,
    Rule.VOLUME: 0.05,
}
"""Share of the policy's chance of a false rollback that each rule may spend; they add up to 1, so that together they
keep it (union bound). Most goes where most bad releases show (judgement)."""

EFFECTS = (1.5, 2.0, 3.0, 5.0, 10.0, 30.0)
"""How many times more than allowed a bad version may do something, each bet on with equal weight: a mixture is as quick
as its best part but for the logarithm of their number (judgement: 1.8 of the 5.5 that decide)."""

LACKS = (0.7, 0.5, 0.3, 0.1, 0.01)
"""The same for what comes too rarely: shares of the least that is allowed."""

FIRST_START_WEIGHT = 0.5
"""Weight of the bet that a version is bad from its first window; the rest is for one that turns bad later."""

SUSPICION = 0.05
"""Chance below which what was seen is too suspicious to promote, though not enough to roll back."""

PROMOTION_LEVEL = 0.05
"""Chance, over all looks at one phase, that a version is promoted whose error ratio is at the line of a rollback."""

TOLERATED_OVER_BASELINE = 2.0
"""Where twice the baseline's error ratio is above the line of a rollback, a promotion asks to be below that."""

LATER_FACTOR = 2.0
"""How many times more a version at full traffic may do what the baseline did before it: with no baseline beside it the
hour of the day cannot be told from the version (judgement)."""

BUG_LEFT = 0.5
"""Share of the baseline's rate of the incident's own template at which a fix still counts as one: half of the traffic
may be of old clients (judgement)."""

QUANTILES = (0.5, 0.95, 0.99)
"""Quantiles of the latency that are compared; the evidence is the mean over them."""

INTERVAL_LEVEL = 0.05
"""Chance that an interval which is shown does not hold the truth, at one look."""

SKETCH_FACTOR = 1.02
SKETCH_LEAST_MS = 0.001
"""Growth of the buckets of a latency sketch, which makes its quantiles right to 1 %; least duration, milliseconds
(Masson, Rim, Lee: DDSketch, VLDB 2019)."""
