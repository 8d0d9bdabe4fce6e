"""The Redis servers that hold the offers, and which of them holds which."""
# mypy: disable-error-code="import-not-found"

import logging
import os
import zlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger("offers.shards")

_TIMEOUT_S = 0.5


class ShardError(Exception):
    """A shard did not answer."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One server."""

    name: str
    address: str
    client: Any


@cache
def _shards() -> tuple[Shard, ...]:
    named = (part.split("=") for part in os.environ["OFFERS_SHARDS"].split(","))
    return tuple(Shard(name, address, _connect(address)) for name, address in named)


def _connect(address: str) -> Any:
    host, port = address.split(":")
    return redis.Redis(
        host=host,
        port=int(port),
        socket_timeout=_TIMEOUT_S,
        socket_connect_timeout=_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )


def shard_of(key: str) -> Shard:
    """Returns the shard that holds a key."""
    return _shards()[zlib.crc32(key.encode()) % len(_shards())]


def run(script: str, key: str, *arguments: str | int) -> Any:
    """Runs a script on the shard of a key.

    Raises:
        ShardError: the shard did not answer in time.
    """
    shard = shard_of(key)
    try:
        return shard.client.eval(script, 1, key, *arguments)
    except redis.RedisError as error:
        log.warning("%s at %s, key %s: %s", shard.name, shard.address, key, error)
        raise ShardError(f"{shard.name} failed for {key}") from error
