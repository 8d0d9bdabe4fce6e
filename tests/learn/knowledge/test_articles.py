import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hotfix.cli.program import run
from hotfix.core.errors import InputError
from hotfix.learn.knowledge.articleindex import recall_articles
from hotfix.learn.knowledge.articles import Article, load_article, parse_article, render_article
from hotfix.learn.knowledge.articlesearch import find_for_incident, find_for_words
from tests.learn.cases import write_folder
from tests.learn.knowledge.signatures import sign, sign_other

_TEXT = """---
# how we find it again
title: Slots of PostgreSQL run out
services: orders, checkout
families: [connection_pool_exhaustion]
templates:
  - remaining connection slots are reserved, pid 4711
  - "sorry, too many clients already"
---

Sessions stay idle in transaction. Ask the database team to terminate them.
<!-- a mark -->
"""

_FIELDS = "title, services, families, templates"

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Return what runs ``hotfix kb`` in a project with the file ``slots.md``."""
    monkeypatch.chdir(tmp_path)
    Path("slots.md").write_text(_TEXT)

    def _run(*arguments: str) -> tuple[int, str, str]:
        code = run(["kb", *arguments])
        return code, *capsys.readouterr()

    return _run


def test_front_matter_is_read() -> None:
    """Lists stand behind the colon or below it; texts of logs are masked and may hold commas; marks are no words."""
    found = parse_article(_TEXT, "slots", "slots.md")
    assert (found.title, found.services, found.families) == (
        "Slots of PostgreSQL run out",
        ("orders", "checkout"),
        ("connection_pool_exhaustion",),
    )
    assert found.templates == (
        "remaining connection slots are reserved, pid <*>",
        "sorry, too many clients already",
    )
    assert ("terminate" in found.words, "mark" in found.words) == (True, False)
    assert load_article(render_article(found)) == found


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Restart *redis* #\n\nfirst", "Restart *redis*"),
        ("only words", "slots"),
        ("---\ntitle: A: b\n---\nx", "A: b"),
    ],
)
def test_title_is_the_field_or_the_heading_or_the_name(text: str, title: str) -> None:
    """All fields are optional, and so is the front matter."""
    assert parse_article(text, "slots", "slots.md").title == title


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "---\ntitle: a\nservces: b\n---\nx",
            f"slots.md:3: expected one of the fields {_FIELDS}, found 'servces'; did you mean 'services'?",
        ),
        (
            "---\nfamilies: oom\n---\nx",
            "slots.md:2: families: expected cause families as in docs/causes.md, found 'oom'",
        ),
        ("---\ntitle: a\ntitle: b\n---\nx", "slots.md:3: expected the field 'title' once, found it again"),
        ("---\ntitle: a\nx", "slots.md:1: expected a line of --- that ends the front matter, found none"),
        ("---\nwords\n---\nx", "slots.md:2: expected a field such as 'title: …' or '- …' below one, found 'words'"),
        ("---\ntitle: a\n---\n<!-- x -->", "slots.md: expected a text below the front matter, found none"),
    ],
)
def test_fault_is_told_with_its_line(text: str, said: str) -> None:
    """Whoever wrote it finds the place, what was expected and the nearest name."""
    with pytest.raises(InputError) as error:
        parse_article(text, "slots", "slots.md")
    assert str(error.value) == said


def test_added_article_is_found_and_shown(command: Command) -> None:
    """Its file lies in the knowledge base as it was written; words find it, and its name shows it."""
    assert command("add", "slots.md") == (0, ".hotfix/kb/slots.md: Slots of PostgreSQL run out\n", "")
    assert Path(".hotfix/kb/slots.md").read_text() == _TEXT
    found = json.loads(command("search", "FATAL: sorry, too many clients already", "--json")[1])
    assert [(one["article"], one["path"]) for one in found["articles"]] == [("slots", ".hotfix/kb/slots.md")]
    assert (found["similar"], found["compared"]) == ([], 0)
    assert command("search", "quantum banana")[1] == "No past incident is kept here.\n"
    shown = json.loads(command("show", "slots", "--json")[1])
    assert (shown["text"], shown["families"]) == (_TEXT, ["connection_pool_exhaustion"])
    assert "Ask the database team" in command("show", ".hotfix/kb/slots.md")[1]


def test_article_comes_from_standard_input(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named after its title."""
    with Path("slots.md").open() as source:
        monkeypatch.setattr("sys.stdin", source)
        assert command("add", "-")[1] == ".hotfix/kb/slots-of-postgresql-run-out.md: Slots of PostgreSQL run out\n"


def test_link_to_an_article_is_followed(command: Command) -> None:
    """Whoever names a link means what it leads to; the knowledge base holds the text."""
    Path("pool.md").symlink_to("slots.md")
    assert command("add", "pool.md")[0] == 0
    assert (Path(".hotfix/kb/pool.md").is_symlink(), Path(".hotfix/kb/pool.md").read_text()) == (False, _TEXT)


