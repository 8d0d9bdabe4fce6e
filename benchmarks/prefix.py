"""What keeping prefixes saves: tokens reused, and seconds to the first token, on a model of random weights.

    PYTHONPATH=. python benchmarks/prefix.py [--layers 12] [--width 1024] [--runs 3]

The weights are random and the tokens nonsense, but the work is that of a real model of this size. Every call is a new
process, as another run of hotfix would be; the median of the runs is shown, and the loading of the model is left out.
"""

import argparse
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from hotfix.model.admission import admit_file
from hotfix.model.catalogue import ModelFile
from hotfix.model.contract import Budget, Cost, Prompt
from hotfix.model.engine import LlamaEngine, Setting
from hotfix.model.ggufwriter import TensorType
from hotfix.model.need import say_bytes
from tests.model.tiny import Shape, write_tiny

_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {"cause": {"type": "string", "enum": ["disk_full", "unknown"]}},
    "required": ["cause"],
    "additionalProperties": False,
}
_AGENT = "You judge incidents by evidence alone, and every claim names the line that shows it. " * 5
_LINE = "E{} orders: cannot write the log: disk full at 10:{:02}\n"
_BUDGET = Budget(seconds=600)


def main() -> None:
    """Print one line per way of asking."""
    parser = argparse.ArgumentParser(description="What keeping prefixes saves.")
    for name, value in (("layers", 12), ("width", 1024), ("runs", 3)):
        parser.add_argument(f"--{name}", type=int, default=value)
    asked = parser.parse_args()
    shape = Shape(asked.layers, asked.width, asked.width * 11 // 4, per_head=128, kind=TensorType.Q8_0)
    with tempfile.TemporaryDirectory() as folder:
        model = admit_file(write_tiny(Path(folder) / "model.gguf", shape))
        print(f"{model.parameters / 1e6:.0f} million weights, {asked.layers} layers, {say_bytes(model.size_bytes)}")
        costs = [_measure(model, Path(folder) / f"kept{run}") for run in range(asked.runs)]
    whole = statistics.median(cost[0].first_token_s for cost in costs)
    print(f"{'asked':<44}{'tokens':>8}{'reused':>8}{'first token':>13}{'ratio':>8}")
    for way, each in zip(
        (
            "the first time",
            "again, new process",
            "another question, new process",
            "another incident, same agent, new process",
        ),
        zip(*costs, strict=True),
        strict=True,
    ):
        seconds = statistics.median(cost.first_token_s for cost in each)
        print(
            f"{way:<44}{each[0].prompt_tokens:>8}{each[0].reused_tokens:>8}{seconds:>11.2f} s{whole / seconds:>7.1f}x"
        )


def _measure(model: ModelFile, kept: Path) -> Sequence[Cost]:
    """Return what each way of asking took, the first with nothing kept."""
    facts = "".join(_LINE.format(number, number % 60) for number in range(32))
    other = "".join(_LINE.format(number, number % 50) for number in range(100, 132))
    first = Prompt(_AGENT, facts, "Which line tells the cause?")
    return [
        _ask(model, kept, prompt)
        for prompt in (first, first, Prompt(_AGENT, facts, "What is to be done?"), Prompt(_AGENT, other, "Why?"))
    ]


def _ask(model: ModelFile, kept: Path, prompt: Prompt) -> Cost:
    engine = LlamaEngine("random", model, Setting(kept))
    try:
        engine.load(_BUDGET)
        return engine.answer(prompt, _SCHEMA, _BUDGET).cost
    finally:
        engine.close()


if __name__ == "__main__":
    main()
