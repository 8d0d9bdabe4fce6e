"""Fixers: one file each behind one contract; the table says which there are, in the order of trust."""

from hotfix.repair.fixers.awaited import fix_awaited
from hotfix.repair.fixers.both_keys import fix_both_keys
from hotfix.repair.fixers.boundary import fix_boundary
from hotfix.repair.fixers.bounds import fix_bounds
from hotfix.repair.fixers.changeable import fix_changeable
from hotfix.repair.fixers.close import fix_close
from hotfix.repair.fixers.contract import Fix, Fixer, Trouble
from hotfix.repair.fixers.converted import fix_converted
from hotfix.repair.fixers.copied import fix_copied
from hotfix.repair.fixers.date_format import fix_date_format
from hotfix.repair.fixers.dynamic import DYNAMIC, DYNAMIC_CORRECTIONS, DYNAMIC_REACHING
from hotfix.repair.fixers.empty import fix_empty
from hotfix.repair.fixers.extra_field import fix_extra_field
from hotfix.repair.fixers.grouped import fix_grouped
from hotfix.repair.fixers.handled import fix_handled
from hotfix.repair.fixers.ignored_error import fix_ignored_error
from hotfix.repair.fixers.kill_switch import fix_kill_switch
from hotfix.repair.fixers.locked import fix_locked
from hotfix.repair.fixers.missing_key import fix_missing_key
from hotfix.repair.fixers.missing_value import fix_missing_value
from hotfix.repair.fixers.must import fix_must
from hotfix.repair.fixers.nil_map import fix_nil_map
from hotfix.repair.fixers.number_format import fix_number_format
from hotfix.repair.fixers.parted import fix_parted
from hotfix.repair.fixers.renamed_column import fix_renamed_column
from hotfix.repair.fixers.retry import fix_retry
from hotfix.repair.fixers.rounded import fix_rounded
from hotfix.repair.fixers.serialised import fix_serialised
from hotfix.repair.fixers.spelling import fix_spelling
from hotfix.repair.fixers.timeout import fix_timeout
from hotfix.repair.fixers.timezone import fix_timezone
from hotfix.repair.fixers.typed import STATE, TYPED, TYPED_CORRECTIONS
from hotfix.repair.fixers.usual_default import fix_usual_default
from hotfix.repair.fixers.wrong_type import fix_wrong_type
from hotfix.repair.fixers.zero import fix_zero

FIXERS: dict[str, Fixer] = {
    "number_format": fix_number_format,
    "date_format": fix_date_format,
    "both_keys": fix_both_keys,
    "renamed_column": fix_renamed_column,
    "spelling": fix_spelling,
    "converted": fix_converted,
    "timezone": fix_timezone,
    "awaited": fix_awaited,
    "grouped": fix_grouped,
    "copied": fix_copied,
    "locked": fix_locked,
    "rounded": fix_rounded,
    "parted": fix_parted,
    "extra_field": fix_extra_field,
    "serialised": fix_serialised,
    "changeable": fix_changeable,
    "must": fix_must,
    "ignored_error": fix_ignored_error,
    "nil_map": fix_nil_map,
    **DYNAMIC,
    **TYPED,
    "usual_default": fix_usual_default,
    "missing_value": fix_missing_value,
    "missing_key": fix_missing_key,
    "empty": fix_empty,
    "bounds": fix_bounds,
    "zero": fix_zero,
    "wrong_type": fix_wrong_type,
    "close": fix_close,
    "timeout": fix_timeout,
    "kill_switch": fix_kill_switch,
    "retry": fix_retry,
    "handled": fix_handled,
    "boundary": fix_boundary,
}

CORRECTIONS = frozenset(
    {"number_format", "date_format", "both_keys", "renamed_column", "spelling", "converted", "timezone", "awaited",
     "grouped", "copied", "locked", "rounded", "serialised", "changeable", "usual_default"}
).union(DYNAMIC_CORRECTIONS, TYPED_CORRECTIONS)  # fmt: skip
"""Fixers that do what the code meant to do: nothing is left out and no value is made up, as guards do."""

REACHING = frozenset(f"fixer:{name}" for name in DYNAMIC_REACHING)
"""Rungs that mend where the file makes, or hands on, what failed: that may be in a function which no trace names."""

UNSEEN = (
    frozenset({"fixer:close", "fixer:given_back", "fixer:trailing", "fixer:identical", "fixer:widened"})
    | REACHING
    | STATE
)
"""Rungs whose help a generated test cannot show: what asks an empty store fails with them too, as a stand-in does that
is none of the values which failed."""

__all__ = ["CORRECTIONS", "FIXERS", "REACHING", "STATE", "UNSEEN", "Fix", "Fixer", "Trouble"]
