"""Reads what a project says of its tests in `hotfix.toml`, table `[test]`; what the command line says comes first."""

from pathlib import Path

from hotfix.core.configfile import CONFIG_FILE, read_optional_table
from hotfix.core.configtable import Table
from hotfix.repair.verify.contract import CompatibleCase, TestOrder


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
    table = read_optional_table(folder / CONFIG_FILE, "test")
    own = {key: table.optional_text(key) for key in ("repro", "suite", "perf")}
    order = TestOrder(
        repro=repro or own["repro"],
        suite=suite or own["suite"],
        perf=perf or own["perf"],
        compatible=tuple(_read_case(case) for case in table.tables("compatible")),
        network=table.flag("network", default=False),
    )
    table.finish()
    return order


def _read_case(table: Table) -> CompatibleCase:
    command = table.text("run")
    given = table.optional_text("input")
    case = CompatibleCase(
        name=table.optional_text("name") or command,
        command=command,
        stdin=_read_bytes(table, "input", given) if given else b"",
        files={
            name: _read_bytes(table, "files", name).decode(errors="replace")
            for name in (table.texts("files") if table.has("files") else ())
        },
    )
    table.finish()
    return case


def _read_bytes(table: Table, key: str, name: str) -> bytes:
    folder = table.folder.resolve()
    target = (folder / name).resolve()
    if not target.is_relative_to(folder):
        table.refuse(key, f"a file below {folder}", name)
    try:
        return target.read_bytes()
    except OSError as error:
        table.refuse(key, "a file that can be read", name, f": {error.strerror}")
