import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.rollout.writtenlogs import BEGIN_S, WrittenLog, say_request, watch


def _say_plainly(at_s: float, _number: int) -> str:
    return say_request(at_s)


def _say_in_a_container(at_s: float, number: int) -> str:
    """Return a line as the runtimes of Kubernetes write it: two streams in one file."""
    time = datetime.fromtimestamp(at_s, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return f"{time} {('stdout', 'stderr')[number % 3 == 0]} F {say_request(at_s)}"


_FORMS = (_say_plainly, _say_in_a_container)
_DEEDS = ("write", "write", "write", "half", "rename", "copy", "compress", "compress slowly", "look", "look back")
_REUSED_INODE = ["write", "copy", "rename", "write", "look", "compress", "copy"]
"""The last copy may get the inode of a file that was empty when it was seen."""


@settings(max_examples=100, deadline=None)
@example(_REUSED_INODE, 0, _say_plainly)
@given(st.lists(st.sampled_from(_DEEDS), min_size=5, max_size=40), st.integers(0, 3), st.sampled_from(_FORMS))
def test_windows_share_out_the_records(deeds: list[str], back: int, say: Callable[[float, int], str]) -> None:
    """However a log is rotated, each record counts in the window of its time, none twice and none is left out."""
    with TemporaryDirectory() as folder:
        log, times, counted, half = WrittenLog(Path(folder) / "new.log"), list[float](), 0, ""
        watching = watch(Path(folder))
        for deed in [*deeds, "look"]:
            if deed == "write":
                for _ in range(3):
                    times.append(BEGIN_S + 0.1 * (len(times) + 1))
                    line = say(times[-1], len(times))
                    log.write(f"{half}\n{line}" if half else line)
                    half = ""
            elif deed == "half" and not half:
                times.append(BEGIN_S + 0.1 * (len(times) + 1))
                line = say(times[-1], len(times))
                log.write(line[:30], end="")
                half = line[30:]
            elif deed == "rename" and not half:
                log.rename()
            elif deed == "copy" and not half:
                log.copy_and_cut()
            elif deed.startswith("compress"):
                log.compress(done="slowly" not in deed)
            elif deed.startswith("look"):
                end_s = max(BEGIN_S + 0.1 * len(times) + 0.05 - (0.1 * back if "back" in deed else 0), watching.at_s)
                due = sum(time < end_s for time in times[: len(times) - (1 if half else 0)])
                assert watching.look(end_s).canary.requests == due - counted, (deed, watching.notes)
                counted = due


def test_log_that_is_rotated_while_it_is_read_loses_nothing(tmp_path: Path) -> None:
    """A service writes and rotates as fast as it can while windows are taken."""
    path, lines, looks = tmp_path / "new.log", 40_000, 0
    (tmp_path / "old.log").touch()
    watching = watch(tmp_path)
    watching.at_s = time.time()

    def write() -> None:
        for begin in range(0, lines, 1000):
            with path.open("a", buffering=1) as file:
                file.writelines(f"{say_request(time.time(), user=number)}\n" for number in range(begin, begin + 1000))
            path.rename(f"{path}.{(lines - begin) // 1000}")

    writer = Thread(target=write)
    writer.start()
    while writer.is_alive():
        watching.look(time.time())
        looks += 1
    writer.join()
    watching.look(time.time() + 1)
    assert looks > 0
    assert sum(one.observation.canary.requests for one in watching.seen) == lines
