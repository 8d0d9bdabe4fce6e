"""Fixers that look beyond the failing line: at what git knows, at callers, at requests, at other names."""

import pytest

from hotfix.repair.fixers import FIXERS, Trouble
from hotfix.repair.parsing import find_fault
from hotfix.repair.source import Source

_OLD_PY = "def total(cart):\n    net = sum(cart)\n    return round(net)\n"
_NEW_PY = "def total(cart):\n    rate = RATES[cart.land]\n    net = sum(cart) * rate\n    return round(net)\n"
_SWITCHED_PY = (
    'import os\n\n\ndef total(cart):\n    if os.environ.get("ENABLE_TOTAL_ABCDEF1") == "on":\n'
    "        rate = RATES[cart.land]\n        net = sum(cart) * rate\n    else:\n        net = sum(cart)\n"
    "    return round(net)\n"
)
_OLD_JS = "function readAll(rows) {\n  push(rows,\n    1);\n  return rows;\n}\n"
_NEW_JS = _OLD_JS.replace("    1);", "    2);")
_SWITCHED_JS = (
    "function readAll(rows) {\n  if (process.env.ENABLE_READ_ALL_ABCDEF1 === 'on') {\n    push(rows,\n      2);\n"
    "  } else {\n    push(rows,\n      1);\n  }\n  return rows;\n}\n"
)
_OLD_JAVA = "class A {\n    int f(int n) {\n        return n;\n    }\n}\n"
_NEW_JAVA = _OLD_JAVA.replace("return n;", "return n / g();")
_SWITCHED_JAVA = _OLD_JAVA.replace(
    "        return n;\n",
    '        if ("on".equals(System.getenv("ENABLE_F_ABCDEF1"))) {\n            return n / g();\n        } else {\n'
    "            return n;\n        }\n",
)
_OLD_GO = "package a\n\nfunc Send(m *M) {\n\tout(m)\n}\n"
_NEW_GO = _OLD_GO.replace("\tout(m)", "\tcheck(m)\n\tout(m)")
_SWITCHED_GO = _OLD_GO.replace(
    "package a\n", 'package a\n\nimport "os"\n'
).replace("\tout(m)", '\tif os.Getenv("ENABLE_SEND_ABCDEF1") == "on" {\n\t\tcheck(m)\n\t}\n\tout(m)')  # fmt: skip

_SWITCHES = {
    "two lines for one": ("a.py", _OLD_PY, _NEW_PY, 2, _SWITCHED_PY),
    "part of a statement": ("a.js", _OLD_JS, _NEW_JS, 3, _SWITCHED_JS),
    "both leave": ("A.java", _OLD_JAVA, _NEW_JAVA, 3, _SWITCHED_JAVA),
    "nothing there before": ("a.go", _OLD_GO, _NEW_GO, 4, _SWITCHED_GO),
    "a line that the commit left alone": ("a.py", _OLD_PY, _NEW_PY, 4, None),
    "a name that leaves its branch": (
        "a.js",
        "function f(a) {\n  const b = a.x;\n  return b;\n}\n",
        "function f(a) {\n  const b = a.y.x;\n  return b;\n}\n",
        2,
        None,
    ),
    "a name that only the new code gives": (
        "a.py",
        "def f(a):\n    return a\n",
        "def f(a):\n    a = a.b.c\n    return a\n",
        2,
        None,
    ),
    "old code that needs what is gone": (
        "a.py",
        "import gone\n\n\ndef f(a):\n    gone.call(a)\n    return a\n",
        "def f(a):\n    a.b.call()\n    return a\n",
        2,
        None,
    ),
    "half of a branch": (
        "a.py",
        "def f(a):\n    if a:\n        g(a)\n    return a\n",
        "def f(a):\n    if a.b:\n        g(a)\n    return a\n",
        2,
        (
            'import os\n\n\ndef f(a):\n    if os.environ.get("ENABLE_F_ABCDEF1") == "on":\n        if a.b:\n'
            "            g(a)\n    else:\n        if a:\n            g(a)\n    return a\n"
        ),
    ),
}


@pytest.mark.parametrize("case", _SWITCHES.values(), ids=_SWITCHES)
def test_switch_parts_whole_statements_that_git_knows(case: tuple[str, str, str, int, str | None]) -> None:
    """The new code is off, the old code runs; where a branch could not stand alone there is no switch."""
    path, old, new, line, wanted = case
    source = Source(path, new.encode())
    trouble = Trouble(source, line, "", "", "", {path: source}, earlier=Source(path, old.encode()), commit="abcdef1234")
    fix = next(FIXERS["kill_switch"](trouble), None)
    assert (fix.source.text if fix else None) == wanted
    assert fix is None or find_fault(fix.source) is None


