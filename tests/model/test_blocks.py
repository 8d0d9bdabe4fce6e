"""A model writes code as one fenced block: a real GGUF, a real server, and what is read of their answers."""

from pathlib import Path

import pytest
from llguidance import LLMatcher, LLTokenizer

from hotfix.model.admission import admit_file
from hotfix.model.answering import shape_code
from hotfix.model.blocks import read_block, repeats
from hotfix.model.catalogue import ModelFile, ModelServer
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


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("```python\nx = 1\n\ty\n\n```", True),
        ("x = 1", False),
        ("```python\nx\n`y\n```", False),
        ("```python\n```", False),
    ],
    ids=["a block", "no fence", "a line that begins with a backtick", "an empty block"],
)
def test_model_cannot_leave_the_block(said: str, taken: bool) -> None:  # noqa: FBT001  # a case of the table
    """No token that leaves the fenced block is ever allowed, and the closing fence ends the answer."""
    tokenizer = LLTokenizer("byte")
    matcher, tokens = LLMatcher(tokenizer, shape_code("python")()), tokenizer.tokenize_str(said)
    assert (matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_stopped()) is taken


def _try(model: ModelFile, seeds: tuple[int, ...]) -> list[str]:
    """Return for each seed the code, or why there is none."""
    said, engine = list[str](), LlamaEngine("tiny", model, Setting())
    for seed in seeds:
        try:
            said.append(engine.write(_PROMPT, "python", Sampling(seed, 0.7), Budget(output_tokens=60)).text)
        except ModelError as error:
            said.append(str(error))
    engine.close()
    return said


def test_seed_decides_what_a_model_writes(tmp_path: Path) -> None:
    """The same seed gives the same answer in a new process; random weights end by the limit, and that is told."""
    model = admit_file(write_tiny(tmp_path / "tiny.gguf"))
    said = _try(model, (1, 2))
    assert said == _try(model, (1, 2))
    assert all("```" not in text for text in said)


def test_server_is_told_seed_and_temperature() -> None:
    """A server writes without a schema; the fence is looked for here."""
    with serve(Server(stream(["```py\n", "x = 1\n", "```"]))) as server:
        engine = RemoteEngine("lan", ModelServer(f"http://127.0.0.1:{server.port}/v1", "m"))
        code = engine.write(_PROMPT, "python", Sampling(7, 0.4), Budget())
    asked = server.requests[0]
    assert isinstance(code, Code)
    assert (code.text, asked["seed"], asked["temperature"], "response_format" in asked) == ("x = 1\n", 7, 0.4, False)
