"""Reproductions of Java: each program runs, throws, and its trace is all that the generator sees."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from hotfix.repair.reproduce.unfold import unfold_frames
from hotfix.repair.suites.libraries import find_junit, find_libraries
from hotfix.repair.verify.contract import Status
from tests.repair.reproducing import Program, check_fix, check_useless, fail, reproduce, validate
from tests.repair.trees import make_repository, write_files

_COMPILE = "javac -d /tmp/hotfix-java-$$ -sourcepath src src/shop/Main.java"
_RUN = (
    "sh",
    "-c",
    f"{_COMPILE} && java -cp /tmp/hotfix-java-$$ shop.Main; code=$?; rm -r /tmp/hotfix-java-$$; exit $code",
)


def _main(call: str) -> str:
    return f"""package shop;

class Main {{
    public static void main(String[] args) {{
        {call}
    }}
}}
"""


_PROGRAMS = {
    "a part of a record is missing, in a private method": Program(
        {
            "src/shop/Main.java": _main("new Page(new Cart(null, 2)).show(7);"),
            "src/shop/Cart.java": """package shop;

record Cart(Owner owner, int count) {
    record Owner(String name) {
    }
}
""",
            "src/shop/Page.java": """package shop;

final class Page {
    private final Cart cart;

    Page(Cart cart) {
        this.cart = cart;
    }

    String show(int id) {
        return title() + id;
    }

    private String title() {
        return cart.owner().name().strip();
    }
}
""",
        },
        _RUN,
        "src/shop/Page.java",
        "return cart.owner().name().strip();",
        'return cart.owner() == null ? "" : cart.owner().name().strip();',
    ),
    "a list behind an interface is empty, in a lambda": Program(
        {
            "src/shop/Main.java": _main("new Shop(id -> java.util.List.of()).firsts(java.util.List.of(3));"),
            "src/shop/Store.java": """package shop;

import java.util.List;

interface Store {
    List<String> find(int id);
}
""",
            "src/shop/Shop.java": """package shop;

import java.util.List;

class Shop {
    private final Store store;

    Shop(Store store) {
        this.store = store;
    }

    List<String> firsts(List<Integer> ids) {
        return ids.stream().map(id -> store.find(id).get(0)).toList();
    }
}
""",
        },
        _RUN,
        "src/shop/Shop.java",
        "store.find(id).get(0)",
        'store.find(id).stream().findFirst().orElse("")',
    ),
    "a constant is not known, in a static method": Program(
        {
            "src/shop/Main.java": _main('Sizes.fee("HUGE");'),
            "src/shop/Sizes.java": """package shop;

class Sizes {
    enum Size { SMALL, LARGE }

    static int fee(String size) {
        return Size.valueOf(size).ordinal();
    }
}
""",
        },
        _RUN,
        "src/shop/Sizes.java",
        "return Size.valueOf(size).ordinal();",
        "return java.util.Arrays.stream(Size.values()).anyMatch(one -> one.name().equals(size)) ? 1 : 0;",
    ),
    "nothing to divide by, in a constructor": Program(
        {
            "src/shop/Main.java": _main("new Share(1, 0);"),
            "src/shop/Share.java": """package shop;

class Share {
    final int percent;

    Share(int part, int whole) {
        percent = 100 * part / whole;
    }
}
""",
        },
        _RUN,
        "src/shop/Share.java",
        "100 * part / whole",
        "whole == 0 ? 0 : 100 * part / whole",
    ),
}


@pytest.mark.parametrize("program", _PROGRAMS.values(), ids=_PROGRAMS.keys())
def test_exception_is_reproduced_from_its_trace(tmp_path: Path, program: Program) -> None:
    """The generated test throws what the trace says, and passes with a right fix."""
    found = check_fix(tmp_path / "project", program)
    assert "javac" in (found.command or "")


def test_useless_change_is_not_validated(tmp_path: Path) -> None:
    """With a change that fixes nothing the generated test still fails."""
    check_useless(tmp_path / "project", _PROGRAMS["nothing to divide by, in a constructor"])


def test_revert_is_validated_by_the_caller(tmp_path: Path) -> None:
    """When a revert takes the failing method away, the call is played from the nearest caller that stays."""
    program = _PROGRAMS["a constant is not known, in a static method"]
    files = {**program.files, "src/shop/Main.java": _main('Cart.sum("HUGE");')}
    files["src/shop/Cart.java"] = """package shop;

