"""The package in which a test of Go lies: its files, its module, and how one test of it is run."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

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
        return find_module(self.scene.tree, self.scene.paths, self.folder)

    @property
    def file(self) -> str:
        """Return the path of the test."""
        return str(PurePosixPath(self.folder) / GO_TEST)

    def write_command(self, test: str, flags: str = "") -> str:
        """Return the command that runs one test of the package; no test is run for an empty name."""
        return write_go(self.module, self.folder, f"test -vet=off -count=1 {flags}-run '^{test}$'")


def find_module(tree: Path, paths: Sequence[str], folder: str) -> tuple[str, str] | None:
    """Return folder and path of the module that a folder of a tree belongs to, or None where there is none."""
    for parent in (PurePosixPath(folder), *PurePosixPath(folder).parents):
        place = str(parent / "go.mod")
        if place in paths:
            found = _MODULE.search((tree / place).read_text("utf-8", "replace"))
            return str(parent), found[1].strip('"') if found else ""
    return None


def write_go(module: tuple[str, str] | None, folder: str, words: str) -> str:
    """Return the command by which go does something with the package in a folder, from where its module begins."""
    home, prefix = (module[0], "") if module else (folder, "GO111MODULE=off ")
    inside = PurePosixPath(folder).relative_to(home)
    run = f"{prefix}go {words} {shlex.quote(f'./{inside}')}"
    return run if home in {"", "."} else f"cd {shlex.quote(home)} && {run}"


def read_source(scene: Scene, path: str) -> Source:
    """Return a file of the tree without the patch."""
    return Source(path, (scene.tree / path).read_bytes())


def read_folder(scene: Scene, folder: str) -> Iterator[Source]:
    """Yield the files of a package, without its tests."""
    for path in scene.paths:
        if path.rpartition("/")[0] == folder and path.endswith(".go") and not path.endswith("_test.go"):
            yield read_source(scene, path)
