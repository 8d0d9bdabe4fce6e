"""Fills the templates of `templates/`: sandboxed, strict about names, with every value made safe on its way out.

A template compiled once is kept in the user's cache folder; it only saves time.
"""

from collections.abc import Callable, Mapping

from hotfix.core.cache import find_cache, make_private
from hotfix.core.resources import find_resource

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
    """
    from jinja2 import FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    compiled = find_cache("templates")

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(find_resource("templates", name).parent),
        bytecode_cache=FileSystemBytecodeCache(str(compiled)) if make_private(compiled) else None,
        autoescape=html,
        undefined=StrictUndefined,
        finalize=finish,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(filters)
    return environment.get_template(name).render(**values)
