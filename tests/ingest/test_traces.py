"""Stack traces of eight languages: one record each, with its exceptions and the frame of our own code that failed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hotfix.ingest.traces import parse_trace
from tests.ingest.readings import open_record, read_files, rows

FOLDER = Path(__file__).parent / "traces"
CASES = {
    "python-chain": (["KeyError", "ValueError"], "/srv/shop/cart.py:2 in load"),
    "python-during": (["json.decoder.JSONDecodeError", "ValueError"], "/srv/shop/cart.py:7 in g"),
    "python-group": (["KeyError", "ZeroDivisionError", "ExceptionGroup"], "/srv/shop/cart.py:2 in load"),
    "python-exit": (["Oops"], "/srv/shop/cart.py:21 in <module>"),
    "java-cause": (
        ["java.lang.NullPointerException", "com.acme.shop.Shop$PriceException"],
        "com/acme/shop/Shop.java:7 in com.acme.shop.Shop.label",
    ),
    "java-suppressed": (
        ["java.lang.IndexOutOfBoundsException"],
        "com/acme/shop/Shop.java:16 in com.acme.shop.Shop.main",
    ),
    "java-library": (
        ["java.lang.NullPointerException"],
        "com/acme/shop/Shop.java:18 in com.acme.shop.Shop.lambda$main$0",
    ),
    "java-uncaught": (
        ["java.io.IOException", "com.acme.shop.Shop$PriceException"],
        "com/acme/shop/Shop.java:20 in com.acme.shop.Shop.main",
    ),
    "java-enum": (
        ["java.lang.IllegalArgumentException"],
        "com/acme/shop/Sizes.java:7 in com.acme.shop.Sizes.fee",
    ),
    "node-cause": (["TypeError", "Error"], "/srv/shop/cart.js:1 in total"),
    "node-uncaught": (["TypeError"], "/srv/shop/cart.js:1 in total"),
    "go-panic": (["panic"], "/srv/shop/main.go:9 in main.total"),
    "go-http": (["panic"], "/srv/shop/cart/cart.go:41 in shop/cart.(*Cart).Total"),
    "dotnet-inner": (
        ["System.NullReferenceException", "System.InvalidOperationException"],
        "/srv/shop/Cart.cs:9 in Shop.Cart.Total",
    ),
    "dotnet-release": (["System.Collections.Generic.KeyNotFoundException"], "Shop.Cart.Total"),
    "ruby-cause": (["NoMethodError", "RuntimeError"], "/srv/shop/cart.rb:2 in total"),
    "ruby-rails": (["NoMethodError"], "app/models/cart.rb:9 in total"),
    "php-uncaught": (["InvalidArgumentException", "RuntimeException"], "/srv/shop/cart.php:3"),
    "rust-backtrace": (["panic"], "./main.rs:1 in main::total"),
    "rust-panic": (["panic"], "main.rs:1"),
}
TRACES = [
    pytest.param(name, (FOLDER / f"{name}.txt").read_text(encoding="utf-8").strip("\n"), id=name) for name in CASES
]
HEADER = "2026-01-15 14:32:01,123 {} [worker-3] com.acme.shop.Cart - {}\n"
WRAPPERS = {
    "cri": "2026-01-15T14:32:01.123456789Z {stream} F {line}",
    "compose": "{stream}-1  | {line}",
    "compose in colour": "\x1b[36m{stream}-1  | \x1b[0m{line}",
    "kubectl": "[pod/{stream}-7d9f8b6c5d-x2x4z/app] 2026-01-15T14:32:01.123456789Z {line}",
}


@pytest.mark.parametrize(("name", "text"), TRACES)
def test_trace_tells_its_chain_and_own_frame(name: str, text: str) -> None:
    """A trace names its exceptions, root cause first, and the innermost frame that is no library's."""
    trace = parse_trace(text)
    assert trace is not None
    top = trace.top and trace.top.describe()
    language, _, _ = name.partition("-")
    assert ([cause.exception for cause in trace.chain], top, trace.language) == (*CASES[name], language)


