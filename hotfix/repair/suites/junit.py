"""The JUnit tests of a Java project whose build tool does not work here: compiler and console launcher run them."""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from hotfix.repair.suites.contract import Suite
from hotfix.repair.suites.libraries import find_launcher, find_libraries, name_artifact

_REPORTS = ".hotfix-reports"
_CLASSES = f"{_REPORTS}/classes"
_IN_LAUNCHER = ("junit-", "opentest4j", "apiguardian")
_TEST = re.compile(r"^import (?:static )?org\.junit\.", re.MULTILINE)


def find_junit_suite(tree: Path, paths: Sequence[str]) -> Suite | None:
    """Return the suite of a project with JUnit tests, or None where it has none or the launcher is not on this host."""
    sources = [path for path in paths if path.endswith(".java")]
    if not any(_TEST.search((tree / path).read_text("utf-8", "replace")) for path in sources):
        return None
    launcher = find_launcher()
    if launcher is None:
        return None
    resources = sorted({folder for path in paths if (folder := _find_resources(path))})
    libraries = [one for one in find_libraries(tree, paths) if not name_artifact(one).startswith(_IN_LAUNCHER)]
    places = ":".join((_CLASSES, *resources, *libraries, launcher))
    compile_all = shlex.join(["javac", "-nowarn", "-encoding", "UTF-8", "-d", _CLASSES, "-cp", places, *sources])
    run = ["java", "-jar", launcher, "-cp", places, "--scan-classpath", _CLASSES, "--reports-dir", _REPORTS]
    command = f"mkdir -p {_CLASSES} && {compile_all} && {shlex.join(run)} --details=tree --disable-ansi-colors"
    return Suite("junit", command, (f"{_REPORTS}/TEST-*.xml",))


def _find_resources(path: str) -> str | None:
    """Return the folder of resources that a file lies in, or None."""
    parts = PurePosixPath(path).parts
    return "/".join(parts[: parts.index("resources") + 1]) if "resources" in parts[:-1] else None
