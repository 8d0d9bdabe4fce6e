"""Reads what package managers log (dpkg, apt, yum, dnf): a file comes in, package changes go out as sightings.

Their clocks are local and say no zone, but for dnf: they are read as UTC, with a note. Many packages changed at once
become one change; those that carry the name of a service of the logs stay apart.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hotfix.core.facts import DeployKind, Place, Skipped
from hotfix.core.settings import PACKAGE_BURST_S, PACKAGES_APART, SAME_DEPLOY_S
from hotfix.ingest.discovery import SourceFile
from hotfix.ingest.sources import read_blocks
from hotfix.signal.deploys.contract import Origin, Sighted, Sighting
from hotfix.signal.deploys.fields import clean_summary
from hotfix.signal.deploys.services import find_service
from hotfix.signal.deploys.stamps import add_year, read_times

Numbered = Iterator[tuple[int, str]]

_DPKG = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (install|upgrade|remove) (\S+) (\S+) (\S+)$")
_APT = re.compile(r"^(Install|Upgrade|Downgrade|Reinstall|Remove): (.*)$")
_APT_PACKAGE = re.compile(r"(\S+) \(([^,()]+)(?:, ([^()]+))?\)")
_YUM = re.compile(r"^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (Installed|Updated|Erased|Reinstalled): (\S+)$")
_DNF = re.compile(
    r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d{4})) \w+ "
    r"(Installed|Upgrade|Upgraded|Downgrade|Downgraded|Erase|Removed|Reinstalled): (\S+)$"
)
_RPM = re.compile(
    r"^(?:\d+:)?(?P<name>\S+?)-(?:\d+:)?(?P<version>[^-\s]+-[^-\s]+?)(?:\.(?:x86_64|aarch64|noarch|i\d86|ppc64le|s390x))?$"
)
_VERBS = {
    "install": "installed",
    "upgrade": "upgraded",
    "updated": "upgraded",
    "downgrade": "downgraded",
    "reinstall": "reinstalled",
    "remove": "removed",
    "erase": "removed",
    "erased": "removed",
}
_NONE = "<none>"
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class _Package:
    """One package, as its line tells it."""

    time: str
    verb: str
    name: str
    before: str | None
    after: str | None
    line: int
    end_line: int


_Reader = Callable[[Numbered], Iterator[_Package]]


def read_packages(file: SourceFile, reference: datetime | None) -> Sighted:
    """Return one sighting per package that a package manager's log says was changed; other lines are not looked at.

    Args:
        file: dpkg.log, apt's history.log, yum.log or a log of dnf, also rotated and compressed.
        reference: an instant of the logs, for the years that yum.log leaves out; None: when the file was last written.
    """
    skipped: list[Skipped] = []
    near = reference or file.mtime
    packages = list(_choose_reader(file.path.name)(_number_lines(file, skipped)))
    times = read_times([add_year(package.time, near) for package in packages], near)
    sightings = tuple(
        _to_sighting(package, at, file.shown)
        for package, at in zip(packages, times.instants, strict=True)
        if at is not None
    )
    notes = (f"{file.shown}: its times say no zone and are read as UTC",) if times.zoneless else ()
    return Sighted(sightings, tuple(skipped), notes)


def group_packages(sightings: Sequence[Sighting], services: Sequence[str]) -> tuple[Sighting, ...]:
    """Return one sighting per burst of packages; packages of a service, and few at once, stay apart.

    Two logs that tell of the same package and version (dpkg and apt write both) count once.
    """
    told = _drop_repeated(sorted(sightings, key=lambda one: one.at))
    own = [replace(one, service=name) for one in told if (name := find_service(one.service or "", services))]
    kept = {(one.at, one.source) for one in own}
    rest = [one for one in told if (one.at, one.source) not in kept]
    bursts: list[list[Sighting]] = []
    for one in rest:
        near = bursts and one.at - bursts[-1][-1].at <= timedelta(seconds=PACKAGE_BURST_S)
        if near and one.source.file == bursts[-1][-1].source.file:
            bursts[-1].append(one)
        else:
            bursts.append([one])
    grouped = [one for burst in bursts for one in (burst if len(burst) <= PACKAGES_APART else [_join(burst)])]
    return tuple(sorted([*own, *grouped], key=lambda one: one.at))


def _drop_repeated(told: Sequence[Sighting]) -> list[Sighting]:
    last: dict[tuple[str | None, str | None], datetime] = {}
    kept = []
    for one in told:
        key = (one.service, one.version)
        if key not in last or one.at - last[key] > timedelta(seconds=SAME_DEPLOY_S):
            kept.append(one)
        last[key] = one.at
    return kept


def _join(burst: Sequence[Sighting]) -> Sighting:
    first = burst[0]
    shown = ", ".join(one.summary for one in burst[:_SHOWN])
    summary = clean_summary(f"{len(burst)} packages changed: {shown} and {len(burst) - _SHOWN} more")
    return replace(first, service=None, version=None, before=None, after=None, summary=summary)


def _to_sighting(package: _Package, at: datetime, shown: str) -> Sighting:
    versions = " → ".join(version for version in (package.before, package.after) if version)
    return Sighting(
        at=at,
        kind=DeployKind.PACKAGE,
        service=package.name,
        version=package.after,
        summary=clean_summary(f"{package.verb} {package.name} {versions}"),
        before=package.before,
        after=package.after,
        source=Place(shown, package.line, package.end_line),
        origin=Origin.PACKAGES,
    )


def _choose_reader(name: str) -> _Reader:
    readers: Mapping[str, _Reader] = {"dpkg": _read_dpkg, "yum": _read_yum, "dnf": _read_dnf}
    return next((reader for mark, reader in readers.items() if name.lower().startswith(mark)), _read_apt)


def _number_lines(file: SourceFile, skipped: list[Skipped]) -> Numbered:
    for block in read_blocks(file, skipped.append):
        yield from enumerate(block.text.decode().split("\n")[:-1], start=block.first_line)


def _read_dpkg(lines: Numbered) -> Iterator[_Package]:
    for number, line in lines:
        found = _DPKG.match(line)
        if found:
            time, verb, name, before, after = found.groups()
            yield _Package(time, _VERBS[verb], _bare(name), _version(before), _version(after), number, number)


def _read_apt(lines: Numbered) -> Iterator[_Package]:
    """Read the blocks of apt's history: from Start-Date to End-Date, packages in the lines between."""
    start, time = 1, ""
    for number, line in lines:
        if line.startswith("Start-Date: "):
            start, time = number, line.removeprefix("Start-Date: ")
        found = _APT.match(line)
        if found and time:
            verb = _VERBS[found[1].lower()]
            for name, old, new in _APT_PACKAGE.findall(found[2]):
                changed = verb in {"upgraded", "downgraded"}
                after = None if verb == "removed" else new if changed else old
                before = old if changed or verb == "removed" else None
                yield _Package(time, verb, _bare(name), before, after or None, start, number)


