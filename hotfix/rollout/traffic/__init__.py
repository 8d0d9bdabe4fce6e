"""Traffic providers: one file each behind one contract; the table says which there are."""

from collections.abc import Callable, Mapping
from pathlib import Path

from hotfix.core.configfile import read_table
from hotfix.core.configtable import Table
from hotfix.rollout.traffic.command import read_command
from hotfix.rollout.traffic.contract import Moved, Reading, Traffic, TrafficError
from hotfix.rollout.traffic.flagfile import read_flagfile
from hotfix.rollout.traffic.haproxy import read_haproxy
from hotfix.rollout.traffic.nginx import read_nginx
from hotfix.rollout.traffic.steering import move_share, say_share
from hotfix.rollout.traffic.systemd import read_systemd

PROVIDERS: Mapping[str, Callable[[Table], Traffic]] = {
    "haproxy": read_haproxy,
    "nginx": read_nginx,
    "flagfile": read_flagfile,
    "command": read_command,
    "systemd": read_systemd,
}


def read_traffic(path: Path) -> Traffic:
    """Return the provider that the table `[deploy.traffic]` of a configuration file describes; nothing is asked yet.

    Raises:
        UsageError: the file or the table is missing, or a key of it is; or one is unknown or of another kind.
    """
    table = read_table(path, "deploy.traffic", "docs/deploy.md")
    provider = PROVIDERS[table.choice("provider", PROVIDERS)](table)
    table.finish()
    return provider


__all__ = ["PROVIDERS", "Moved", "Reading", "Traffic", "TrafficError", "move_share", "read_traffic", "say_share"]
