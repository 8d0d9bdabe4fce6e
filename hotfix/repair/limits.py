"""Numbers of the repair: each with its unit and where it comes from."""

GIT_SECONDS = 60.0
"""Longest time that one call of git may take, seconds; a blame of a long file in a large history takes a few."""

COMMITS_READ = 300
"""Commits of the range that are looked at; a release rarely holds more (judgement)."""
