"""The roles that a rollout needs. People fill them; a plan leaves their lines blank."""

APPROVER = "approver"
OPERATOR = "operator of the rollout"
ON_CALL = "on-call of the service"
SPOKESPERSON = "who speaks for the team"

ROLES = (APPROVER, OPERATOR, ON_CALL, SPOKESPERSON)
"""Who sign, in this order."""
