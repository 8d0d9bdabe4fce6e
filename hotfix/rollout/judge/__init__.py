"""Judges a rollout from what was observed. Values to values: no clock, no files, nothing runs."""
