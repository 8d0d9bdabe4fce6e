"""Reproductions of Go: each program runs, panics, and its trace is all that the generator sees."""

from dataclasses import replace
from pathlib import Path

import pytest

from hotfix.repair.reproduce.gosource import GoFunction, GoInterface, find_declared, list_imports, list_interfaces
from hotfix.repair.source import Source
from hotfix.repair.verify.contract import Status
from tests.repair.reproducing import Program, check_fix, check_useless, fail, validate
from tests.repair.trees import make_repository

_GO_MOD = "module example.org/shop\n\ngo 1.18\n"
_RUN = ("go", "run", ".")

_PROGRAMS = {
    "a pointer is nil, in a method of a type that is not exported": Program(
        {
            "go.mod": _GO_MOD,
            "main.go": "package main\n\ntype owner struct{ name string }\n\ntype record struct{ owner *owner }\n\n"
            "type page struct{ rows map[string]*record }\n\nfunc (p *page) show(key string) string {\n"
            '\treturn p.rows[key].owner.name\n}\n\nfunc main() {\n\tp := &page{map[string]*record{"a": {}}}\n'
            '\tprintln(p.show("a"))\n}\n',
        },
        _RUN,
        "main.go",
        "\treturn p.rows[key].owner.name\n",
        '\tif r := p.rows[key]; r != nil && r.owner != nil {\n\t\treturn r.owner.name\n\t}\n\treturn ""\n',
    ),
    "an index is out of range, below an interface of another package": Program(
        {
            "go.mod": _GO_MOD,
            "store/store.go": "package store\n\ntype Row struct{ Prices []int }\n\n"
            "type Store interface {\n\tFind(id int) (*Row, error)\n}\n",
            "cart/cart.go": 'package cart\n\nimport "example.org/shop/store"\n\n'
            "type Cart struct{ Store store.Store }\n\n"
            "func (c Cart) First(id int) (int, error) {\n\trow, err := c.Store.Find(id)\n\tif err != nil {\n"
            "\t\treturn 0, err\n\t}\n\treturn row.Prices[0], nil\n}\n",
            "main.go": 'package main\n\nimport (\n\t"example.org/shop/cart"\n\t"example.org/shop/store"\n)\n\n'
            "type empty struct{}\n\nfunc (empty) Find(int) (*store.Row, error) { return &store.Row{}, nil }\n\n"
            "func main() { println(cart.Cart{Store: empty{}}.First(7)) }\n",
        },
        _RUN,
        "cart/cart.go",
        "\treturn row.Prices[0], nil\n",
        "\tif len(row.Prices) == 0 {\n\t\treturn 0, nil\n\t}\n\treturn row.Prices[0], nil\n",
    ),
    "an entry is written to a map that is nil": Program(
        {
            "go.mod": _GO_MOD,
            "main.go": "package main\n\ntype Counter struct{ seen map[string]int }\n\n"
            'func (c *Counter) Add(word string) {\n\tc.seen[word]++\n}\n\nfunc main() { (&Counter{}).Add("a") }\n',
        },
        _RUN,
        "main.go",
        "\tc.seen[word]++\n",
        "\tif c.seen == nil {\n\t\tc.seen = map[string]int{}\n\t}\n\tc.seen[word]++\n",
    ),
    "nothing to divide by, in a function that a function returns": Program(
        {
            "go.mod": _GO_MOD,
            "main.go": 'package main\n\nimport "net/http"\n\ntype Rates struct{ Whole int }\n\n'
            "func serve(rates Rates) http.HandlerFunc {\n\treturn func(w http.ResponseWriter, r *http.Request) {\n"
            "\t\tw.WriteHeader(200 / rates.Whole)\n\t}\n}\n\nfunc main() { serve(Rates{})(nil, nil) }\n",
        },
        _RUN,
        "main.go",
        "w.WriteHeader(200 / rates.Whole)",
        "if rates.Whole == 0 {\n\t\t\treturn\n\t\t}\n\t\tw.WriteHeader(200 / rates.Whole)",
    ),
    "a value is of another type": Program(
        {
            "go.mod": _GO_MOD,
            "main.go": "package main\n\nfunc count(event map[string]interface{}) int {\n"
            '\treturn event["count"].(int)\n}\n\nfunc main() {\n\tcount(map[string]interface{}{"count": "7"})\n}\n',
        },
        _RUN,
        "main.go",
        'return event["count"].(int)',
        'number, _ := event["count"].(int)\n\treturn number',
    ),
}


@pytest.mark.parametrize("program", _PROGRAMS.values(), ids=_PROGRAMS.keys())
def test_panic_is_reproduced_from_its_trace(tmp_path: Path, program: Program) -> None:
    """The generated test panics as the trace says, and passes with a right fix."""
    found = check_fix(tmp_path / "project", program)
    assert "go test" in (found.command or "")


def test_useless_change_is_not_validated(tmp_path: Path) -> None:
    """With a change that fixes nothing the generated test still panics."""
    check_useless(tmp_path / "project", _PROGRAMS["an entry is written to a map that is nil"])


def test_revert_is_validated_by_the_caller(tmp_path: Path) -> None:
    """When a revert takes the failing function away, the call is played from the nearest caller that stays."""
    program = _PROGRAMS["an entry is written to a map that is nil"]
    text = program.files["main.go"].replace(
        'func main() { (&Counter{}).Add("a") }',
        'func count(c *Counter) { c.Add("a") }\n\nfunc main() { count(&Counter{}) }',
    )
    folder = make_repository(tmp_path / "project", {**program.files, "main.go": text})
    reverted = (
        "package main\n\ntype Counter struct{ seen map[string]int }\n\nfunc count(c *Counter) {}\n\nfunc main() {}\n"
    )
    found = validate(folder, fail(folder, replace(program, files={"main.go": text})), {"main.go": reverted})
    assert found.status is Status.PASSED, found.detail


_SOURCE = Source(
    "a/b.go",
    b"""package b

import (
	"fmt"
	other "example.org/x/one/v2"
)

type Store interface {
	fmt.Stringer
	Find(id, more int, rest ...*Row) (*Row, error)
	Close()
}

func (s *Shop) total(ctx other.Context, _ int) func() { return func() { fmt.Println(s) } }
func generic[T any](a T) {}
""",
)


def test_source_is_read() -> None:
    """Functions, interfaces and imports are read as a test beside them must write them."""
    assert find_declared(_SOURCE, 14) == GoFunction("a/b.go", "(*Shop).total", ("s", "ctx", "_"))
    assert find_declared(_SOURCE, 15) is None
    assert dict(list_imports(_SOURCE)) == {"fmt": "fmt", "other": "example.org/x/one/v2"}
    methods = (("Find", ("int", "int", "...*Row"), ("*Row", "error")), ("Close", (), ()))
    assert list(list_interfaces(_SOURCE)) == [GoInterface("Store", methods, ("fmt.Stringer",))]
    qualified = (("Find", ("int", "int", "...*b.Row"), ("*b.Row", "error")), ("Close", (), ()))
    assert list(list_interfaces(_SOURCE, "b")) == [GoInterface("b.Store", qualified, ("fmt.Stringer",))]
