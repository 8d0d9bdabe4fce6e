"""Writes GGUF files: keys and tensors in, one file out. It knows the container, not what a model is.

Source: the GGUF specification, version 3 (ggml, docs/gguf.md): little endian, tensors aligned to 32 bytes.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_ALIGNMENT = 32
_BLOCK = 32
"""Values that share one scale in Q8_0."""

Value = bool | int | float | str | Sequence[int] | Sequence[str]
"""What a key may hold: a whole number is written as uint32, those of a list as int32, a number as float32."""


class TensorType(IntEnum):
    """Numbers that a tensor is stored as."""

    F32 = 0
    Q8_0 = 8


class _ValueType(IntEnum):
    UINT32 = 4
    INT32 = 5
    FLOAT32 = 6
    BOOL = 7
    STRING = 8
    ARRAY = 9


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor; its last axis is the one that is contiguous in memory."""

    name: str
    values: NDArray[np.float32]
    kind: TensorType


def write_gguf(path: Path, keys: Mapping[str, Value], tensors: Sequence[Tensor]) -> None:
    """Write a file; the same keys and tensors give the same bytes."""
    header = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(keys))]
    header += [_pack_string(name) + _pack_value(value) for name, value in keys.items()]
    stored = [_store(tensor) for tensor in tensors]
    offset = 0
    for tensor, data in zip(tensors, stored, strict=True):
        shape = tensor.values.shape[::-1]
        header.append(_pack_string(tensor.name))
        header.append(struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, tensor.kind, offset))
        offset += len(data)
    with path.open("wb") as file:
        file.write(_pad(b"".join(header)))
        for data in stored:
            file.write(data)


def quantize(values: NDArray[np.float32]) -> bytes:
    """Return Q8_0 blocks: per 32 values a scale (float16: the largest magnitude / 127), then the values as int8.

    The number of values must be a multiple of 32 in the last axis.
    """
    blocks = np.ascontiguousarray(values, dtype=np.float32).reshape(-1, _BLOCK)
    scales = np.abs(blocks).max(axis=1) / np.float32(127)
    factors = np.divide(np.float32(1), scales, out=np.zeros_like(scales), where=scales > 0)
    packed = np.empty(len(blocks), dtype=[("scale", "<f2"), ("values", "i1", _BLOCK)])
    packed["scale"] = scales
    packed["values"] = np.rint(blocks * factors[:, None])
    return packed.tobytes()


def _store(tensor: Tensor) -> bytes:
    if tensor.kind is TensorType.Q8_0:
        return _pad(quantize(tensor.values))
    return _pad(np.ascontiguousarray(tensor.values, dtype="<f4").tobytes())


def _pad(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % _ALIGNMENT)


def _pack_string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _pack_value(value: Value) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", _ValueType.BOOL, value)
    if isinstance(value, int):
        return struct.pack("<II", _ValueType.UINT32, value)
    if isinstance(value, float):
        return struct.pack("<If", _ValueType.FLOAT32, value)
    if isinstance(value, str):
        return struct.pack("<I", _ValueType.STRING) + _pack_string(value)
    return struct.pack("<I", _ValueType.ARRAY) + _pack_list(value)


def _pack_list(values: Sequence[int] | Sequence[str]) -> bytes:
    strings = [value for value in values if isinstance(value, str)]
    if strings:
        return struct.pack("<IQ", _ValueType.STRING, len(strings)) + b"".join(map(_pack_string, strings))
    return struct.pack(f"<IQ{len(values)}i", _ValueType.INT32, len(values), *values)
