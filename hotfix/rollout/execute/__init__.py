"""Carries a rollout out: a journalled state machine that can be killed at any point, and the way back."""
