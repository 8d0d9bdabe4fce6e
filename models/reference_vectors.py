"""Makes `encoder_reference.npz`: vectors of some texts by the original float32 weights, computed with numpy alone.

    python models/reference_vectors.py FOLDER     (FOLDER holds model.safetensors, vocab.txt)

`hotfix model setup` holds the converted encoder against them. This is the network written out once more, independent
of llama.cpp and of the conversion's names. Sources: Devlin et al. 2019 (BERT, WordPiece); the model's config.json.
"""

import argparse
import re
import unicodedata
from collections.abc import Mapping
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hotfix.model.conversion import HEADS, LAYERS, NORM_EPSILON, read_safetensors
from hotfix.model.encoderfile import find_weights

Array = NDArray[np.float32]
REFERENCE = Path(__file__).with_name("encoder_reference.npz")
TEXTS = (
    "connection refused",
    'java.lang.NullPointerException: Cannot invoke "Cart.total()" because "cart" is null',
    "FATAL: remaining connection slots are reserved for non-replication superuser connections",
    "dial tcp 10.0.0.7:5432: i/o timeout",
    "x509: certificate has expired or is not yet valid: current time 2031-04-02T10:00:00Z is after 2031-04-01",
    "write /var/lib/app/data.db: no space left on device",
    "Le disque est plein, écriture impossible",
    "worker 4 was killed by the kernel after its memory grew past 512 MiB",
    "the two transfers wait for each other's row lock",
    "GET /health 200 3ms",
    "TypeError: unsupported operand type(s) for +: 'int' and 'str'",
    "Too many open files (os error 24)",
    "message 8812 was delivered nine times and is parked in the dead letter queue",
    "quota exceeded for tenant acme",
    "p99 of /checkout rose from 40 ms to 2.1 s while one partition takes all writes",
    "restarting again after exit code 1",
)
"""Short and long, plain words and names, accents."""


def split_words(text: str) -> list[str]:
    """Return lower-case words without accents; each punctuation mark and each CJK character is a word of its own."""
    plain = "".join(one for one in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(one) != "Mn")
    spaced = "".join(f" {one} " if "\u4e00" <= one <= "\u9fff" or _is_mark(one) else one for one in plain)
    return re.findall(r"\S+", spaced)


def _is_mark(one: str) -> bool:
    return (one.isascii() and not one.isalnum() and not one.isspace()) or unicodedata.category(one).startswith("P")


def split_pieces(word: str, numbers: Mapping[str, int]) -> list[int]:
    """Return the numbers of the longest known pieces from left to right; the unknown piece when one is missing."""
    found: list[int] = []
    begin = 0
    while begin < len(word):
        marks = ("##" if begin else "") + word[begin:]
        for end in range(len(marks), 2 if begin else 0, -1):
            if marks[:end] in numbers:
                found.append(numbers[marks[:end]])
                begin += end - (2 if begin else 0)
                break
        else:
            return [numbers["[UNK]"]]
    return found


def embed(text: str, weights: Mapping[str, Array], numbers: Mapping[str, int]) -> Array:
    """Return the vector of a text: unit length, the mean over its tokens."""
    tokens = [
        numbers["[CLS]"],
        *(one for word in split_words(text) for one in split_pieces(word, numbers)),
        numbers["[SEP]"],
    ]
    state = weights["embeddings.word_embeddings.weight"][tokens]
    state = state + weights["embeddings.position_embeddings.weight"][: len(tokens)]
    state = state + weights["embeddings.token_type_embeddings.weight"][0]
    state = norm(state, weights, "embeddings.LayerNorm")
    for layer in range(LAYERS):
        state = run_layer(state, weights, f"encoder.layer.{layer}.")
    mean = state.mean(axis=0)
    vector: Array = mean / np.linalg.norm(mean)
    return vector


def run_layer(state: Array, weights: Mapping[str, Array], name: str) -> Array:
    """Return what one layer makes of the state, tokens × width."""
    parts = (linear(state, weights, f"{name}attention.self.{part}") for part in ("query", "key", "value"))
    query, key, value = (part.reshape(len(state), HEADS, -1).transpose(1, 0, 2) for part in parts)
    scores = query @ key.transpose(0, 2, 1) / sqrt(query.shape[-1])
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    heard = (shares @ value).transpose(1, 0, 2).reshape(state.shape)
    state = norm(
        state + linear(heard, weights, f"{name}attention.output.dense"), weights, f"{name}attention.output.LayerNorm"
    )
    inner = gelu(linear(state, weights, f"{name}intermediate.dense"))
    return norm(state + linear(inner, weights, f"{name}output.dense"), weights, f"{name}output.LayerNorm")


def linear(state: Array, weights: Mapping[str, Array], name: str) -> Array:
    """Return the state through one matrix and its bias."""
    return state @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def norm(state: Array, weights: Mapping[str, Array], name: str) -> Array:
    """Return the state with mean 0 and variance 1 per token, scaled and shifted."""
    centred = state - state.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + NORM_EPSILON)
    result: Array = scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]
    return result


def gelu(values: Array) -> Array:
    """Return x·Φ(x), with Φ of the normal distribution by its error function (Abramowitz and Stegun 7.1.26, 1.5e-7)."""
    scaled = np.abs(values) / sqrt(2)
    step = 1 / (1 + 0.3275911 * scaled)
    series = step * (
        0.254829592 + step * (-0.284496736 + step * (1.421413741 + step * (-1.453152027 + step * 1.061405429)))
    )
    error = np.sign(values) * (1 - series * np.exp(-scaled * scaled))
    result: Array = (values * 0.5 * (1 + error)).astype(np.float32)
    return result


def main() -> None:
    """Write the reference vectors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="without it the installed package's")
    original = find_weights(parser.parse_args().folder)
    weights = read_safetensors(original.tensors)
    numbers = {piece: number for number, piece in enumerate(original.vocabulary.read_text("utf-8").splitlines())}
    vectors = np.stack([embed(text, weights, numbers) for text in TEXTS]).astype(np.float32)
    np.savez(REFERENCE, texts=np.array(TEXTS), vectors=vectors)


if __name__ == "__main__":
    main()
