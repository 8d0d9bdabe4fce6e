"""The languages that fixers write."""

from hotfix.repair.fixers.dialects.contract import Deref, Dialect
from hotfix.repair.fixers.dialects.go import Go
from hotfix.repair.fixers.dialects.java import Java
from hotfix.repair.fixers.dialects.javascript import JavaScript
from hotfix.repair.fixers.dialects.python import Python

DIALECTS: dict[str, Dialect] = {
    "python": Python(),
    "java": Java(),
    "javascript": JavaScript(),
    "typescript": JavaScript(),
    "tsx": JavaScript(),
    "go": Go(),
}

__all__ = ["DIALECTS", "Deref", "Dialect"]
