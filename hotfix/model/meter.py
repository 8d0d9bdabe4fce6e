"""Counts what an engine was asked, and lets no call begin that a budget forbids."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from hotfix.core.text import say_span
from hotfix.model.contract import Budget, Cost, ModelError


class Meter:
    """What all calls of one engine took."""

    def __init__(self) -> None:
        """Begin with nothing spent."""
        self.spent = Cost()

    @contextmanager
    def count_call(self, budget: Budget) -> Iterator[float]:
        """Yield the time of the monotonic clock at which a call must be over, and count the call, failed or not.

        Raises:
            ModelError: the calls or the seconds of the budget are used up; the message names both numbers.
        """
        if self.spent.calls >= budget.calls:
            raise ModelError(f"expected at most {budget.calls} calls of a model, found one more wanted")
        left = budget.seconds - self.spent.seconds
        if left <= 0:
            raise ModelError(
                f"expected at most {say_span(budget.seconds)} of a model, found {say_span(self.spent.seconds)} used up"
            )
        began = time.monotonic()
        try:
            yield began + left
        finally:
            self.spent += Cost(calls=1, seconds=time.monotonic() - began)

    def add(self, cost: Cost) -> None:
        """Add what is known of a call beside itself and its seconds."""
        self.spent += cost
