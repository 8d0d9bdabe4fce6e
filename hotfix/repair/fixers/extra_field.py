"""Leaves out what a partner sends and a dataclass does not know (Python): a new field is no reason to fail."""

import re
from collections.abc import Iterator

from hotfix.repair.fixers.contract import Fix, Trouble
from hotfix.repair.fixers.guards import describe
from hotfix.repair.fixers.tree import is_plain, replace_node

_TOLD = re.compile(r"^(\w+)\.__init__\(\) got an unexpected keyword argument")


def fix_extra_field(trouble: Trouble) -> Iterator[Fix]:
    """Yield the choice of the known fields where a dictionary is spread into a dataclass of the repository."""
    told = _TOLD.match(trouble.message)
    if trouble.exception != "TypeError" or told is None:
        return
    declared = re.compile(rf"@(?:dataclasses\.)?dataclass\b[^\n]*\nclass {told[1]}\b")
    if not any(declared.search(source.text) for source in trouble.sources.values()):
        return
    for node in trouble.nodes:
        function, arguments = node.field("function"), node.field("arguments")
        if node.kind() != "call" or function is None or arguments is None:
            continue
        if not trouble.lies_in(node):
            continue
        for spread in [one for one in arguments.named_children() if one.kind() == "dictionary_splat"]:
            held = spread.named_children()[0]
            if function.text() not in {told[1], "cls"} or not is_plain(held):
                continue
            kept = f"if key in {function.text()}.__dataclass_fields__"
            fresh = f"**{{key: value for key, value in {held.text()}.items() {kept}}}"
            yield Fix(
                source=trouble.source.with_text(replace_node(trouble.source.text, spread, fresh)),
                rationale=f"{describe(held)} can hold more than {told[1]} knows ({trouble.place}); that is left out.",
                measures=(
                    "known fields are taken as before",
                    "what it does not know is left out: look at it",
                ),
                guess=""
                if _is_usual(trouble)
                else f"what is meant where {describe(held)} holds more than {told[1]} knows",
            )


def _is_usual(trouble: Trouble) -> bool:
    """Tell whether other code leaves out what a dataclass does not know too."""
    texts = (one.text for one in trouble.sources.values() if one.language == "python")
    return any(re.search(r"\bif \w+ in [^\n]*(?:__dataclass_fields__|\bfields\()", text) for text in texts)
