"""Brings in the standard packages that written code names and a file does not import yet."""

import re
from collections.abc import Iterable

from hotfix.repair.parsing import list_imports
from hotfix.repair.source import Source

_STANDARD = {
    "python": ("calendar", "dataclasses", "itertools", "os", "re", "time"),
    "go": ("errors", "fmt", "os", "strings", "sync", "time"),
}
_BLOCK = re.compile(r"^import \(\r?\n((?:.*\n)*?)\)", re.MULTILINE)
_SINGLE = re.compile(r"^import \S.*\r?\n", re.MULTILINE)
_PACKAGE = re.compile(r"^package \w+.*\r?\n", re.MULTILINE)


def bring_in(source: Source, written: Iterable[str]) -> tuple[Source, tuple[str, ...]]:
    """Return the file with imports of the standard packages that some written lines name, and which are new."""
    text, known = "\n".join(written), _list_bound(source)
    fresh = tuple(
        name
        for name in _STANDARD.get(source.language or "", ())
        if name not in known and re.search(rf"(?<![\w.]){name}\.\w", text)
    )
    for name in fresh:
        add = _add_python if source.language == "python" else _add_go
        source = source.with_text(add(source.text, name, source.newline))
    return source, fresh


def _list_bound(source: Source) -> set[str]:
    """Return the packages whose name a file can use: in Python ``from os import path`` does not bind ``os``."""
    if source.language != "python":
        return list_imports(source)
    rows = re.findall(r"^import ([\w, ]+)$", source.text.replace("\r", ""), re.MULTILINE)
    return {name.strip() for row in rows for name in row.split(",")}


def _add_python(text: str, name: str, newline: str) -> str:
    """Return the text with a plain import where the plain imports of the file are, in their order."""
    rows = text.split("\n")
    end = "\r" if newline == "\r\n" else ""
    plain = [number for number, row in enumerate(rows) if re.match(r"import \w", row)]
    later = [number for number in plain if rows[number].strip() > f"import {name}"]
    first: list[int] = []
    if plain:
        at = later[0] if later else plain[-1] + 1
    else:
        first = [number for number, row in enumerate(rows) if re.match(r"from (?!__future__)\w", row)]
        at = first[0] if first else _find_first_statement(rows)
    alone = not plain and not first
    rows[at:at] = [f"import {name}{end}", *([end, end] if alone else [])]
    return "\n".join(rows)


def _find_first_statement(rows: list[str]) -> int:
    """Return the row behind the comments, the docstring and the imports of the future at the top of a module."""
    quote = ""  # of the docstring, while it is open
    for number, row in enumerate(rows):
        bare = row.strip()
        opened = re.match(r"[rRuU]?(\"\"\"|'''|\"|')", bare)
        if quote:
            quote = "" if quote in bare else quote
        elif opened is not None:
            quote = "" if len(opened[1]) == 1 or bare.count(opened[1]) > 1 else opened[1]
        elif bare and not bare.startswith(("#", "from __future__")):
            return number
    return 0


def _add_go(text: str, name: str, newline: str) -> str:
    """Return the text with an import in the block of imports, in its order, else beside the one import."""
    block = _BLOCK.search(text)
    if block is not None:
        rows = block[1].split("\n")[:-1]
        line = f'\t"{name}"' + ("\r" if newline == "\r\n" else "")
        bare = [row.strip() for row in rows]
        later = [number for number, row in enumerate(bare) if row.startswith('"') and row > line.strip()]
        gap = next((number for number, row in enumerate(rows) if not row.strip()), len(rows))
        rows.insert(min(later[0] if later else len(rows), gap), line)
        return text[: block.start(1)] + "".join(f"{row}\n" for row in rows) + text[block.end(1) :]
    single = _SINGLE.search(text)
    if single is not None:
        both = sorted([single[0].strip().removeprefix("import "), f'"{name}"'], key=lambda row: row.rpartition(" ")[2])
        grouped = newline.join(["import (", *(f"\t{row}" for row in both), ")", ""])
        return text[: single.start()] + grouped + text[single.end() :]
    package = _PACKAGE.search(text)
    at = package.end() if package else 0
    return f'{text[:at]}{newline}import "{name}"{newline}{text[at:]}'