def test_adding_never_overwrites(command: Command) -> None:
    """The same again is told as known; another of that name is refused, and what is there stays."""
    command("add", "slots.md")
    assert command("add", "slots.md")[1] == ".hotfix/kb/slots.md: is here already, with the same content\n"
    Path("slots.md").write_text(f"{_TEXT}\nmore\n")
    code, _, said = command("add", "slots.md")
    assert (code, Path(".hotfix/kb/slots.md").read_text()) == (2, _TEXT)
    assert "expected no other article at .hotfix/kb/slots.md, found one; edit it there, or rename yours" in said


def test_index_follows_the_files(tmp_path: Path, command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    """An article that is edited, put there or removed by hand is found as it is; a broken one is told with its line."""
    root = tmp_path / ".hotfix" / "incidents"
    write_folder(root, 1)
    command("add", "slots.md")
    kept = tmp_path / ".hotfix" / "kb"
    assert [one.name for one in recall_articles(root).articles] == ["slots"]
    (kept / "slots.md").write_text("# Renamed\n\nquantum banana")
    (kept / "other.md").write_text("---\nfoo: 1\n---\nx")
    (kept / ".draft.md").write_text("x")
    (kept / "link.md").symlink_to("slots.md")
    shelf = recall_articles(root)
    assert [(one.name, one.title) for one in shelf.articles] == [("slots", "Renamed")]
    assert [one.where for one in shelf.unreadable] == ["other.md"]
    code, out, said = command("search", "quantum banana")
    assert (code, "Renamed" in out, "other.md:2: expected one of the fields" in said) == (0, True, True)
    (kept / "other.md").unlink()
    assert run(["incidents", "reindex"]) == 0
    assert capsys.readouterr().out == "1 incident and 1 article in .hotfix/hotfix.db\n"
    (kept / "slots.md").unlink()
    assert recall_articles(root).articles == ()


def test_name_that_is_neither_is_told(command: Command) -> None:
    """What is no incident is looked for among the articles, and a near name is suggested."""
    command("add", "slots.md")
    code, _, said = command("show", "slot")
    assert (code, "expected an incident's id, its folder, last, or an article, found 'slot'" in said) == (2, True)
    assert "did you mean 'slots'?" in said


def test_bytes_that_are_no_text_are_refused(command: Command) -> None:
    """A file in another encoding is told with its line, and nothing is written."""
    Path("bad.md").write_bytes(b"# Title\n\xff\xfe")
    assert "bad.md:2: expected text in UTF-8, found other bytes" in command("add", "bad.md")[2]
    assert "expected an article at nowhere.md, found: No such file or directory" in command("add", "nowhere.md")[2]
    assert not Path(".hotfix").exists()


_WORDING = "'NoneType' object is not subscriptable"


def _write(**fields: object) -> Article:
    plain = {"name": "a", "title": "A", "services": (), "families": (), "templates": (), "words": ("other",)}
    return Article(**(plain | fields))


@pytest.mark.parametrize(
    ("article", "shared"),
    [
        (_write(families=("null_reference",)), ("the cause family: null_reference",)),
        (_write(templates=("NoneType object is not subscriptable",)), (f"the wording: {_WORDING}",)),
        (_write(services=("basket",)), None),
        (_write(families=("disk_full",)), None),
        (_write(templates=("object",)), None),
    ],
    ids=["family", "wording", "service alone", "other family", "one word"],
)  # fmt: skip
def test_article_answers_an_incident_by_family_or_wording(article: Article, shared: tuple[str, ...] | None) -> None:
    """A family or a text of the logs that both name makes it one about the incident; a service or one word does not."""
    found = find_for_incident(sign(), [article], [sign(), sign_other(1)], 5)
    assert [one.shared for one in found] == ([] if shared is None else [shared])


def test_long_article_is_found_as_a_short_one() -> None:
    """Length takes nothing from an article that holds the words."""
    long = _write(name="long", words=("quantum", "banana", *(f"word{number}x" for number in range(2000))))
    short = _write(name="short", words=("quantum", "banana"))
    assert [one.article.name for one in find_for_words("quantum banana", [long, short], [], 5)] == ["long", "short"]


def test_hostile_article_is_harmless(command: Command) -> None:
    """Escapes of terminals in an article and its title are shown as text."""
    Path("evil.md").write_text("# \x1b[31mred\n\nquantum\x07 banana\n")
    assert "\x1b" not in command("add", "evil.md")[1]
    assert "\x1b" not in command("search", "quantum banana")[1]
    assert "\x1b" not in command("show", "evil")[1] + command("show", "evil")[1]
