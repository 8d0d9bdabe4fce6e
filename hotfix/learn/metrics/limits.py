"""Bounds of the metrics over incidents, each with its unit and origin."""

QUARTILES_FROM = 4
"""Incidents from which on quartiles are told: with fewer they are the values themselves (SPEC)."""

FEW_INCIDENTS = 6
"""A number of fewer incidents is marked as of few: below six no two of the values hold the true median between them
with 95 % confidence, for even the smallest and largest miss it with a chance of 2 · 0.5^n, 6 % at five (order
statistics)."""

REVIEW_DAYS = 7
"""Days after users were no longer harmed within which a review is on time: SPEC's first horizon, this week."""

NAME_CHARACTERS = 80
"""Longest name of a service, family, agent or model that is shown or made a label; what is longer is cut and told apart
by a hash (judgement: names of services have tens)."""

GROUPS_MOST, AGENTS_MOST = 50, 20
"""Groups, and pairs of agent and model, that are told apart; the incidents of the others are taken together. A time
series database pays for each (judgement)."""

NUMBER_MOST = 1e15
"""Largest cost that is believed, seconds or tokens: what is larger, negative or no number is not known."""

TEST_BYTES_MOST = 16 * 1024 * 1024
"""Largest `test.json` that is read, bytes: usual ones have some kB."""
