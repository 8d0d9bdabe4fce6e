"""The lints over whole reviews: every planted fault is found, and nothing in the good ones."""

import tomllib
from pathlib import Path

import pytest

from hotfix.learn.lint.blame import find_blame
from hotfix.learn.lint.check import lint_review
from hotfix.learn.lint.contract import Line
from hotfix.learn.lint.verbs import begins_with_verb
from hotfix.learn.lint.words import read_review_words

_REVIEWS = Path(__file__).parent / "reviews"
_GOOD = sorted(_REVIEWS.glob("*/good/*.md"))
_BAD = sorted(_REVIEWS.glob("*/bad/*.toml"))


def find_unseen(path: Path) -> list[str]:
    """Return the planted faults of a bad review that the lint does not tell on their line."""
    case = tomllib.loads(path.read_text("utf-8"))
    text = (path.parents[1] / "good" / f"{case['base']}.md").read_text("utf-8")
    for fault in case["fault"]:
        assert text.count(fault["old"]) == 1, fault["old"]
        text = text.replace(fault["old"], fault["new"])
    lines, found = text.splitlines(), lint_review(text)
    return [
        f"{fault['kind']}: {fault['at'] or fault['old'][:30]}"
        for fault in case["fault"]
        if not any(one.kind == fault["kind"] and fault["at"] in lines[one.line - 1] for one in found)
    ]


@pytest.mark.parametrize("path", _GOOD, ids=lambda path: path.stem)
def test_nothing_is_found_in_a_good_review(path: Path) -> None:
    """A review that blames nobody and lacks nothing passes, whatever its style."""
    assert lint_review(path.read_text("utf-8")) == ()


@pytest.mark.parametrize("path", _BAD, ids=lambda path: path.stem)
def test_every_planted_fault_is_found(path: Path) -> None:
    """Each fault is told with its kind and its line."""
    assert find_unseen(path) == []


def test_set_is_as_large_as_promised() -> None:
    """There are at least fourteen good reviews and twenty-two bad ones."""
    assert (len(_GOOD) >= 14, len(_BAD) >= 22) == (True, True)


@pytest.mark.parametrize(
    "text",
    [
        "Redis Sentinel failed over to a replica that was behind.",
        "Load Balancer dropped 2,104 connections.",
        "The package manager broke the order of restarts.",
        "The operator failed to renew the certificate and ignored the event.",
        "Argo Rollouts skipped the analysis.",
        "The release manager service failed to start.",
        "The developer portal failed, and the on-call tool missed the page.",
        "Lazy loading of the catalog caused the first timeout.",
        "Config Server ignored the new key, and the QA environment broke.",
        "The job scheduler did not notice that the host was gone.",
    ],
)
def test_software_with_a_name_of_people_is_not_blamed(text: str) -> None:
    """A manager, an operator or a name of two words may be software, which has faults that nobody is blamed for."""
    assert list(find_blame([Line(1, text)])) == []


@pytest.mark.parametrize(
    "text",
    [
        "An operator typed the wrong command.",
        "The manager failed to answer her phone.",
        "The operator who failed to renew the certificate was new.",
        "The release manager skipped the checklist.",
        "Dmitri Volkov misread the dashboard.",
        "Wilhelmina Okonjo forgot the flag.",
        "The team never bothered to read the contract.",
        "The cause was Anna, who raised the limit.",
        "It was merged in a hurry.",
    ],
)
def test_people_are_seen_behind_words_that_software_shares(text: str) -> None:
    """What only people do, or a pronoun, tells that a manager or a name of two words is a person."""
    assert [one.line for one in find_blame([Line(1, text)])] == [1]


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Rate-limit the exports", True),
        ("Re-enable the watch", True),
        ("Back-fill the price lists", True),
        ("AI-3: Stagger the restarts", True),
        ("[P1] Containerise the exporter", True),
        ("Defenestrate the old broker", True),
        ("Follow-up meeting with the vendor", False),
        ("Better alerts", False),
        ("Monitoring of the queue", False),
        ("Load tests need work", False),
        ("Certificate renewal", False),
        ("", False),
    ],
)
def test_action_begins_with_a_verb_or_not(text: str, verb: bool) -> None:  # noqa: FBT001  # a column of the table
    """A verb is known by the list, by a part of it, by its ending, or by the article behind it; a noun is none."""
    assert begins_with_verb(text, read_review_words().verbs) == verb
