"""Makes instruct models of random weights: real GGUF files that take the whole real way, and say nonsense."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hotfix.model.ggufwriter import Tensor, TensorType, Value, write_gguf

TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>\n{{ message.content | trim }}<|eot|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
_MARKS = ("<|begin|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|eot|>")
_WORDS = ("error", "orders", "evidence", "cause", "unknown", "disk", "full", "the", "at", "in")
_NORMAL, _CONTROL = 1, 3  # types of tokens


@dataclass(frozen=True, slots=True)
class Shape:
    """What a model of random weights is like."""

    layers: int = 2
    width: int = 64
    hidden: int = 128
    per_head: int = 16
    context: int = 8192
    kind: TensorType = TensorType.F32
    template: str | None = TEMPLATE
    architecture: str = "llama"
    licence: str | None = "CC0-1.0"
    seed: int = 7


def write_tiny(path: Path, shape: Shape = Shape()) -> Path:
    """Write a model into a file and return the path; about 1 MB unless the shape says more."""
    tokens, merges = _make_vocabulary()
    write_gguf(path, _describe(shape, tokens, merges), _make_weights(shape, len(tokens)))
    return path


def _describe(shape: Shape, tokens: list[str], merges: list[str]) -> dict[str, Value]:
    name = shape.architecture
    keys: dict[str, Value] = {
        "general.architecture": name,
        "general.name": "random weights",
        f"{name}.context_length": shape.context,
        f"{name}.embedding_length": shape.width,
        f"{name}.block_count": shape.layers,
        f"{name}.feed_forward_length": shape.hidden,
        f"{name}.attention.head_count": shape.width // shape.per_head,
        f"{name}.attention.head_count_kv": shape.width // shape.per_head // 2,
        f"{name}.attention.layer_norm_rms_epsilon": 1e-5,
        f"{name}.rope.dimension_count": shape.per_head,
        f"{name}.vocab_size": len(tokens),
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "gpt-2",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.merges": merges,
        "tokenizer.ggml.token_type": [_CONTROL if token in _MARKS else _NORMAL for token in tokens],
        "tokenizer.ggml.bos_token_id": tokens.index("<|begin|>"),
        "tokenizer.ggml.eos_token_id": tokens.index("<|end|>"),
        "tokenizer.ggml.eot_token_id": tokens.index("<|eot|>"),
        "tokenizer.ggml.add_bos_token": True,
    }
    if shape.template is not None:
        keys["tokenizer.chat_template"] = shape.template
    if shape.licence is not None:
        keys["general.license"] = shape.licence
    return keys


def _make_vocabulary() -> tuple[list[str], list[str]]:
    """Return tokens and merges of a byte-level BPE vocabulary that knows a few words."""
    tokens, merges = [_spell_byte(byte) for byte in range(256)], list[str]()
    for word in (*_WORDS, *(f"Ġ{word}" for word in _WORDS)):
        for end in range(2, len(word) + 1):
            if word[:end] not in tokens:
                tokens.append(word[:end])
                merges.append(f"{word[: end - 1]} {word[end - 1]}")
    return [*tokens, *_MARKS], merges


def _spell_byte(byte: int) -> str:
    """Return the visible character that stands for a byte in byte-level BPE (GPT-2)."""
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    if byte in visible:
        return chr(byte)
    return chr(256 + sum(other not in visible for other in range(byte)))


def _make_weights(shape: Shape, vocabulary: int) -> list[Tensor]:
    chance = np.random.default_rng(shape.seed)
    width, hidden, half = shape.width, shape.hidden, shape.width // 2

    def draw(name: str, rows: int, columns: int) -> Tensor:
        scale = np.float32(columns**-0.5)
        return Tensor(name, chance.standard_normal((rows, columns), dtype=np.float32) * scale, shape.kind)

    def ones(name: str) -> Tensor:
        return Tensor(name, np.ones(width, dtype=np.float32), TensorType.F32)

    made = [
        draw("token_embd.weight", vocabulary, width),
        ones("output_norm.weight"),
        draw("output.weight", vocabulary, width),
    ]
    for layer in range(shape.layers):
        block = f"blk.{layer}"
        made += [ones(f"{block}.attn_norm.weight"), ones(f"{block}.ffn_norm.weight")]
        made += [draw(f"{block}.attn_q.weight", width, width), draw(f"{block}.attn_output.weight", width, width)]
        made += [draw(f"{block}.attn_k.weight", half, width), draw(f"{block}.attn_v.weight", half, width)]
        made += [draw(f"{block}.ffn_gate.weight", hidden, width), draw(f"{block}.ffn_up.weight", hidden, width)]
        made += [draw(f"{block}.ffn_down.weight", width, hidden)]
    return made
