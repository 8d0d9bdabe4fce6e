"""Reads single stack frames of eight languages and tells our own code from libraries (data in `rules/frames.toml`)."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache

from hotfix.core.resources import find_resource
from hotfix.core.settings import TRACE_LINES_REMEMBERED


@dataclass(frozen=True, slots=True)
class Frame:
    """One call site."""

    file: str  # as written; for Java the path of the class; empty where the trace does not say
    line: int  # 0 where the trace does not say
    function: str
    own: bool  # our code, not a library's

    def describe(self) -> str:
        """Return ``file:line in function``, without the parts that the trace does not say."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return " in ".join(part for part in (place, self.function) if part)


_ARGUMENTS = re.compile(r"(?:\([^()]*\)| in goroutine \d+)$")


@dataclass(frozen=True, slots=True)
class Grammar:
    """How one language writes a frame."""

    language: str
    regex: re.Pattern[str]
    innermost_last: bool = False  # frames: the call that failed comes last
    root_first: bool = False  # exceptions: the one that began it all comes first


GRAMMARS = (
    Grammar(
        "python",
        re.compile(r'^[\s|+]*File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in (?P<function>.+))?'),
        innermost_last=True,
        root_first=True,
    ),
    Grammar(
        "java",
        re.compile(
            r"^\s*at (?:[\w.@$-]+/)*(?P<function>[\w.$<>/-]+)"
            r"\((?P<file>[\w$.-]+\.(?:java|kt|scala|groovy|clj)|Native Method|Unknown Source)(?::(?P<line>\d+))?\)"
        ),
    ),
    Grammar("rust", re.compile(r"^\s+at (?P<file>\S+\.rs):(?P<line>\d+)(?::\d+)?$")),
    Grammar(
        "node",
        re.compile(
            r"^\s*at (?:async )?(?:(?P<function>[^()]+?) (?:\[as [^\]]+\] )?\()?"
            r"(?P<file>(?:file://|node:|/|[A-Za-z]:\\|\./|webpack)[^():]*(?:\([^)]*\)[^():]*)?)"
            r":(?P<line>\d+):\d+\)?(?: \{)?$"
        ),
    ),
    Grammar(
        "dotnet",
        re.compile(r"^\s*at (?P<function>[\w.`<>+\[\],|$]+)\(.*?\)(?: in (?P<file>.+):line (?P<line>\d+))?\s*$"),
    ),
    Grammar("go", re.compile(r"^\s+(?P<file>\S+\.go):(?P<line>\d+)(?: \+0x[0-9a-f]+)?$")),
    Grammar(
        "ruby",
        re.compile(
            r"^\s*(?:from )?(?P<file>[^\s:]+(?:\.rb|\.ru|\.rake|\.erb|>)):(?P<line>\d+):in ['`](?P<function>[^']+)'"
        ),
    ),
    Grammar("php", re.compile(r"^#\d+ (?P<file>[^(\s]+)\((?P<line>\d+)\): (?P<function>[^(]+)"), root_first=True),
)
"""Tried in this order; a line belongs to the first that fits."""


def read_frame(line: str, before: str) -> tuple[Grammar, Frame] | None:
    """Return the frame of a line, or None; ``before`` is the line above, which names the function in Go and Rust."""
    found = _match_frame(line)
    if found is None:
        return None
    grammar, file, number, function = found
    function = function or _name_above(grammar.language, before).strip()
    file = _place_class(function, file) if grammar.language == "java" else file
    return grammar, Frame(file, number, function, is_own(file, function))


@lru_cache(TRACE_LINES_REMEMBERED)
def _match_frame(line: str) -> tuple[Grammar, str, int, str] | None:
    """Return grammar, file, line number and function of a frame as far as its own line says them."""
    for grammar in GRAMMARS:
        found = grammar.regex.match(line)
        if found:
            parts = found.groupdict()
            return grammar, parts["file"] or "", int(parts["line"] or 0), (parts.get("function") or "").strip()
    return None


@lru_cache(TRACE_LINES_REMEMBERED)
def is_own(file: str, function: str) -> bool:
    """Tell whether a frame is our own code by the rules of ``rules/frames.toml``."""
    files, functions = _load_rules()
    return not (
        file.startswith(("Native Method", "Unknown Source"))
        or any(part in file for part in files)
        or function.startswith(functions)
    )


def _name_above(language: str, before: str) -> str:
    if language == "go":
        return _ARGUMENTS.sub("", before.removeprefix("created by ")).strip()
    return before.split(": ", 1)[-1] if language == "rust" else ""


def _place_class(function: str, file: str) -> str:
    package = function.rsplit("/", maxsplit=1)[-1].split(".")[:-2]
    return "/".join([*package, file]) if file.endswith((".java", ".kt", ".scala", ".groovy")) else file


@cache
def _load_rules() -> tuple[tuple[str, ...], tuple[str, ...]]:
    rules = tomllib.loads(find_resource("rules", "frames.toml").read_text(encoding="utf-8"))
    return tuple(rules["files"]), tuple(rules["functions"])
