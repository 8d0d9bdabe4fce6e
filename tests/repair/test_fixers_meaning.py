"""What a guard does is looked up in the code around it; what nothing there speaks for is called a guess."""

from pathlib import Path

import pytest

from hotfix.repair.checkout import open_repository
from hotfix.repair.fixers import FIXERS, Trouble
from hotfix.repair.parsing import list_imports
from hotfix.repair.proposal import Means, propose_patch
from hotfix.repair.source import Source
from tests.repair.analyses import make_analysis
from tests.repair.running import Program, check_patch, fail_program, read_program

_PROGRAMS = [read_program(path) for path in sorted((Path(__file__).parent / "meant").glob("*.toml"))]
_UNMENDED = {
    "js-query-string",
    "py-currency-code",
    "py-retry-after",
    "py-tree-count",
    "py-version-parts",
}
"""Programs that no fixer mends: nothing is called a fix there."""

_NONE = "'NoneType' object has no attribute '{}'"
_BOOK = """class Book:
    def close(self, name):
        if name not in self.sums:
            raise Unknown(name)
        return self.sums.pop(name)

    def add(self, account, cents):
        self.sums[account] += cents
"""
_DESK = """class Desk:
    def rename(self, key, name):
        user = self.users.find(key)
        if user is None:
            raise Missing(key)
        user.name = name

    def mail(self, ident):
        found = self.users.find(ident)
        return found.mail
"""
_ABSENT = "class Desk:\n    def mail(self, ident):\n        found = self.users.find(ident)\n        return found.mail\n"
_DESCRIBED = _ABSENT.replace("        found", '        """Return the address, or None."""\n        found')
_TYPED = _ABSENT.replace("ident):", "ident) -> str | None:")
_OWN = _ABSENT.replace("        found", "        if not ident:\n            return None\n        found", 1)
_NEEDS_MORE = _DESK.replace("raise Missing(key)", "raise Missing(key, name)")
_ITEMS = "def sums(rows):\n    out = []\n    for row in rows:\n        out.append(row.price.cents)\n    return out\n"
_LEAVES_OUT = _ITEMS + "\n\ndef names(rows):\n    return [row.name for row in rows if row.price is not None]\n"
_ZONES = "def zone(code):\n    return ZONES[code]\n"
_USUAL = _ZONES + "\n\ndef name(code):\n    return NAMES[ZONES.get(code, 'other')]\n"
_REFUSED = _USUAL + "\n\ndef check(code):\n    if code not in ZONES:\n        raise Unknown(code)\n"
_LIST = "function names(config) {\n  return config.parts.map((one) => one.name);\n}\n"
_USUAL_LIST = _LIST + "function count(config) {\n  return (config.parts || []).length;\n}\n"
_MEAN = 'def mean(xs):\n    """Return the mean."""\n    return sum(xs) / len(xs)\n'
_DONE = "function all(list, options) {\n  options.onDone(list);\n  return list;\n}\n"
_ASKS = "function one(item, options) {\n  if (options.onDone) {\n    options.onDone([item]);\n  }\n}\n"
_CUT = 'def cut(item):\n    return 100 - item["off"]\n'
_READS = "\n\ndef say(item):\n    return percent(item['off'])\n"
_PAST = "function last(xs) {\n  return xs[xs.length].name;\n}\n"


def _fix(name: str, text: str, line: int, exception: str, message: str) -> tuple[str, bool] | None:
    """Return what stands in the file after the first fix and not before, and whether it is a guess."""
    source = Source("a.js" if "function " in text else "a.py", text.encode())
    fix = next(FIXERS[name](Trouble(source, line, exception, message, "x", {source.path: source})), None)
    if fix is None:
        return None
    fresh = [row.strip() for row in fix.source.lines if row not in source.lines]
    return "; ".join(fresh), bool(fix.guess)


@pytest.mark.parametrize(("text", "line", "wanted"), [
    (_DESK, 10, ("if found is None:; raise Missing(ident)", False)),
    (_ABSENT, 4, ("if found is None:; return None", True)),
    (_DESCRIBED, 5, ("if found is None:; return None", False)),
    (_TYPED, 4, ("if found is None:; return None", False)),
    (_OWN, 6, ("if found is None:", False)),
    (_NEEDS_MORE, 10, ("if found is None:; return None", True)),
], ids=["a sibling", "nothing", "description", "type", "own return", "a sibling that knows more"])  # fmt: skip
def test_way_out_is_what_the_code_speaks_for(text: str, line: int, wanted: tuple[str, bool]) -> None:
    """A function that asks the same, the type, the description and the own returns make a guard a fix."""
    assert _fix("missing_value", text, line, "AttributeError", _NONE.format("mail")) == wanted


