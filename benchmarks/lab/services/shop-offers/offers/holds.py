"""Holds on the pieces of an offer: each visitor may hold one for half an hour."""

import time

from offers import shards

_HOLD_S = 1800
_COUNT = """
local left = tonumber(redis.call('HGET', KEYS[1], 'pieces') or '0')
local holds = redis.call('HGETALL', KEYS[1])
for i = 1, #holds, 2 do
  if holds[i] ~= 'pieces' and tonumber(holds[i + 1]) > tonumber(ARGV[1]) then left = left - 1 end
end
"""
_LEFT = _COUNT + "return left"
_HOLD = _COUNT + "if left > 0 then redis.call('HSET', KEYS[1], ARGV[2], ARGV[3]) end return left"


def count_left(sku: str) -> int:
    """Returns how many pieces nobody holds."""
    return int(shards.run(_LEFT, _key(sku), int(time.time())))


def hold(sku: str, visitor: str) -> int:
    """Holds a piece for a visitor; returns how many were left before, 0 for none."""
    now = int(time.time())
    return int(shards.run(_HOLD, _key(sku), now, visitor, now + _HOLD_S))


def _key(sku: str) -> str:
    return f"offer:{sku}"
