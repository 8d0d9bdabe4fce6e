from collections.abc import Sequence
from pathlib import Path

from hotfix.diagnosis.mechanisms.contract import Clue
from hotfix.diagnosis.mechanisms.propagation import find_propagation
from tests.diagnosis.scenes import make_scene
from tests.site import Site

ONSET = 700.0


def _find(site: Site, folder: Path, *, claimed: bool = False) -> Sequence[Clue]:
    return tuple(find_propagation(make_scene(site.save(folder), site.at(ONSET) if claimed else None)))


def test_names_the_service_that_loud_callers_name(tmp_path: Path) -> None:
    """The origin is the service whose host the errors of its callers quote, however few its own records are."""
    site = Site(seed=3)
    for moment in site.ticks(3):
        site.java("stock", moment, "INFO", f"Reserved {site.rng.randrange(1, 9)} items")
        site.python("front", moment, "INFO", f"reserved in {site.rng.randrange(9, 90)} ms")
    for moment in [ONSET, *site.ticks(0.3, ONSET)]:
        site.java("stock", moment, "ERROR", "Connection is not available, request timed out after 30000ms")
    for moment in site.ticks(3, ONSET + 0.4):
        site.python("front", moment, "ERROR", "call to http://stock:8080/reserve failed: Read timed out.")
    (clue,) = _find(site, tmp_path)
    assert clue.service == "stock"
    assert "failing records of front that were looked at name stock as stock:8080" in clue.statement
    assert clue.strength > 0.9
    assert clue.place.file.endswith("stock.log")


def test_names_a_dependency_that_writes_no_log(tmp_path: Path) -> None:
    """A partner that only its callers know is named as they write it."""
    site = Site(seed=4)
    for moment in site.ticks(4):
        if moment >= ONSET and site.rng.random() < 0.6:
            error = "Post https://api.bank.example:8443/v2/charge: context deadline exceeded"
            site.json("payments", moment, "error", "charge failed", error=error)
        else:
            site.json("payments", moment, "info", "charged", amount=site.rng.randrange(900))
    (clue,) = _find(site, tmp_path)
    assert clue.service == "api.bank.example:8443"
    assert clue.statement.endswith("which writes no log here")
    assert clue.strength > 0.9


def test_names_a_host_whose_name_no_one_knows(tmp_path: Path) -> None:
    """A name that cannot be resolved is named without a port."""
    site = Site(seed=5)
    for moment in site.ticks(5):
        site.plain("relay", moment, f"forwarded message {site.rng.randrange(10**6)}")
    for moment in site.ticks(2, ONSET):
        site.plain("relay", moment, "ERROR cannot forward: getaddrinfo ENOTFOUND partner.internal")
    assert [clue.service for clue in _find(site, tmp_path)] == ["partner.internal"]


def test_finds_a_service_by_where_it_says_it_listens(tmp_path: Path) -> None:
    """An upstream address is that of the service that said at its start that it listens there."""
    site = Site(seed=6)
    site.java("cart", 3, "INFO", "Tomcat started on port(s): 8093 (http)")
    for moment in site.ticks(4):
        bad = moment >= ONSET and site.rng.random() < 0.4
        stamp = site.at(moment).strftime("%d/%b/%Y:%H:%M:%S +0000")
        head = f"10.9.{site.rng.randrange(99)}.7 - - [{stamp}]"
        said = f'{head} "GET /b/7 HTTP/1.1" {500 if bad else 200} 9 "-" "curl/8" rt=0.010 us="10.0.0.9:8093"'
        site.line("edge/access.log", moment, said)
        site.java(
            "cart", moment, "ERROR" if bad else "INFO", "Index 3 out of bounds for length 3" if bad else "Basket read"
        )
    (clue,) = _find(site, tmp_path)
    assert clue.service == "cart"
    assert "failing records of edge that were looked at name cart as 10.0.0.9:8093" in clue.statement


def test_names_who_fails_first_in_shared_requests(tmp_path: Path) -> None:
    """The deepest service that fails first in the requests of all is the origin, the ones in between are victims."""
    site = Site(seed=7)
    for moment in site.ticks(3):
        ident = f"{site.rng.getrandbits(128):032x}"
        bad = moment >= ONSET and site.rng.random() < 0.5
        for depth, (service, callee) in enumerate((("web", "offers"), ("offers", "rates"), ("rates", ""))):
            level, after = ("error", 0.09 - depth * 0.03) if bad else ("info", 0.05)
            said = (f"{callee} did not answer: 500" if callee else "division by zero") if bad else "answered"
            site.json(service, moment + after, level, said, traceId=ident)
    (clue,) = _find(site, tmp_path)
    assert clue.service == "rates"
    assert "requests looked at that failed at both it failed first" in clue.statement
    assert clue.strength > 0.9


def test_is_silent_when_a_service_fails_by_itself(tmp_path: Path) -> None:
    """Errors that name nobody propagate nothing; places in code and keys are no addresses."""
    site = Site(seed=8)
    for moment in site.ticks(4):
        bad = moment >= ONSET and site.rng.random() < 0.4
        said = "cannot read user:4711 in basket.py:88 (com.acme.Basket.read): None has no 'city'"
        site.python("shop", moment, "ERROR" if bad else "INFO", said if bad else "served")
    assert _find(site, tmp_path) == ()


def test_is_silent_on_tables_that_are_called_like_services(tmp_path: Path) -> None:
    """A database whose errors quote a table does not blame the service of that name."""
    site = Site(seed=9)
    for moment in site.ticks(2):
        site.json("invoices", moment, "info", "served")
        site.plain("postgresql", moment, "UTC [512] LOG:  checkpoint complete")
    for moment in site.ticks(1, ONSET):
        site.plain("postgresql", moment, 'UTC [512] ERROR:  could not extend table "invoices": No space left on device')
        site.json("invoices", moment + 0.05, "error", "could not save: database error")
    assert _find(site, tmp_path) == ()


def test_is_silent_in_healthy_times(tmp_path: Path) -> None:
    """Calls that are named all the time, with few old failures of other kinds, blame nobody."""
    site = Site(seed=10)
    for moment in site.ticks(4):
        site.python("front", moment, "INFO", "called http://stock:8080/reserve in 9 ms")
    for moment in site.ticks(0.1):
        site.python("front", moment, "ERROR", "newsletter: mailbox busy")
    assert _find(site, tmp_path, claimed=True) == ()
