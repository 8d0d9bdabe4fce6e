"""The encoder names families of texts that no rule knows, and says `unknown` where it is not sure."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hotfix.diagnosis.causes import classify_text, load_causes
from hotfix.model.families import FamilyReader, Scores, count_agreeing, load_family_model
from hotfix.model.meaning import Meaning
from hotfix.model.vectors import VectorStore

ROOT = Path(__file__).parents[2]


@pytest.fixture
def meaning(tmp_path: Path) -> Iterator[Meaning]:
    """Vectors by the real encoder, kept for one test."""
    with Meaning(store=VectorStore(tmp_path / "v.db")) as found:
        yield found


def _read_held_out(name: str) -> dict[str, list[str]]:
    """Return the texts of each cause in a set that is held out."""
    path = ROOT / "tests" / "diagnosis" / "phrasings" / f"{name}.toml"
    stored = tomllib.loads(path.read_text("utf-8"))
    return {cause: [text for texts in groups.values() for text in texts] for cause, groups in stored.items()}


UNKNOWN_TO_RULES = [
    ("split gives two pieces and we use the third one", "index_out_of_range"),
    ("the volume has not a byte to spare", "disk_full"),
    ("each of the jobs holds what the other one wants", "deadlock"),
    ("both servers sold the last seat at the same moment", "race_condition"),
    ("it comes up, falls over, comes up again, all night", "crash_loop"),
    ("all invoices of one giant customer end up on a single machine", "hot_key"),
]


@pytest.mark.parametrize(("text", "family"), UNKNOWN_TO_RULES)
def test_wording_that_no_rule_is_sure_of(meaning: Meaning, text: str, family: str) -> None:
    """A sentence without a technical word gets its family from what it means."""
    match = FamilyReader(meaning).classify(text)[0]
    assert (match.category, match.confidence > 0.1) == (family, True)


@pytest.mark.parametrize("text", ["the train leaves at seven", "GET /orders 200 4ms", "invoice 12 printed", "..."])
def test_nothing_wrong(meaning: Meaning, text: str) -> None:
    """What tells of no trouble is `unknown`."""
    assert [match.category for match in FamilyReader(meaning).classify(text)] == ["unknown"]


def test_sure_rules_decide_alone(tmp_path: Path) -> None:
    """Where rules are sure the encoder is not even looked for."""
    with Meaning(tmp_path / "no-such.gguf", VectorStore(tmp_path / "v.db")) as meaning:
        found = FamilyReader(meaning).classify("OSError: [Errno 28] No space left on device")
    assert (found, meaning.trouble) == (classify_text("OSError: [Errno 28] No space left on device"), None)


def test_any_rule_may_decide(tmp_path: Path) -> None:
    """When asked so, the encoder is left alone as soon as rules find anything, however unsure they are."""
    text = "cursor points past the end of the buffer"
    assert 0.1 < classify_text(text)[0].confidence < 0.92
    with Meaning(tmp_path / "no-such.gguf", VectorStore(tmp_path / "v.db")) as meaning:
        found = FamilyReader(meaning, sure=0.0).classify(text)
    assert (found, meaning.trouble) == (classify_text(text), None)


def test_without_an_encoder(tmp_path: Path) -> None:
    """Without the encoder the answer is that of the rules, and the reason is kept."""
    text = "split gives two pieces and we use the third one"
    with Meaning(tmp_path / "no-such.gguf", VectorStore(tmp_path / "v.db")) as meaning:
        found = FamilyReader(meaning).classify(text)
    assert (found, meaning.trouble is not None) == (classify_text(text), True)


def test_every_family_is_learned() -> None:
    """The model knows each cause family of the rules, and no other."""
    assert load_family_model().families == tuple(load_causes())


@pytest.mark.parametrize("cause", sorted(load_causes()))
def test_phrasings_are_many(cause: str) -> None:
    """Each family is learned from at least sixty texts in at least seven phrasing families."""
    families = tomllib.loads((ROOT / "models" / "phrasings" / f"{cause}.toml").read_text("utf-8"))
    assert (len(families) >= 7, sum(map(len, families.values())) >= 60) == (True, True)


def test_nothing_held_out_is_learned() -> None:
    """No text of a set that is held out stands among those that are learned from."""
    held = {text for name in ("heldout", "fresh", "aside") for texts in _read_held_out(name).values() for text in texts}
    learned = {
        text
        for path in (ROOT / "models" / "phrasings").glob("*.toml")
        for texts in tomllib.loads(path.read_text("utf-8")).values()
        for text in texts
    }
    assert held & learned == set()


def test_accuracy_on_texts_kept_aside(meaning: Meaning) -> None:
    """Of texts that nothing was tuned with, nine in ten get their family; sure claims hold in 97 of 100."""
    reader = FamilyReader(meaning)
    claims = [
        (match.category == cause, match.confidence >= 0.8)
        for cause, texts in _read_held_out("aside").items()
        for match in (reader.classify(text)[0] for text in texts)
    ]
    sure = [right for right, is_sure in claims if is_sure]
    assert (sum(right for right, _ in claims) / len(claims) >= 0.9, sum(sure) / len(sure) >= 0.97) == (True, True)


def test_what_says_nothing_agrees_with_nothing() -> None:
    """Silent rules are not counted as agreeing, whichever family is best; ways of looking that name it are."""
    meant, worded, silent = (np.array([row]) for row in ([0.9, 0.1], [0.7, 0.2], [0.0, 0.0]))
    shares = np.array([[0.8, 0.2]])
    assert count_agreeing(Scores(meant, worded, silent), shares).tolist() == [[0, 1]]
    assert count_agreeing(Scores(meant, worded, np.array([[0.6, 0.0]])), shares).tolist() == [[0, 2]]
    assert count_agreeing(Scores(meant, silent, silent), shares).tolist() == [[0, 0]]
