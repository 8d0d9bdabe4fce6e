"""Incidents and healthy times with known truth, as log files of a small site: one function each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tests.site import Site


@dataclass(frozen=True, slots=True)
class Truth:
    """What a right diagnosis says."""

    verdict: str
    service: str | None = None
    category: str | None = None
    onset: datetime | None = None
    deploy: str | None = None  # words in the summary of the change that brought it; None: no change did
    frame: str | None = None


_PATHS = ("/basket", "/basket/7", "/orders", "/orders/19", "/search?q=lamp", "/products/4")
_ONSET = 700.0


def _healthy_web(site: Site, service: str = "shop", begin: float = 0, end: float | None = None) -> None:
    """Steady requests through nginx to a Python service; one in two hundred is not found."""
    for moment in site.ticks(4, begin, end):
        path = site.rng.choice(_PATHS)
        status = 404 if site.rng.random() < 0.005 else 200
        site.access(moment, path, status, site.rng.uniform(0.01, 0.2))
        site.python(service, moment, "INFO", f"GET {path} served in {site.rng.randrange(9, 190)} ms")


def _null_trace(file: str, line: int) -> str:
    return (
        "Internal Server Error: /orders\nTraceback (most recent call last):\n"
        '  File "/usr/lib/python3/dist-packages/flask/app.py", line 880, in full_dispatch_request\n'
        "    rv = self.dispatch_request()\n"
        f'  File "/srv/shop/{file}", line {line}, in delivery_label\n    return order.address.city.upper()\n'
        "AttributeError: 'NoneType' object has no attribute 'city'"
    )


def null_after_release(site: Site) -> Truth:
    """A release brings a missing value into a third of the requests."""
    _healthy_web(site)
    site.python("shop", 5, "INFO", "Starting shop 3.1.0")
    site.python("shop", _ONSET - 8, "INFO", "Shutting down")
    site.python("shop", _ONSET - 5, "INFO", "Starting shop 3.2.0")
    moments = site.ticks(1.5, _ONSET)
    for moment in moments:
        site.access(moment, "/orders", 500, 0.03)
        site.python("shop", moment, "ERROR", _null_trace("orders.py", 88))
    return Truth("incident", "shop", "null_reference", site.at(moments[0]), "3.2.0", "orders.py:88")


def loud_caller(site: Site) -> Truth:
    """A pool is made smaller in one service; its caller, behind nginx, shouts ten times louder."""
    _healthy_web(site, "front")
    for moment in site.ticks(3):
        site.java(
            "stock", moment, "INFO", f"Reserved {site.rng.randrange(1, 9)} items of product {site.rng.randrange(99)}"
        )
    site.java("stock", 4, "INFO", "HikariPool-1 - Start completed, maximumPoolSize=20")
    site.java("stock", _ONSET - 20, "INFO", "Configuration reloaded: datasource.maximum-pool-size changed from 20 to 2")
    moments = [_ONSET, *site.ticks(0.3, _ONSET)]
    for moment in moments:
        site.java(
            "stock",
            moment,
            "ERROR",
            "HikariPool-1 - Connection is not available, request timed out after 30000ms "
            "(total=2, active=2, idle=0, waiting=17)",
        )
    for moment in site.ticks(3, _ONSET + 0.4):
        site.python(
            "front", moment, "ERROR", "call to http://stock:8080/reserve failed: Read timed out. (read timeout=5)"
        )
        site.access(moment, "/basket", 504, 5.0)
    return Truth("incident", "stock", "connection_pool_exhaustion", site.at(moments[0]), "20 to 2")


def disk_fills(site: Site) -> Truth:
    """No change in the world: a database cannot write any more, and the service above it fails."""
    _healthy_web(site)
    for moment in site.ticks(0.5):
        site.plain(
            "postgresql", moment, f"UTC [{site.rng.randrange(400, 900)}] LOG:  checkpoint complete: wrote 40 buffers"
        )
    moments = site.ticks(0.6, _ONSET)
    for moment in moments:
        site.plain(
            "postgresql", moment, 'UTC [512] ERROR:  could not extend file "base/16384/2619": No space left on device'
        )
        site.python("shop", moment + 0.01, "ERROR", "could not save order: database error from postgresql")
        site.access(moment + 0.02, "/orders", 500, 0.04)
    return Truth("incident", "postgresql", "disk_full", site.at(moments[0]))


def blip(site: Site) -> Truth:
    """Ninety seconds of refused connections that end by themselves."""
    _healthy_web(site)
    moments = site.ticks(2, _ONSET, _ONSET + 90)
    for moment in moments:
        site.python(
            "shop",
            moment,
            "ERROR",
            "redis.exceptions.ConnectionError: Error 111 connecting to cache:6379. Connection refused.",
        )
        site.access(moment, "/basket", 500, 0.01)
    return Truth("recovered", "shop", "connection_refused", site.at(moments[0]))


def json_flag(site: Site) -> Truth:
    """A feature flag is switched on in a service that logs JSON; its new code path raises."""
    for moment in site.ticks(5):
        site.json(
            "checkout",
            moment,
            "info",
            "payment accepted",
            amount=site.rng.randrange(5, 300),
            reqId=f"{site.rng.getrandbits(48):012x}",
        )
    site.json("checkout", _ONSET - 3, "info", "feature flag new-pricing changed from off to on")
    moments = site.ticks(1, _ONSET)
    for moment in moments:
        site.json("checkout", moment, "error", "payment failed: feature flag new-pricing: unknown variant 'b'")
    return Truth("incident", "checkout", "feature_flag", site.at(moments[0]), "new-pricing")


def no_levels(site: Site) -> Truth:
    """A service that writes no levels at all cannot resolve the name of its partner any more."""
    for moment in site.ticks(5):
        site.plain(
            "relay",
            moment,
            f"forwarded message {site.rng.randrange(10**6)} to partner in {site.rng.randrange(9, 80)} ms",
        )
    moments = site.ticks(2, _ONSET)
    for moment in moments:
        site.plain("relay", moment, "cannot forward: getaddrinfo ENOTFOUND partner.internal")
    return Truth("incident", "relay", "dns_failure", site.at(moments[0]))


def healthy(site: Site) -> Truth:
    """Steady traffic, a harmless release, a few warnings."""
    _healthy_web(site)
    site.python("shop", 5, "INFO", "Starting shop 3.1.0")
    site.python("shop", 640, "INFO", "Starting shop 3.1.1")
    for moment in site.ticks(0.02):
        site.python("shop", moment, "WARNING", f"slow query took {site.rng.randrange(500, 900)} ms")
    return Truth("no_incident")


def old_errors(site: Site) -> Truth:
    """Three in a hundred requests fail as they always did."""
    _healthy_web(site)
    for moment in site.ticks(0.12):
        site.python("shop", moment, "ERROR", "newsletter: SMTP server said 450 mailbox busy")
    return Truth("no_incident")


def surge(site: Site) -> Truth:
    """Five times the traffic for five minutes, and nothing fails."""
    _healthy_web(site)
    for _ in range(4):
        _healthy_web(site, begin=_ONSET, end=_ONSET + 300)
    return Truth("no_incident")


def failing_throughout(site: Site) -> Truth:
    """Every second request fails from the first to the last minute: nothing to compare with."""
    for moment in site.ticks(4):
        bad = site.rng.random() < 0.5
        site.access(moment, "/orders", 502 if bad else 200, 0.02)
    return Truth("inconclusive")


INCIDENTS: dict[str, Callable[[Site], Truth]] = {
    make.__name__: make for make in (null_after_release, loud_caller, disk_fills, blip, json_flag, no_levels)
}
QUIET: dict[str, Callable[[Site], Truth]] = {
    make.__name__: make for make in (healthy, old_errors, surge, failing_throughout)
}
