"""Sets a setting back in the configuration files of the repository, where they hold the value that did harm."""

import re
from collections.abc import Iterator

from hotfix.core.facts import Analysis, Deploy, DeployKind
from hotfix.repair.checkout import list_files, read_file
from hotfix.repair.contract import Edit, Repository
from hotfix.repair.filekinds import FileKind, tell_kind
from hotfix.repair.limits import SOURCE_BYTES_MOST
from hotfix.repair.propose.candidates import Draft, NotTried

_KEY = re.compile(r"[A-Za-z][\w.-]*")


def propose_settings(repository: Repository, analysis: Analysis) -> Iterator[Draft | NotTried]:
    """Yield a change back for each setting that the diagnosis cites and a file of the repository holds."""
    cited = {one.place for one in analysis.evidence if one.id in analysis.diagnosis.evidence}
    kinds = {DeployKind.CONFIG, DeployKind.FLAG}
    for deploy in analysis.deploys:
        if deploy.kind in kinds and deploy.source in cited and deploy.before and deploy.after:
            yield from _set_back(repository, deploy, deploy.before, deploy.after)


def _set_back(repository: Repository, deploy: Deploy, before: str, after: str) -> Iterator[Draft | NotTried]:
    paths = [path for path in list_files(repository) if tell_kind(path) is FileKind.CONFIG]
    names = [name for name in _KEY.findall(deploy.summary) if len(name) > 3]
    for path in paths:
        content = read_file(repository, path)
        if content is None or len(content) > SOURCE_BYTES_MOST:
            continue
        for name in sorted(names, key=len, reverse=True):
            fresh = _replace_value(content, name.rpartition(".")[2], before, after)
            if fresh is not None:
                yield Draft(
                    rung="config",
                    edits=(Edit(path, content, fresh),),
                    rationale=f"Sets {name} in {path} back from {after} to {before}, its value before the onset.",
                    measures=("the value ran before the change",),
                )
                return
    yield NotTried(
        f"{deploy.summary}: no configuration file of the repository holds the new value; set it back where it was set."
    )


def _replace_value(content: bytes, key: str, before: str, after: str) -> bytes | None:
    """Return the file with the value of a key replaced, when exactly one line gives it the harmful value."""
    pattern = re.compile(
        rb"^([ \t]*[\"']?(?:[\w-]+\.)*" + re.escape(key.encode()) + rb"[\"']?[ \t]*[:=][ \t]*[\"']?)"
        + re.escape(after.encode()) + rb"(?=[\"']?[ \t]*(?:[,;#].*)?\r?$)", re.MULTILINE,
    )  # fmt: skip
    if len(pattern.findall(content)) != 1:
        return None
    return pattern.sub(lambda found: found[1] + before.encode(), content)
