"""Checks every document of ten recorded incidents: sections, placeholders, links, and what each claim stands on.

    PYTHONPATH=. python benchmarks/documents.py [NAME ...]

Each recording is taken through `hotfix run --yes-to-documents`, as a user does it; an operator's note is written down,
and the review is written again. Then `tests/documents/` reads all Markdown in the folder. The suite checks three of the
ten. It ends with code 1 where a flaw is found.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.documents.building import TEN, build_by_run


def main() -> int:
    """Check the recordings that are named, else all ten, and print the flaws of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=TEN, metavar="NAME", help=f"of {', '.join(TEN)}")
    found = 0
    for name in parser.parse_args().names:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="hotfix-documents-") as place:
            built = build_by_run(Path(place), name)
            documents, flaws = len(list(built.folder.glob("*.md"))), built.find_flaws()
        print(f"{name}: {documents} documents, {len(flaws)} flaws, {time.monotonic() - began:.0f} s")
        print("".join(f"  {one}\n" for one in flaws), end="", flush=True)
        found += len(flaws)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
