"""Signatures to compare: one incident, and what is made of it by changing single things."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hotfix.learn.knowledge.signature import Signature
from hotfix.learn.knowledge.words import list_words, strip_names

ONSET = datetime(2026, 1, 15, 14, 3, tzinfo=UTC)

_TEXTS = ("'NoneType' object is not subscriptable", "unhandled error serving GET /basket/<*>")


def sign(number: int = 0, days: float = 0, **changed: object) -> Signature:
    """Return the signature of an incident that began so many days before the onset, with these fields changed."""
    one = Signature(
        incident=f"incident-{number}",
        started_at=ONSET - timedelta(days=days),
        family="null_reference",
        services=("basket", "nginx"),
        change="deployment",
        course=("sudden", "ongoing"),
        exceptions=("TypeError",),
        code=("price.py in total",),
        texts=_TEXTS,
        words=list_words(strip_names(_TEXTS), ("basket", "nginx")),
        statement="basket: TypeError at price.py:88",
    )
    return replace(one, **changed)


def sign_other(number: int = 0, days: float = 0) -> Signature:
    """Return the signature of an incident that has nothing in common with `sign` but a server."""
    texts = ("could not extend file: No space left on device",)
    return sign(
        number,
        days,
        family="disk_full",
        services=("postgresql", "nginx"),
        change=None,
        exceptions=("DiskFull",),
        code=(),
        texts=texts,
        words=list_words(texts),
        statement="postgresql: no space left",
    )
