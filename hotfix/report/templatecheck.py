"""Checks a project's own template against the packaged one of its name: what is wrong is told with its line."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from hotfix.core.errors import UsageError, did_you_mean
from hotfix.core.files import read_utf8
from hotfix.core.overrides import list_overrides
from hotfix.core.resources import find_resource

if TYPE_CHECKING:
    from jinja2.nodes import Template

_TITLES = {
    ".md": re.compile(r"^##+ +(.*?) *$", re.MULTILINE),
    ".html": re.compile(r"<h[1-6][^>]*>(.*?)</h[1-6]>", re.DOTALL),
}
"""What a heading below the title looks like, by the suffix of a document."""

_SECTIONS = {
    ".md": re.compile(r"^## +(.*?) *$", re.MULTILINE),
    ".html": re.compile(r"<h2[^>]*>(.*?)</h2>", re.DOTALL),
}
"""What the heading of a section looks like in a packaged template."""

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def check_templates() -> tuple[Path, ...]:
    """Return the project's own templates, each of them checked.

    Raises:
        InputError: one cannot be read.
        UsageError: one breaks the contract (`check_template`), or has the name of no packaged one.
    """
    own = list_overrides("templates")
    known = [path.name for path in find_resource("templates").iterdir() if path.suffix in _SECTIONS]
    for path in own:
        if path.name not in known:
            raise UsageError(f"{path}: expected one of {', '.join(sorted(known))}{did_you_mean(path.name, known)}")
        check_template(path)
    return own


def check_template(path: Path) -> None:
    """Check that a template can be filled like the packaged one of its name, and leaves out no section of it.

    Raises:
        InputError: it cannot be read.
        UsageError: it has a fault of syntax, a name or a filter that the packaged one does not use,
            or lacks one of its sections; the message names the line and a near name.
    """
    from jinja2 import Environment, TemplateSyntaxError

    environment = Environment(autoescape=True)  # nothing is filled here
    text = read_utf8(path, "a template")
    packaged = find_resource("templates", path.name).read_text(encoding="utf-8")
    try:
        tree = environment.parse(text)
    except TemplateSyntaxError as error:
        raise UsageError(f"{path}:{error.lineno}: {error.message}") from None
    usual = environment.parse(packaged)
    environment.filters.update(dict.fromkeys(_find_nodes(usual, "Filter"), str))
    _check_words(path, "filter", _find_nodes(tree, "Filter"), environment.filters)
    _check_words(path, "test", _find_nodes(tree, "Test"), environment.tests)
    _check_words(path, "name", _find_names(tree), {*_find_names(usual), *environment.globals})
    _check_sections(path, _COMMENT.sub("", text), _COMMENT.sub("", packaged))


def _find_names(tree: "Template") -> Mapping[str, int]:
    """Return the names that a template expects from outside, each with the first line that uses it."""
    from jinja2 import meta, nodes

    wanted = meta.find_undeclared_variables(tree)
    uses = [node for node in tree.find_all(nodes.Name) if node.name in wanted and node.ctx == "load"]
    return {node.name: node.lineno for node in sorted(uses, key=lambda node: -node.lineno)}


def _find_nodes(tree: "Template", kind: str) -> Mapping[str, int]:
    """Return the names of the filters or tests of a template, each with the first line that uses it."""
    from jinja2 import nodes

    uses = sorted(tree.find_all(getattr(nodes, kind)), key=lambda node: -node.lineno)
    return {node.name: node.lineno for node in uses}


def _check_words(path: Path, kind: str, found: Mapping[str, int], known: Collection[str]) -> None:
    for word, line in sorted(found.items(), key=lambda item: item[1]):
        if word not in known:
            raise UsageError(f"{path}:{line}: unknown {kind} {word!r}{did_you_mean(word, known)}")


def _check_sections(path: Path, text: str, packaged: str) -> None:
    held = _TITLES[path.suffix].findall(text)
    for section in _SECTIONS[path.suffix].findall(packaged):
        if section not in held:
            near = did_you_mean(section, held)
            raise UsageError(f"{path}: expected a section {section!r}, as the packaged template has, found none{near}")
