"""Tells whether two names mean the same service: ``orders``, ``orders-api``, ``OrdersApplication``, ``shop/orders``."""

import re
from collections.abc import Iterable
from functools import lru_cache

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")
_ROLES = frozenset(
    {"api", "app", "application", "backend", "consumer", "container", "deployment", "job", "pod", "prod", "production"}
    | {"server", "service", "svc", "web", "worker"}
)
_POD = re.compile(r"^(?P<name>.+?)-(?:[a-f0-9]{6,10}-[a-z0-9]{5}|\d{1,3})$")
_REPLICA_SET = re.compile(r"^(?P<name>.+)-(?=[a-z]*\d)[a-z0-9]{8,10}$")


def is_same_service(one: str | None, other: str | None) -> bool:
    """Tell whether two names mean the same service; a name that is missing matches none.

    What a name says of its role (``-api``, ``-service``, ``Application``) and of its instance (pod hashes, numbers)
    does not count; a name within a namespace (``shop-orders``) matches the bare one. ``orders-db`` is not ``orders``.
    """
    if not one or not other:
        return False
    if one.lower() == other.lower():
        return True
    words, others = _split(one), _split(other)
    shorter, longer = sorted((words, others), key=len)
    return bool(shorter) and longer[len(longer) - len(shorter) :] == shorter


def find_service(name: str, services: Iterable[str]) -> str | None:
    """Return the one of ``services`` that a name means: the same spelling first, None when none or several fit."""
    known = sorted(services)
    if name in known:
        return name
    fitting = [service for service in known if is_same_service(name, service)]
    return fitting[0] if len(fitting) == 1 else None


@lru_cache(maxsize=4096)
def _split(name: str) -> tuple[str, ...]:
    """Return the words of a name that tell which service it is, singular and in lower case."""
    found = _POD.match(name) or _REPLICA_SET.match(name)
    spaced = _CAMEL.sub(" ", found["name"] if found else name)
    words = tuple(word.lower() for word in _SEPARATORS.split(spaced) if word and not word.isdigit())
    telling = tuple(word for word in words if word not in _ROLES)
    return tuple(word.removesuffix("s") for word in telling or words)
