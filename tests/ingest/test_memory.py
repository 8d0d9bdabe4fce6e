"""Memory that one block has used serves the next one."""

import subprocess
import sys

_COUNT_FAULTS = """
import resource
from hotfix.ingest.memory import keep_freed_memory
{setting}
def use_blocks():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    blocks = [b"x" * (8 * 1024 * 1024 - 1) for _ in range(3)]
    blocks.clear()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
use_blocks(), use_blocks()
print(sum(use_blocks() for _ in range(10)))
"""


def count_faults(setting: str) -> int:
    """Return how many pages a fresh process has to ask for again in ten rounds of three blocks."""
    program = _COUNT_FAULTS.format(setting=setting)
    return int(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout)


def test_freed_memory_is_used_again() -> None:
    """With the setting, blocks that come and go cost hardly a page; without it they cost all of theirs each time."""
    assert count_faults("keep_freed_memory()") < count_faults("") / 10