class Cart {
    static int sum(String size) {
        try {
            return 1 + Sizes.fee(size);
        } catch (RuntimeException e) {
            throw new IllegalStateException("no sum", e);
        }
    }
}
"""
    folder = make_repository(tmp_path / "project", files)
    reverted = "package shop;\n\nclass Cart {\n    static int sum(String size) {\n        return 1;\n    }\n}\n"
    found = validate(
        folder,
        fail(folder, replace(program, files=files)),
        {"src/shop/Sizes.java": None, "src/shop/Cart.java": reverted},
    )
    assert found.status is Status.PASSED, found.detail


def test_case_runs_under_junit(tmp_path: Path) -> None:
    """Where the project has JUnit the generated test is one of its cases: its own runner runs it, and it fails."""
    program = _PROGRAMS["nothing to divide by, in a constructor"]
    files = {**program.files, "test/shop/ShareTest.java": "import org.junit.jupiter.api.Test;\n"}
    folder = make_repository(tmp_path / "project", files)
    made = reproduce(folder, fail(folder, program))
    assert made is not None
    write_files(folder, made.files)
    runner = next(Path("/usr/share/java").glob("junit-platform-console-standalone*.jar"))
    places = f"{tmp_path}/out:{runner}:" + ":".join(map(str, Path("/usr/share/java").glob("*.jar")))
    done = subprocess.run(
        ["javac", "-d", f"{tmp_path}/out", "-sourcepath", "src", "-cp", places, "src/shop/Share.java", *made.files],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    done = subprocess.run(
        [
            "java",
            "-cp",
            places,
            "org.junit.platform.console.ConsoleLauncher",
            "--select-class",
            "HotfixReproductionTest",
        ],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    assert "ArithmeticException: / by zero" in done.stdout, done.stdout + done.stderr
    assert "1 tests failed" in done.stdout


def test_libraries_of_a_project_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jars of the project come first, then those that its build file names, with what these need; nothing else."""
    monkeypatch.setenv("HOME", str(tmp_path))
    store = ".m2/repository/org/example"
    needs = "".join(
        f"<dependency><artifactId>{name}</artifactId><scope>{scope}</scope></dependency>"
        for name, scope in (("deep", "compile"), ("not", "test"))
    )
    files = {
        "lib/own.jar": "",
        "pom.xml": "<dependency><groupId>org.example</groupId><artifactId>near</artifactId></dependency>",
        f"{store}/near/near-1.9.jar": "",
        f"{store}/near/near-1.10.jar": "",
        f"{store}/near/near-1.10.pom": needs,
        f"{store}/near/near-1.10-sources.jar": "",
        f"{store}/deep-2.0.jar": "",
        f"{store}/not-2.0.jar": "",
    }
    write_files(tmp_path, files)
    found = find_libraries(tmp_path, ("lib/own.jar", "pom.xml"))
    assert found == ("lib/own.jar", f"{tmp_path}/{store}/near/near-1.10.jar", f"{tmp_path}/{store}/deep-2.0.jar")
    assert find_junit(found) is None
    assert find_junit(("a/junit-4.13.jar",)) == "org.junit.Test"
    assert find_junit(("a/junit-4.13.jar", "b/junit-jupiter-api-5.9.jar")) == "org.junit.jupiter.api.Test"


_FOLDED = """a.OuterException: x
	at a.A.one(A.java:1)
	at a.A.two(A.java:2)
	at a.A.three(A.java:3)
Caused by: a.InnerException: y
	at a.B.four(B.java:4)
	... 2 more"""


def test_folded_frames_are_written_out() -> None:
    """The frames that a cause shares with the trace around it are written; cut off ones are not invented."""
    lines = _FOLDED.splitlines()
    whole = "\n".join((*lines[:-1], lines[2], lines[3]))
    assert unfold_frames(_FOLDED) == whole
    assert unfold_frames(f'{{"trace": "{_FOLDED}"}}'.replace("\n", "\\n").replace("\t", "\\t")) == (
        f'{{"trace": "{whole}"}}'.replace("\n", "\\n").replace("\t", "\\t")
    )
    cut = "\n".join(lines[-3:])
    assert unfold_frames(cut) == cut
