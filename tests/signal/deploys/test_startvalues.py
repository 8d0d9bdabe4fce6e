"""Settings that a program tells at its start, and tells otherwise at a later one."""

from datetime import timedelta
from pathlib import Path

import pytest

from hotfix.core.facts import DeployKind
from hotfix.signal.deploys.startvalues import StartValue, find_start_values
from tests.signal.deploys.search import at, search, write_log

_CHANGED = {
    "a number before what it counts": ("web 2.1.0 started: 16 threads", "web 2.1.0 started: 1 threads", "threads"),
    "a pair": (
        "Server starting (maxPoolSize=40, port=8080)",
        "Server starting (maxPoolSize=4, port=8080)",
        "maxPoolSize",
    ),
    "a name before": ("worker started with concurrency 32", "worker started with concurrency 2", "with concurrency"),
    "a size": ("node ready, heap limit 4g", "node ready, heap limit 512m", "heap limit"),
    "another version too": ("api 1.0.3 started: 8 workers", "api 1.1.0 started: 2 workers", "workers"),
    "a switch": ("gateway started (cache=on)", "gateway started (cache=off)", "cache"),
}
_SAME = {
    "processes": ("web started, pid 41", "web started, pid 977"),
    "how long it took": ("Started Shop in 3.2 seconds", "Started Shop in 9.8 seconds"),
    "ports": ("listening on port 8080", "listening on port 8081"),
    "revisions": ("orders starting (revision 84cd32f3c4)", "orders starting (revision 17bd7337c2)"),
    "what was loaded": ("catalog started, 4311 products", "catalog started, 4379 products"),
    "other words": ("primary started", "standby started"),
}


def _start(*texts: str) -> dict[int, StartValue]:
    begin = at("10:00:00")
    return dict(find_start_values([(begin + timedelta(minutes=10 * n), text) for n, text in enumerate(texts)]))


@pytest.mark.parametrize("case", _CHANGED)
def test_a_setting_that_differs_between_two_starts_is_found(case: str) -> None:
    """A setting is known by the words beside it, and told with its old and its new value."""
    before, after, name = _CHANGED[case]
    found = _start(before, after)
    assert {place: value.name for place, value in found.items()} == {1: name}


@pytest.mark.parametrize("case", _SAME)
def test_what_differs_at_every_start_is_no_setting(case: str) -> None:
    """Processes, ports, durations, revisions and what a start happens to count are silent."""
    assert _start(*_SAME[case]) == {}


def test_workers_that_start_together_are_one_occasion() -> None:
    """Numbers that differ among the workers of one start are no setting."""
    begin = at("10:00:00")
    texts = [f"worker started with slot size {slot}" for slot in (1, 2, 3)]
    assert find_start_values([(begin + timedelta(seconds=n), text) for n, text in enumerate(texts)]) == {}


def test_an_unnamed_number_needs_more_starts() -> None:
    """A number whose words name no setting is one when it stood still over several starts."""
    assert _start("up, 12 shards", "up, 12 shards", "up, 12 shards", "up, 3 shards") == {
        3: StartValue("shards", "12", "3")
    }


def test_number_that_wanders_is_no_setting() -> None:
    """A size that is another one at every start only describes the run."""
    assert _start(*(f"started with cache size {size}" for size in (410, 377, 502, 433))) == {}


def test_start_with_another_setting_is_a_change_of_configuration(tmp_path: Path) -> None:
    """The start of the same version with another setting is told as a change of configuration, with both values."""
    lines = ("10:05:00 web 2.1.0 started: 16 threads", "10:40:00 web 2.1.0 started: 1 threads")
    last = search(write_log(tmp_path, *lines)).found.deploys[-1]
    assert (last.at, last.kind, last.before, last.after) == (at("10:40:00"), DeployKind.CONFIG, "16", "1")


def test_start_that_names_the_service_is_one_with_a_version_beside(tmp_path: Path) -> None:
    """A start that says the service's name, and its version in a field, is a deployment; another name is none."""
    lines = [
        f'{{"ts":"2026-03-04T10:{minute:02}:00Z","level":"info","service":"cart","msg":"{text}","version":"{version}"}}'
        for minute, text, version in (
            (1, "starting cart", "3.1.0"),
            *((minute, "served", "3.1.0") for minute in range(2, 20)),
            (20, "starting import", "3.1.9"),
            (40, "starting cart", "3.2.0"),
        )
    ]
    (tmp_path / "cart.log").write_text("\n".join(lines) + "\n")
    told = search(tmp_path).tell()
    assert told == [("10:40:00", DeployKind.DEPLOYMENT, "cart", "3.2.0")]