@pytest.mark.parametrize(("name", "text"), TRACES)
def test_bare_trace_is_one_record(tmp_path: Path, name: str, text: str) -> None:
    """A trace with no header before it is one record."""
    reading = read_files(tmp_path, {"stderr.log": f"{text}\n"})
    chain, top = CASES[name]
    assert rows(reading, "line", "line_count", "exception", "trace") == [(1, len(text.splitlines()), chain[0], top)]


@pytest.mark.parametrize(("name", "text"), TRACES)
def test_trace_belongs_to_the_record_above(tmp_path: Path, name: str, text: str) -> None:
    """A trace continues the record that a header opened, and the next header begins a new one."""
    log = HEADER.format("ERROR", "order 9 failed") + f"{text}\n" + HEADER.format("INFO", "order 10 placed")
    size = len(log.splitlines())
    found = rows(read_files(tmp_path, {"app.log": log}), "line", "line_count", "level", "exception", "trace")
    if name == "go-http":  # brings its own header
        found = found[1:]
        assert found[0][1] == size - 2
    else:
        assert found[0][:2] == (1, size - 1)
    assert [row[2:] for row in found] == [("error", CASES[name][0][0], CASES[name][1]), ("info", None, None)]


@pytest.mark.parametrize(("name", "text"), TRACES)
def test_trace_inside_json_is_read(tmp_path: Path, name: str, text: str) -> None:
    """A trace in a field of a JSON line gives the record its exception and own frame."""
    line = json.dumps({"time": "2026-01-15T14:32:01Z", "level": "error", "msg": "order 9 failed", "stack": text})
    found = rows(read_files(tmp_path, {"app.log": f"{line}\n"}), "line_count", "exception", "trace")
    assert found == [(1, CASES[name][0][0], CASES[name][1])]


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize(("name", "text"), TRACES)
def test_trace_inside_a_wrapper_is_one_record(tmp_path: Path, wrapper: str, name: str, text: str) -> None:
    """Lines of another stream between those of a trace are records of their own and do not cut it."""
    log = "".join(
        WRAPPERS[wrapper].format(stream=stream, line=inner) + "\n"
        for number, line in enumerate(text.splitlines())
        for stream, inner in (("stderr", line), ("stdout", f"2026-01-15 14:32:01 INFO order {number} placed"))
    )
    found = rows(read_files(tmp_path, {"all.log": log}), "exception", "trace")
    assert sorted(found, key=str) == sorted(
        [(CASES[name][0][0], CASES[name][1]), *[(None, None)] * (len(found) - 1)], key=str
    )
    assert len(found) == 1 + len(text.splitlines())


def test_trace_in_docker_json_file_is_one_record(tmp_path: Path) -> None:
    """Lines that docker stored as JSON are joined as they were written."""
    text = (FOLDER / "java-cause.txt").read_text(encoding="utf-8")
    log = "".join(
        json.dumps({"log": f"{line}\n", "stream": "stderr", "time": "2026-01-15T14:32:01.1Z"}, separators=(",", ":"))
        + "\n"
        for line in text.splitlines()
    )
    reading = read_files(tmp_path, {"c0ffee-json.log": log})
    assert rows(reading, "line_count", "exception") == [(len(text.splitlines()), "java.lang.NullPointerException")]


def test_trace_of_this_python_is_read(tmp_path: Path) -> None:
    """What the running Python writes when a program fails is one record with the class and the failing line."""
    script = tmp_path / "cart.py"
    script.write_text("def total(basket):\n    return basket['price']\n\ntotal({})\n", encoding="utf-8")
    failed = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    (tmp_path / "logs").mkdir()
    reading = read_files(tmp_path / "logs", {"stderr.log": failed.stderr})
    assert rows(reading, "exception", "trace") == [("KeyError", f"{script}:2 in total")]
    assert open_record(reading, 1) == failed.stderr.rstrip("\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "at noon (see minutes:12)",
        "the error was: none",
        "Exception handling is switched on",
        "java.lang.NullPointerException: without frames",
        "panic: at the disco",
        "list:\n  - one\n  - two",
    ],
)
def test_ordinary_text_holds_no_trace(text: str) -> None:
    """Text without a frame is no trace, whatever words it uses."""
    assert parse_trace(text) is None


