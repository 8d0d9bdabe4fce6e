"""Documents of recorded incidents, made once."""

import pytest

from tests.documents.building import Built, build_by_run, build_by_steps

BY_STEPS, BY_RUN = ("python-null-after-release", "java-heap-exhausted"), "rate-limited-after-cut-over"
NAMES = (*BY_STEPS, BY_RUN)
"""One with a patch for Python, one with a patch for Java, and one without a patch, which `hotfix run` makes alone."""

_QUICK = ("--perf", "true")
"""The time of a command that does nothing is compared: measuring the reproduction takes half a minute."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    """Return incidents with all their documents, by the name of their recording."""
    found = {name: build_by_steps(tmp_path_factory.mktemp(name), name, _QUICK) for name in BY_STEPS}
    return found | {BY_RUN: build_by_run(tmp_path_factory.mktemp(BY_RUN), BY_RUN)}
