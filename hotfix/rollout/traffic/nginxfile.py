"""Writes and reads the file for nginx that hotfix owns: a share comes in, directives go out, and back. Pure text.

Source: nginx documentation, ngx_http_split_clients_module and ngx_http_upstream_module.
"""

import re
from dataclasses import dataclass
from typing import Protocol

from hotfix.rollout.traffic.limits import NGINX_WEIGHT_MOST
from hotfix.rollout.traffic.weights import choose_weights, find_share

HEAD = "# Written by hotfix, which moves traffic with it: changes by hand are refused.\n"


class Directives(Protocol):
    """One way to tell nginx a share."""

    def settle_share(self, share: float) -> float:
        """Return the nearest share that can be written."""
        ...

    def render(self, share: float) -> str:
        """Return the whole file for a share."""
        ...

    def read_share(self, text: str) -> float | None:
        """Return the share that a file says; None where it was not rendered so."""
        ...


@dataclass(frozen=True, slots=True)
class SplitClients:
    """A variable that is the new or the old name, chosen by a hash of a key."""

    variable: str  # with its $
    key: str
    new: str
    old: str

    def settle_share(self, share: float) -> float:
        """Return the share in whole hundredths of a percent, all that nginx reads."""
        return min(max(round(share, 4), 0.0001), 0.9999) if 0 < share < 1 else share

    def render(self, share: float) -> str:
        """Return `split_clients`; nginx takes neither 0 % nor 100 %, so that one name stands alone there."""
        share = self.settle_share(share)
        part = f"    {_percent(share)}% {self.new};\n" if 0 < share < 1 else ""
        rest = self.new if share == 1 else self.old
        return (
            f'{HEAD}split_clients "{self.key}" {self.variable} {{\n{part}    * {rest};\n}}\n'
            f"{_render_share(f'{self.variable}_share', share)}"
        )

    def read_share(self, text: str) -> float | None:
        """Return the share that a file says."""
        percent = re.search(r"^    ([0-9.]+)% ", text, re.MULTILINE)
        share = float(percent[1]) / 100 if percent else float(f"* {self.new};" in text)
        return share if self.render(share) == text else None


@dataclass(frozen=True, slots=True)
class UpstreamWeights:
    """An upstream whose servers have weights."""

    name: str
    new: tuple[str, ...]  # addresses
    old: tuple[str, ...]
    parameters: str = ""  # of each server
    directives: tuple[str, ...] = ()  # further ones of the upstream

    def settle_share(self, share: float) -> float:
        """Return the share of the weights that would be written."""
        new, old = self._choose(share)
        return sum(new) / (sum(new) + sum(old))

    def render(self, share: float) -> str:
        """Return `upstream`; nginx takes no weight 0, so that such a server is `down`."""
        return self._render(*self._choose(share))

    def read_share(self, text: str) -> float | None:
        """Return the share that a file says."""
        new, old = ([_read_weight(text, address) for address in side] for side in (self.new, self.old))
        return find_share(new, old) if any((*new, *old)) and self._render(new, old) == text else None

    def _choose(self, share: float) -> tuple[list[int], list[int]]:
        return choose_weights(share, [1] * len(self.new), [1] * len(self.old), NGINX_WEIGHT_MOST)

    def _render(self, new: list[int], old: list[int]) -> str:
        servers = zip((*self.new, *self.old), (*new, *old), strict=True)
        lines = [*self.directives, *(self._render_server(address, weight) for address, weight in servers)]
        body = "".join(f"    {line};\n" for line in lines)
        variable = f"${re.sub('[^A-Za-z0-9_]', '_', self.name)}_share"
        share = _render_share(variable, sum(new) / (sum(new) + sum(old)))
        return f"{HEAD}upstream {self.name} {{\n{body}}}\n{share}"

    def _render_server(self, address: str, weight: int) -> str:
        said = f"weight={weight}" if weight else "down"
        return f"server {address} {said}{f' {self.parameters}' if self.parameters else ''}"


def _read_weight(text: str, address: str) -> int:
    found = re.search(rf"^    server {re.escape(address)} weight=(\d+)[ ;]", text, re.MULTILINE)
    return int(found[1]) if found else 0


def _render_share(variable: str, share: float) -> str:
    """Return a variable with which nginx itself can be asked for the share that it runs with."""
    return f'map "" {variable} {{\n    default {_percent(share)};\n}}\n'


def _percent(share: float) -> str:
    return f"{round(share * 100, 4):g}"
