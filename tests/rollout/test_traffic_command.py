import json
import os
import sys
from pathlib import Path

import pytest

from hotfix.rollout.traffic import Reading, Traffic, TrafficError, move_share, read_traffic
from tests.loopback import wait_until

_SCRIPT = """
import json, os, sys
from pathlib import Path
state = Path(__file__).with_name("state.json")
order = json.load(sys.stdin)
assert order["action"] == sys.argv[-1] and order["protocol"] == "hotfix.traffic/1", order
held = json.loads(state.read_text())
if sys.argv[-1] == "set":
    held["orders"].append(order)
    state.write_text(json.dumps({**held, "share": order["share"]}))
elif sys.argv[-1] == "read":
    print(json.dumps({"share": held["share"], "state": "the switch says so", "notes": ["one"]}))
else:
    print(json.dumps(held["count"])) if held["count"] else sys.exit(3)
"""


def _configure(folder: Path, script: str = _SCRIPT, keys: str = "") -> Traffic:
    (folder / "script.py").write_text(script)
    (folder / "state.json").write_text(json.dumps({"share": 0, "orders": [], "count": {}}))
    path = folder / "hotfix.toml"
    command = f"'{sys.executable}' -S '{folder}/script.py' --of shop"
    path.write_text(f'[deploy.traffic]\nprovider = "command"\ncommand = "{command}"\nnew = "2.15"\n{keys}')
    return read_traffic(path)


def _count(folder: Path, **count: object) -> None:
    held = json.loads((folder / "state.json").read_text())
    (folder / "state.json").write_text(json.dumps({**held, "count": count}))


def test_script_is_told_what_to_do_and_asked_what_is_true(tmp_path: Path) -> None:
    """One action a call, one JSON object in and out; a dry run shows the call."""
    traffic = _configure(tmp_path)
    order = {"protocol": "hotfix.traffic/1", "action": "set", "share": 0.125, "new": "2.15", "old": "old"}
    said = f"echo '{json.dumps(order)}' | {sys.executable} -S {tmp_path}/script.py --of shop set"
    assert traffic.list_commands(0.125) == (said,)
    assert move_share(traffic, 0.125) == Reading(0.125, "the switch says so", ("one",))
    assert json.loads((tmp_path / "state.json").read_text())["orders"] == [order]


def test_counts_are_taken_from_each_other_unless_they_began_anew(tmp_path: Path) -> None:
    """Running totals of the script are subtracted; a new `since`, or totals that fell, count from zero and say so."""
    traffic, anew = _configure(tmp_path), ("the counters began anew, so requests are counted from then on",)
    _count(tmp_path, new=10, old=100)
    mark = traffic.mark_count() or ""
    _count(tmp_path, new=30, old=160)
    first = traffic.measure_share(mark)
    _count(tmp_path, new=30, old=160, since="boot 2")
    second = traffic.measure_share(mark)
    _count(tmp_path, new=1, old=160)
    third = traffic.measure_share(mark)
    assert [(moved.new, moved.old, moved.notes) for moved in (first, second, third)] == [
        (20, 60, ()),
        (30, 160, anew),
        (1, 160, anew),
    ]


def test_script_that_cannot_count_says_so_with_its_exit_code(tmp_path: Path) -> None:
    """Exit code 3 to `count` means that nothing is counted; it is no failure."""
    assert _configure(tmp_path).mark_count() is None


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (
            "import sys; print('no switch', file=sys.stderr); sys.exit(7)",
            "script.py --of shop set to succeed, found: no switch",
        ),
        ("import sys; sys.exit(3)", "--of shop set to succeed, found: exit code 3"),
        ("import os; os.kill(os.getpid(), 9)", "found: ended by signal 9"),
        ("print('done')", "expected one JSON object from {python} -S {folder}/script.py --of shop set, found 'done'"),
        ("print('{{}}' if 'set' in __import__('sys').argv else '')", "expected one JSON object from"),
        ("print('{{\"share\": 40}}')", "expected a share from 0 to 1, or null from"),
        ('print(\'{{"share": null, "notes": ["it is off"]}}\')', "read back no share that can be told"),
    ],
)
def test_what_goes_wrong_is_one_sentence(tmp_path: Path, script: str, message: str) -> None:
    """A failure is told with the script's own last line; an answer that is none is quoted."""
    traffic = _configure(tmp_path, script.format())
    with pytest.raises(TrafficError) as caught:
        move_share(traffic, 0.4)
    assert message.format(python=sys.executable, folder=tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_script_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    """A deadline holds for all that the script started."""
    script = (
        "import subprocess, sys; from pathlib import Path; child = subprocess.Popen(['sleep', '600'])\n"
        "Path(__file__).with_name('child').write_text(str(child.pid)); child.wait()"
    )
    traffic = _configure(tmp_path, script, "deadline_s = 1")
    with pytest.raises(TrafficError, match=r"--of shop set to end within 1.0 s; it did not, and was killed"):
        move_share(traffic, 0.4)
    child = int((tmp_path / "child").read_text())
    wait_until(lambda: not _is_alive(child), "the child to end")


def test_what_a_script_leaves_running_does_not_hold_it_up(tmp_path: Path) -> None:
    """A server that `set` starts in the background, with the script's own output, is no reason to wait."""
    script = (
        "import subprocess, sys; from pathlib import Path\n"
        "if 'set' in sys.argv:\n"
        "    child = subprocess.Popen(['sleep', '600'])\n"
        "    Path(__file__).with_name('child').write_text(str(child.pid))\n"
        "else:\n"
        "    print('{\"share\": 0.4}')"
    )
    assert move_share(_configure(tmp_path, script), 0.4).share == 0.4
    child = int((tmp_path / "child").read_text())
    assert _is_alive(child)
    os.kill(child, 9)


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2][:1]
    except OSError:
        return False
    return state != b"Z"
