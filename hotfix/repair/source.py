"""Source files as syntax trees: bytes come in, a tree whose nodes name lines comes out; edits give bytes again.

Bytes that are no UTF-8 are read as Latin-1, which gives every byte back; line ends stay as they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from hotfix.core.errors import UsageError

if TYPE_CHECKING:
    from ast_grep_py import SgNode

NEEDS_EXTRA = "expected the libraries that read source files, found them missing; install them with: hotfix[patch]"

LANGUAGES = {
    ".py": "python",
    ".java": "java",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".jsx": "javascript",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
    ".go": "go",
}
"""Languages whose syntax is read, by the ends of file names."""

FUNCTIONS = frozenset(
    {
        "function_definition",  # Python
        "function_declaration",  # JavaScript, Go
        "generator_function_declaration",
        "function_expression",
        "arrow_function",
        "method_definition",
        "method_declaration",  # Java, Go
        "constructor_declaration",
        "func_literal",
    }
)
"""Kinds of nodes that are functions."""


@dataclass(frozen=True)
class Source:
    """One source file."""

    path: str
    content: bytes

    @cached_property
    def encoding(self) -> str:
        """Return the name of the encoding that gives all bytes back."""
        try:
            self.content.decode("utf-8")
        except UnicodeDecodeError:
            return "latin-1"
        return "utf-8"

    @cached_property
    def text(self) -> str:
        """Return the text, with the line ends of the file."""
        return self.content.decode(self.encoding)

    @property
    def language(self) -> str | None:
        """Return the language, or None when its syntax is not read."""
        return LANGUAGES.get(PurePosixPath(self.path).suffix)

    @property
    def newline(self) -> str:
        """Return how lines end in this file."""
        return "\r\n" if self.content.count(b"\r\n") * 2 > self.content.count(b"\n") else "\n"

    @cached_property
    def lines(self) -> list[str]:
        """Return the lines without their ends."""
        return [line.removesuffix("\r") for line in self.text.split("\n")]

    @cached_property
    def root(self) -> "SgNode":
        """Return the syntax tree of a file whose language is known."""
        try:
            from ast_grep_py import SgRoot
        except ImportError:
            raise UsageError(NEEDS_EXTRA) from None
        return SgRoot(self.text, self.language or "").root()

    def with_text(self, text: str) -> "Source":
        """Return the file with another text in the same encoding.

        Raises:
            UnicodeEncodeError: the text has characters that the encoding lacks.
        """
        return Source(self.path, text.encode(self.encoding))


def find_function(source: Source, line: int) -> "SgNode | None":
    """Return the innermost function around a line (1-based), or None; closures that are one expression do not count."""
    around = [node for node in list_functions(source) if _first(node) <= line <= _last(node)]
    whole = [node for node in around if node.kind() != "arrow_function" or _last(node) > _first(node)]
    return max(whole, key=_first, default=None)


def list_functions(source: Source) -> Iterator["SgNode"]:
    """Yield every function of a file."""
    if source.language is None:
        return
    stack = [source.root]
    while stack:
        node = stack.pop()
        if node.kind() in FUNCTIONS:
            yield node
        stack.extend(node.named_children())


def name_function(node: "SgNode") -> str:
    """Return the name of a function; of a nameless one that of the variable or key it is given to, else nothing."""
    name = node.field("name")
    if name is not None:
        return name.text()
    parent = node.parent()
    holder = parent.field("name") or parent.field("key") or parent.field("left") if parent else None
    return holder.text() if holder is not None else ""


def span_lines(node: "SgNode") -> tuple[int, int]:
    """Return the first and last line of a node, 1-based and inclusive."""
    return _first(node), _last(node)


def replace_lines(source: Source, first: int, last: int, fresh: Sequence[str]) -> Source:
    """Return the file with the lines from ``first`` to ``last`` (1-based, inclusive) replaced; ends as in the file.

    ``last`` = ``first`` - 1 puts the fresh lines before ``first``.
    """
    rows = source.text.split("\n")
    end = "\r" if source.newline == "\r\n" else ""
    rows[first - 1 : last] = [line + end for line in fresh]
    return source.with_text("\n".join(rows))


def _first(node: "SgNode") -> int:
    return node.range().start.line + 1


def _last(node: "SgNode") -> int:
    return node.range().end.line + 1
