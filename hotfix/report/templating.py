"""Fills the templates of `templates/`: sandboxed, strict about names, with every value made safe on its way out.

A project's own template stands in place of the packaged one of its name. A template compiled once is kept in the user's
cache folder; it only saves time.
"""

import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from hotfix.core.cache import find_cache, make_private
from hotfix.core.errors import UsageError
from hotfix.core.overrides import find_override
from hotfix.core.resources import find_resource
from hotfix.report.templatecheck import check_template

Filter = Callable[..., object]


def fill_template(
    name: str,
    values: Mapping[str, object],
    filters: Mapping[str, Filter],
    finish: Callable[[object], object],
    *,
    html: bool = False,
) -> str:
    """Return the template filled with values.

    ``finish`` is given the result of every ``{{ … }}`` and returns what is written: what a template forgets to escape
    is escaped there. With ``html`` the HTML special characters are escaped after it.

    Raises:
        RuleError: the template is not there.
        UsageError: the project's own breaks the contract (`check_template`), or asks a value for what it has not.
    """
    from jinja2 import FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    own, packaged = find_override("templates", name), find_resource("templates", name)
    if own is not None:
        check_template(own)
    compiled = find_cache("templates")
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader((own or packaged).parent),
        bytecode_cache=FileSystemBytecodeCache(str(compiled)) if make_private(compiled) else None,
        autoescape=html,
        undefined=StrictUndefined,
        finalize=finish,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(filters)
    try:
        template = environment.get_template(name)
    except OSError:  # the cache cannot be written, as on a full disk
        environment.bytecode_cache = None
        template = environment.get_template(name)
    if own is None:
        return template.render(**values)
    try:
        return template.render(**values)
    except Exception as error:
        line = _find_line(error, own)
        if line is None:
            raise
        raise UsageError(f"{own}:{line}: {error or type(error).__name__}") from None


def _find_line(error: Exception, path: Path) -> int | None:
    """Return the line of a template at which filling it failed; None when it failed elsewhere."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return lines[-1] if lines else None
