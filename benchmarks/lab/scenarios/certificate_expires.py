"""The certificate between checkout and inventory expires; nothing else changes."""

from datetime import UTC, datetime, timedelta

from lab.runs.certificates import make_authority, make_certificate
from lab.runs.nginx import rotate_nginx, start_nginx, write_nginx
from lab.runs.postgres import start_postgres
from lab.scenario import FirstRecord, Scenario, Step, Trigger, Truth
from lab.shop import (
    CHECKOUT,
    CHECKOUT_PAST,
    EDGE,
    INVENTORY_PAST,
    INVENTORY_SCHEMA,
    deploy_checkout,
    purchase_routes,
    start_checkout,
    start_inventory,
    start_warehouse,
)
from lab.stage import Stage
from lab.traffic import Traffic

_EXPIRES_S, _NOTICED_S = 450, 442  # after the start; what notices it is a step
_HOST = "inventory.shop.internal"


def _build(stage: Stage) -> None:
    start_postgres(stage, (("inventory", INVENTORY_SCHEMA),))
    stage.make_service("inventory", INVENTORY_PAST)
    stage.make_service("checkout", CHECKOUT_PAST)
    stage.install("inventory", INVENTORY_PAST[0].version)
    stage.install("checkout", CHECKOUT_PAST[0].version)
    start_warehouse(stage, 0.1, 0.4)
    tls = stage.root / "etc" / "tls"
    trusted = make_authority(tls)
    now = datetime.now(UTC)
    ends = now + timedelta(seconds=_NOTICED_S / stage.faster + _EXPIRES_S - _NOTICED_S)
    certificate, key = make_certificate(tls, _HOST, now - timedelta(days=90), ends)
    start_inventory(
        stage, options=("--certfile", str(certificate), "--keyfile", str(key)), TLS_CERTIFICATE=str(certificate)
    )
    start_checkout(stage, INVENTORY_URL=f"https://{_HOST}:8000", SSL_CERT_FILE=str(trusted))
    write_nginx(stage, {"checkout": (f"{CHECKOUT}:8000",)}, {"/checkout": "checkout"}, read_timeout="7s")
    start_nginx(stage)


SCENARIO = Scenario(
    name="certificate-expires",
    title="A certificate between two services expires",
    shows=(
        "`checkout` calls `inventory` over TLS. At a second that the inventory service named when it started, its "
        "certificate expires: each call fails at once with CERTIFICATE_VERIFY_FAILED, three times per purchase. "
        "Nothing was deployed at that time; the release of `checkout` five minutes earlier is harmless."
    ),
    lasts_s=670,
    needs=("nginx", "python", "postgres"),
    build=_build,
    traffic=Traffic(EDGE, 80, purchase_routes()[:1], lambda _: 3.0, seed=80),
    steps=(
        Step(147, "checkout 4.2.1 deployed, workers replaced", lambda stage: deploy_checkout(stage, "4.2.1")),
        Step(290, "access log rotated", rotate_nginx),
        Step(_NOTICED_S, "the certificate is about to expire", lambda _: None, injects=True),
    ),
    truth=Truth(
        verdict="incident",
        service="inventory",
        category="tls_expiry",
        statement="the certificate of inventory.shop.internal expired; checkout no longer trusts it",
        onset=FirstRecord("checkout/checkout.log", r"ERROR .*certificate has expired"),
        trigger=Trigger("expiry", "inventory", "certificate of inventory.shop.internal", "valid", "expired"),
        clues=("certificate", "expired", "inventory.shop.internal"),
        victims=("checkout", "nginx"),
        innocent=("4.2.1", "warehouse.partner.example"),
    ),
)
