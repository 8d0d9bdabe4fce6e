"""Recognises what the fields of a change mean, however they are called: texts in, `Row` and `ChangeFields` out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hotfix.core.facts import DeployKind
from hotfix.core.settings import SUMMARY_CHARACTERS

_NAMES = {
    "time": "time timestamp at datetime deployedat deploytime deploymenttime deployedon deploydate releasedat "
    "releasetime releasedate appliedat changedat changetime mergedat committedat occurredat startedat starttime start "
    "startdate finishedat completedat completiontime endedat createdat created creationtimestamp "
    "metadatacreationtimestamp updatedat updated lasttimestamp firsttimestamp eventtime eventtimestamp when ts utc "
    "date",
    "service": "service servicename svc app application appname applicationname component componentname target "
    "workload deployment deploymentname unit system product project projectname module involvedobjectname package "
    "container repository repo job resource name",
    "version": "version tag release releaseversion appversion deployedversion imagetag image build buildnumber "
    "artifact revision rev ref gittag sha commit commitsha gitsha gitcommit commithash",
    "kind": "kind type changetype category eventtype action",
    "summary": "summary description message msg what title change changes subject details detail comment comments note "
    "notes text event reason key setting parameter flag property",
    "before": "before from old oldvalue oldversion previous previousvalue previousversion fromversion was prev",
    "after": "after to new newvalue newversion toversion current currentvalue currentversion value",
}
NAMES: Mapping[str, tuple[str, ...]] = {role: tuple(names.split()) for role, names in _NAMES.items()}
"""What a field may be called, best first; case, spaces and punctuation do not count."""

_LOG_NAMES: Mapping[str, tuple[str, ...]] = {
    "what": (
        "flag",
        "flagkey",
        "feature",
        "featureflag",
        "toggle",
        "setting",
        "parameter",
        "property",
        "configkey",
        "key",
    ),
    "version": ("version", "appversion", "release", "imagetag", "image", "gitsha", "gitcommit", "commit", "revision"),
    "before": ("before", "from", "old", "oldvalue", "previous", "previousvalue", "oldversion", "fromversion"),
    "after": ("after", "to", "new", "newvalue", "newversion", "toversion", "value", "enabled"),
}

_KIND_WORDS: Mapping[DeployKind, str] = {
    DeployKind.MIGRATION: r"migrat\w*|schema|ddl|alter table",
    DeployKind.FLAG: r"(?:feature[ _-]?)?flags?|toggles?|experiment|kill ?switch|launchdarkly|unleash|flagsmith",
    DeployKind.CONFIG: r"config\w*|settings?|parameters?|env(?:ironment)?[ _-]var\w*|secrets?|certificates?|firewall"
    r"|dns|scal(?:e|ed|ing)|infra\w*",
    DeployKind.PACKAGE: r"packages?|apt|yum|dnf|rpm|dpkg|kernel|os[ _-]?(?:patch\w*|update)|librar(?:y|ies)",
    DeployKind.DEPLOYMENT: r"deploy\w*|releas\w*|roll(?:ed)?[ _-]?(?:out|back)\w*|ship\w*|promot\w*|publish\w*",
    DeployKind.RESTART: r"re-?start\w*|reboot\w*|start\w*|stop\w*|crash\w*|bounce\w*",
    DeployKind.COMMIT: r"commit\w*|merge[ds]?|push\w*|pull request",
}
_KINDS = {kind: re.compile(rf"(?i)(?<![a-z])(?:{words})(?![a-z])") for kind, words in _KIND_WORDS.items()}
_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_IMAGE = re.compile(r"^(?:[\w.:-]+/)*(?P<name>[\w.-]+):(?P<tag>[\w][\w.-]*)$")
_NOTHING = frozenset({"", "-", "null", "none", "n/a", "nil", "<none>"})
_UNPRINTABLE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one listed change; None where it does not say."""

    time: str | None
    service: str | None
    version: str | None
    kind: DeployKind
    summary: str
    before: str | None
    after: str | None


def read_row(fields: Mapping[str, str]) -> Row:
    """Return what the fields of one change mean; names that are not known take no part but in the summary."""
    texts = {_plain(name): text.strip() for name, text in fields.items() if text.strip().lower() not in _NOTHING}
    said = {role: _first(texts, names) for role, names in NAMES.items()}
    version, service = said["version"], said["service"]
    image = _IMAGE.match(version) if version else None
    if image:
        version, service = image["tag"], service or image["name"]
    summary = said["summary"]
    words = " ".join(text for text in (said["kind"], summary) if text)
    kind = find_kind(said["kind"] or "") or find_kind(words) or DeployKind.DEPLOYMENT
    if version is None and kind is DeployKind.DEPLOYMENT:
        version = said["after"]
    return Row(
        time=_join_time(texts, said["time"]),
        service=service,
        version=version,
        kind=kind,
        summary=clean_summary(summary or _compose(texts, said["time"])),
        before=said["before"],
        after=said["after"] or (version if said["before"] else None),
    )


@dataclass(frozen=True, slots=True)
class ChangeFields:
    """What the named fields of a structured log line add to its message; None where they do not say."""

    version: str | None
    before: str | None
    after: str | None
    summary: str | None  # the fields that tell what changed, as ``name=value``


def read_change_fields(fields: Mapping[str, str]) -> ChangeFields:
    """Return what the fields of a log line say about a change that its message tells of."""
    texts = {_plain(name): text.strip() for name, text in fields.items() if text.strip().lower() not in _NOTHING}
    found = {role: _first(texts, _LOG_NAMES[role]) for role in _LOG_NAMES}
    told = [f"{name}={texts[name]}" for names in _LOG_NAMES.values() for name in names if name in texts]
    return ChangeFields(found["version"], found["before"], found["after"], " ".join(told) or None)


def _first(texts: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((texts[name] for name in names if name in texts), None)


def knows_time(names: Mapping[str, str] | list[str]) -> bool:
    """Tell whether one of these names is known to hold the time of a change."""
    return any(_plain(name) in NAMES["time"] for name in names)


def count_known(names: list[str]) -> int:
    """Return how many of these names are known."""
    known = {name for names in NAMES.values() for name in names}
    return sum(_plain(name) in known for name in names)


def find_kind(words: str) -> DeployKind | None:
    """Return the kind of change that words speak of, None when they do not say."""
    return next((kind for kind, regex in _KINDS.items() if regex.search(words)), None)


def clean_summary(text: str) -> str:
    """Return text as one printable line of at most SUMMARY_CHARACTERS."""
    line = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return line if len(line) <= SUMMARY_CHARACTERS else f"{line[: SUMMARY_CHARACTERS - 1]}…"


def _plain(name: str) -> str:
    return _PUNCTUATION.sub("", name.lower())


def _join_time(texts: Mapping[str, str], time: str | None) -> str | None:
    """Return the time, put together from a day and a time of day that stand apart."""
    day = texts.get("date")
    return f"{day} {time}" if day and time and day != time and re.fullmatch(r"\d\d?:\d\d(?::\d\d)?\S*", time) else time


def _compose(texts: Mapping[str, str], time: str | None) -> str:
    return " ".join(text for text in texts.values() if text != time)
