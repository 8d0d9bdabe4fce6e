"""What a fixer is given and what it gives: a fixer is a generator of the fixes that fit, best first, or of none."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from hotfix.repair.fixers.tree import walk
from hotfix.repair.source import Source, find_function, name_function, span_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode


@dataclass(frozen=True)
class Trouble:
    """Where and how it failed."""

    source: Source
    line: int  # 1-based
    exception: str  # class without its package; empty when none was raised here
    message: str
    category: str  # cause family of the diagnosis
    sources: Mapping[str, Source]  # all source files, to see how callers use a function
    passing: str = ""  # class of the error that came from a function called here and went on to the caller
    passed: str = ""  # message of that error
    earlier: Source | None = None  # the file before the suspect commit, where nothing changed it since
    commit: str = ""  # the suspect commit; empty without `earlier`
    renames: Mapping[str, str] = field(default_factory=dict)  # old name of a column, in small letters → its new name

    @cached_property
    def function(self) -> "SgNode | None":
        """Return the function that failed."""
        return find_function(self.source, self.line)

    @cached_property
    def nodes(self) -> "tuple[SgNode, ...]":
        """Return everything in the function that failed, in the order of the text; nothing outside of functions."""
        return tuple(walk(self.function)) if self.function is not None else ()

    def lies_in(self, node: "SgNode") -> bool:
        """Tell whether the line that failed is one of a node's."""
        first, last = span_lines(node)
        return first <= self.line <= last

    @property
    def elsewhere(self) -> str:
        """Return the text of the file without the function that failed."""
        return self.source.text.replace(self.function.text(), "") if self.function is not None else self.source.text

    @property
    def place(self) -> str:
        """Return where it failed: path:line."""
        return f"{self.source.path}:{self.line}"

    @property
    def function_name(self) -> str:
        """Return the name of the function that failed, or nothing."""
        return name_function(self.function) if self.function is not None else ""


@dataclass(frozen=True)
class Fix:
    """A file after a fix."""

    source: Source
    rationale: str
    measures: tuple[str, ...]
    mitigation: bool = False
    imports: tuple[str, ...] = ()
    guess: str = ""  # what nothing in the code tells, as half a sentence; such a fix is refused


Fixer = Callable[[Trouble], Iterator[Fix]]
