"""What docs/knowledge.md and docs/chaos.md say is what the program does."""

import re
import shlex
from pathlib import Path

import pytest

from hotfix.cli.program import run
from hotfix.learn.chaosrules import load_experiments
from hotfix.learn.knowledge.articles import FIELDS, parse_article
from tests.learn.cases import write_folder

_DOCS = Path(__file__).parents[3] / "docs"
_GUIDE = (_DOCS / "knowledge.md").read_text("utf-8")
_CHAOS = (_DOCS / "chaos.md").read_text("utf-8")
_ARTICLE = re.findall(r"```markdown\n(.*?)```", _GUIDE, re.DOTALL)[0]
_EXAMPLES = re.findall(r"^\$ hotfix kb (.+)$", _GUIDE.split("## ")[0], re.MULTILINE)


def test_every_command_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """The guide shows every command that ``hotfix kb --help`` lists, and no other."""
    run(["kb", "--help"])
    listed = re.findall(r"^  ([\w-]+)  ", capsys.readouterr().out.split("Commands:")[1], re.MULTILINE)
    assert sorted({command.split()[0] for command in _EXAMPLES}) == sorted(listed)


def test_every_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands of the guide end well beside two incidents of a family, once its article was added."""
    monkeypatch.chdir(tmp_path)
    for number, ident in enumerate(("20260115T140300Z-checkout", "other")):
        write_folder(Path(".hotfix", "incidents"), number).rename(Path(".hotfix", "incidents", ident))
    Path("slots.md").write_text(_ARTICLE)
    for command in sorted(_EXAMPLES, key=lambda one: not one.startswith("add")):
        assert (run(["kb", *shlex.split(command)]), capsys.readouterr().out != "") == (0, True), command


def test_article_of_the_guide_is_one() -> None:
    """The guide's example has every field, and each is in the table of fields."""
    article = parse_article(_ARTICLE, "slots", "slots.md")
    assert (article.services, article.families) == (("checkout",), ("connection_pool_exhaustion",))
    assert [one for one in FIELDS if f"| `{one}` |" not in _GUIDE or f"\n{one}:" not in _ARTICLE] == []


def test_families_without_an_experiment_are_named() -> None:
    """The guide of the experiments counts what the data files hold."""
    known = load_experiments().values()
    assert [one.family for one in known if one.why_none and f"`{one.family}`" not in _CHAOS] == []
    counts = sum(bool(one.experiments) for one in known), sum(bool(one.lab) for one in known)
    assert f"Of the other {counts[0]}, {counts[1]} have a scenario in the lab" in _CHAOS
