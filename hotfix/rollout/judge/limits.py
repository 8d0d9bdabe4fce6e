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

ONE_WINDOW_SHARE = 0.6
"""Share of the evidence against a fixed line that one window may give, 0.5..1: with nothing beside it a burst of one
minute is not told from the version, so that it takes two windows (judgement)."""

SUSPICION = 0.05
"""Chance below which what was seen is too suspicious to promote, though not enough to roll back."""

PROMOTION_LEVEL = 0.05
"""Chance, over all looks at one phase, that a version is promoted whose error ratio is at the line of a rollback."""

LAST_LOOK_SHARE = 0.8
"""Share of it that is kept for the look at the deadline, where little traffic must decide: with 60 requests per minute
and 3 % errors 0.6 % of good versions end there, with a half 1.4 % (measured)."""

TOLERATED_OVER_BASELINE = 2.0
"""Where so many times the baseline's error ratio is above the line of a rollback, it takes the line's place."""

BUG_EXPECTED = 3.0
"""Records of the incident's own template that the canary should have shown from which their lack is asked for: none
came by chance with e⁻³ = 0.05."""

RECENT_WINDOWS = 5
"""Windows that a reason tells of beside the whole phase: evidence may come from the last of a long one."""

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
SKETCH_LEAST_MS, SKETCH_MOST_MS = 0.001, 1e9
"""Growth of the buckets of a latency sketch, which makes its quantiles right to 1 %; least and longest duration,
milliseconds (Masson, Rim, Lee: DDSketch, VLDB 2019)."""
