"""Names that changes in the world share with the records of what went wrong."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from hotfix.core.facts import Change, Deploy, DeployKind, Metric, Novelty, Place, Shape, Template
from hotfix.core.schema import TEMPLATES
from hotfix.signal.names import find_names, find_rare_names, find_shared_names

START = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
ONSET = START + timedelta(minutes=30)
RECORD = Place("orders.log", 7, 9)


def deploy(summary: str, service: str | None = "postgresql") -> Deploy:
    """Return a change in the world a second before the onset."""
    at = ONSET - timedelta(seconds=1)
    return Deploy("D1", at, DeployKind.MIGRATION, service, None, summary, None, None, Place("db.log", 3, 3))


CHANGE = Change("C1", ONSET, Metric.ERROR_RATIO, "orders", None, Shape.SUDDEN, 0.0, 0.5, 99, 99, 1e-9, None, RECORD)


def make_templates(*rows: tuple[str, int, str]) -> pl.DataFrame:
    """Return templates (text, count, service) that were first seen at the start."""
    return pl.DataFrame(
        [
            (f"T{number}", text, count, "info", [service], START, ONSET, 0, 1)
            for number, (text, count, service) in enumerate(rows)
        ],
        schema=TEMPLATES,
        orient="row",
    )


def share(cause: Deploy, record: str, *rows: tuple[str, int, str]) -> tuple[str, ...]:
    """Return what a deploy shares with the first record of the change."""

    def open_texts(places: Sequence[Place]) -> list[str]:
        assert list(places) == [RECORD]
        return [record]

    templates = make_templates(("served <*>", 1000, "orders"), *rows)
    return find_shared_names([cause], [CHANGE], templates, open_texts).get(("D1", "C1"), ())


@pytest.mark.parametrize(
    ("summary", "record", "shared"),
    [
        ("ALTER TABLE customers RENAME COLUMN city TO town", "GET failed\nUndefinedColumn: column c.city", ("city",)),
        ("REVOKE INSERT ON order_lines FROM orders", "permission denied for table order_lines", ("order_lines",)),
        (
            "warehouse.url changed to http://b.example",
            "POST http://b.example/x: 404",
            ("b.example",),
        ),
        ("DNS record inventory.internal changed", "cannot resolve inventory.internal", ("inventory.internal",)),
        ("config updated: rate-limit 9", "429: rate_limit reached", ("rate_limit",)),
        ("ALTER TABLE customers RENAME COLUMN city TO town", "permission denied for table order_lines", ()),
        ("configuration changed", "configuration error: connection failed", ()),
    ],
)
def test_name_of_a_thing_in_both_is_shared(summary: str, record: str, shared: tuple[str, ...]) -> None:
    """Table, column, key and host link; common words do not."""
    assert share(deploy(summary), record) == shared


def test_service_that_changed_is_a_name() -> None:
    """The failing record that names the service which changed shares that name."""
    assert share(deploy("pool size 20 -> 2", "inventory"), "POST http://inventory.internal: timed out") == (
        "inventory",
    )


def test_failing_service_itself_is_no_name() -> None:
    """Its own name stands in many of a service's records and links nothing."""
    assert share(deploy("GRANT readers TO orders"), "orders/app.py failed") == ()


def test_word_that_the_service_says_often_links_nothing() -> None:
    """A word in every twentieth earlier record of the failing service, or more, is common there."""
    cause, record = deploy("DROP TABLE baskets"), 'relation "baskets" does not exist'
    assert share(cause, record, ("basket put into baskets", 10, "orders")) == ("baskets",)
    assert share(cause, record, ("basket put into baskets", 100, "orders")) == ()


def test_word_that_only_the_database_says_often_links() -> None:
    """What another service says, such as a database that logs every statement, makes no name common."""
    cause, record = deploy("DROP TABLE baskets"), 'relation "baskets" does not exist'
    assert share(cause, record, ("statement: SELECT * FROM baskets", 9000, "postgresql")) == ("baskets",)


def test_dotted_name_counts_with_its_parts() -> None:
    """A dotted name is a name and each of its parts that is long enough is one."""
    assert find_names("c.city of shop-db, id 7") == {"c.city", "city", "shop_db"}


def test_domain_of_a_host_is_no_name() -> None:
    """Of a host with its port the host counts, not the domain that all hosts of a site share."""
    assert find_names("http://basket.acme.internal:8000/x") == {"basket.acme.internal", "basket"}


def test_rare_names_link_one_record_to_a_change() -> None:
    """What a record and a change both name, and the service did not often write before, links them."""
    before = make_templates_before(("ceiling checked", 900), ("evict_floor read", 1))
    told = "SET evict_floor 9 -> 4 of ceiling"
    assert find_rare_names(told, "evict_floor below ceiling", frozenset(), before, ONSET) == ("evict_floor",)
    assert find_rare_names(told, "evict_floor below", frozenset({"evict_floor"}), before, ONSET) == ()


def make_templates_before(*rows: tuple[str, int]) -> list[Template]:
    """Return messages (text, count) of one service that were first seen at the start."""
    return [
        Template(str(n), text, count, None, ("store",), START, ONSET, Novelty.STEADY, RECORD)
        for n, (text, count) in enumerate(rows)
    ]