def _read_yum(lines: Numbered) -> Iterator[_Package]:
    for number, line in lines:
        found = _YUM.match(line)
        if found:
            verb = _verb(found[2])
            name, version = _split_rpm(found[3])
            gone = verb == "removed"
            yield _Package(found[1], verb, name, version if gone else None, None if gone else version, number, number)


def _read_dnf(lines: Numbered) -> Iterator[_Package]:
    """Read dnf.rpm.log: a new version in ``Upgrade``, the one that it replaces in ``Upgraded`` some lines later."""
    new: dict[str, _Package] = {}
    for number, line in lines:
        found = _DNF.match(line)
        if found is None:
            continue
        word, (name, version) = found[2], _split_rpm(found[3])
        if word in {"Upgrade", "Downgrade"}:
            new[name] = _Package(found[1], _verb(word), name, None, version, number, number)
        elif word in {"Upgraded", "Downgraded"} and name in new:
            yield replace(new.pop(name), before=version)
        elif word not in {"Upgraded", "Downgraded"}:
            verb, gone = _verb(word), word in {"Erase", "Removed"}
            yield _Package(found[1], verb, name, version if gone else None, None if gone else version, number, number)
    yield from new.values()


def _verb(word: str) -> str:
    return _VERBS.get(word.lower(), word.lower())


def _bare(name: str) -> str:
    return name.partition(":")[0]


def _version(text: str) -> str | None:
    return None if text == _NONE else text


def _split_rpm(text: str) -> tuple[str, str | None]:
    found = _RPM.match(text)
    return (found["name"], found["version"]) if found else (text, None)