_LOOP_PY = "import logging\n\nlog = logging.getLogger()\n\n\ndef work(jobs):\n    for job in jobs:\n        do(job)\n"
_LOOP_JS = "function work(jobs) {\n  for (const job of jobs) {\n    console.log(job);\n    run(job);\n  }\n}\n"
_LOOP_JAVA = "class A implements Runnable {\n    public void run() {\n        step();\n    }\n}\n"
_LOOP_GO = (
    'package a\n\nimport "log"\n\nfunc work(jobs chan int) {\n\tfor job := range jobs {\n\t\tdo(job)\n\t}\n}\n\n'
    'var l = log.Print("x")\n'
)
_BOUNDARIES = {
    "loop in Python": (
        "a.py",
        _LOOP_PY,
        8,
        "KeyError",
        _LOOP_PY.replace(
            "        do(job)\n",
            "        try:\n            do(job)\n        except KeyError:\n"
            '            log.warning("an item failed in work: it is left out")\n',
        ),
    ),
    "an error that the file cannot name": (
        "a.py",
        "def work(jobs):\n    while True:\n        do(jobs.get())\n",
        3,
        "ShopError",
        (
            "def work(jobs):\n    while True:\n        try:\n            do(jobs.get())\n        except Exception:\n"
            "            pass\n"
        ),
    ),
    "loop in JavaScript": (
        "a.js",
        _LOOP_JS,
        4,
        "TypeError",
        _LOOP_JS.replace(
            "    run(job);\n",
            "    try {\n      run(job);\n    } catch (err) {\n"
            "      console.warn('an item failed in work: it is left out');\n    }\n",
        ),
    ),
    "task in Java": (
        "A.java",
        _LOOP_JAVA,
        3,
        "NullPointerException",
        _LOOP_JAVA.replace(
            "        step();\n",
            "        try {\n            step();\n        } catch (RuntimeException e) {\n        }\n",
        ),
    ),
    "loop in Go": (
        "a.go",
        _LOOP_GO,
        7,
        "panic",
        _LOOP_GO.replace(
            "\t\tdo(job)\n",
            "\t\tfunc() {\n\t\t\tdefer func() {\n\t\t\t\tif recover() != nil {\n"
            '\t\t\t\t\tlog.Print("an item failed in work: it is left out")\n'
            "\t\t\t\t}\n\t\t\t}()\n\t\t\tdo(job)\n\t\t}()\n",
        ),
    ),
    "a function that is no boundary": ("a.py", "def work(job):\n    do(job)\n", 2, "KeyError", None),
}


@pytest.mark.parametrize("case", _BOUNDARIES.values(), ids=_BOUNDARIES)
def test_error_of_one_item_is_caught_where_the_items_come_from(case: tuple[str, str, int, str, str | None]) -> None:
    """Around the call in a loop or a task there is a catch, which says that it is a mitigation."""
    path, text, line, passing, wanted = case
    source = Source(path, text.encode())
    fix = next(FIXERS["boundary"](Trouble(source, line, "", "", "x", {path: source}, passing=passing)), None)
    assert (fix.source.text if fix else None) == wanted
    assert fix is None or (fix.mitigation and find_fault(fix.source) is None)


_RENAMED = "def name(row):\n    return row['label'].strip()\n"


def test_name_before_the_commit_is_read_too() -> None:
    """A key that the suspect commit put for another in the same line is read under both names."""
    source, earlier = Source("a.py", _RENAMED.encode()), Source("a.py", _RENAMED.replace("label", "title").encode())
    trouble = Trouble(source, 2, "KeyError", "'label'", "x", {"a.py": source}, earlier=earlier, commit="abc")
    fix = next(FIXERS["both_keys"](trouble))
    assert fix.source.text == _RENAMED.replace("row['label']", "(row['label'] if 'label' in row else row['title'])")


_HANDLERS = {
    "Flask": (
        "missing_key",
        "a.py",
        (
            'from flask import Flask, request\n\n\n@app.post("/orders")\ndef create():\n'
            '    data = request.get_json()\n    total = data["total"]\n    return {"total": total}\n'
        ),
        7,
        "KeyError",
        "'total'",
        '    if "total" not in data:\n        return {"error": "data[\'total\'] is missing"}, 400\n    total',
    ),
    "FastAPI": (
        "zero",
        "a.py",
        (
            'from fastapi import FastAPI, HTTPException\n\n\n@app.get("/mean")\ndef mean(count: int):\n'
            "    mean = total() / count\n    return mean\n"
        ),
        6,
        "ZeroDivisionError",
        "division by zero",
        '    if count == 0:\n        raise HTTPException(status_code=400, detail="count is zero")\n    mean',
    ),
    "Spring": (
        "missing_value",
        "A.java",
        (
            "import org.springframework.web.server.ResponseStatusException;\nclass A {\n"
            '    @PostMapping("/a")\n    String a(Order order) {\n        return order.name.trim();\n    }\n}\n'
        ),
        5,
        "NullPointerException",
        'Cannot invoke "String.trim()" because "order.name" is null',
        (
            "        if (order.name == null) {\n            throw new ResponseStatusException("
            'org.springframework.http.HttpStatus.BAD_REQUEST, "order.name is missing");\n'
            "        }\n        return order"
        ),
    ),
    "what does not come from the request": (
        "missing_value",
        "a.js",
        ("function get(req, res) {\n  const found = store.find();\n  res.json(found.name);\n}\n"),
        3,
        "TypeError",
        "Cannot read properties of undefined (reading 'name')",
        "  if (found == null) {\n    return;\n  }\n",
    ),
}


@pytest.mark.parametrize("case", _HANDLERS.values(), ids=_HANDLERS)
def test_handler_refuses_what_the_request_lacks(case: tuple[str, str, str, int, str, str, str]) -> None:
    """A guard on what came with a request answers 400 as the framework does; any other leaves as elsewhere."""
    name, path, text, line, exception, message, wanted = case
    source = Source(path, text.encode())
    fix = next(FIXERS[name](Trouble(source, line, exception, message, "x", {path: source})))
    assert wanted in fix.source.text
    assert find_fault(fix.source) is None
