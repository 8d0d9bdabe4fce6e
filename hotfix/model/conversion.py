"""Makes the encoder's GGUF file from the original weights of a BERT sentence encoder (all-MiniLM-L6-v2).

Matrices become Q8_0; position and token-type embeddings, norms and biases stay float32. The pooler is left out: a
text's vector is the mean over its tokens. Names of keys and tensors are those of llama.cpp's architecture "bert".
"""

import json
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hotfix.model.encoderfile import LICENCE, ORIGIN, Weights
from hotfix.model.ggufwriter import Tensor, TensorType, Value, write_gguf

LAYERS, WIDTH, HEADS, INNER_WIDTH, POSITIONS, NORM_EPSILON = 6, 384, 12, 1536, 512, 1e-12
"""Shape of the network, from its ``config.json``."""

_MEAN_POOLING = 1
_NORMAL, _CONTROL = 1, 3
"""Kinds of token in GGUF."""

_EMBEDDINGS = {
    "embeddings.word_embeddings.weight": "token_embd.weight",
    "embeddings.position_embeddings.weight": "position_embd.weight",
    "embeddings.token_type_embeddings.weight": "token_types.weight",
    "embeddings.LayerNorm.weight": "token_embd_norm.weight",
    "embeddings.LayerNorm.bias": "token_embd_norm.bias",
}
_LAYER = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}
_EXACT = frozenset({"position_embd.weight", "token_types.weight"})


def convert_encoder(weights: Weights, target: Path) -> None:
    """Write the encoder's file; the same weights give the same bytes."""
    stored = read_safetensors(weights.tensors)
    names = _EMBEDDINGS | {
        f"encoder.layer.{layer}.{old}.{part}": f"blk.{layer}.{new}.{part}"
        for layer in range(LAYERS)
        for old, new in _LAYER.items()
        for part in ("weight", "bias")
    }
    tensors = [Tensor(new, stored[old], _choose_type(new, stored[old])) for old, new in names.items()]
    write_gguf(target, describe(weights.vocabulary.read_text(encoding="utf-8").splitlines()), tensors)


def read_safetensors(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return the float32 tensors of a file by their names, not copied.

    Source: the safetensors format: length of the header (uint64), header (JSON), data.
    """
    data = np.memmap(path, dtype=np.uint8, mode="r")
    (length,) = struct.unpack("<Q", data[:8].tobytes())
    header = json.loads(data[8 : 8 + length].tobytes())
    body = data[8 + length :]
    return {
        name: body[slice(*entry["data_offsets"])].view("<f4").reshape(entry["shape"])
        for name, entry in header.items()
        if entry.get("dtype") == "F32"
    }


def describe(vocabulary: list[str]) -> dict[str, Value]:
    """Return the keys of the file: the shape of the network and its word pieces."""
    special = [piece.startswith("[") and piece.endswith("]") and len(piece) > 2 for piece in vocabulary]
    place = vocabulary.index
    return {
        "general.architecture": "bert",
        "general.name": ORIGIN,
        "general.license": LICENCE.lower(),
        "bert.block_count": LAYERS,
        "bert.context_length": POSITIONS,
        "bert.embedding_length": WIDTH,
        "bert.feed_forward_length": INNER_WIDTH,
        "bert.attention.head_count": HEADS,
        "bert.attention.layer_norm_epsilon": NORM_EPSILON,
        "bert.attention.causal": False,
        "bert.pooling_type": _MEAN_POOLING,
        "tokenizer.ggml.model": "bert",
        "tokenizer.ggml.pre": "jina-v2-en",
        "tokenizer.ggml.token_type_count": 2,
        "tokenizer.ggml.tokens": [_mark(piece, special=one) for piece, one in zip(vocabulary, special, strict=True)],
        "tokenizer.ggml.token_type": [_CONTROL if one else _NORMAL for one in special],
        "tokenizer.ggml.unknown_token_id": place("[UNK]"),
        "tokenizer.ggml.seperator_token_id": place("[SEP]"),  # spelt so in the specification
        "tokenizer.ggml.padding_token_id": place("[PAD]"),
        "tokenizer.ggml.cls_token_id": place("[CLS]"),
        "tokenizer.ggml.mask_token_id": place("[MASK]"),
    }


def _mark(piece: str, *, special: bool) -> str:
    """Return a word piece as llama.cpp writes it: the start of a word is marked, and not its continuation."""
    if special:
        return piece
    return piece.removeprefix("##") if piece.startswith("##") else f"▁{piece}"


def _choose_type(name: str, values: NDArray[np.float32]) -> TensorType:
    return TensorType.Q8_0 if values.ndim == 2 and name not in _EXACT else TensorType.F32
