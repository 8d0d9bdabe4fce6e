import pytest

from hotfix.diagnosis.features import read_features

_CASES = {
    '203.0.113.9 - - [x] "GET /items/1401?member=1 HTTP/1.1" 404 27 "-" "app/5 (iOS)" us="10.0.0.1:80"': {
        "member": "1",
        "us": "10.0.0.1:80",
        "route": "GET /items/*",
        "agent": "app/5 (iOS)",
        "client": "203.0.113.9",
    },
    "web~ cart/srv2 10/0/30/69/109 503 2750 - - SC-- 1/1/1/1/0": {"backend": "cart", "server": "srv2"},
    '{"ts":"2026","msg":"paid","took_ms":7,"tenant":{"id":"acme","beta":true},"path":"/stock/SKU-1100?x=1"}': {
        "tenant.id": "acme",
        "tenant.beta": "true",
        "path": "/stock/*",
        "x": "1",
    },
    '{"attributes":[{"key":"shard","value":{"intValue":3}}],"error":{"type":"Timeout"}}': {"attributes.shard": "3"},
    "could not handle message ord-77 from topic 'orders' partition 3 offset=48213: timed out after 30000ms": {
        "offset": "48213",
        "topic": "orders",
        "message id": "ord-77",
        "partition": "3",
    },
    'connect() failed, client: 192.0.2.7, server: shop.example, request: "GET /b/7 HTTP/1.1"': {
        "route": "GET /b/*",
        "address": "192.0.2.7",
        "client": "192.0.2.7",
        "server": "shop.example",
    },
    "Nov 25, 2026 12:15:41 PM Handler\nSEVERE: no basket for customer=7\njava.lang.Error: shard 9\n\tat a.B.c(d=1)": {
        "customer": "7",
        "shard": "9",
    },
    "POST /checkout answered 502 in 8.7 s, attempt 3, status=502 error=timeout pid=77": {"route": "POST /checkout"},
}


@pytest.mark.parametrize("text", _CASES, ids=range(len(_CASES)))
def test_reads_names_and_values(text: str) -> None:
    """Named values are read in whatever way a record tells them; outcomes, times and stack frames are not."""
    assert dict(read_features(text, None)) == _CASES[text]


def test_tells_who_wrote_it() -> None:
    """The host of the record is a feature of its own."""
    assert dict(read_features("started", "web-2")) == {"host": "web-2"}
