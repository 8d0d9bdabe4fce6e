"""How a language writes what fixers put in: guards, logging, ways out of a function."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hotfix.repair.fixers.contract import Trouble
from hotfix.repair.source import Source

if TYPE_CHECKING:
    from ast_grep_py import SgNode


@dataclass(frozen=True, slots=True)
class Deref:
    """A place where something is taken off a value that may be missing."""

    whole: "SgNode"  # X.name, X["key"], X()
    value: "SgNode"  # X
    member: str  # "name", "key"; empty for calls and computed keys


class Dialect(Protocol):
    """One language."""

    def list_derefs(self, trouble: Trouble, line: int) -> list[Deref]:
        """Return what is taken off what on a line (1-based) of the function that failed, innermost first."""

    def say_missing(self, value: str) -> str:
        """Return the condition that a value is missing."""

    def say_short(self, value: str, index: str, *, text: bool) -> str:
        """Return the condition that a sequence has no item at an index; ``text``: it is a string."""

    def say_zero(self, value: str) -> str:
        """Return the condition that a number is zero."""

    def write_guard(self, condition: str, body: list[str], unit: str) -> list[str]:
        """Return the lines of a guard; ``unit`` is one step of indentation."""

    def write_log(self, source: Source, text: str) -> str | None:
        """Return the statement that logs a warning as the file logs elsewhere, or None when it logs nowhere."""

    def find_return(self, trouble: Trouble) -> str | None:
        """Return the statement that leaves the function early with a harmless value, or None when there is none."""

    def use_default(self, chain: "SgNode", deref: Deref) -> str | None:
        """Return the expression with a default where the value is missing, or None when the language has none."""
