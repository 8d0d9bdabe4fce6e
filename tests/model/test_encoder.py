"""The encoder turns texts into the vectors of the original weights, in a process whose end takes nothing else along."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hotfix.core.facts import SkippedStage
from hotfix.core.settings import ENCODER_AGREEMENT_LEAST
from hotfix.model.contract import ModelError
from hotfix.model.encoder import Encoder, embed_once
from hotfix.model.encoderfile import check_encoder, find_encoder, find_weights
from hotfix.model.ggufwriter import quantize
from hotfix.model.meaning import Meaning
from hotfix.model.setup import measure_agreement, set_up_encoder
from hotfix.model.vectors import VectorStore


def test_agrees_with_the_original() -> None:
    """Converted weights give the vectors that the original float32 weights give."""
    assert measure_agreement(find_encoder()) >= ENCODER_AGREEMENT_LEAST


def test_company_does_not_matter() -> None:
    """A text has the same vector alone, among others, and behind a long one."""
    texts = ["connection refused", "no space left on device " * 400, "too many open files"]
    with Encoder(find_encoder()) as encoder:
        together = encoder.embed(texts)
        alone = np.concatenate([encoder.embed([text]) for text in texts])
    assert np.allclose(together, alone, atol=2e-3)


def test_meaning_is_near() -> None:
    """Two wordings of one trouble are nearer to each other than to another trouble."""
    disk, full, other = embed_once(
        find_encoder(), ["the volume has no room left", "disk is full", "the password was wrong"]
    )
    assert disk @ full > disk @ other


def test_its_process_starts_light() -> None:
    """The process imports neither the diagnosis nor the tables, which take longer to import than a text to encode."""
    code = "import sys, hotfix.model.encoding; print([name for name in sys.modules if name in {'polars', 'sklearn'}])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_set_up_again() -> None:
    """What is set up already stays as it is."""
    found = find_encoder()
    before = found.stat().st_mtime_ns
    done = set_up_encoder()
    assert (done.path, done.made, found.stat().st_mtime_ns) == (found, False, before)
    assert "was set up already" in done.describe()


def test_other_weights_are_refused(tmp_path: Path) -> None:
    """Weights that were not tested are named with both hashes."""
    (tmp_path / "model.safetensors").write_bytes(b"other")
    (tmp_path / "vocab.txt").write_text("[PAD]\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"expected sha256 53aa5117\w+, found \w{64}: not the tested weights"):
        find_weights(tmp_path)


def test_truncated_file_is_refused(tmp_path: Path) -> None:
    """A file that is not the known one, byte for byte, never reaches native code."""
    path = tmp_path / "encoder.gguf"
    path.write_bytes(find_encoder().read_bytes()[:-32])
    with pytest.raises(ModelError, match="run hotfix model setup"):
        check_encoder(path)


def test_scale_of_a_block() -> None:
    """A number in Q8_0 is at most half a step, a 254th of the largest in its block, away from what it was."""
    values = np.random.default_rng(3).normal(size=(4, 64)).astype(np.float32)
    packed = np.frombuffer(quantize(values), dtype=[("scale", "<f2"), ("values", "i1", 32)])
    restored = packed["scale"].astype(np.float32)[:, None] * packed["values"]
    blocks = values.reshape(-1, 32)
    step = np.abs(blocks).max(axis=1, keepdims=True) / 127
    assert (np.abs(restored - blocks) <= 0.6 * step).all()


def test_vectors_are_kept(tmp_path: Path) -> None:
    """A text that was encoded once has its vector without the encoder from then on."""
    store = VectorStore(tmp_path / "v.db")
    with Meaning(store=store) as meaning:
        first = meaning.find_vector("connection refused")
    with Meaning(tmp_path / "no-such.gguf", store) as meaning:
        second = meaning.find_vector("connection refused")
    assert first is not None
    assert second is not None
    assert (first == second).all()


def test_no_more_texts_than_allowed(tmp_path: Path) -> None:
    """Beyond the bound a text has no vector; one that was asked before still has."""
    with Meaning(store=VectorStore(tmp_path / "v.db"), most=1) as meaning:
        found = [meaning.find_vector(text) is not None for text in ("one", "two", "one")]
    assert (found, meaning.trouble) == ([True, False, True], None)


def test_file_that_cannot_be_loaded(tmp_path: Path) -> None:
    """Without a usable encoder texts have no vectors, and the report is told why."""
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF but not really")
    with Meaning(path, VectorStore(tmp_path / "v.db")) as meaning:
        assert meaning.find_vector("connection refused") is None
    (skipped,) = meaning.tell_trouble()
    assert skipped.stage == "encoder"
    assert f"{path}: llama.cpp cannot load the encoder" in skipped.reason


def test_encoder_may_begin_before(tmp_path: Path) -> None:
    """An encoder that was begun before is the one that is asked, and ends with what began it."""
    before = _list_children()
    with Meaning(store=VectorStore(tmp_path / "v.db")) as meaning:
        meaning.begin()
        begun = _list_children() - before
        assert meaning.find_vector("connection refused") is not None
        assert _list_children() - before == begun
    assert begun
    assert not begun & _list_children()


def test_encoder_begun_in_vain(tmp_path: Path) -> None:
    """Where no text asks, nothing is told of an encoder that cannot be loaded."""
    with Meaning(tmp_path / "no-such.gguf", VectorStore(tmp_path / "v.db")) as meaning:
        meaning.begin()
    assert meaning.tell_trouble() == ()


def test_process_that_cannot_be_started(tmp_path: Path) -> None:
    """A host that lets no more files be opened costs the encoder and nothing else."""
    with Meaning(store=VectorStore(tmp_path / "v.db")) as meaning:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        try:
            meaning.begin()
            found = meaning.find_vector("connection refused")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert found is None
        assert meaning.trouble == "the model's process cannot be started: Too many open files"


def test_killed_encoder(tmp_path: Path) -> None:
    """When its process is killed, what asked goes on without it and says so."""
    with Meaning(store=VectorStore(tmp_path / "v.db")) as meaning:
        before = _list_children()
        meaning.find_vector("connection refused")
        for pid in _list_children() - before:
            os.kill(pid, signal.SIGKILL)
        assert meaning.find_vector("another text") is None
        assert meaning.find_vector("connection refused") is not None
    assert meaning.tell_trouble() == (
        SkippedStage(
            "encoder",
            "wording that no rule knows stays unknown: the model's process was killed from outside, most likely "
            "because the host ran out of memory",
        ),
    )


def _list_children() -> set[int]:
    tasks = Path("/proc/self/task").iterdir()
    return {int(pid) for task in tasks for pid in (task / "children").read_text("ascii").split()}
