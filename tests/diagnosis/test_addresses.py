import pytest

from hotfix.diagnosis.addresses import match_name, read_targets

_CASES = {
    "call to http://stock:8080/reserve failed": {"stock:8080"},
    "HTTPConnectionPool(host='stock.internal', port=443): Max retries exceeded": {"stock.internal:443"},
    'connection to server at "db.shop.internal" (10.0.0.30), port 5432 failed': {"db.shop.internal:5432"},
    "dial tcp: lookup partner.internal: no such host": {"partner.internal"},
    "dial tcp 10.0.0.5:6379: connect: connection refused": {"10.0.0.5:6379"},
    "java.net.ConnectException: Connection refused: stock/10.0.0.1:8080": {"stock:8080"},
    "Error: getaddrinfo ENOTFOUND api.bank.example": {"api.bank.example"},
    "postgresql://app:secret@db-1:5432/shop: timeout expired": {"db-1:5432"},
    'timed out, client: 192.0.2.7, server: shop.example, upstream: "http://10.0.0.2:80/b", host: "shop.example"': {
        "10.0.0.2:80"
    },
    '192.0.2.7 - - [x] "GET /b HTTP/1.1" 502 9 "https://ref.example/a" "bot (+http://bot.example)" us="10.0.0.2:80"': {
        "10.0.0.2:80"
    },
    "cannot read user:4711 at 12:30:01 in basket.py:88 (com.acme.Basket.read), App.java:7": set(),
}


@pytest.mark.parametrize("text", _CASES, ids=range(len(_CASES)))
def test_reads_the_addresses_that_a_record_names(text: str) -> None:
    """Addresses are read in the words of many clients; who asks, pages, keys and places in code are none."""
    assert {str(target) for target in read_targets(text)} == _CASES[text]


@pytest.mark.parametrize(
    ("host", "service"),
    [("stock", "stock"), ("stock-2.internal", "stock"), ("stock-svc", "stock"), ("stockings", None), ("db", None)],
)
def test_maps_hosts_to_services_by_name(host: str, service: str | None) -> None:
    """A host is its service's when its first label holds the service's name as a word."""
    assert match_name(host, ("front", "stock")) == service
