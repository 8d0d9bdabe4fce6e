"""Tries candidates before one is chosen: does the tree still compile, and is the error of the incident gone?"""

from hotfix.repair.trial.trying import try_candidates

__all__ = ["try_candidates"]
