"""Replicas of one service are told apart from services of their own."""

import polars as pl
import pytest

from hotfix.core.facts import InputFile
from hotfix.signal.replicas import find_replicas, name_replicas


def _file(path: str, service: str) -> InputFile:
    return InputFile(path, "plain", 1, 1, 1, 0, None, None, "UTC", service)


@pytest.mark.parametrize(
    ("files", "replicas"),
    [
        ([("cart-1/app.log", "cart-1"), ("cart-1/gunicorn.log", "cart")], {"cart-1": "cart"}),
        ([("web.log", "web"), ("web-2.json", "web-2"), ("web-3.json", "web-3")], {"web-2": "web", "web-3": "web"}),
        ([("cart-green/app.0.log", "cart"), ("cart-green/stdout.log", "cart-green")], {"cart-green": "cart"}),
        ([("cart.log", "cart"), ("cart-worker.log", "cart-worker")], {}),
        ([("cart/cart.log", "cart"), ("cart/cart-db.log", "cart-db")], {}),
        ([("node-1.log", "node-1"), ("node-2.log", "node-2")], {}),
    ],
)
def test_a_replica_is_known_by_its_number_or_its_folder(files: list[tuple[str, str]], replicas: dict[str, str]) -> None:
    """A number behind the name of a service, or a folder that holds files of both names, makes a replica."""
    assert find_replicas([_file(*one) for one in files]) == replicas


def test_records_of_a_replica_are_of_its_service_and_name_it_as_host() -> None:
    """The service of a replica's records is the whole one; a host that is known already stays."""
    records = pl.LazyFrame({"service": ["cart-1", "cart-1", "cart", None], "host": [None, "pod-x", None, None]})
    named = records.with_columns(name_replicas({"cart-1": "cart"})).collect()
    assert named.rows() == [("cart", "cart-1"), ("cart", "pod-x"), ("cart", None), ("unknown", None)]
