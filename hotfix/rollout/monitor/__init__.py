"""Monitors: one file each behind one contract; the table says which there are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from hotfix.core.configfile import read_tables
from hotfix.core.configtable import Table
from hotfix.core.facts import Analysis
from hotfix.rollout.monitor.contract import Monitor, Watched
from hotfix.rollout.monitor.incident import IncidentKinds, read_incident
from hotfix.rollout.monitor.joint import JointMonitor
from hotfix.rollout.monitor.logs import read_logs
from hotfix.rollout.monitor.prometheus import read_prometheus


class ReadSource(Protocol):
    """Reads the table of a source."""

    def __call__(self, table: Table, incident: IncidentKinds, *, counts: bool) -> Monitor:
        """Return its monitor; `counts` says whether requests are counted by it, or by one that stands before it."""
        ...


SOURCES: Mapping[str, ReadSource] = {
    "logs": read_logs,
    "prometheus": read_prometheus,
}


def read_monitor(path: Path, analysis: Analysis | None) -> Monitor:
    """Return the monitor that `[deploy.monitor]` of a configuration file describes; nothing is asked or read yet.

    Args:
        path: the configuration file.
        analysis: of the incident, whose errors are known and whose bug is to be gone.

    Raises:
        UsageError: the file or the table is missing, or a key of it is; or one is unknown or of another kind.
    """
    incident, monitors = read_incident(analysis), list[Monitor]()
    for table in read_tables(path, "deploy.monitor", "docs/deploy.md"):
        monitors.append(SOURCES[table.choice("source", SOURCES)](table, incident, counts=not monitors))
        table.finish()
    return monitors[0] if len(monitors) == 1 else JointMonitor(tuple(monitors))


__all__ = ["SOURCES", "Monitor", "Watched", "read_monitor"]
