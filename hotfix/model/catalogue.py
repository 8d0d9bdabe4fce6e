"""The models that a user has added: where each lies, what it is, and which role it plays. Nothing is loaded here.

Kept as one JSON file in the user's data folder. The model files themselves stay where they are.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from hotfix.core.errors import UsageError, did_you_mean
from hotfix.core.files import write_whole
from hotfix.model.contract import ModelError

FILE_NAME = "catalogue.json"
_SCHEMA = "hotfix.models/1"


class Role(StrEnum):
    """What a model is used for; one model may play both."""

    FAST = "fast"  # short tasks with one right answer
    JUDGE = "judge"  # diagnosis, patch, rollout, review


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A GGUF file on this host, as it was when it was added."""

    path: str  # absolute
    sha256: str
    size_bytes: int
    modified_ns: int
    architecture: str
    context_tokens: int  # that it was trained for
    parameters: int
    licence: str | None  # as the file says
    need_bytes: int  # of memory, estimated


@dataclass(frozen=True, slots=True)
class ModelServer:
    """An OpenAI-compatible server."""

    url: str  # of the interface, for example http://host:8080/v1
    model: str  # as the server calls it
    public: bool = False  # the user allowed an address that is not private


Model = ModelFile | ModelServer


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Models by name, and the name of the model of each role."""

    models: Mapping[str, Model] = field(default_factory=dict)
    roles: Mapping[Role, str] = field(default_factory=dict)

    def find(self, name: str) -> Model:
        """Return a model by its name.

        Raises:
            UsageError: there is none of this name; the message names the ones that are there.
        """
        if name not in self.models:
            known = ", ".join(sorted(self.models)) or "none (hotfix model add FILE)"
            raise UsageError(
                f"expected the name of a model, of {known}; found {name!r}{did_you_mean(name, self.models)}"
            )
        return self.models[name]

    def check_free(self, name: str) -> None:
        """Check that a new model may have a name.

        Raises:
            UsageError: the name is taken.
        """
        if name in self.models:
            raise UsageError(
                f"expected a name that is free, found {name!r}, which is there already; "
                f"choose another with --name, or: hotfix model remove {name}"
            )

    def add(self, name: str, model: Model) -> "Catalogue":
        """Return the catalogue with one model more, in every role that nobody plays yet."""
        self.check_free(name)
        return Catalogue({**self.models, name: model}, {**dict.fromkeys(Role, name), **self.roles})

    def use(self, role: Role, name: str) -> "Catalogue":
        """Return the catalogue with a role given to a model."""
        self.find(name)
        return replace(self, roles={**self.roles, role: name})

    def remove(self, name: str) -> "Catalogue":
        """Return the catalogue without a model; its roles are free."""
        self.find(name)
        models = {key: model for key, model in self.models.items() if key != name}
        return Catalogue(models, {role: player for role, player in self.roles.items() if player != name})


def find_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder of the catalogue: HOTFIX_MODELS, or else `hotfix/models` in the user's data folder."""
    if own := environment.get("HOTFIX_MODELS"):
        return Path(own)
    home = environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "hotfix" / "models"


def read_catalogue(folder: Path) -> Catalogue:
    """Return the catalogue in a folder; an empty one where there is none.

    Raises:
        ModelError: the file is there and is no catalogue.
    """
    path = folder / FILE_NAME
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        if table["schema"] != _SCHEMA:
            raise ModelError(f"{path}: expected schema {_SCHEMA!r}, found {table['schema']!r}")
        models = {name: _read_model(row) for name, row in table["models"].items()}
        return Catalogue(models, {Role(role): name for role, name in table["roles"].items() if name in models})
    except FileNotFoundError:
        return Catalogue()
    except OSError as error:
        raise ModelError(f"{path}: expected the catalogue of models, found: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{path}: expected the catalogue of models, found {type(error).__name__}: {error}; remove the file and add "
            "the models again"
        ) from None


def write_catalogue(folder: Path, catalogue: Catalogue) -> None:
    """Write the catalogue whole or not at all; the folder is made when missing.

    Raises:
        ModelError: it cannot be written.
    """
    models = {name: asdict(model) for name, model in sorted(catalogue.models.items())}
    table = {"schema": _SCHEMA, "models": models, "roles": dict(sorted(catalogue.roles.items()))}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / FILE_NAME, json.dumps(table, indent=2) + "\n")
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise ModelError(f"expected a folder that can be written at {folder}, found: {found}") from None


def _read_model(row: Mapping[str, object]) -> Model:
    kind = ModelServer if "url" in row else ModelFile
    return kind(**row)  # type: ignore[arg-type]  # a row of another shape is a TypeError, told by the caller
