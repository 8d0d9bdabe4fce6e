"""``hotfix model`` from adding a model to forgetting it, through the real program."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.model.server import Server, serve, stream
from tests.model.tiny import write_tiny

Run = Callable[..., tuple[int, str, str]]

_ANSWER = stream(['{"evidence": "E2", ', '"sure": 90, "words": "no space left on device"}'])


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run one command line with a catalogue of its own; its exit code, output and messages."""
    environment = {**os.environ, "HOTFIX_MODELS": str(tmp_path / "models"), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def run_one(*arguments: str) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "hotfix", "model", *arguments]
        found = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, text=True, env=environment)
        return found.returncode, found.stdout, found.stderr

    return run_one


def test_model_is_added_checked_used_and_forgotten(run: Run, tmp_path: Path) -> None:
    """Each command says in one line, and in JSON, what it did; the model's file stays where it is."""
    path = write_tiny(tmp_path / "tiny-instruct.gguf")
    code, said, messages = run("add", str(path))
    assert (code, messages) == (0, "")
    assert said.startswith(
        "added tiny-instruct: role fast and judge; llama, 0.00012 billion weights, context 8,192 tokens"
    )
    assert f"licence CC0-1.0, needs 541.7 MB of memory; used where it lies, {path}" in said

    code, said, _ = run("check", "--json")
    (test,) = json.loads(said)
    assert code == 0
    assert (test["name"], test["is_repeatable"], set(test["answer"])) == (
        "tiny-instruct",
        True,
        {"evidence", "sure", "words"},
    )
    assert 0 < test["reused_tokens"] < test["prompt_tokens"]
    assert test["output_tokens_per_s"] > 0

    assert run("remove", "tiny-instruct", "--json")[:2] == (
        0,
        '{"removed": "tiny-instruct", "freed_roles": ["fast", "judge"]}\n',
    )
    assert run("list", "--json")[:2] == (0, "[]\n")
    assert path.exists()


def test_server_is_added_without_being_asked_and_plays_the_role_that_it_is_given(run: Run) -> None:
    """Adding and listing contact nobody; checking asks twice."""
    with serve(Server(_ANSWER)) as server:
        url = f"http://127.0.0.1:{server.port}/v1"
        assert run("add", url, "--model", "some-32b", "--name", "large")[0] == 0
        code, said, _ = run("use", "judge", "large", "--json")
        assert (code, json.loads(said)) == (
            0,
            {"name": "large", "roles": ["fast", "judge"], "url": url, "model": "some-32b", "public": False},
        )
        assert server.requests == []
        code, said, _ = run("check", "large")
        assert (code, len(server.requests)) == (0, 2)
        assert said.startswith("large: answers in the shape asked for, speed not told; first token after ")
        assert said.endswith("the same answer twice; named the line that tells the cause\n")


def test_name_that_is_taken_is_told_before_anything_is_loaded(run: Run) -> None:
    """Two models cannot have one name; the message says what to do."""
    assert run("add", "http://127.0.0.1:1/v1", "--name", "one")[0] == 0
    code, said, messages = run("add", "other/one.gguf")
    assert (code, said) == (2, "")
    assert messages == (
        "hotfix: expected a name that is free, found 'one', which is there already; choose another with --name, "
        "or: hotfix model remove one\n"
    )
