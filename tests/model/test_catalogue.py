"""The catalogue remembers models and their roles, and nothing of it is lost or guessed."""

from pathlib import Path

import pytest

from hotfix.core.errors import UsageError
from hotfix.model.catalogue import (
    FILE_NAME,
    Catalogue,
    ModelFile,
    ModelServer,
    Role,
    find_folder,
    read_catalogue,
    write_catalogue,
)
from hotfix.model.contract import ModelError

_FILE = ModelFile("/models/a.gguf", "ab" * 32, 10, 20, "llama", 8192, 1000, None, 30)
_SERVER = ModelServer("http://10.0.0.7:8080/v1", "large")


def test_catalogue_survives_being_written_and_read(tmp_path: Path) -> None:
    """What is read is what was written: files, servers and roles."""
    catalogue = Catalogue().add("a", _FILE).add("b", _SERVER).use(Role.JUDGE, "b")
    write_catalogue(tmp_path / "new", catalogue)
    assert read_catalogue(tmp_path / "new") == catalogue


def test_first_model_plays_both_roles_until_another_is_chosen() -> None:
    """A model takes the roles that nobody plays, and no other; removing it frees them."""
    both = Catalogue().add("a", _FILE).add("b", _SERVER)
    assert both.roles == {Role.FAST: "a", Role.JUDGE: "a"}
    judged = both.use(Role.JUDGE, "b")
    assert judged.roles == {Role.FAST: "a", Role.JUDGE: "b"}
    assert judged.remove("a").roles == {Role.JUDGE: "b"}


def test_unknown_and_taken_names_are_told_with_the_known_ones() -> None:
    """A name that is not there is answered with those that are and the nearest; a taken one with a way out."""
    catalogue = Catalogue().add("qwen-small", _FILE)
    with pytest.raises(UsageError, match=r"of qwen-small; found 'qwen-smal'; did you mean 'qwen-small'\?"):
        catalogue.use(Role.FAST, "qwen-smal")
    with pytest.raises(
        UsageError, match=r"found 'qwen-small', which is there already; .*hotfix model remove qwen-small"
    ):
        catalogue.add("qwen-small", _SERVER)
    with pytest.raises(UsageError, match=r"of none \(hotfix model add FILE\); found 'x'"):
        Catalogue().remove("x")


def test_missing_catalogue_is_empty_and_a_damaged_one_is_told(tmp_path: Path) -> None:
    """No file means no models; a file of another shape is never taken for one without models."""
    assert read_catalogue(tmp_path) == Catalogue()
    path = tmp_path / FILE_NAME
    for text in (
        "{",
        "[]",
        '{"schema": "hotfix.models/1"}',
        '{"schema": "hotfix.models/1", "models": {"a": {"x": 1}}}',
    ):
        path.write_text(text)
        with pytest.raises(ModelError, match=f"{path}: expected the catalogue of models, found"):
            read_catalogue(tmp_path)
    path.write_text('{"schema": "hotfix.models/9"}')
    with pytest.raises(ModelError, match=r"expected schema 'hotfix.models/1', found 'hotfix.models/9'"):
        read_catalogue(tmp_path)


def test_folder_is_the_users_own_unless_named() -> None:
    """HOTFIX_MODELS names the folder; else it lies in the data folder of the user."""
    assert find_folder({"HOTFIX_MODELS": "/x", "XDG_DATA_HOME": "/y"}) == Path("/x")
    assert find_folder({"XDG_DATA_HOME": "/y"}) == Path("/y/hotfix/models")
    assert find_folder({}) == Path.home() / ".local" / "share" / "hotfix" / "models"
