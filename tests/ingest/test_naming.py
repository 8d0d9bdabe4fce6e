"""What the name of a file says of the service that writes it."""

import pytest

from hotfix.ingest.naming import SourceName, name_sources


@pytest.mark.parametrize(
    ("shown", "service", "host"),
    [
        ("logs/payment-service/app.log", "payment-service", None),
        ("payment-service/logs/app.log", "app", None),
        ("nginx/access.log", "nginx", None),
        ("logs/nginx-access.log", "nginx", None),
        ("logs/orders.log", "orders", None),
        ("logs/app.log", "app", None),
        ("logs/OrderService.log", "OrderService", None),
        ("/var/log/postgresql/postgresql-15-main.log", "postgresql", None),
        ("/var/log/syslog", "syslog", None),
        ("web-1.log", "web", "web-1"),
        ("s3.log", "s3", None),
        ("app-7d9f8b6c5d-x2x4z.log", "app", "app-7d9f8b6c5d-x2x4z"),
        (
            "pods/shop_cart-7d9f8b6c5d-x2x4z_0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0/app/0.log",
            "cart",
            "cart-7d9f8b6c5d-x2x4z",
        ),
        ("pods/shop_db-0_0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0/pg/0.log", "db", "db-0"),
        (f"containers/cart-7d9f8b6c5d-x2x4z_shop_app-{'0f' * 32}.log", "cart", "cart-7d9f8b6c5d-x2x4z"),
        (f"containers/{'0f' * 32}/{'0f' * 32}-json.log", "0f" * 6, None),
        ("logs/localhost_access_log.txt", "localhost-access-log", None),
        ("proxy/proxy-server.log", "proxy", None),
        ("proxy-2/proxy-server.log", "proxy", None),
        ("proxy/proxy-agent.log", "proxy-agent", None),
        ("mail-api/api.log", "mail-api", None),
        ("mail-api/nginx.log", "nginx", None),
    ],
)
def test_path_names_a_service(shown: str, service: str, host: str | None) -> None:
    """A pod, a file or the folder that holds it names the service as an engineer would."""
    assert name_sources([shown]) == [SourceName(service, host)]


def test_folders_tell_files_of_one_name_apart() -> None:
    """Where files in several folders have one name, the folder in which they differ names the service."""
    names = name_sources(["shop/cart/logs/app.log", "shop/mail/gunicorn.log", "shop/edge.log"])
    assert [name.service for name in names] == ["cart", "mail", "edge"]
