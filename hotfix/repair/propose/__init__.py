"""Proposes patches: reverts first, then settings, then fixers by syntax tree, then what a model writes."""

from hotfix.repair.propose.all import Proposed, build_candidates, propose
from hotfix.repair.propose.rewriting import propose_rewrites

__all__ = ["Proposed", "build_candidates", "propose", "propose_rewrites"]
