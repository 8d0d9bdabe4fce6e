"""Sets up the encoder: original weights in, a checked GGUF file and its card out. Quick when it is there already."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hotfix.core.resources import find_resource
from hotfix.core.settings import ENCODER_AGREEMENT_LEAST
from hotfix.model.contract import ModelError
from hotfix.model.conversion import convert_encoder
from hotfix.model.encoder import embed_once
from hotfix.model.encoderfile import (
    ENCODER_SHA256,
    FILE_NAME,
    LICENCE,
    ORIGIN,
    PACKAGE,
    WEIGHTS_SHA256,
    check_encoder,
    find_weights,
    list_places,
)


@dataclass(frozen=True, slots=True)
class SetUp:
    """What a set-up came to."""

    path: Path
    sha256: str
    made: bool  # by this call; else it was there
    agreement: float  # lowest cosine between its vectors and those of the original weights

    def describe(self) -> str:
        """Return what a user wants to know, in one line."""
        done = "set up now" if self.made else "was set up already"
        return f"encoder {done}: {self.path} (agrees with {ORIGIN} at cosine {self.agreement:.4f} or better)"


def set_up_encoder(folder: Path | None = None) -> SetUp:
    """Return the encoder, made from the original weights in a folder (or the package) when it is not there yet.

    Raises:
        ModelError: weights or llama-cpp-python are missing, no place can be written, or the result is not as tested.
    """
    for path in list_places():
        if path.is_file() and _is_known(path):
            return SetUp(path, ENCODER_SHA256, made=False, agreement=measure_agreement(path))
    weights = find_weights(folder)
    target = _choose_place()
    draft = target.with_name(f".{FILE_NAME}.{os.getpid()}.part")
    try:
        convert_encoder(weights, draft)
        check_encoder(draft)
        agreement = measure_agreement(draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    target.with_suffix(".md").write_text(write_card(), encoding="utf-8")
    return SetUp(target, ENCODER_SHA256, made=True, agreement=agreement)


def measure_agreement(path: Path) -> float:
    """Return the lowest cosine between an encoder's vectors and the stored ones of the original float32 weights.

    Raises:
        ModelError: it is below ENCODER_AGREEMENT_LEAST, or the file cannot be run.
    """
    with np.load(find_resource("models", "encoder_reference.npz"), allow_pickle=False) as stored:
        texts, vectors = stored["texts"].tolist(), stored["vectors"]
    agreement = float((embed_once(path, texts) * vectors).sum(axis=1).min())
    if agreement < ENCODER_AGREEMENT_LEAST:
        raise ModelError(
            f"{path}: expected vectors that agree with the original's at cosine {ENCODER_AGREEMENT_LEAST}, "
            f"found {agreement:.4f}: this build of llama-cpp-python computes something else"
        )
    return agreement


def write_card() -> str:
    """Return the model card that stands beside the file."""
    return (
        f"# {FILE_NAME}\n\n"
        f"- Model: {ORIGIN}, a sentence encoder (BERT, 6 layers, 384 dimensions, 22.7 million parameters).\n"
        f"- Origin: the original weights in the package {PACKAGE} 0.1.0, sha256 `{WEIGHTS_SHA256}`.\n"
        f"- Licence: {LICENCE}; this is a changed copy (matrices stored as Q8_0), made by `hotfix model setup`.\n"
        f"- File: sha256 `{ENCODER_SHA256}`.\n"
        "- Use: the cause family of error texts that no rule knows. It words nothing and decides no fact.\n"
        "- Languages: English; what it makes of other languages was not measured.\n"
    )


def _is_known(path: Path) -> bool:
    try:
        check_encoder(path)
    except ModelError:
        return False
    return True


def _choose_place() -> Path:
    """Return the first place that can be written; its folder is made."""
    for place in list_places():
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(place.parent, os.W_OK):
            return place
    raise ModelError(f"expected a folder that can be written, found none of: {', '.join(map(str, list_places()))}")
