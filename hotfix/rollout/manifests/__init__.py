"""Exports a plan for tools that roll out on Kubernetes: one file each, and the table says which there are."""

from collections.abc import Callable, Mapping

from hotfix.rollout.manifests.argo import render_argo
from hotfix.rollout.manifests.flagger import render_flagger
from hotfix.rollout.plan.contract import Plan

EXPORTS: Mapping[str, tuple[str, Callable[[Plan], str]]] = {
    "argo": ("argo-rollouts.yaml", render_argo),
    "flagger": ("flagger.yaml", render_flagger),
}
"""Name of each export, the file that it becomes, and what writes it."""

__all__ = ["EXPORTS"]
