"""Opens the engine that a user chose for a role; the only door through which the rest of hotfix comes to tier 2."""

import os
from collections.abc import Mapping
from pathlib import Path

from hotfix.core.cache import find_cache
from hotfix.model.catalogue import Model, ModelFile, ModelServer, Role, find_folder, read_catalogue
from hotfix.model.contract import Engine, ModelError, OnProgress
from hotfix.model.encoderfile import hash_file

KEY_VARIABLE = "HOTFIX_MODEL_KEY"
"""Environment variable of the key that a model server wants; it is never stored."""


def open_engine(
    role: Role, environment: Mapping[str, str] = os.environ, on_progress: OnProgress | None = None
) -> Engine | None:
    """Return the engine of a role, or None when the user gave the role to no model. Nothing is loaded or sent yet.

    Raises:
        ModelError: the catalogue is damaged, or the model's file is gone or another one than was added.
    """
    catalogue = read_catalogue(find_folder(environment))
    name = catalogue.roles.get(role)
    return None if name is None else open_model(name, catalogue.models[name], environment, on_progress)


def open_named(name: str, environment: Mapping[str, str] = os.environ, on_progress: OnProgress | None = None) -> Engine:
    """Return the engine of the model that the user calls by a name. Nothing is loaded or sent yet.

    Raises:
        ModelError: the catalogue is damaged, or the model's file is gone or another one than was added.
        UsageError: no model has this name.
    """
    return open_model(name, read_catalogue(find_folder(environment)).find(name), environment, on_progress)


def open_model(
    name: str, model: Model, environment: Mapping[str, str], on_progress: OnProgress | None = None
) -> Engine:
    """Return the engine of one model of the catalogue.

    Raises:
        ModelError: its file is gone or another one than was added.
    """
    from hotfix.model.engine import LlamaEngine, Setting
    from hotfix.model.remote import RemoteEngine

    if isinstance(model, ModelServer):
        return RemoteEngine(name, model, environment.get(KEY_VARIABLE), on_progress)
    check_unchanged(model)
    return LlamaEngine(name, model, Setting(find_cache("prefixes", environment), on_progress))


def check_unchanged(model: ModelFile, *, always_hash: bool = False) -> None:
    """Check that a model's file is the one that was added; it is hashed only when its size or time says otherwise.

    Raises:
        ModelError: it is gone or another one; the message says what was found.
    """
    path = Path(model.path)
    again = "; if that is meant, remove the model and add it again"
    try:
        found = path.stat()
        if found.st_size != model.size_bytes:
            raise ModelError(
                f"{path}: expected {model.size_bytes:,} bytes, as when it was added, found {found.st_size:,}{again}"
            )
        if (always_hash or found.st_mtime_ns != model.modified_ns) and hash_file(path) != model.sha256:
            raise ModelError(f"{path}: expected sha256 {model.sha256}, as when it was added, found another{again}")
    except OSError as error:
        raise ModelError(
            f"{path}: expected the model that was added, found: {(error.strerror or '').lower()}"
        ) from None
