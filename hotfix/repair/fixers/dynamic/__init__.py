"""Fixers of faults that Python and JavaScript alone have, one file each; the table says which there are."""

from hotfix.repair.fixers.contract import Fixer
from hotfix.repair.fixers.dynamic.absent import fix_absent
from hotfix.repair.fixers.dynamic.accessors import fix_accessors
from hotfix.repair.fixers.dynamic.answered import fix_answered
from hotfix.repair.fixers.dynamic.any_case import fix_any_case
from hotfix.repair.fixers.dynamic.as_list import fix_as_list
from hotfix.repair.fixers.dynamic.blank import fix_blank
from hotfix.repair.fixers.dynamic.call_form import fix_call_form
from hotfix.repair.fixers.dynamic.circles import fix_circles
from hotfix.repair.fixers.dynamic.comparable import fix_comparable
from hotfix.repair.fixers.dynamic.default_beside import fix_default_beside
from hotfix.repair.fixers.dynamic.domain import fix_domain
from hotfix.repair.fixers.dynamic.each_caught import fix_each_caught
from hotfix.repair.fixers.dynamic.encoded import fix_encoded
from hotfix.repair.fixers.dynamic.ended import fix_ended
from hotfix.repair.fixers.dynamic.folder import fix_folder
from hotfix.repair.fixers.dynamic.gathered import fix_gathered
from hotfix.repair.fixers.dynamic.hashable import fix_hashable
from hotfix.repair.fixers.dynamic.json_keys import fix_json_keys
from hotfix.repair.fixers.dynamic.kept_open import fix_kept_open
from hotfix.repair.fixers.dynamic.last_line import fix_last_line
from hotfix.repair.fixers.dynamic.lost_this import fix_lost_this
from hotfix.repair.fixers.dynamic.misspelt import fix_misspelt
from hotfix.repair.fixers.dynamic.month_end import fix_month_end
from hotfix.repair.fixers.dynamic.not_there import fix_not_there
from hotfix.repair.fixers.dynamic.once_more import fix_once_more
from hotfix.repair.fixers.dynamic.one_value import fix_one_value
from hotfix.repair.fixers.dynamic.options import fix_options
from hotfix.repair.fixers.dynamic.own_keys import fix_own_keys
from hotfix.repair.fixers.dynamic.parent_made import fix_parent_made
from hotfix.repair.fixers.dynamic.released import fix_released
from hotfix.repair.fixers.dynamic.replaced import fix_replaced
from hotfix.repair.fixers.dynamic.returned_await import fix_returned_await
from hotfix.repair.fixers.dynamic.same_length import fix_same_length
from hotfix.repair.fixers.dynamic.shared_default import fix_shared_default
from hotfix.repair.fixers.dynamic.spread_out import fix_spread_out
from hotfix.repair.fixers.dynamic.start_value import fix_start_value
from hotfix.repair.fixers.dynamic.tags import fix_tags
from hotfix.repair.fixers.dynamic.taken_literally import fix_taken_literally
from hotfix.repair.fixers.dynamic.unbound import fix_unbound

DYNAMIC: dict[str, Fixer] = {
    "answered": fix_answered,
    "spread_out": fix_spread_out,
    "lost_this": fix_lost_this,
    "returned_await": fix_returned_await,
    "own_keys": fix_own_keys,
    "call_form": fix_call_form,
    "tags": fix_tags,
    "each_caught": fix_each_caught,
    "circles": fix_circles,
    "json_keys": fix_json_keys,
    "comparable": fix_comparable,
    "month_end": fix_month_end,
    "unbound": fix_unbound,
    "blank": fix_blank,
    "default_beside": fix_default_beside,
    "shared_default": fix_shared_default,
    "any_case": fix_any_case,
    "last_line": fix_last_line,
    "ended": fix_ended,
    "one_value": fix_one_value,
    "as_list": fix_as_list,
    "encoded": fix_encoded,
    "folder": fix_folder,
    "misspelt": fix_misspelt,
    "released": fix_released,
    "taken_literally": fix_taken_literally,
    "accessors": fix_accessors,
    "parent_made": fix_parent_made,
    "hashable": fix_hashable,
    "replaced": fix_replaced,
    "kept_open": fix_kept_open,
    "gathered": fix_gathered,
    "once_more": fix_once_more,
    "start_value": fix_start_value,
    "domain": fix_domain,
    "same_length": fix_same_length,
    "absent": fix_absent,
    "options": fix_options,
    "not_there": fix_not_there,
}
"""In the order of trust."""

DYNAMIC_CORRECTIONS = frozenset(DYNAMIC) - {
    "absent",
    "ended",
    "folder",
    "each_caught",
    "same_length",
    "options",
    "not_there",
}
"""Those that do what the code meant to do."""

DYNAMIC_REACHING = frozenset(
    {
        "lost_this",
        "own_keys",
        "json_keys",
        "comparable",
        "default_beside",
        "released",
        "returned_await",
        "accessors",
        "parent_made",
        "kept_open",
    }
)
"""Those that mend where the file makes, or hands on, what failed."""

__all__ = ["DYNAMIC", "DYNAMIC_CORRECTIONS", "DYNAMIC_REACHING"]
