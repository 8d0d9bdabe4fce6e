"""How the toolchain of a language reads changed files without running them: files come in, commands go out."""

import shlex
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hotfix.repair.reproduce.gopackage import find_module, write_go
from hotfix.repair.suites.find import find_python
from hotfix.repair.suites.javasources import JAVAC, list_roots
from hotfix.repair.suites.libraries import find_libraries
from hotfix.repair.verify.workbench import Workbench

_READ_PYTHON = "import sys; [compile(open(path, 'rb').read(), path, 'exec') for path in sys.argv[1:]]"
_ENDINGS = {
    ".py": "python3",
    ".js": "node",
    ".cjs": "node",
    ".mjs": "node",
    ".java": "javac",
    ".go": "go",
    ".ts": "tsc",
    ".tsx": "tsc",
}
"""End of a file's name → the tool that reads it."""


@dataclass(frozen=True, slots=True)
class Compilation:
    """One command that compiles changed files, or the name of the tool that is not at hand."""

    tool: str
    command: str | None


def list_compilations(bench: Workbench, edited: Sequence[str]) -> Iterator[Compilation]:
    """Yield a command for each tool that reads edited files, which must be there when it runs.

    Java: the files with what they need of the project's sources. Go: their packages. Python and JavaScript: each file.
    """
    by_tool: dict[str, list[str]] = {}
    for path in edited:
        tool = _ENDINGS.get(PurePosixPath(path).suffix)
        if tool is not None:
            by_tool.setdefault(tool, []).append(path)
    for tool, paths in by_tool.items():
        at_hand = tool in _WRITERS and shutil.which(tool) is not None
        yield Compilation(tool, _WRITERS[tool](bench, paths) if at_hand else None)


def _write_python(bench: Workbench, paths: Sequence[str]) -> str:
    python = find_python(bench.base.source, tuple(bench.base.borrowed))
    return shlex.join([python, "-W", "ignore", "-c", _READ_PYTHON, *paths])


def _write_node(_bench: Workbench, paths: Sequence[str]) -> str:
    return " && ".join(shlex.join(["node", "--check", path]) for path in paths)


def _write_java(bench: Workbench, paths: Sequence[str]) -> str:
    tree: Path = bench.base.source
    places = [
        *("-sourcepath", ":".join(list_roots(tree, bench.paths)) or "."),
        *("-cp", ":".join(find_libraries(tree, bench.paths)) or "."),
    ]
    flags = ["-proc:none", "-implicit:none", "-nowarn", "-Xlint:none", "-encoding", "UTF-8", *places]
    return f'{JAVAC} -d "$TMPDIR" {shlex.join([*flags, *paths])}'


def _write_go(bench: Workbench, paths: Sequence[str]) -> str:
    folders = dict.fromkeys(path.rpartition("/")[0] for path in paths)
    runs = (
        write_go(find_module(bench.base.source, bench.paths, folder), folder, "list -export -f ''")
        for folder in folders
    )
    return " && ".join(f"({run})" for run in runs)


_WRITERS = {"python3": _write_python, "node": _write_node, "javac": _write_java, "go": _write_go}
