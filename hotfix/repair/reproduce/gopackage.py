"""The package in which a test of Go lies: its files, its module, and how one test of it is run."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from hotfix.repair.reproduce.contract import Scene
from hotfix.repair.reproduce.gosource import GoFunction
from hotfix.repair.source import Source

GO_TEST = "hotfix_reproduction_test.go"
_MODULE = re.compile(r"^module\s+(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class GoPackage:
    """The package in which a test lies."""

    scene: Scene
    folder: str  # "" for the root
    functions: tuple[GoFunction, ...]  # that the call led through, where it failed first

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Return the package's files, without its tests."""
        return tuple(read_folder(self.scene, self.folder))

    @cached_property
    def module(self) -> tuple[str, str] | None:
        """Return folder and path of the module, or None where there is none."""
        for parent in (PurePosixPath(self.folder), *PurePosixPath(self.folder).parents):
            place = str(parent / "go.mod")
            if place in self.scene.paths:
                found = _MODULE.search((self.scene.tree / place).read_text("utf-8", "replace"))
                return str(parent), found[1].strip('"') if found else ""
        return None

    @property
    def file(self) -> str:
        """Return the path of the test."""
        return str(PurePosixPath(self.folder) / GO_TEST)

    def write_command(self, test: str, flags: str = "") -> str:
        """Return the command that runs one test of the package; no test is run for an empty name."""
        home, prefix = (self.module[0], "") if self.module else (self.folder, "GO111MODULE=off ")
        inside = PurePosixPath(self.folder).relative_to(home)
        run = f"{prefix}go test -vet=off -count=1 {flags}-run '^{test}$' {shlex.quote(f'./{inside}')}"
        return run if home in {"", "."} else f"cd {shlex.quote(home)} && {run}"


def read_source(scene: Scene, path: str) -> Source:
    """Return a file of the tree without the patch."""
    return Source(path, (scene.tree / path).read_bytes())


def read_folder(scene: Scene, folder: str) -> Iterator[Source]:
    """Yield the files of a package, without its tests."""
    for path in scene.paths:
        if path.rpartition("/")[0] == folder and path.endswith(".go") and not path.endswith("_test.go"):
            yield read_source(scene, path)
