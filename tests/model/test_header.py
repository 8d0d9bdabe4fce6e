"""A model file is understood by its header alone, and a damaged one is told from a whole one."""

import ctypes
from pathlib import Path

import pytest

from hotfix.model.contract import ModelError
from hotfix.model.header import BLOCKS, read_header
from hotfix.model.native import open_library
from hotfix.model.need import check_memory, estimate_need
from tests.model.tiny import TEMPLATE, Shape, write_tiny


def test_header_says_what_a_model_is(tmp_path: Path) -> None:
    """Architecture, context, licence, template, vocabulary and number of weights are read without loading anything."""
    header = read_header(write_tiny(tmp_path / "tiny.gguf", Shape(licence="MIT")))
    found = (
        header.architecture,
        header.number("context_length"),
        header.text("general.license"),
        header.text("tokenizer.chat_template"),
        header.vocabulary,
        header.parameters,
        header.text("general.url"),
    )
    assert found == ("llama", 8192, "MIT", TEMPLATE, 343, 117952, None)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda data: data[:-10], r"expected 480,\d{3} bytes by its header, found 480,214: it is cut off"),
        (
            lambda data: data[:200],
            r"expected its header to go on until byte [\d,]+, found the end at 200: it is cut off",
        ),
        (lambda data: data[:4], r"found the end at 4"),
        (lambda _: b"", r"found an empty file"),
        (lambda data: b"ggml" + data[4:], r"expected a GGUF file \(it begins with b'GGUF'\), found one .* b'ggml'"),
        (lambda data: data[:4] + b"\0\0\0\3" + data[8:], r"expected GGUF version 2 or 3, .* found version 50331648"),
        (lambda data: data[:8] + b"\xff" * 8 + data[16:], r"expected at most 100,000 tensors, found 18,446"),
        (lambda data: data[:16] + b"\xff" * 8 + data[24:], r"expected at most 10,000 keys, found 18,446"),
    ],
)
def test_damaged_file_is_refused_with_what_was_found(tmp_path: Path, damage: object, reason: str) -> None:
    """A file that is cut off, empty, of another kind or version, or absurd is refused in one sentence with its path."""
    path = write_tiny(tmp_path / "tiny.gguf")
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(ModelError, match=f"^{path}: .*{reason}"):
        read_header(path)


def test_missing_file_and_folder_are_told(tmp_path: Path) -> None:
    """A path that is no file says what it is."""
    for path, reason in ((tmp_path / "none.gguf", "no such file or directory"), (tmp_path, "no file")):
        with pytest.raises(ModelError, match=reason):
            read_header(path)


def test_every_cut_is_noticed(tmp_path: Path) -> None:
    """However much of a file is missing, it is refused as such and never half read."""
    whole = write_tiny(tmp_path / "tiny.gguf").read_bytes()
    path = tmp_path / "cut.gguf"
    for length in range(1, len(whole), 3511):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelError, match=r"cut off|begins with"):
            read_header(path)


def test_memory_need_counts_weights_and_context(tmp_path: Path) -> None:
    """The need is weights, context (keys and values of each token) and batch; a refusal names both numbers."""
    need = estimate_need(read_header(write_tiny(tmp_path / "tiny.gguf", Shape(layers=2, context=4096))))
    assert need.state == 4096 * 2 * 2 * (16 + 16) * 2
    check_memory(need, None)
    check_memory(need, need.total)
    with pytest.raises(ModelError, match=r"expected 5\d\d\.\d MB of free memory .*, found 1\.0 MB; take a smaller"):
        check_memory(need, 10**6)


def test_sizes_of_packed_weights_are_those_of_llama_cpp() -> None:
    """Each tensor type takes as many bytes as llama.cpp says, so that a whole file is never called cut off."""
    native = open_library()._lib  # noqa: SLF001  # the binding does not offer them
    native.ggml_blck_size.restype, native.ggml_type_size.restype = ctypes.c_int64, ctypes.c_size_t
    known = {kind: (native.ggml_blck_size(kind), native.ggml_type_size(kind)) for kind in BLOCKS}
    assert known == BLOCKS
