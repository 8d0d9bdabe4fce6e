"""Fixers: one file each behind one contract; the table says which there are, in the order of trust."""

from hotfix.repair.fixers.bounds import fix_bounds
from hotfix.repair.fixers.close import fix_close
from hotfix.repair.fixers.contract import Fix, Fixer, Trouble
from hotfix.repair.fixers.handled import fix_handled
from hotfix.repair.fixers.missing_key import fix_missing_key
from hotfix.repair.fixers.missing_value import fix_missing_value
from hotfix.repair.fixers.number_format import fix_number_format
from hotfix.repair.fixers.timeout import fix_timeout
from hotfix.repair.fixers.zero import fix_zero

FIXERS: dict[str, Fixer] = {
    "number_format": fix_number_format,
    "missing_value": fix_missing_value,
    "missing_key": fix_missing_key,
    "bounds": fix_bounds,
    "zero": fix_zero,
    "close": fix_close,
    "timeout": fix_timeout,
    "handled": fix_handled,
}

__all__ = ["FIXERS", "Fix", "Fixer", "Trouble"]
