"""Fixers of faults that Java and Go alone have, one file each; the table says which there are."""

from hotfix.repair.fixers.contract import Fixer
from hotfix.repair.fixers.typed.asked_call import fix_asked_call
from hotfix.repair.fixers.typed.base_case import fix_base_case
from hotfix.repair.fixers.typed.before_mark import fix_before_mark
from hotfix.repair.fixers.typed.calendar import fix_calendar
from hotfix.repair.fixers.typed.clamped import fix_clamped
from hotfix.repair.fixers.typed.closed_once import fix_closed_once
from hotfix.repair.fixers.typed.computed_apart import fix_computed_apart
from hotfix.repair.fixers.typed.decoded import fix_decoded
from hotfix.repair.fixers.typed.decoder import fix_decoder
from hotfix.repair.fixers.typed.empty_map import fix_empty_map
from hotfix.repair.fixers.typed.end_of_input import fix_end_of_input
from hotfix.repair.fixers.typed.ended_channel import fix_ended_channel
from hotfix.repair.fixers.typed.given_back import fix_given_back
from hotfix.repair.fixers.typed.identical import fix_identical
from hotfix.repair.fixers.typed.left_out import fix_left_out
from hotfix.repair.fixers.typed.loop_end import fix_loop_end
from hotfix.repair.fixers.typed.made_folder import fix_made_folder
from hotfix.repair.fixers.typed.merged import fix_merged
from hotfix.repair.fixers.typed.named_default import fix_named_default
from hotfix.repair.fixers.typed.null_key import fix_null_key
from hotfix.repair.fixers.typed.nulls_ordered import fix_nulls_ordered
from hotfix.repair.fixers.typed.ordered import fix_ordered
from hotfix.repair.fixers.typed.own_call import fix_own_call
from hotfix.repair.fixers.typed.quoted import fix_quoted
from hotfix.repair.fixers.typed.remainder import fix_remainder
from hotfix.repair.fixers.typed.retyped import fix_retyped
from hotfix.repair.fixers.typed.shadowed import fix_shadowed
from hotfix.repair.fixers.typed.trailing import fix_trailing
from hotfix.repair.fixers.typed.typed_nil import fix_typed_nil
from hotfix.repair.fixers.typed.unsubscribed import fix_unsubscribed
from hotfix.repair.fixers.typed.usual_else import fix_usual_else
from hotfix.repair.fixers.typed.usual_fallback import fix_usual_fallback
from hotfix.repair.fixers.typed.widened import fix_widened

TYPED: dict[str, Fixer] = {
    "trailing": fix_trailing,
    "merged": fix_merged,
    "decoded": fix_decoded,
    "closed_once": fix_closed_once,
    "given_back": fix_given_back,
    "loop_end": fix_loop_end,
    "clamped": fix_clamped,
    "remainder": fix_remainder,
    "quoted": fix_quoted,
    "nulls_ordered": fix_nulls_ordered,
    "decoder": fix_decoder,
    "shadowed": fix_shadowed,
    "own_call": fix_own_call,
    "before_mark": fix_before_mark,
    "base_case": fix_base_case,
    "retyped": fix_retyped,
    "identical": fix_identical,
    "widened": fix_widened,
    "ordered": fix_ordered,
    "computed_apart": fix_computed_apart,
    "usual_fallback": fix_usual_fallback,
    "typed_nil": fix_typed_nil,
    "named_default": fix_named_default,
    "empty_map": fix_empty_map,
    "end_of_input": fix_end_of_input,
    "left_out": fix_left_out,
    "unsubscribed": fix_unsubscribed,
    "calendar": fix_calendar,
    "asked_call": fix_asked_call,
    "null_key": fix_null_key,
    "usual_else": fix_usual_else,
    "made_folder": fix_made_folder,
    "ended_channel": fix_ended_channel,
}

TYPED_CORRECTIONS = frozenset(TYPED)
"""All of them do what the code meant to do."""

STATE = frozenset({"fixer:shadowed", "fixer:typed_nil", "fixer:unsubscribed"})
"""Rungs that mend what left a state behind: a function that had ended when it failed, beside those of the trace."""
