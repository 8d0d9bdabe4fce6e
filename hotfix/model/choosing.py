"""How likely each of a closed set of labels is as the answer: scored over the labels' trie, nothing is generated.

A label's share is the product, over the forks on its way, of the likelihood of its branch among the branches that lead
to a label. Where labels run together nothing is evaluated.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from hotfix.model.contract import ModelError
from hotfix.model.native import Logits

Way = tuple[int, ...]
"""Tokens of a label, with the one that ends an answer behind them: so that no label is the beginning of another."""


def check_labels(labels: Sequence[str]) -> None:
    """Check that labels can be told apart.

    Raises:
        ModelError: there are fewer than two, an empty one, or one twice. That is a defect of the caller.
    """
    if len(labels) < 2 or not all(label.strip() for label in labels):
        raise ModelError(f"expected two or more labels, none of them empty, found {list(labels)}")
    for index, label in enumerate(labels):
        if label in labels[:index]:
            raise ModelError(f"expected labels that differ, found {label!r} twice")


def share_out(ways: Mapping[str, Way], first: Logits, look: Callable[[Way], Logits]) -> dict[str, float]:
    """Return each label's share, which add up to 1.

    `first` are the logits after the prompt; `look` returns those after the prompt and some tokens more.
    """
    shares = dict.fromkeys(ways, 1.0)
    open_groups: list[tuple[Way, Sequence[str]]] = [((), tuple(ways))]
    while open_groups:
        begun, labels = open_groups.pop()
        branches: dict[int, list[str]] = {}
        for label in labels:
            branches.setdefault(ways[label][len(begun)], []).append(label)
        if len(branches) > 1:
            _weigh(branches, look(begun) if begun else first, shares)
        open_groups += [((*begun, token), group) for token, group in branches.items() if len(group) > 1]
    return shares


def _weigh(branches: Mapping[int, Sequence[str]], logits: Logits, shares: dict[str, float]) -> None:
    """Multiply the shares of the labels behind each branch of a fork by the branch's likelihood among them."""
    found = logits[list(branches)].astype(np.float64)
    likelihoods = np.exp(found - found.max())
    likelihoods /= likelihoods.sum()
    for group, likelihood in zip(branches.values(), likelihoods, strict=True):
        for label in group:
            shares[label] *= float(likelihood)
