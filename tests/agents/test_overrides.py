"""A project's own agents, skills and templates stand in place of the packaged ones; their faults are told by line."""

from pathlib import Path

import pytest

from hotfix.core.errors import UsageError
from hotfix.core.overrides import PROJECT
from hotfix.core.resources import find_resource
from hotfix.diagnosis.diagnose import diagnose
from hotfix.model.agentfiles import AGENT_VARIABLE, Step, Tool, choose_agent, load_agents, load_skills
from hotfix.model.assist import assist
from hotfix.pipeline import AnalysisRequest, prepare
from hotfix.report.document import render_document
from hotfix.report.templatecheck import check_templates
from tests.incidents import json_flag
from tests.model.tableengine import TableEngine
from tests.report.analyses import incident
from tests.site import Site

_AGENT = (
    "---\nname: bug-diagnostician\ndescription: ours\ntools: read, grep\nskills: house\nmodel: judge\n---\nBe brief.\n"
)
_SKILL = "---\nname: house\ndescription: ours\n---\nOur pool is called lake.\n"
_REPORT = "diagnosis-report.md"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a project without files of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_own_agent_and_skill_stand_in_place_of_the_packaged_ones() -> None:
    """The agent of the project is the one in force, with the skill that only the project has; the others stay."""
    _write("skills/house.md", _SKILL)
    path = _write("agents/bug-diagnostician.md", _AGENT)
    agent = load_agents()["bug-diagnostician"]
    assert (agent.tools, agent.step, agent.path) == ((Tool.READ, Tool.GREP), Step.DIAGNOSE, path)
    assert agent.constant == "Be brief.\n\nOur pool is called lake."
    assert load_agents()["patch-developer"].path.is_absolute()


def test_own_skill_reaches_packaged_agents() -> None:
    """A skill of the project replaces the packaged one of its name in every agent that names it."""
    _write("skills/bug-diagnosis.md", _SKILL.replace("house", "bug-diagnosis"))
    assert load_agents()["bug-diagnostician"].constant.endswith("\n\nOur pool is called lake.")
    assert len(load_skills()) == 5


def test_model_is_given_the_words_of_the_project(tmp_path: Path) -> None:
    """What a model is shown of an incident begins with the text of the project's own agent and its skills."""
    _write("skills/house.md", _SKILL)
    _write("agents/bug-diagnostician.md", _AGENT)
    site = Site(3, minutes=15)
    json_flag(site)
    case = prepare(AnalysisRequest(paths=(str(site.save(tmp_path / "logs")),), encoder=False)).case
    assert case is not None
    engine = TableEngine([{"sentences": []}])
    assist(case, diagnose(case), engine)
    assert {prompt.constant for prompt in engine.prompts} == {"Be brief.\n\nOur pool is called lake."}


def test_agent_of_another_name_does_the_step_that_it_names() -> None:
    """Where ``HOTFIX_AGENT`` names it, its words are used for its own step, and the usual ones for the others."""
    text = _AGENT.replace("skills: house", "skills: bug-diagnosis")
    _write(
        "agents/auditor.md", text.replace("bug-diagnostician", "auditor").replace("---\nBe", "step: diagnose\n---\nBe")
    )
    told = {AGENT_VARIABLE: "auditor"}
    assert (choose_agent(Step.DIAGNOSE, told).name, choose_agent(Step.PATCH, told).name) == (
        "auditor",
        "patch-developer",
    )
    assert choose_agent(Step.DIAGNOSE, {}).name == "bug-diagnostician"
    with pytest.raises(
        UsageError, match=r"^HOTFIX_AGENT: expected one of .*, found 'auditer'; did you mean 'auditor'\?$"
    ):
        choose_agent(Step.DIAGNOSE, {AGENT_VARIABLE: "auditer"})


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("agents/bug-diagnostician.md", _AGENT.replace("tools", "tool"),
         ":4: expected one of the fields name, description, tools, skills, model, step, found 'tool'"),
        ("agents/bug-diagnostician.md", _AGENT.replace("read,", "reed,"),
         ":4: tools: expected one of edit, glob, grep, read, run, write, found 'reed'; did you mean 'read'?"),
        ("agents/bug-diagnostician.md", _AGENT.replace("skills: house", "skills: bug-diagnoses"),
         ":5: skills: expected one of bug-diagnosis, deployment-strategy, hotfix-testing, incident-analysis, "),
        ("agents/auditor.md", _AGENT.replace("bug-diagnostician", "auditor").replace("house", "bug-diagnosis"),
         ":1: step: expected one of diagnose, patch, plan, review, test, found none; only bug-diagnostician, "),
        ("agents/notes.txt", "x", ": expected a file NAME.md, found 'notes.txt'"),
        ("skills/house.md", _SKILL.replace("description", "descripton"),
         ":3: expected one of the fields name, description, found 'descripton'; did you mean 'description'?"),
    ],
)  # fmt: skip
def test_fault_of_an_own_agent_or_skill_is_told_by_line(name: str, text: str, said: str) -> None:
    """An unknown field, tool or skill, and a missing step are the user's to mend: file, line and a near name."""
    path = _write(name, text)
    with pytest.raises(UsageError) as caught:
        load_agents()
    assert str(caught.value).startswith(f"{path}{said}")


