"""The role in an agent's front matter chooses the model that its step asks."""

from pathlib import Path

import pytest

from hotfix.agents.saying import describe_agent, say_agent
from hotfix.core.errors import UsageError
from hotfix.core.overrides import PROJECT
from hotfix.flow.contract import Listeners, ModelChoice
from hotfix.flow.engines import open_engine_for
from hotfix.model.agentfiles import AGENT_VARIABLE, Step, load_agents
from hotfix.model.catalogue import Catalogue, ModelServer, Role, write_catalogue

_SERVER = ModelServer("http://127.0.0.1:9/v1", "any")
_FILE = (
    "---\nname: {name}\ndescription: d\ntools: read, grep\nskills: bug-diagnosis\n"
    "model: {role}\nstep: {step}\n---\nBe brief.\n"
)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a project, with a model for each role; none of them is contacted before it is asked."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTFIX_MODELS", str(tmp_path / "models"))
    known = Catalogue().add("large", _SERVER).add("small", _SERVER).use(Role.FAST, "small")
    write_catalogue(tmp_path / "models", known)
    return tmp_path


def _write(name: str, role: str, step: str = "diagnose") -> None:
    path = PROJECT / "agents" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_FILE.format(name=name, role=role, step=step), "utf-8")


def _see_model(step: Step, choice: ModelChoice | None = None) -> str | None:
    """Return which model a step would ask."""
    with open_engine_for(choice or ModelChoice(), Listeners(), step=step) as (engine, _):
        return engine.name if engine else None


def test_packaged_agents_ask_the_judge() -> None:
    """Diagnosis and patch are judged by the larger model."""
    assert (_see_model(Step.DIAGNOSE), _see_model(Step.PATCH)) == ("large", "large")


def test_role_of_the_projects_agent_chooses_the_model() -> None:
    """An own agent whose file says fast asks the model of that role in its step; the other steps keep theirs."""
    _write("bug-diagnostician", "fast")
    assert (_see_model(Step.DIAGNOSE), _see_model(Step.PATCH)) == ("small", "large")


def test_agent_that_was_asked_chooses_in_its_own_step_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process of an agent knows its name: its role counts there, and nowhere else."""
    _write("auditor", "fast", step="patch")
    assert _see_model(Step.PATCH) == "large"
    monkeypatch.setenv(AGENT_VARIABLE, "auditor")
    assert (_see_model(Step.DIAGNOSE), _see_model(Step.PATCH)) == ("large", "small")


def test_user_comes_before_the_agent() -> None:
    """A model that is named is asked, and none where models are switched off, whatever the role."""
    _write("bug-diagnostician", "fast")
    assert _see_model(Step.DIAGNOSE, ModelChoice("large")) == "large"
    assert _see_model(Step.DIAGNOSE, ModelChoice(off=True)) is None


def test_role_that_there_is_not_is_told_with_its_line() -> None:
    """A mistyped role is an error before anything is asked, with a near name."""
    _write("bug-diagnostician", "fats")
    with pytest.raises(
        UsageError, match=r":6: model: expected one of fast, judge, found 'fats'; did you mean 'fast'\?$"
    ):
        _see_model(Step.DIAGNOSE)


def test_agents_files_do_not_matter_where_there_is_no_model(project: Path) -> None:
    """Without a model nothing is chosen: the words come from templates, as ever."""
    _write("bug-diagnostician", "fats")
    write_catalogue(project / "models", Catalogue())
    assert _see_model(Step.DIAGNOSE) is None


def test_card_says_which_model_is_asked() -> None:
    """What lists agents says the role, or that the step asks none."""
    agents = load_agents()
    said = {
        name: next(line for line in say_agent(describe_agent(one), files=False) if "step" in line)
        for name, one in agents.items()
    }
    assert said["patch-developer"] == "  step patch; tools read, write, edit; model judge"
    assert said["hotfix-tester"] == "  step test; tools read, run; no model"
