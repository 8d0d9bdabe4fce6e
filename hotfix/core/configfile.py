"""Reads `hotfix.toml`, the configuration of a project: a path comes in, tables of checked values go out.

It knows which tables there are; what belongs into one is known to the part that asks for it.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from hotfix.core.configtable import Table, TableAt, say_value
from hotfix.core.errors import UsageError, did_you_mean
from hotfix.core.places import Places

CONFIG_FILE = "hotfix.toml"

TABLES = ("test", "deploy")
"""The tables that the program reads; another name at the top is a mistake."""


def make_table(name: str, values: Mapping[str, object]) -> Table:
    """Return a table of values that stand in no file."""
    return Table(TableAt(Places(CONFIG_FILE), name), values)


def read_table(path: Path, name: str, guide: str) -> Table:
    """Return a table of a configuration file; `guide` says where to read what belongs into it.

    Raises:
        UsageError: there is no file, it is not TOML, a table at its top is unknown, or it has no such table.
    """
    hint = f"; {guide} says what belongs there"
    places, values = _read_file(path, f" with a table [{name}]", hint)
    found = _find_table(values, name)
    if not isinstance(found, dict):
        raise UsageError(f"{path}: expected a table [{name}], found {say_value(found)}{hint}")
    return Table(TableAt(places, name), found)


def read_tables(path: Path, name: str, guide: str) -> tuple[Table, ...]:
    """Return the table ``[name]`` of a configuration file, or all ``[[name]]``, in order.

    Raises:
        UsageError: as `read_table`.
    """
    *above, key = name.split(".")
    places, values = _read_file(path, f" with a table [{name}]", f"; {guide} says what belongs there")
    outer = _find_table(values, ".".join(above))
    if isinstance(outer, dict) and isinstance(outer.get(key), list):
        return Table(TableAt(places, ".".join(above)), outer).tables(key)
    return (read_table(path, name, guide),)


def read_optional_table(path: Path, name: str) -> Table:
    """Return a table of a configuration file; an empty one where the file or the table is missing.

    Raises:
        UsageError: as `read_table`, but for what may be missing.
    """
    if not path.exists():
        return Table(TableAt(Places(str(path)), name), {})
    places, values = _read_file(path)
    found = _find_table(values, name)
    if not isinstance(found, dict | None):
        raise UsageError(f"{path}: expected a table [{name}], found {say_value(found)}")
    return Table(TableAt(places, name), found or {})


def _read_file(path: Path, wanted: str = "", hint: str = "") -> tuple[Places, Mapping[str, object]]:
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text)
    except OSError as error:
        raise UsageError(f"{path}: expected a configuration{wanted}, found: {error.strerror}{hint}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: expected TOML, found {error}") from None
    places = Places(str(path), text)
    for key in values:
        if key not in TABLES:
            raise UsageError(f"{places.find('', key)}: unknown table [{key}]{did_you_mean(key, TABLES)}")
    return places, values


def _find_table(values: Mapping[str, object], name: str) -> object:
    found: object = values
    for word in name.split("."):
        found = found.get(word) if isinstance(found, dict) else None
    return found
