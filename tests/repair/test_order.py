from pathlib import Path

import pytest

from hotfix.core.errors import UsageError
from hotfix.repair.verify.contract import CompatibleCase, TestOrder
from hotfix.repair.verify.order import read_order
from tests.repair.trees import write_files

_WHOLE = """
[deploy]
unknown = "to others"

[test]
suite = "make check"
perf = "make race"
network = true

[[test.compatible]]
run = "cat"
input = "old/order.json"

[[test.compatible]]
name = "with files"
run = "true"
files = ["old/order.json"]
"""


def test_file_and_command_line_are_read(tmp_path: Path) -> None:
    """What the command line says comes before the file; recorded inputs are read at once, below the folder only."""
    write_files(tmp_path, {"hotfix.toml": _WHOLE, "old/order.json": "{}"})
    assert read_order(tmp_path, repro="./fail", suite="./mine") == TestOrder(
        repro="./fail",
        suite="./mine",
        perf="make race",
        compatible=(
            CompatibleCase("cat", "cat", b"{}"),
            CompatibleCase("with files", "true", b"", {"old/order.json": "{}"}),
        ),
        network=True,
    )


def test_nothing_said_is_nothing_ordered(tmp_path: Path) -> None:
    """Without a file everything is found or made."""
    assert read_order(tmp_path) == TestOrder()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[test]\nsuit = 'x'", "unknown key 'suit' in [test]; did you mean 'suite'?"),
        ("[test]\nnetwork = 'yes'", "expected true or false for test.network, found 'yes'"),
        ("[test]\nsuite = 3", "expected text for test.suite, found 3"),
        ("[[test.compatible]]\nname = 'x'", "expected text for test.compatible.run of table 1, found none"),
        ("[[test.compatible]]\nrun = 'x'\ninput = '../secret'", "expected a file below"),
        ("[[test.compatible]]\nrun = 'x'\ninput = 'gone'", "found 'gone': No such file or directory"),
        ("[test", "expected TOML, found"),
        ("test = 1", "expected a table [test], found 1"),
        ("[test]\ncompatible = 1", "expected [[test.compatible]] tables, found 1"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    """A mistake in the file is refused with its place and what was expected."""
    write_files(tmp_path, {"hotfix.toml": text})
    with pytest.raises(UsageError) as caught:
        read_order(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'hotfix.toml'}:")
    assert message in str(caught.value)
