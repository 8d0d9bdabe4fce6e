"""Whatever happens to a model's process, it becomes one plain sentence, and the next call begins anew."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from hotfix.model.admission import admit_file
from hotfix.model.catalogue import Catalogue, ModelFile, Role, write_catalogue
from hotfix.model.contract import Budget, ModelError, Progress, Prompt
from hotfix.model.engine import LlamaEngine, Setting
from hotfix.model.opening import open_engine
from hotfix.model.process import WorkerProcess
from hotfix.model.worker import Load
from tests.model.tiny import TEMPLATE, Shape, write_tiny

_PROMPT = Prompt("You judge.", "E1 disk full", "Why?")
_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"words": {"type": "string", "minLength": 30, "maxLength": 40}},
    "required": ["words"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ModelFile:
    """A model of random weights, as the catalogue knows it."""
    return admit_file(write_tiny(tmp_path_factory.mktemp("model") / "tiny.gguf"))


class _Harm:
    """Does something once, in the middle of an answer."""

    def __init__(self, act: Callable[[int], None]) -> None:
        self._act = act
        self.engine: LlamaEngine | None = None
        self.done = False

    def __call__(self, progress: Progress) -> None:
        if progress.phase == "writing" and progress.done > 5 and not self.done:
            self.done = True
            assert self.engine is not None
            assert self.engine.pid is not None
            self._act(self.engine.pid)


def _harm(model: ModelFile, act: Callable[[int], None]) -> LlamaEngine:
    harm = _Harm(act)
    harm.engine = LlamaEngine("tiny", model, Setting(on_progress=harm))
    return harm.engine


def _signal(number: signal.Signals) -> Callable[[int], None]:
    return lambda pid: os.kill(pid, number)


@pytest.mark.parametrize(
    ("number", "seconds", "reason"),
    [
        (
            signal.SIGKILL,
            60,
            "the model's process was killed from outside, most likely because the host ran out of memory",
        ),
        (signal.SIGSEGV, 60, r"the model's process ended by itself with SIGSEGV \(it said nothing\)"),
        (signal.SIGABRT, 60, r"the model's process ended by itself with SIGABRT \(it said nothing\)"),
        (signal.SIGSTOP, 3, r"expected an answer within [\d.]+ s, found none; the model was stopped"),
    ],
)
def test_process_that_dies_or_hangs_in_the_middle_of_an_answer_is_told(
    model: ModelFile, number: signal.Signals, seconds: float, reason: str
) -> None:
    """Killed, crashed, aborted or hanging: the call says what happened, and the next one has a new process."""
    engine = _harm(model, _signal(number))
    try:
        engine.load(Budget())
        with pytest.raises(ModelError, match=reason):
            engine.answer(_PROMPT, _SCHEMA, Budget(seconds=seconds))
        assert engine.pid is None
        assert engine.answer(_PROMPT, _SCHEMA, Budget()).value
        assert engine.spent.calls == 2
    finally:
        engine.close()


def test_interrupt_ends_the_process(model: ModelFile) -> None:
    """Ctrl-C in the middle of an answer passes through, and leaves no process behind."""

    def interrupt(_pid: int) -> None:
        raise KeyboardInterrupt

    engine = _harm(model, interrupt)
    engine.load(Budget())
    pid = engine.pid
    assert pid is not None
    with pytest.raises(KeyboardInterrupt):
        engine.answer(_PROMPT, _SCHEMA, Budget())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_process_ends_with_the_one_that_asked(model: ModelFile) -> None:
    """When hotfix itself is killed, the model's process goes as well: nothing stays on the host."""
    asking = subprocess.Popen(
        [sys.executable, "-c", _ASK_AND_WAIT, json.dumps(asdict(model))], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert asking.stdout is not None
    handle = os.pidfd_open(int(asking.stdout.readline()))
    asking.kill()
    ended, _, _ = select.select([handle], [], [], 60)
    assert ended == [handle]
    asking.communicate()


_ASK_AND_WAIT = """
import json, sys
from hotfix.model.catalogue import ModelFile
from hotfix.model.contract import Budget
from hotfix.model.engine import LlamaEngine, Setting
engine = LlamaEngine("tiny", ModelFile(**json.loads(sys.argv[1])), Setting())
engine.load(Budget())
print(engine.pid, flush=True)
sys.stdin.read()
"""


def test_memory_that_a_model_may_take_is_limited(model: ModelFile) -> None:
    """A template, a program by a stranger, that wants ten gigabytes gets none, and the host keeps its memory."""
    load = Load(model.path, "x", "{{ 'a' * 10**10 }}" + TEMPLATE, 4096, 1, 600_000_000, None)
    with pytest.raises(ModelError, match=r"MemoryError|memory that it may take"):
        _ask_directly(load)


def _ask_directly(load: Load) -> None:
    process = WorkerProcess(load, _soon())
    try:
        process.await_model(_soon(), lambda _event: None)
        limits = {"evidence_tokens": 100, "output_tokens": 100, "schema": _SCHEMA}
        parts = {"constant": "a", "facts": "b", "question": "c"}
        process.ask({"ask": "answer", **limits, **parts}, _soon(), lambda _event: None)
    finally:
        process.end()


def _soon() -> float:
    return time.monotonic() + 60


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (
            Shape(template=None),
            r"expected an instruct model with a chat template .*, found an architecture 'llama' without",
        ),
        (Shape(context=512), r"expected a context of 4,096 tokens or more, found 512"),
        (Shape(architecture="quux"), r"llama.cpp cannot load it: .*unknown model architecture: 'quux'"),
        (Shape(template="{{ messages"), r"expected a chat template that jinja2 reads, found"),
    ],
)
def test_model_that_cannot_be_used_is_not_added(tmp_path: Path, shape: Shape, reason: str) -> None:
    """No template, a broken one, too little context, an unknown architecture: each is told when it is added."""
    with pytest.raises(ModelError, match=reason):
        admit_file(write_tiny(tmp_path / "model.gguf", shape))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda path: path.unlink(), "expected the model that was added, found: no such file or directory"),
        (
            lambda path: path.write_bytes(path.read_bytes()[:-64]),
            r"expected [\d,]+ bytes, as when it was added, found [\d,]+",
        ),
        (
            lambda path: write_tiny(path, Shape(seed=8)),
            "expected sha256 [0-9a-f]{64}, as when it was added, found another",
        ),
    ],
)
def test_changed_file_is_never_loaded(tmp_path: Path, change: Callable[[Path], object], reason: str) -> None:
    """A file that is gone, cut off or another one than was added is refused before native code sees it."""
    path = write_tiny(tmp_path / "tiny.gguf")
    write_catalogue(tmp_path, Catalogue().add("tiny", admit_file(path)))
    environment = {"HOTFIX_MODELS": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    engine = open_engine(Role.JUDGE, environment)
    assert engine is not None
    assert engine.name == "tiny"
    change(path)
    with pytest.raises(ModelError, match=reason):
        open_engine(Role.JUDGE, environment)


def test_role_without_a_model_has_no_engine(tmp_path: Path) -> None:
    """Nothing is asked of anybody unless a user added a model."""
    assert open_engine(Role.FAST, {"HOTFIX_MODELS": str(tmp_path)}) is None
