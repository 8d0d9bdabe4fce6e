"""Finds the libraries of a Java project that lie on this host: its own jars, and those that its build files name.

Nothing is fetched. Where the version that a build file names is not here the newest that is here is taken: what is
called is the project's own code, and a library is needed to load it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

_STORES = (".m2/repository", ".gradle/caches/modules-2/files-2.1")
_SYSTEM = Path("/usr/share/java")
"""Where Maven and Gradle keep what they fetched, below the home folder, and where packages of the system lie."""

_BUILD_FILES = ("pom.xml", "build.gradle", "build.gradle.kts", "libs.versions.toml", "ivy.xml")
_JAR = re.compile(r"^(?P<artifact>.+?)-(?P<version>\d[\w.+]*(?:-[\w.+]+)*)\.jar$")
_OTHER_JARS = ("-sources.jar", "-javadoc.jar", "-tests.jar", "-wrapper.jar")
_NAMED = re.compile(r"<artifactId>\s*([\w.-]+)\s*</artifactId>|['\":]([\w.-]+:[\w.-]+)(?::[\w.-]+)?['\"]")
_DEPENDENCY = re.compile(r"<dependency>.*?</dependency>", re.DOTALL)
_NOT_NEEDED = re.compile(r"<scope>\s*(?:test|provided|system)\s*</scope>|<optional>\s*true")
_TESTED_WITH = {"org.junit.jupiter.": ("junit-jupiter-api",), "org.junit.Test": ("junit", "junit4")}
"""What a test file imports → the artifacts that hold it."""

_MOST = 300

_Stores = Mapping[str, tuple[tuple[str, Path], ...]]
"""Artifact → versions with their jars, newest first."""


def find_libraries(tree: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Return the jars of a project, as paths from its root or of the host.

    Args:
        tree: the project's files.
        paths: of its files, with slashes.
    """
    own = [path for path in paths if path.endswith(".jar") and not path.endswith(_OTHER_JARS)]
    wanted = list(_list_wanted(tree, paths))
    stored = _index_stores() if wanted else {}
    found: dict[str, Path] = {}
    while wanted and len(found) < _MOST:
        name, said = wanted.pop(0)
        if name in stored and name not in found:
            found[name] = _choose(stored[name], said)
            wanted.extend(_list_needed(found[name]))
    return (*own, *map(str, found.values()))


def find_launcher() -> str | None:
    """Return the jar that runs JUnit tests from the command line, with all that it needs inside; None: not here."""
    found = _index_stores().get("junit-platform-console-standalone")
    return str(found[0][1]) if found else None


def find_junit(libraries: Sequence[str]) -> str | None:
    """Return the annotation of a test in the newest JUnit among the libraries, or None."""
    names = {name_artifact(path) for path in libraries}
    if "junit-jupiter-api" in names:
        return "org.junit.jupiter.api.Test"
    return "org.junit.Test" if names & {"junit", "junit4"} else None


def name_artifact(jar: str) -> str:
    """Return the artifact that a jar holds, by its name."""
    return _split(PurePosixPath(jar).name)[0]


def _list_wanted(tree: Path, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the artifacts that the build files name, and the JUnit that the tests import, with the text that does."""
    for path in paths:
        name = path.rpartition("/")[2]
        if name in _BUILD_FILES:
            text = _read(tree / path)
            yield from ((found[1] or found[2].partition(":")[2], text) for found in _NAMED.finditer(text))
        elif name.endswith(".java") and "test" in path.lower():
            text = _read(tree / path)
            yield from ((one, "") for sign, artifacts in _TESTED_WITH.items() if sign in text for one in artifacts)


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.is_file() else ""


def _choose(versions: tuple[tuple[str, Path], ...], said: str) -> Path:
    """Return the jar of a version that a text names, else the newest."""
    return next((jar for version, jar in versions if version and version in said), versions[0][1])


def _index_stores() -> _Stores:
    """Return every jar on this host; of one version what a build tool fetched comes before what the system has."""
    found: dict[str, dict[str, Path]] = {}
    stores = [Path.home() / store for store in _STORES]
    jars = [*_SYSTEM.glob("*.jar"), *(jar for store in stores if store.is_dir() for jar in store.rglob("*.jar"))]
    for jar in jars:
        if not jar.name.endswith(_OTHER_JARS):
            artifact, version = _split(jar.name)
            found.setdefault(artifact, {})[version] = jar
    return {name: tuple(sorted(versions.items(), key=_count_version, reverse=True)) for name, versions in found.items()}


def _count_version(pair: tuple[str, Path]) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", pair[0])]


def _split(name: str) -> tuple[str, str]:
    """Return artifact and version in the name of a jar."""
    found = _JAR.match(name)
    return (found["artifact"], found["version"]) if found else (name.removesuffix(".jar"), "")


def _list_needed(jar: Path) -> list[tuple[str, str]]:
    """Return the artifacts that the description beside a jar says it needs to run, with what it says of each."""
    blocks = [block for block in _DEPENDENCY.findall(_read(jar.with_suffix(".pom"))) if not _NOT_NEEDED.search(block)]
    return [(found[1], block) for block in blocks if (found := _NAMED.search(block)) and found[1]]
