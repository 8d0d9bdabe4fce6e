"""What docs/agents.md says is what the program does."""

import re
import shlex
from pathlib import Path

import pytest

from hotfix.agents.contract import Kind
from hotfix.agents.orders import write_order
from hotfix.agents.request import Surroundings, read_request
from hotfix.cli.program import run
from hotfix.model.agentfiles import load_agents
from hotfix.report.files import write_incident
from tests.report.analyses import incident

_GUIDE = (Path(__file__).parents[2] / "docs" / "agents.md").read_text("utf-8")
_REFUSED = re.findall(r"^\$ hotfix (agent .+)\n(hotfix: (?:expected|\.hotfix).+)$", _GUIDE, re.MULTILINE)
_AGENT = re.search(r"^\$ cat \.hotfix/agents/auditor\.md\n(.+?)^\$", _GUIDE, re.MULTILINE | re.DOTALL)


def test_table_of_agents_is_that_of_the_program() -> None:
    """Each agent with its step, its command and its tools stands in the guide, and no other."""
    rows = re.findall(r"^\| `([\w-]+)` \| `(\w+)` \| `hotfix ([\w ]+)` \| ([\w, ]+) \|$", _GUIDE, re.MULTILINE)
    everything = read_request("'logs' './orders'", Surroundings((), _find_kind, lambda _path: ""))
    told = [
        (
            agent.name,
            agent.step,
            " ".join(write_order(agent.step, everything, lambda name: name, runs=True).words).split(" l")[0],
            ", ".join(agent.tools),
        )
        for agent in load_agents().values()
    ]
    assert sorted(rows) == sorted(told)


def _find_kind(path: str) -> Kind:
    return Kind.LOGS if path == "logs" else Kind.REPOSITORY


@pytest.mark.parametrize(("command", "said"), _REFUSED, ids=[command[:40] for command, _ in _REFUSED])
def test_refusals_are_worded_as_shown(
    command: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each refusal of the guide is what the program prints."""
    monkeypatch.chdir(tmp_path)
    Path("logs").mkdir()
    write_incident(Path(".hotfix/incidents/one"), incident())
    if "auditor" in command and _AGENT:
        _write(".hotfix/agents/auditor.md", _AGENT[1])
    if "template" in said:
        _write(".hotfix/templates/deployment-plan.md", "# Plan\n\n{{ plan.decision.go }}\n{{ pln.decision }}\n")
    assert (run(shlex.split(command)), capsys.readouterr().err) == (2, f"{said}\n")


def test_guide_shows_refusals() -> None:
    """The examples of refusals are found in the guide."""
    assert len(_REFUSED) == 3


def _write(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
