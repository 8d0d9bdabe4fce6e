"""``hotfix model add``, ``list``, ``use``, ``check`` and ``remove``: the models that word, re-rank and draft."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotfix.cli.options import Json
from hotfix.core.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from hotfix.model.catalogue import Catalogue, Model, Role
    from hotfix.model.selftest import SelfTest

Name = Annotated[str, typer.Argument(help="A model's name, as hotfix model list shows it.")]


def register(group: typer.Typer) -> None:
    """Add the commands to their group."""
    group.command("add")(add)
    group.command("list")(list_all)
    group.command("use")(use)
    group.command("check")(check)
    group.command("remove")(remove)


def add(
    place: Annotated[
        str, typer.Argument(metavar="FILE|URL", help="A GGUF file of an instruct model, or http://host:8080/v1.")
    ],
    name: Annotated[
        str | None, typer.Option(help="What to call it; else the file's name, or the server's model.")
    ] = None,
    model: Annotated[str, typer.Option(help="What the server calls the model.")] = "default",
    allow_public: Annotated[
        bool,
        typer.Option("--allow-public", help="Allow a server outside of private networks: log lines leave the house."),
    ] = False,
    as_json: Json = False,
) -> int:
    """Add a model after checking it; the file stays where it is and is not copied."""
    from hotfix.model.admission import admit_file, admit_server
    from hotfix.model.catalogue import write_catalogue

    is_server = "://" in place
    chosen = name or (model if is_server else Path(place).stem)
    before = _read()
    before.check_free(chosen)
    added: Model = admit_server(place, model, public=allow_public) if is_server else admit_file(Path(place))
    catalogue = before.add(chosen, added)
    write_catalogue(_folder(), catalogue)
    _print(_show(chosen, catalogue), f"added {_describe(chosen, catalogue)}", as_json=as_json)
    return 0


def list_all(as_json: Json = False) -> int:
    """List the models that were added, and their roles."""
    catalogue = _read()
    shown = [_show(name, catalogue) for name in sorted(catalogue.models)]
    said = "\n".join(_describe(name, catalogue) for name in sorted(catalogue.models))
    _print(shown, said or "no model was added (hotfix model add FILE)", as_json=as_json)
    return 0


def use(
    role: Annotated[str, typer.Argument(help="fast (short tasks) or judge (diagnosis, patch, review).")],
    name: Name,
    as_json: Json = False,
) -> int:
    """Give a role to a model."""
    from hotfix.model.catalogue import write_catalogue

    catalogue = _read().use(_read_role(role), name)
    write_catalogue(_folder(), catalogue)
    _print(_show(name, catalogue), _describe(name, catalogue), as_json=as_json)
    return 0


def check(
    name: Annotated[str | None, typer.Argument(help="A model's name; without it all are checked.")] = None,
    as_json: Json = False,
) -> int:
    """Let a model answer one small question twice: shape, speed and sameness, in about a minute."""
    from hotfix.cli.modelprogress import show_model_progress
    from hotfix.model.opening import KEY_VARIABLE
    from hotfix.model.selftest import check_model

    catalogue = _read()
    if not catalogue.models:
        raise UsageError("expected a model to check, found none (hotfix model add FILE)")
    tests: dict[str, SelfTest] = {}
    for each in [name] if name else sorted(catalogue.models):
        with show_model_progress() as on_progress:
            tests[each] = check_model(each, catalogue.find(each), os.environ.get(KEY_VARIABLE), on_progress)
    shown = [{"name": each} | asdict(test) for each, test in tests.items()]
    _print(shown, "\n".join(_describe_test(each, test) for each, test in tests.items()), as_json=as_json)
    return 0 if all(test.is_repeatable for test in tests.values()) else 1


def remove(name: Name, as_json: Json = False) -> int:
    """Forget a model; its file stays."""
    from hotfix.model.catalogue import write_catalogue

    before = _read()
    catalogue = before.remove(name)
    write_catalogue(_folder(), catalogue)
    freed = sorted(role for role in before.roles if role not in catalogue.roles)
    said = f"removed {name}" + (f"; nobody plays {' and '.join(freed)} now" if freed else "")
    _print({"removed": name, "freed_roles": freed}, said, as_json=as_json)
    return 0


def _folder() -> Path:
    from hotfix.model.catalogue import find_folder

    return find_folder(os.environ)


def _read() -> "Catalogue":
    from hotfix.model.catalogue import read_catalogue

    return read_catalogue(_folder())


def _read_role(said: str) -> "Role":
    from hotfix.model.catalogue import Role

    if said not in list(Role):
        raise UsageError(
            f"expected a role, {' or '.join(Role)}; found {said!r}{did_you_mean(said, [str(role) for role in Role])}"
        )
    return Role(said)


def _show(name: str, catalogue: "Catalogue") -> dict[str, object]:
    return {"name": name, "roles": _roles(name, catalogue)} | asdict(catalogue.models[name])


def _roles(name: str, catalogue: "Catalogue") -> list[str]:
    return sorted(role for role, player in catalogue.roles.items() if player == name)


def _describe(name: str, catalogue: "Catalogue") -> str:
    from hotfix.model.catalogue import ModelServer
    from hotfix.model.need import say_bytes

    model = catalogue.models[name]
    roles = f"role {' and '.join(_roles(name, catalogue))}" if _roles(name, catalogue) else "no role"
    if isinstance(model, ModelServer):
        return f"{name}: {roles}; model {model.model} of the server at {model.url}"
    return (
        f"{name}: {roles}; {model.architecture}, {model.parameters / 1e9:.2g} billion weights, context "
        f"{model.context_tokens:,} tokens, licence {model.licence or 'not stated'}, needs "
        f"{say_bytes(model.need_bytes)} of memory; used where it lies, {model.path}"
    )


def _describe_test(name: str, test: "SelfTest") -> str:
    rate = f"{test.output_tokens_per_s:.1f} tokens a second" if test.output_tokens_per_s else "speed not told"
    return (
        f"{name}: answers in the shape asked for, {rate}; first token after {test.first_token_s:.1f} s, then "
        f"{test.again_first_token_s:.1f} s ({test.reused_tokens} of {test.prompt_tokens} tokens reused); "
        f"{'the same answer twice' if test.is_repeatable else 'ANOTHER ANSWER the second time'}; "
        f"{'named' if test.is_right else 'did not name'} the line that tells the cause"
    )


def _print(shown: object, said: str, *, as_json: bool) -> None:
    from hotfix.report.plain import tame_block

    typer.echo(json.dumps(shown) if as_json else tame_block(said))
