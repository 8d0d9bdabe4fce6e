from collections.abc import Sequence
from pathlib import Path

from hotfix.diagnosis.mechanisms.contract import Clue
from hotfix.diagnosis.mechanisms.repetition import find_repetition
from tests.diagnosis.scenes import make_scene
from tests.site import Site

ONSET = 700.0


def _find(site: Site, folder: Path, *, claimed: bool = False) -> Sequence[Clue]:
    return tuple(find_repetition(make_scene(site.save(folder), site.at(ONSET) if claimed else None)))


def test_names_the_offset_at_which_a_consumer_dies(tmp_path: Path) -> None:
    """The position that fails again and again, and never did before, is named."""
    site = Site(seed=3)
    offset = 48_000
    for moment in site.ticks(2, 0, ONSET):
        offset += 1
        site.java(
            "billing", moment, "INFO", f"Consumed invoices partition=2 offset={offset} in {site.rng.randrange(9)} ms"
        )
    for moment in site.ticks(0.5, ONSET):
        said = f"Could not consume invoices partition=2 offset={offset + 1}: Unexpected character ('<' (code 60))"
        site.java("billing", moment, "ERROR", said)
    repeated, standing = _find(site, tmp_path)
    assert repeated.service == "billing"
    assert repeated.statement.startswith(f"offset={offset + 1} fails again and again: in 2")
    assert repeated.statement.endswith("and in no record looked at that does not fail")
    assert repeated.strength > 0.9
    assert standing.statement.startswith(f"offset of billing stands at {offset + 1} in 2")


def test_names_the_message_that_a_json_logger_retries(tmp_path: Path) -> None:
    """A message id in a field is named, though it is announced at INFO before each try."""
    site = Site(seed=4)
    for moment in site.ticks(1.5):
        ident = f"{site.rng.getrandbits(40):x}"
        site.json("mailer", moment, "info", "picked up", messageId=ident)
        site.json("mailer", moment + 0.1, "info", "sent", messageId=ident)
    for moment in site.ticks(0.2, ONSET):
        site.json("mailer", moment, "info", "picked up", messageId="7d1f00aa31")
        site.json("mailer", moment + 0.1, "error", "cannot render: no template for locale 'xx'", messageId="7d1f00aa31")
    clue = _find(site, tmp_path)[0]
    assert clue.statement.startswith("messageid=7d1f00aa31 fails again and again")
    assert clue.strength > 0.9


def test_names_an_identifier_that_nothing_labels(tmp_path: Path) -> None:
    """A word shaped as the identifiers of other records is one, also with no name before it."""
    site = Site(seed=5)
    for moment in site.ticks(2):
        site.plain("labels", moment, f"printed PKG-{site.rng.randrange(10**6):06d}-EU")
    for moment in site.ticks(0.3, ONSET):
        site.plain("labels", moment, "ERROR while printing (PKG-004711-EU): street is empty")
    assert _find(site, tmp_path)[0].statement.startswith("PKG-004711-EU fails again and again")


def test_names_a_hot_key(tmp_path: Path) -> None:
    """One key of many that most failures are about is named."""
    site = Site(seed=6)
    for moment in site.ticks(3):
        site.python("cache", moment, "INFO", f"read key 'user:{site.rng.randrange(500)}' in {site.rng.randrange(9)} ms")
    for moment in site.ticks(1, ONSET):
        number = 4711 if site.rng.random() < 0.9 else site.rng.randrange(500)
        site.python("cache", moment, "ERROR", f"timed out reading key 'user:{number}'")
    assert "key=user:4711 fails again and again" in _find(site, tmp_path)[0].statement


def test_names_a_position_that_stands_still(tmp_path: Path) -> None:
    """A counter that rose in every record before the onset and repeats one value since is named with both."""
    site = Site(seed=7)
    for second in range(0, 1200, 5):
        position = 1000 + 40 * min(second, 700)
        site.python("replica", second, "INFO", f"heartbeat: applied position={position} peers=3")
    for moment in site.ticks(0.5, ONSET):
        site.python("replica", moment, "ERROR", "cannot apply change: duplicate key value")
    assert [clue.statement.partition(" in ")[0] for clue in _find(site, tmp_path)] == [
        "position of replica stands at 29000"
    ]


def test_is_silent_when_each_failure_is_about_another_thing(tmp_path: Path) -> None:
    """Failures of as many orders as there are failures repeat nothing."""
    site = Site(seed=8)
    for moment in site.ticks(3):
        bad = moment >= ONSET and site.rng.random() < 0.4
        order = f"order={site.rng.randrange(10**6)}"
        site.python("shop", moment, "ERROR" if bad else "INFO", f"{'no address for' if bad else 'placed'} {order}")
    assert _find(site, tmp_path) == ()


def test_is_silent_on_fixed_words_of_a_message(tmp_path: Path) -> None:
    """Ports, limits and names of pools are part of the message, however often it comes."""
    site = Site(seed=9)
    for moment in site.ticks(3):
        site.java(
            "stock", moment, "INFO", f"Reserved {site.rng.randrange(1, 9)} items of product {site.rng.randrange(999)}"
        )
    for moment in site.ticks(1, ONSET):
        said = (
            "HikariPool-1 - Connection to db-main:5432 is not available, timed out after 30000ms (total=2, waiting=9)"
        )
        site.java("stock", moment, "ERROR", said)
    assert _find(site, tmp_path) == ()


def test_is_silent_when_one_request_is_tried_three_times(tmp_path: Path) -> None:
    """Three tries of each request are no repetition: each request ends."""
    site = Site(seed=10)
    for moment in site.ticks(2):
        ident = f"{site.rng.getrandbits(64):016x}"
        for attempt in range(3) if moment >= ONSET else ():
            site.json("pay", moment + attempt / 9, "error", "bank does not answer", reqId=ident, attempt=attempt)
        site.json("pay", moment + 0.4, "info", "payment accepted", reqId=ident)
    assert _find(site, tmp_path) == ()


def test_is_silent_in_healthy_times(tmp_path: Path) -> None:
    """A position that keeps rising, and old failures of many things, give no clue."""
    site = Site(seed=11)
    for second in range(0, 1200, 2):
        site.python("feed", second, "INFO", f"read up to offset={7 * second}")
    for moment in site.ticks(0.1):
        site.python("feed", moment, "ERROR", f"skipped item={site.rng.randrange(10**6)}: no picture")
    assert _find(site, tmp_path, claimed=True) == ()
