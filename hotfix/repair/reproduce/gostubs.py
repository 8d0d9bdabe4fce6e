"""Writes what answers for the interfaces that a Go package knows: a line of Go for each, so that one can be refused."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from hotfix.repair.reproduce.gopackage import GoPackage, read_folder
from hotfix.repair.reproduce.gosource import GoInterface, list_imports, list_interfaces

HTTP_LINE = (
    'func init() { hotfixKnown = append(hotfixKnown, httptest.NewRequest("GET", "/anything", strings.NewReader("{}")), '
    "httptest.NewRecorder(), http.Header{}, http.DefaultClient) }"
)
"""What stands for requests and answers, where the package imports them."""


def write_stubs(package: GoPackage) -> Iterator[str]:
    """Yield a line for each interface that a stand-in may have to answer for, and one where there are requests."""
    imports = dict(pair for source in package.sources for pair in list_imports(source))
    known = {one.name: one for source in package.sources for one in list_interfaces(source)}
    for name, path in imports.items():
        for source in read_folder(package.scene, _find_folder(package, path)) if package.module else ():
            if f"{name}." in "".join(other.text for other in package.sources):
                known.update((one.name, one) for one in list_interfaces(source, name))
    for number, one in enumerate(known.values()):
        methods = _list_methods(one, known)
        if methods is not None:
            yield _write_stub(f"hotfixStub{number}", one.name, methods)
    if "net/http" in imports.values():
        yield HTTP_LINE


def _find_folder(package: GoPackage, path: str) -> str:
    """Return the folder of a package of the same module, or a name that no folder has."""
    home, module = package.module or ("", "")
    if path != module and not path.startswith(f"{module}/"):
        return "/"
    return str(PurePosixPath(home) / path.removeprefix(module).strip("/")).removeprefix(".")


def _list_methods(
    one: GoInterface, known: Mapping[str, GoInterface]
) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] | None:
    """Return the methods of an interface with those of the embedded ones; None where one of these is not known."""
    methods = list(one.methods)
    for name in one.embedded:
        inner = _list_methods(known[name], known) if name in known and name != one.name else None
        if inner is None:
            return None
        methods.extend(inner)
    return tuple(methods)


def _write_stub(stub: str, interface: str, methods: Sequence[tuple[str, tuple[str, ...], tuple[str, ...]]]) -> str:
    parts = [f"type {stub} struct{{ name string }}"]
    for name, parameters, results in methods:
        given = ", ".join(f"a{at} {kind}" for at, kind in enumerate(parameters))
        taken = ", ".join(f"r{at} {kind}" for at, kind in enumerate(results))
        places = "".join(f", &r{at}" for at in range(len(results)))
        body = f'hotfixAnswer(s.name+".{name}()"{places}); return'
        parts.append(f"func (s {stub}) {name}({given}) ({taken}) {{ {body} }}")
    known = f"hotfixStubs[reflect.TypeOf((*{interface})(nil)).Elem()]"
    parts.append(f"func init() {{ {known} = func(name string) interface{{}} {{ return {stub}{{name}} }} }}")
    return "; ".join(" ".join(part.split()) for part in parts)