def test_two_crashes_are_two_records(tmp_path: Path) -> None:
    """A trace that follows another is a record of its own when nothing links them."""
    text = (FOLDER / "python-exit.txt").read_text(encoding="utf-8")
    assert rows(read_files(tmp_path, {"stderr.log": text * 2}), "line", "exception") == [(1, "Oops"), (5, "Oops")]


def test_message_of_a_database_error_belongs_to_its_trace(tmp_path: Path) -> None:
    """The statement that a database quotes below the exception is part of the record."""
    text = (
        'Traceback (most recent call last):\n  File "/srv/shop/store.py", line 13, in find\n    run(query)\n'
        "psycopg.errors.UndefinedColumn: column c.city does not exist\nLINE 1: ... c.name, c.city FRO...\n          ^\n"
    )
    log = HEADER.format("ERROR", "order 9 failed") + text + HEADER.format("INFO", "order 10 placed")
    found = rows(read_files(tmp_path, {"app.log": log}), "line_count", "exception")
    assert found == [(7, "psycopg.errors.UndefinedColumn"), (1, None)]


def test_indented_text_below_a_header_is_no_exception(tmp_path: Path) -> None:
    """Details below a record belong to it and make no error of it."""
    log = HEADER.format("INFO", "configuration:") + "  port: 8080\n  hosts:\n    - a\n" + HEADER.format("INFO", "ready")
    found = rows(read_files(tmp_path, {"app.log": log}), "line", "line_count", "level", "exception")
    assert found == [(1, 4, "info", None), (5, 1, "info", None)]


_WRAPPED = (
    HEADER.format("ERROR", "order {ident} failed")
    + "java.lang.IllegalStateException: basket {ident} of customer {ident} is {why}: gave up\n"
    + "\tat com.acme.shop.Cart.total(Cart.java:{line})\n"
)


@pytest.mark.parametrize("ident", ["8f3c9a0b", "SKU-1542", "be18d9015", "77"])
def test_ids_in_messages_do_not_hide_what_differs(tmp_path: Path, ident: str) -> None:
    """Traces that differ in ids alone are read as one, others with the same ids are not."""
    records = (
        _WRAPPED.format(ident="12345678", why="com.acme.A: x", line=7),
        _WRAPPED.format(ident=ident, why="com.acme.A: x", line=7),
        _WRAPPED.format(ident=ident, why="com.acme.A: x", line=8),
        _WRAPPED.format(ident=ident, why="com.acme.A: x", line=7).replace("Cart.java", "Cart2.java"),
        _WRAPPED.format(ident=ident, why="com.acme.A: x", line=7).replace("IllegalState", "IllegalArgument"),
    )
    java = [
        ("java.lang.IllegalStateException", f"com/acme/shop/Cart.java:{line} in com.acme.shop.Cart.total")
        for line in (7, 7, 8)
    ]
    assert rows(read_files(tmp_path, {"app.log": "".join(records)}), "exception", "trace") == [
        *java,
        ("java.lang.IllegalStateException", "com/acme/shop/Cart2.java:7 in com.acme.shop.Cart.total"),
        ("java.lang.IllegalArgumentException", "com/acme/shop/Cart.java:7 in com.acme.shop.Cart.total"),
    ]


def test_place_that_a_message_names_is_its_own(tmp_path: Path) -> None:
    """PHP names in the message where it was thrown: traces that differ there are two."""
    text = (FOLDER / "php-uncaught.txt").read_text(encoding="utf-8").strip("\n")
    both = [HEADER.format("ERROR", "cart") + text.replace("cart.php:3", f"cart.php:{line}") + "\n" for line in (3, 4)]
    found = rows(read_files(tmp_path, {"app.log": "".join(both)}), "trace")
    assert found == [("/srv/shop/cart.php:3",), ("/srv/shop/cart.php:4",)]


def test_classes_that_end_with_a_number_are_told_apart(tmp_path: Path) -> None:
    """In a group of Python a class stands behind a bar: its number is no id."""
    group = (FOLDER / "python-group.txt").read_text(encoding="utf-8").strip("\n")
    both = [HEADER.format("ERROR", "cart") + group.replace("KeyError:", f"Http{code}:") + "\n" for code in (404, 500)]
    found = rows(read_files(tmp_path, {"app.log": "".join(both)}), "exception")
    assert found == [("Http404",), ("Http500",)]
