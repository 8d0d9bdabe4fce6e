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


def find_libraries(tree: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Return the jars of a project, as paths from its root or of the host.

    Args:
        tree: the project's files.
        paths: of its files, with slashes.
    """
    own = [path for path in paths if path.endswith(".jar") and not path.endswith(_OTHER_JARS)]
    wanted = list(dict.fromkeys(_list_wanted(tree, paths)))
    if not wanted:
        return tuple(own)
    stored = _index_stores()
    found: dict[str, Path] = {}
    while wanted and len(found) < _MOST:
        name = wanted.pop(0)
        if name in stored and name not in found:
            found[name] = stored[name]
            wanted.extend(_list_needed(stored[name]))
    return (*own, *map(str, found.values()))


def find_junit(libraries: Sequence[str]) -> str | None:
    """Return the annotation of a test in the newest JUnit among the libraries, or None."""
    names = {_split(PurePosixPath(path).name)[0] for path in libraries}
    if "junit-jupiter-api" in names:
        return "org.junit.jupiter.api.Test"
    return "org.junit.Test" if names & {"junit", "junit4"} else None


def _list_wanted(tree: Path, paths: Sequence[str]) -> Iterator[str]:
    """Yield the artifacts that the build files name, and the JUnit that the tests import."""
    for path in paths:
        name = path.rpartition("/")[2]
        if name in _BUILD_FILES:
            for found in _NAMED.finditer(_read(tree / path)):
                yield found[1] or found[2].partition(":")[2]
        elif name.endswith(".java") and "test" in path.lower():
            text = _read(tree / path)
            yield from (one for sign, artifacts in _TESTED_WITH.items() if sign in text for one in artifacts)


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.is_file() else ""


def _index_stores() -> Mapping[str, Path]:
    """Return artifact → its newest jar on this host; what a build tool fetched comes before what the system has."""
    found: dict[str, tuple[list[int], Path]] = {}
    stores = [Path.home() / store for store in _STORES]
    jars = [*_SYSTEM.glob("*.jar"), *(jar for store in stores if store.is_dir() for jar in store.rglob("*.jar"))]
    for jar in jars:
        if jar.name.endswith(_OTHER_JARS):
            continue
        artifact, version = _split(jar.name)
        if artifact not in found or version >= found[artifact][0]:
            found[artifact] = version, jar
    return {artifact: jar for artifact, (_, jar) in found.items()}


def _split(name: str) -> tuple[str, list[int]]:
    """Return the artifact and the numbers of the version in the name of a jar."""
    found = _JAR.match(name)
    if found is None:
        return name.removesuffix(".jar"), []
    return found["artifact"], [int(number) for number in re.findall(r"\d+", found["version"])]


def _list_needed(jar: Path) -> list[str]:
    """Return the artifacts that the description beside a jar says it needs to run."""
    blocks = _DEPENDENCY.findall(_read(jar.with_suffix(".pom")))
    names = [_NAMED.search(block) for block in blocks if not _NOT_NEEDED.search(block)]
    return [found[1] for found in names if found and found[1]]
