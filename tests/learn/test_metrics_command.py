"""``hotfix metrics``, run as a user runs it: on what ``hotfix analyze`` and ``hotfix incidents`` left."""

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hotfix.learn.metrics.computing import DEFINITIONS
from tests.learn.cases import write_folder
from tests.learn.commands import run_hotfix

_ROOT = Path(__file__).parents[2]
_SAMPLES = _ROOT / "sample_logs"
_GUIDE = (_ROOT / "docs" / "metrics.md").read_text("utf-8")
_NULL, _CLOCK = "20261125T115316Z-orders", "20261125T130227Z-inventory"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which two samples were analysed, and one of them was paged, mitigated, resolved and closed."""
    folder = tmp_path_factory.mktemp("worked")
    for sample in ("clock-skew-on-one-replica", "python-null-after-release"):
        assert run_hotfix(folder, "analyze", str(_SAMPLES / sample / "logs"), "--quiet", "--no-model").returncode == 1
    for arguments in (
        ("note", _NULL, "pager rang", "--detected", "--at", "2026-11-25T11:58:16Z"),
        ("status", _NULL, "mitigated", "--at", "2026-11-25T12:13:16Z"),
        ("status", _NULL, "resolved", "--at", "2026-11-25T12:43:16Z"),
        ("close", _NULL, "--reason", "reviewed"),
    ):
        assert run_hotfix(folder, "incidents", *arguments).returncode == 0
    return folder


@pytest.fixture
def run(worked: Path, tmp_path: Path) -> Run:
    """Return what runs ``hotfix metrics`` in a copy of that folder."""
    shutil.copytree(worked, tmp_path, dirs_exist_ok=True)
    return lambda *arguments: run_hotfix(tmp_path, "metrics", *arguments)


def _find(told: object, measure: str) -> dict[str, object]:
    assert isinstance(told, dict)
    found = next(one for one in told["figures"] if one["measure"] == measure)
    assert isinstance(found, dict)
    return found


def test_table_shows_what_is_known_of_how_many(run: Run) -> None:
    """Each number with what it is of, what is not known, and what it rests on; few are marked and explained."""
    lines = run("--since", "2026-11-25", "--until", "2026-11-25T12:30Z").stdout.splitlines()
    assert lines[0] == "1 incident since 2026-11-25T00:00:00Z until 2026-11-25T12:30:00Z"
    rows = [re.split(r"  +", line.strip()) for line in lines]
    assert [row for row in rows if row[0].startswith("time to ")][:3] == [
        ["time to detect (MTTD)", "5 min*", "1", "-"],
        ["time to mitigate", "20 min*", "1", "-"],
        ["time to repair (MTTR)", "50 min*", "1", "-"],
    ]
    assert "  time to repair (MTTR): resolved by operator 1" in lines
    assert lines[-1] == "* of few incidents: another one may turn it over"
    assert max(map(len, lines)) <= 100


def test_json_tells_everything(run: Run) -> None:
    """Values, their ground and their definition, of all and of each group."""
    told = json.loads(run("--json", "--by", "service").stdout)
    assert (told["schema"], told["by"], told["all"]["incidents"]) == ("hotfix.metrics/1", "service", 2)
    assert [(one["name"], one["incidents"]) for one in told["groups"]] == [("inventory", 1), ("orders", 1)]
    orders, repair = told["groups"][1], _find(told["all"], "time_to_repair")
    harm = _find(orders, "time_to_mitigate")["median"]
    assert isinstance(harm, float)
    assert (repair["n"], repair["not_known"], repair["rests_on"]) == (1, 1, {"resolved by operator": 1})
    assert repair["median"] == pytest.approx(harm + 1800, abs=0.01)
    deploy = _find(orders, "deploy_time")["median"]
    assert (deploy, _find(orders, "deploy_on_target")["share"]) == (15 * 60, 1.0)
    assert _find(told["all"], "hotfix_success")["not_applicable"] == 2
    assert _find(told["all"], "agent_cpu_time")["agent"] == "bug-diagnostician"


def test_csv_has_one_row_a_number(run: Run) -> None:
    """As many as the JSON has, with the group in its own column; what is not known is empty."""
    rows = list(csv.DictReader(io.StringIO(run("--csv", "--by", "severity").stdout)))
    told = json.loads(run("--json", "--by", "severity").stdout)
    assert len(rows) == sum(len(group["figures"]) for group in told["groups"])
    repair = [(row["group"], row["median"], row["n"]) for row in rows if row["measure"] == "time_to_repair"]
    assert (repair[1], repair[0][0], repair[0][2]) == (("P2", "", "0"), "P1", "1")


@pytest.mark.parametrize("by", [(), ("--by", "service"), ("--by", "family")])
def test_openmetrics_file_is_one_that_prometheus_takes(run: Run, tmp_path: Path, by: tuple[str, ...]) -> None:
    """Written whole, and promtool has nothing to say."""
    done = run("--openmetrics", "hotfix.prom", *by)
    text = (tmp_path / "hotfix.prom").read_text("utf-8")
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "hotfix.prom: 2 incidents\n", "")
    assert (checked.returncode, checked.stdout, checked.stderr, text.endswith("# EOF\n")) == (0, "", "", True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--json", "--csv"), "expected one of --json, --csv and --openmetrics, found several"),
        (("--since", "2026-02-01", "--until", "2026-01-01"), "expected --since before --until"),
        (("--until", "soon"), "--until: expected a time such as"),
        (("--openmetrics", "no/folder/x.prom"), "expected a file that can be written at no/folder/x.prom, found: "),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    """It ends with 2 and one sentence, and writes nothing."""
    done = run_hotfix(tmp_path, "metrics", *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n"), list(tmp_path.iterdir())) == (2, "", 1, [])
    assert message in done.stderr


def test_nothing_here_is_no_number(tmp_path: Path) -> None:
    """Before the first analysis there is a table without numbers, and no folder is made."""
    done = run_hotfix(tmp_path, "metrics")
    assert (done.returncode, done.stdout.splitlines()[0], done.stderr) == (0, "0 incidents", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", [(), ("--json",), ("--csv",), ("--openmetrics", "x.prom")])
def test_hostile_text_reaches_no_terminal(tmp_path: Path, form: tuple[str, ...]) -> None:
    """Escapes, line feeds and overrides in a service are shown as what they are; so they are in a message."""
    evil = '=evil"} 1 \x1b]0;owned\x07\n\u202e'
    write_folder(tmp_path / ".hotfix" / "incidents", 1, services=[evil])
    (tmp_path / ".hotfix" / "incidents" / "x\x1b[2J").mkdir()
    done = run_hotfix(tmp_path, "metrics", "--by", "service", *form)
    for text in (done.stdout, done.stderr):
        assert not any(character in text for character in ("\x1b", "\x07", "\u202e"))


def test_folder_that_cannot_be_read_is_told_beside_the_table(run: Run, tmp_path: Path) -> None:
    """A broken report costs one sentence on standard error; the others are measured."""
    (tmp_path / ".hotfix" / "incidents" / _CLOCK / "report.json").write_text("{", encoding="utf-8")
    done = run()
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "1 incident")
    assert done.stderr.startswith(f"hotfix: {_CLOCK} is left out: expected JSON at ")


def test_every_measure_stands_in_the_guide() -> None:
    """The tables of the guide say of each measure what the program says of it, and name no other."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", _GUIDE, re.MULTILINE)
    assert rows == [(one.ident, one.unit, one.says) for one in DEFINITIONS]


def test_every_example_runs(run: Run) -> None:
    """The commands of the guide each end well and say something."""
    examples = re.findall(r"^\$ hotfix metrics ?(.*)$", _GUIDE, re.MULTILINE)
    ended = [run(*(Path(word).name if "/" in word else word for word in line.split())) for line in examples]
    assert (len(ended) >= 4, [(one.returncode, bool(one.stdout)) for one in ended]) == (True, [(0, True)] * len(ended))
