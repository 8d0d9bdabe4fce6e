"""hotfix reads logs offline and says what broke, since when, since which change, and what to do."""

__version__ = "0.1.0"
