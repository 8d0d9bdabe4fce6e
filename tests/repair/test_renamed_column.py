"""A column that a migration renamed is asked for by its new name, and keeps its old one in the rows."""

from pathlib import Path

import pytest

from hotfix.repair.checkout import open_repository
from hotfix.repair.contract import Proposal
from hotfix.repair.locate.renames import find_renames
from hotfix.repair.proposal import Means, propose_patch
from tests.repair.analyses import make_analysis
from tests.repair.trees import make_repository

_MIGRATION = "ALTER TABLE customers RENAME COLUMN city TO town;\n"


def _propose(folder: Path, statement: str, message: str, migration: str = _MIGRATION) -> Proposal:
    code = f"def find(db):\n    # one\n    return db.execute({statement})\n"
    trace = (
        'Traceback (most recent call last):\n  File "/app/shop/store.py", line 3, in find\n'
        f"    return db.execute({statement})\n{message}\n"
    )
    files = {"shop/store.py": code, "migrations/0002_town.sql": migration}
    with open_repository(make_repository(folder / "repository", files)) as repository:
        analysis = make_analysis(trace, "schema_mismatch")
        return propose_patch(repository, analysis, lambda _phase: None, Means(trial=False))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"SELECT c.id, c.city" " FROM customers c"', '"SELECT c.id, c.town AS city" " FROM customers c"'),
        ('"SELECT city AS place FROM customers"', '"SELECT town AS place FROM customers"'),
        ("\"SELECT city || ', ' || name FROM customers\"", "\"SELECT town || ', ' || name FROM customers\""),
        (
            '"SELECT upper(city), city FROM customers WHERE city = %(city)s"',
            '"SELECT upper(town), town AS city FROM customers WHERE town = %(city)s"',
        ),
        (
            '"SELECT (SELECT city FROM one) AS x, city FROM customers"',
            '"SELECT (SELECT town AS city FROM one) AS x, town AS city FROM customers"',
        ),
        (
            '"INSERT INTO customers (id, city) VALUES (:id, :city)"',
            '"INSERT INTO customers (id, town) VALUES (:id, :city)"',
        ),
        ("\"DELETE FROM customers WHERE city = 'city'\"", "\"DELETE FROM customers WHERE town = 'city'\""),
    ],
)
def test_column_is_asked_for_by_its_new_name(tmp_path: Path, before: str, after: str) -> None:
    """Names in lists, conditions and calls change; bind names, texts and given names do not."""
    best = _propose(tmp_path, before, "psycopg.errors.UndefinedColumn: column c.city does not exist").best
    assert best is not None
    assert best.candidate.rung == "fixer:renamed_column"
    assert f"+    return db.execute({after})\n".encode() in best.candidate.diff


@pytest.mark.parametrize(
    "message",
    [
        'psycopg.errors.UndefinedColumn: column "city" of relation "customers" does not exist',
        "MySQLdb.OperationalError: (1054, \"Unknown column 'c.city' in 'field list'\")",
        "sqlite3.OperationalError: no such column: c.city",
        "sqlite3.OperationalError: table customers has no column named city",
        'oracledb.exceptions.DatabaseError: ORA-00904: "C"."CITY": invalid identifier',
    ],
)
def test_databases_say_it_in_their_ways(tmp_path: Path, message: str) -> None:
    """The error is known as each database words it."""
    best = _propose(tmp_path, '"SELECT city FROM customers"', message).best
    assert best is not None
    assert b"SELECT town AS city" in best.candidate.diff


@pytest.mark.parametrize(
    ("migration", "message"),
    [
        ("ALTER TABLE customers DROP COLUMN city;\n", "sqlite3.OperationalError: no such column: city"),
        (_MIGRATION, "sqlite3.OperationalError: no such column: street"),
        (
            f"{_MIGRATION}ALTER TABLE offices RENAME COLUMN city TO place;\n",
            "sqlite3.OperationalError: no such column: city",
        ),
    ],
    ids=["dropped", "another column", "two names"],
)
def test_names_are_not_guessed(tmp_path: Path, migration: str, message: str) -> None:
    """Without one new name of the column that the error names, nothing is proposed."""
    assert _propose(tmp_path, '"SELECT city FROM customers"', message, migration).judged == ()


@pytest.mark.parametrize(
    "text",
    [
        "alter table customers rename city to town",
        "ALTER TABLE `customers` CHANGE COLUMN `city` `town` varchar(80)",
        "EXEC sp_rename 'customers.city', 'town', 'COLUMN'",
        'op.alter_column("customers", "city", new_column_name="town")',
        'migrations.RenameField(model_name="customer", old_name="city", new_name="town")',
        "rename_column :customers, :city, :town",
        "table.renameColumn('city', 'town')",
        "queryInterface.renameColumn('customers', 'city', 'town')",
        '<renameColumn tableName="customers" oldColumnName="city" newColumnName="town"/>',
    ],
)
def test_renames_are_read_as_tools_write_them(text: str) -> None:
    """SQL of five databases and the migrations of six tools name the old and the new column."""
    assert find_renames([text]) == {"city": "town"}


def test_renamed_table_is_no_column() -> None:
    """A table that gets another name says nothing of columns."""
    assert find_renames(["ALTER TABLE clients RENAME TO customers"]) == {}
