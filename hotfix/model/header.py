"""Reads the header of a GGUF file without loading it: which model this is, what it needs, and whether it is whole.

The weights are never looked at. Source: the GGUF specification, versions 2 and 3 (ggml-org/ggml, docs/gguf.md).
"""

import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from hotfix.core.settings import MODEL_KEYS_MOST, MODEL_TENSORS_MOST
from hotfix.model.contract import ModelError

_VERSIONS = (2, 3)
_ALIGNMENT = 32  # bytes, where the file does not say
_STRING, _ARRAY, _BOOLEAN, _SIGNED = 8, 9, 7, frozenset({1, 3, 5, 11})
_WIDTHS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}  # value type → bytes
_FLOATS = {6: "f", 12: "d"}
_ITEMS_KEPT = 4096  # of an array of numbers; vocabularies are only counted

_SINGLE = {0: 4, 1: 2, 24: 1, 25: 2, 26: 4, 27: 8, 28: 8, 30: 2}  # tensor type → bytes of one value
_BY_32 = {2: 18, 3: 20, 6: 22, 7: 24, 8: 34, 20: 18, 39: 17}  # → bytes of a block of 32 values
_BY_256 = {
    10: 84,
    11: 110,
    12: 144,
    13: 176,
    14: 210,
    15: 292,
    16: 66,
    17: 74,
    18: 98,
    19: 50,
    21: 110,
    22: 82,
    23: 136,
    29: 56,
    34: 54,
    35: 66,
}
BLOCKS = {
    **{kind: (1, size) for kind, size in _SINGLE.items()},
    **{kind: (32, size) for kind, size in _BY_32.items()},
    **{kind: (256, size) for kind, size in _BY_256.items()},
    40: (64, 36),
    41: (128, 18),
}
"""How a tensor type packs its values: (values of a block, bytes of a block)."""

Value = bool | int | float | str | tuple[int | float | bool, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """What a GGUF file says of itself."""

    version: int
    architecture: str
    values: dict[str, Value]  # by full key; of an array of texts only its length, under the key and ``.length``
    parameters: int  # weights in all
    size_bytes: int  # of the file

    def number(self, key: str) -> int | None:
        """Return a whole number of the architecture, like ``context_length``; the largest where layers differ."""
        value = self.values.get(f"{self.architecture}.{key}")
        if isinstance(value, tuple):
            return int(max(value, default=0))
        return value if isinstance(value, int) else None

    def text(self, key: str) -> str | None:
        """Return a text by its full key, or None where the file says none."""
        value = self.values.get(key)
        return value if isinstance(value, str) and value.strip() else None

    @property
    def vocabulary(self) -> int:
        """How many tokens the model knows."""
        count = self.values.get("tokenizer.ggml.tokens.length", 0)
        return count if isinstance(count, int) else 0


def read_header(path: Path) -> Header:
    """Return what the header of a GGUF file says.

    Raises:
        ModelError: it cannot be read, is no GGUF file, of another version, or not whole; the message says which.
    """
    try:
        size = path.stat().st_size
        if not path.is_file() or not size:
            raise ModelError(f"{path}: expected a GGUF file, found {'an empty file' if path.is_file() else 'no file'}")
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Reader(path, data).read()
    except OSError as error:
        found = (error.strerror or type(error).__name__).lower()
        raise ModelError(f"{path}: expected a GGUF file that can be read, found: {found}") from None


class _Reader:
    """Walks through the header; every read knows the end of the file."""

    def __init__(self, path: Path, data: mmap.mmap) -> None:
        self._path, self._data, self._at = path, data, 0

    def read(self) -> Header:
        magic = self._take(4)
        if magic != b"GGUF":
            self._refuse(f"expected a GGUF file (it begins with b'GGUF'), found one that begins with {magic!r}")
        version = self._number(4)
        if version not in _VERSIONS:
            self._refuse(f"expected GGUF version 2 or 3, little-endian, found version {version}")
        tensors = self._count(8, MODEL_TENSORS_MOST, "tensors")
        values: dict[str, Value] = {}
        for _ in range(self._count(8, MODEL_KEYS_MOST, "keys")):
            key = self._text()
            self._value(key, values)
        architecture = values.get("general.architecture")
        if not isinstance(architecture, str):
            self._refuse("expected the key general.architecture, found none")
        parameters = self._check_tensors(tensors, values.get("general.alignment", _ALIGNMENT))
        return Header(version, architecture, values, parameters, len(self._data))

    def _check_tensors(self, count: int, alignment: Value) -> int:
        """Return the number of weights, after checking that the file reaches as far as its last tensor."""
        parameters = end = 0
        for _ in range(count):
            name = self._text()
            shape = [self._number(8) for _ in range(self._count(4, 8, f"dimensions of {name}"))]
            kind, offset = self._number(4), self._number(8)
            values = 1
            for extent in shape:
                values *= extent
            per_block, block_bytes = BLOCKS.get(kind, (1, 0))  # of a newer type only its beginning is checked
            parameters += values
            end = max(end, offset + values // per_block * block_bytes)
        step = alignment if isinstance(alignment, int) and alignment > 0 else _ALIGNMENT
        needed = -(-self._at // step) * step + end
        if count and needed > len(self._data):
            self._refuse(
                f"expected {needed:,} bytes by its header, found {len(self._data):,}: it is cut off; copy it again"
            )
        return parameters

    def _value(self, key: str, values: dict[str, Value]) -> None:
        kind = self._number(4)
        if kind == _STRING:
            values[key] = self._text()
        elif kind == _ARRAY:
            self._array(key, values)
        else:
            values[key] = self._scalar(kind)

    def _array(self, key: str, values: dict[str, Value]) -> None:
        kind = self._number(4)
        count = self._count(8, len(self._data), f"items of {key}")
        values[f"{key}.length"] = count
        if kind == _STRING:
            for _ in range(count):
                self._take(self._number(8), keep=False)
        elif kind in _WIDTHS:
            if count <= _ITEMS_KEPT:
                values[key] = tuple(self._scalar(kind) for _ in range(count))
            else:
                self._take(count * _WIDTHS[kind], keep=False)
        else:
            self._refuse(f"expected an array of numbers or texts at {key}, found type {kind}")

    def _scalar(self, kind: int) -> bool | int | float:
        if kind in _FLOATS:
            import struct

            return float(struct.unpack(f"<{_FLOATS[kind]}", self._take(_WIDTHS[kind]))[0])
        if kind not in _WIDTHS:
            self._refuse(f"expected a type of value between 0 and 12, found {kind}")
        number = int.from_bytes(self._take(_WIDTHS[kind]), "little", signed=kind in _SIGNED)
        return bool(number) if kind == _BOOLEAN else number

    def _text(self) -> str:
        return self._take(self._number(8)).decode("utf-8", "replace")

    def _number(self, width: int) -> int:
        return int.from_bytes(self._take(width), "little")

    def _count(self, width: int, most: int, what: str) -> int:
        count = self._number(width)
        if count > most:
            self._refuse(f"expected at most {most:,} {what}, found {count:,}: it is damaged")
        return count

    def _take(self, count: int, *, keep: bool = True) -> bytes:
        end = self._at + count
        if end > len(self._data):
            self._refuse(
                f"expected its header to go on until byte {end:,}, found the end at {len(self._data):,}: it is cut off"
            )
        start, self._at = self._at, end
        return self._data[start:end] if keep else b""

    def _refuse(self, reason: str) -> NoReturn:
        raise ModelError(f"{self._path}: {reason}")
