"""Reads what a project says of its tests in `hotfix.toml`, table `[test]`; what the command line says comes first."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from hotfix.core.errors import UsageError, did_you_mean
from hotfix.repair.verify.contract import CompatibleCase, TestOrder

ORDER_FILE = "hotfix.toml"
_KEYS = ("suite", "repro", "perf", "network", "compatible")
_CASE_KEYS = ("name", "run", "input", "files")


def read_order(
    folder: Path, *, repro: str | None = None, suite: str | None = None, perf: str | None = None
) -> TestOrder:
    """Return the commands and cases of a project: of its `hotfix.toml`, where it has one, and of the command line.

    ```toml
    [test]
    suite = "make check"                # else it is found
    repro = "python -m orders.replay fixtures/broken.json"
    perf = "python -m orders.replay fixtures/many.json"
    network = false                     # true: the tests may reach other hosts

    [[test.compatible]]                 # recorded good inputs
    name = "an order of 2.14"
    run = "python -m orders.read"
    input = "fixtures/order-2.14.json"  # its standard input
    files = ["fixtures/old.db.json"]    # put into the tree before, where no commit holds them
    ```

    Raises:
        UsageError: a key is unknown or its value of another kind; the message names it.
    """
    path = folder / ORDER_FILE
    table = _read_table(path) if path.is_file() else {}
    _refuse_unknown(path, "[test]", table, _KEYS)
    cases = table.get("compatible", [])
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        raise UsageError(f"{path}: expected [[test.compatible]] tables, found {cases!r:.60}")
    network = table.get("network", False)
    if not isinstance(network, bool):
        raise UsageError(f"{path}: expected true or false for test.network, found {network!r:.60}")
    return TestOrder(
        repro=repro or _text(path, table, "repro"),
        suite=suite or _text(path, table, "suite"),
        perf=perf or _text(path, table, "perf"),
        compatible=tuple(_read_case(path, case) for case in cases),
        network=network,
    )


def _read_table(path: Path) -> Mapping[str, object]:
    try:
        whole = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: expected TOML, found {error}") from None
    table = whole.get("test", {})
    if not isinstance(table, dict):
        raise UsageError(f"{path}: expected a table [test], found {table!r:.60}")
    return table


def _read_case(path: Path, case: Mapping[str, object]) -> CompatibleCase:
    _refuse_unknown(path, "[[test.compatible]]", case, _CASE_KEYS)
    command = _text(path, case, "run")
    if command is None:
        raise UsageError(f"{path}: expected the key 'run' in [[test.compatible]], found none")
    given = _text(path, case, "input")
    names = case.get("files", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UsageError(f"{path}: expected a list of paths for test.compatible.files, found {names!r:.60}")
    return CompatibleCase(
        name=_text(path, case, "name") or command,
        command=command,
        stdin=_read_bytes(path, given) if given else b"",
        files={name: _read_bytes(path, name).decode(errors="replace") for name in names},
    )


def _read_bytes(path: Path, name: str) -> bytes:
    folder = path.parent.resolve()
    target = (folder / name).resolve()
    if not target.is_relative_to(folder):
        raise UsageError(f"{path}: expected a file below {folder}, found {name!r}")
    try:
        return target.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: expected a file at {target}, found: {error.strerror}") from None


def _text(path: Path, table: Mapping[str, object], key: str) -> str | None:
    value = table.get(key)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise UsageError(f"{path}: expected text for {key!r}, found {value!r:.60}")
    return value if isinstance(value, str) else None


def _refuse_unknown(path: Path, where: str, table: Mapping[str, object], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            raise UsageError(f"{path}: unknown key {key!r} in {where}{did_you_mean(key, known)}")
