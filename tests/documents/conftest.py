"""Documents of recorded incidents, made once."""

import pytest

from tests.documents.building import Built, build

NAMES = ("python-null-after-release", "rate-limited-after-cut-over", "java-heap-exhausted")
"""One with a patch for Python, one without a patch, one with a patch for Java."""

_QUICK = ("--perf", "true")
"""The time of a command that does nothing is compared: measuring the reproduction takes half a minute."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    """Return incidents with all their documents, by the name of their recording."""
    return {name: build(tmp_path_factory.mktemp(name), name, _QUICK) for name in NAMES}
