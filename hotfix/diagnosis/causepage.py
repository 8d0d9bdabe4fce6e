"""Writes `docs/causes.md` from the cause files: ``python -m hotfix.diagnosis.causepage > docs/causes.md``."""

import sys
from collections.abc import Iterable

from hotfix.diagnosis.causefiles import CauseFile
from hotfix.diagnosis.causes import load_cause_files

_HEAD = """# Causes

The families of causes that `hotfix explain` and every diagnosis name. One file each in `rules/causes/`; this page is
made of them (`python -m hotfix.diagnosis.causepage > docs/causes.md`). A *cause* names what is wrong, a *symptom* tells
only that something failed.
"""


def write_page(files: Iterable[CauseFile]) -> str:
    """Return the page, one section per cause in the order given."""
    return "\n".join([_HEAD, *map(_write_section, files)])


def _write_section(file: CauseFile) -> str:
    cause = file.cause
    steps = "\n".join(f"- {step}" for step in cause.confirm)
    examples = "\n".join(f"    {line}" for text in file.fires for line in text.splitlines())
    facts = f"{cause.approach}, complexity {cause.complexity}, risk {cause.risk}, about {cause.minutes} min"
    return f"""## {cause.ident}
**{cause.title}** ({cause.role}). {cause.meaning} {cause.matters}

For example:

{examples}

Confirm:

{steps}

Fix ({facts}): {cause.fix}
"""


if __name__ == "__main__":
    sys.stdout.write(write_page(load_cause_files()))
