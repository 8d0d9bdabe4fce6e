"""The packages import in one direction, and heavy libraries stay in their rooms."""

import ast
from pathlib import Path

import pytest

_PACKAGE = Path(__file__).parents[1] / "hotfix"
_ORDER = (
    "core",
    "ingest",
    "signal",
    "diagnosis",
    "model",
    "repair",
    "rollout",
    "learn",
    "report",
    "pipeline",
    "understanding",
    "flow",
    "agents",
    "bench",
    "cli",
)
_HEAVY = {
    "jinja2": ("report", "model"),  # documents; the chat templates of models
    "ast_grep_py": ("repair",),
    "tree_sitter": ("repair",),
    "rich": ("report",),
    "typer": ("cli",),
    "llama_cpp": ("model",),
    "llguidance": ("model",),
    "sqlite3": ("learn", "model"),  # the index over incidents; the encoder's vectors on disk
}
_MODULES = sorted(_PACKAGE.rglob("*.py"))


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def _room(path: Path) -> str:
    return path.relative_to(_PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", _MODULES, ids=lambda path: str(path.relative_to(_PACKAGE)))
def test_module_imports_only_rooms_above_its_own(path: Path) -> None:
    """A module imports its own package and the ones before it in DESIGN's order, never one below."""
    room = _room(path)
    if room not in _ORDER:
        return
    allowed = set(_ORDER[: _ORDER.index(room) + 1])
    rooms = {name.split(".")[1] for name in _imports(path) if name.startswith("hotfix.")}
    assert rooms - allowed == set()


@pytest.mark.parametrize("path", _MODULES, ids=lambda path: str(path.relative_to(_PACKAGE)))
def test_heavy_library_is_imported_only_in_its_room(path: Path) -> None:
    """Each heavy library is imported by the packages that it is for, and by no other."""
    strangers = {
        name
        for name in (found.split(".")[0] for found in _imports(path))
        if _room(path) not in _HEAVY.get(name, (_room(path),))
    }
    assert strangers <= ({"rich"} if _room(path) == "cli" else set())