def test_own_template_is_what_the_document_is_made_of() -> None:
    """The project's wording stands in the document; without its file, the packaged one."""
    packaged = render_document(incident())
    _write(f"templates/{_REPORT}", _read(_REPORT).replace("## Impact\n", "## Impact\n\nAsk the duty manager.\n"))
    assert render_document(incident()) == packaged.replace("## Impact\n", "## Impact\n\nAsk the duty manager.\n")


def test_every_packaged_template_may_be_copied() -> None:
    """Each document's template passes its own check, so that a project can begin with a copy."""
    names = [path.name for path in find_resource("templates").iterdir() if path.suffix in {".md", ".html"}]
    own = [_write(f"templates/{name}", _read(name)) for name in names]
    assert list(check_templates()) == sorted(own)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{ headline }}", "{{ headlin }}", ":2: unknown name 'headlin'; did you mean 'headline'?"),
        ("{{ headline }}", "{{ headline | shrt }}", ":2: unknown filter 'shrt'; did you mean 'short'?"),
        ("{{ headline }}", "{% if headline is strin %}{% endif %}", ":2: unknown test 'strin'; did you mean 'string'?"),
        ("{{ headline }}", "{{ headline }", ":2: unexpected '}'"),
        (
            "{{ headline }}",
            "{{ analysis.comand }}",
            ":2: 'hotfix.core.facts.Analysis object' has no attribute 'comand'",
        ),
        ("{{ headline }}", "{{ headline | percent }}", ":2: Unknown format code '%' for object of type 'str'"),
        (
            "{{ headline }}",
            "{{ headline.__class__ }}",
            ":2: access to attribute '__class__' of 'str' object is unsafe.",
        ),
        (
            "## Five whys",
            "## Five why",
            ": expected a section 'Five whys', as the packaged template has, found none; did you mean 'Five why'?",
        ),
        (
            "## Five whys",
            "{# ## Five whys #}",
            ": expected a section 'Five whys', as the packaged template has, found none",
        ),
    ],
)
def test_fault_of_an_own_template_is_told_by_line(old: str, new: str, said: str) -> None:
    """An unknown name, filter or attribute, a fault of syntax and a missing section are told."""
    path = _write(f"templates/{_REPORT}", _read(_REPORT).replace(old, new, 1))
    with pytest.raises(UsageError) as caught:
        render_document(incident())
    assert str(caught.value).startswith(f"{path}{said}")


def test_template_that_no_document_has_is_a_mistake() -> None:
    """A file of another name would never be read: it is refused with a near name."""
    _write("templates/rcs.md", "x")
    with pytest.raises(UsageError, match=r"^\.hotfix/templates/rcs\.md: expected one of .*; did you mean 'rca\.md'\?$"):
        check_templates()


def _write(name: str, text: str) -> Path:
    path = PROJECT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _read(name: str) -> str:
    return find_resource("templates", name).read_text(encoding="utf-8")
