"""The plan of a rollout: everything that is decided and checked before the first request moves."""
