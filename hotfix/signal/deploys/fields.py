"""Recognises what the fields of a change mean, however they are called: texts in, `Row` and `ChangeFields` out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hotfix.core.facts import DeployKind
from hotfix.core.settings import SUMMARY_CHARACTERS, SUMMARY_FIELDS

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
    role: tuple(names.split())
    for role, names in {
        "flag": "flag flagkey flagname feature featureflag featurename toggle",
        "what": "setting settingname parameter param parametername property propertyname option optionname configkey "
        "config variable key field attribute limit name",
        "release": "version appversion release releaseversion imagetag image tag",
        "revision": "gitsha gitcommit commit commitsha sha revision rev gitrevision buildsha",
        "before": "before from old oldvalue previous previousvalue prev prevvalue was oldversion fromversion",
        "after": "after to new newvalue now current currentvalue newversion toversion value enabled",
    }.items()
}
_FLAG = "feature flag "
_ENVELOPES = frozenset({"change", "changes", "changed", "diff", "delta", "config", "settings", "data", "fields"})

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
_RELEASE = re.compile(r"^[vV]?\d+\.\d")
_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_IMAGE = re.compile(r"^(?:[\w.:-]+/)*(?P<name>[\w.-]+):(?P<tag>[\w][\w.-]*)$")
_NOTHING = frozenset({"", "-", "null", "none", "n/a", "nil", "<none>"})
_PASSWORD = re.compile(r"(?i)\b(password|identified by) *(?:=|:)? *'(?:[^']|'')*'?")
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
    revision: str | None  # commit of the version, where both are said


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
        summary=clean_summary(summary or _compose(texts, said)),
        before=said["before"],
        after=said["after"] or (version if said["before"] else None),
        revision=next((texts[name] for name in _LOG_NAMES["revision"] if texts.get(name, version) != version), None),
    )


@dataclass(frozen=True, slots=True)
class ChangeFields:
    """What the named fields of a structured log line add to its message; None where they do not say."""

    version: str | None  # a release number before a revision
    revision: str | None  # a commit id beside the version
    before: str | None
    after: str | None
    what: str | None  # the setting or flag that changed

    def tell_start(self, message: str) -> str:
        """Return the words of a start with the version that stands beside them."""
        said = [self.version, self.revision and f"(revision {self.revision})"]
        return " ".join([message, *(text for text in said if text and text not in message)])

    def tell(self, message: str, *, said: bool) -> str:
        """Return in one sentence what changed: the message, unless the fields say it better.

        Args:
            message: the words of the record.
            said: the words tell an old or a new value already.
        """
        values = " ".join(f"{word} {value}" for word, value in (("from", self.before), ("to", self.after)) if value)
        if self.what and values and not said:
            return f"{self.what} changed {values}"
        what = (self.what or "").removeprefix(_FLAG)
        more = ["" if what in message else what, "" if said else values]
        return " ".join([message, *(text for text in more if text)])


def read_change_fields(fields: Mapping[str, str], service: str | None = None) -> ChangeFields:
    """Return what the fields of a log line say about a change that its message tells of.

    Args:
        fields: texts by name; names of inner objects are joined by dots.
        service: who writes the line; a field ``name`` that only repeats it names no setting.
    """
    said = {name: text.strip() for name, text in fields.items() if text.strip().lower() not in _NOTHING}
    texts = {_plain(name.rpartition(".")[2]): text for name, text in said.items()}
    texts |= {_plain(name): text for name, text in said.items()}
    if service and texts.get("name") == service:
        del texts["name"]
    found = {role: _first(texts, names) for role, names in _LOG_NAMES.items()}
    flag = f"{_FLAG}{found['flag']}" if found["flag"] else None
    return ChangeFields(
        version=found["release"] or found["revision"],
        revision=found["revision"] if found["release"] else None,
        before=found["before"],
        after=found["after"],
        what=flag or found["what"] or _name_inner(said),
    )


def choose_version(*versions: str | None) -> str | None:
    """Return the first release number of several versions, else the first of them."""
    said = [version for version in versions if version]
    return next((version for version in said if _RELEASE.match(version)), said[0] if said else None)


def _name_inner(said: Mapping[str, str]) -> str | None:
    """Return the name of the inner object that holds old or new value: ``changed.pool.size.old`` tells of pool.size."""
    for name in said:
        path, _, last = name.rpartition(".")
        if path and _plain(last) in _LOG_NAMES["before"] + _LOG_NAMES["after"]:
            words = path.split(".")
            while words and words[0].lower() in _ENVELOPES:
                words = words[1:]
            return ".".join(words) or None
    return None


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
    """Return text as one printable line of at most SUMMARY_CHARACTERS, without the password that a statement sets."""
    line = " ".join(_PASSWORD.sub(r"\1 '…'", _UNPRINTABLE.sub(" ", text)).split())
    return line if len(line) <= SUMMARY_CHARACTERS else f"{line[: SUMMARY_CHARACTERS - 1]}…"


def _plain(name: str) -> str:
    return _PUNCTUATION.sub("", name.lower())


def _join_time(texts: Mapping[str, str], time: str | None) -> str | None:
    """Return the time, put together from a day and a time of day that stand apart."""
    day = texts.get("date")
    return f"{day} {time}" if day and time and day != time and re.fullmatch(r"\d\d?:\d\d(?::\d\d)?\S*", time) else time


def _compose(texts: Mapping[str, str], said: Mapping[str, str | None]) -> str:
    """Return a summary of a row without one: ``orders 2.14.1 (was 2.14.0), id deploy-1181, commit 1d1d6b8e2c``."""
    was = f"(was {said['before']})" if said["before"] else None
    lead = " ".join(text for text in (said["service"], said["version"], was) if text)
    told = {said[role] for role in ("time", "service", "version", "before", "kind")}
    rest = [f"{name} {text}" for name, text in texts.items() if text not in told]
    return ", ".join([lead, *rest[:SUMMARY_FIELDS]] if lead else list(texts.values()))
