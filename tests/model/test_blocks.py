"""A model writes code as one fenced block: a real GGUF, a real server, and what is read of their answers."""

from pathlib import Path

import pytest

from hotfix.model.admission import admit_file
from hotfix.model.blocks import read_block, repeats
from hotfix.model.catalogue import ModelServer
from hotfix.model.contract import Budget, Code, ModelError, Prompt, Sampling
from hotfix.model.engine import LlamaEngine, Setting
from hotfix.model.remote import RemoteEngine
from tests.model.server import Server, serve, stream
from tests.model.tiny import write_tiny

_PROMPT = Prompt("You mend one function.", "def add(a, b):\n    return a - b\n", "Rewrite it.")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("```python\nx = 1\n```", "x = 1\n"),
        ("Here:\n\n```\r\nx = 1\r\ny = 2\r\n```\r\nThat is all.", "x = 1\ny = 2\n"),
        ("x = 1", "found none"),
        ("```\nx\n```\n```\ny\n```", "found 2"),
        ("```\nx\x1b[2J\n```", "control characters"),
        ("```python\nx = 1", "found none"),
    ],
    ids=["a block", "words around it", "no fence", "two blocks", "an escape sequence", "an open fence"],
)
def test_one_block_is_read_and_anything_else_is_refused(said: str, code: str) -> None:
    """What stands between the only fences is the code, with plain line ends; else it is told what was found."""

    try:
        found = read_block(said)
    except ModelError as error:
        found = code if code in str(error) else str(error)
    assert found == code


def test_text_that_goes_round_is_noticed() -> None:
    """The same few tokens again and again are a loop; a long text without a period is none."""
    assert repeats([1, 2, 3] * 40)
    assert not repeats([1, 2, 3] * 10)
    assert not repeats([number * number % 251 for number in range(300)])


def _try(engine: LlamaEngine, seed: int) -> str:
    """Return the code, or why there is none."""
    try:
        return engine.write(_PROMPT, "python", Sampling(seed, 0.7), Budget(output_tokens=200)).text
    except ModelError as error:
        return str(error)


def test_seed_decides_what_a_model_writes(tmp_path: Path) -> None:
    """The same seed gives the same answer in a new process; random weights end by a limit or a fence."""
    model = admit_file(write_tiny(tmp_path / "tiny.gguf"))
    first, second = (LlamaEngine("tiny", model, Setting()) for _ in range(2))
    try:
        said = [_try(first, seed) for seed in (1, 2, 3)]
        assert said == [_try(second, seed) for seed in (1, 2, 3)]
        assert all("```" not in text for text in said)
        assert first.spent.calls == 3
    finally:
        first.close()
        second.close()


def test_server_is_told_seed_and_temperature() -> None:
    """A server writes without a schema; the fence is looked for here."""
    with serve(Server(stream(["```py\n", "x = 1\n", "```"]))) as server:
        engine = RemoteEngine("lan", ModelServer(f"http://127.0.0.1:{server.port}/v1", "m"))
        code = engine.write(_PROMPT, "python", Sampling(7, 0.4), Budget())
    asked = server.requests[0]
    assert isinstance(code, Code)
    assert (code.text, asked["seed"], asked["temperature"], "response_format" in asked) == ("x = 1\n", 7, 0.4, False)
