"""Proposes patches: reverts first, then settings, then fixers by syntax tree."""

from hotfix.repair.propose.all import Proposed, propose

__all__ = ["Proposed", "propose"]