def test_unknown_key_is_refused_as_in_other_functions() -> None:
    """A counter does not begin under a key that other functions refuse."""
    found = _fix("missing_key", _BOOK, 8, "KeyError", "'ann'")
    assert found == ("if account not in self.sums:; raise Unknown(account)", False)


@pytest.mark.parametrize(("text", "guess"), [(_ITEMS, True), (_LEAVES_OUT, False)])
def test_item_is_left_out_where_others_are(text: str, *, guess: bool) -> None:
    """An item without a value is passed by; that is a fix where other code leaves such out."""
    found = _fix("missing_value", text, 4, "AttributeError", _NONE.format("cents"))
    assert found == ("if row.price is None:; continue", guess)


@pytest.mark.parametrize(("text", "wanted"), [
    (_ZONES, None), (_USUAL, ("return ZONES.get(code, 'other')", False)), (_REFUSED, None),
])  # fmt: skip
def test_default_is_that_of_other_code(text: str, wanted: tuple[str, bool] | None) -> None:
    """A lookup gets the default that another function gives the same store, and none of its own making."""
    assert _fix("usual_default", text, 2, "KeyError", "'x'") == wanted


def test_default_of_a_member_is_that_of_other_code() -> None:
    """The same for a member, in JavaScript: the file says what stands for one that is missing."""
    message = "Cannot read properties of undefined (reading 'map')"
    assert _fix("usual_default", _LIST, 2, "TypeError", message) is None
    wanted = "return (config.parts ?? []).map((one) => one.name);"
    assert _fix("usual_default", _USUAL_LIST, 2, "TypeError", message) == (wanted, False)


@pytest.mark.parametrize(("text", "wanted"), [
    (_MEAN, ("if len(xs) == 0:; return None", True)),
    (_MEAN.replace("mean.", "mean; no values give a mean of 7."), ("if len(xs) == 0:; return None", True)),
    (_MEAN.replace("mean.", "mean, 7 when there are no values."), ("if len(xs) == 0:; return 7", False)),
    (_MEAN.replace("mean.", "mean, 7 when it is large."), ("if len(xs) == 0:; return None", True)),
    (_MEAN.replace("(xs)", "(xs) -> str", 1).replace("mean.", "mean, 7 when xs is empty."),
     ('if len(xs) == 0:; return ""', True)),
], ids=["nothing said", "said otherwise", "said", "said of something else", "of another type"])  # fmt: skip
def test_value_is_that_of_the_description(text: str, wanted: tuple[str, bool]) -> None:
    """A description that names what is given for nothing is taken at its word."""
    assert _fix("zero", text, 3, "ZeroDivisionError", "division by zero") == wanted


@pytest.mark.parametrize(("text", "guess"), [(_DONE, True), (_DONE + _ASKS, False)])
def test_call_of_what_may_be_left_out(text: str, *, guess: bool) -> None:
    """A callback that is missing is not called, and what comes behind goes on."""
    found = _fix("missing_value", text, 2, "TypeError", "options.onDone is not a function")
    assert found == ("options.onDone?.(list);", guess)


def test_text_is_read_as_other_code_reads_it() -> None:
    """Where the file has a reader of the same key, that reads it, and not `int`."""
    told = "unsupported operand type(s) for -: 'int' and 'str'"
    assert _fix("converted", _CUT, 2, "TypeError", told) == ('return 100 - int(item["off"])', False)
    assert _fix("converted", _CUT + _READS, 2, "TypeError", told) == ('return 100 - percent(item["off"])', False)


def test_returned_text_is_no_import() -> None:
    """A line of Go that gives a text back brings in nothing."""
    text = 'package a\n\nimport f "fmt"\n\nfunc v() string {\n\treturn "help"\n}\n'
    assert list_imports(Source("a.go", text.encode())) == {"fmt"}


def test_item_behind_the_last_is_not_guarded() -> None:
    """A guard that would always leave is no mending."""
    message = "Cannot read properties of undefined (reading 'name')"
    assert _fix("missing_value", _PAST, 2, "TypeError", message) is None


@pytest.mark.parametrize("program", _PROGRAMS, ids=lambda program: program.name)
def test_what_is_called_a_fix_is_what_was_meant(program: Program, tmp_path: Path) -> None:
    """Where the meaning stands only around the fault, a patch is right or is not called a fix, before any trial."""
    repository, trace = fail_program(program, tmp_path)
    with open_repository(repository) as opened:
        analysis = make_analysis(trace, program.category)
        best = propose_patch(opened, analysis, lambda _phase: None, Means(trial=False)).best
    fixed = best is not None and not best.candidate.mitigation
    assert fixed is (program.name not in _UNMENDED)
    assert not fixed or best is None or check_patch(program, repository, best.candidate).returncode == 0
