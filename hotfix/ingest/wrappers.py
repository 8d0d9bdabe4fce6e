"""What container runtimes put around each line: regexes that take it off, from the wrapper files of `rules/formats`."""

from collections.abc import Sequence
from dataclasses import dataclass

from hotfix.ingest.formatfiles import Format, Kind, load_formats
from hotfix.ingest.patterns import derive_extract


@dataclass(frozen=True, slots=True)
class Wrapper:
    """Regexes (Rust and Python) on a whole wrapped line, each with one capture group; None where it says nothing."""

    ident: str
    pattern: str  # matches every wrapped line
    inner: str  # the line inside
    time: str | None  # when the runtime received it
    service: str | None  # container, or pod without its replica hash
    host: str | None  # full name of the pod
    stream: str | None  # stdout or stderr; lines of different streams do not continue each other
    whole: str | None  # a line that this does not match goes on in the next line of its stream; None: all are whole
    escaped: bool  # the inner text is the content of a JSON string


def load_wrappers() -> tuple[Wrapper, ...]:
    """Return every packaged wrapper, most specific first.

    Raises:
        RuleError: a data file breaks the contract.
    """
    return build_wrappers(load_formats())


def build_wrappers(formats: Sequence[Format]) -> tuple[Wrapper, ...]:
    """Return the wrappers among ``formats``, in their order; each pattern of a file is one wrapper."""
    return tuple(
        _build_wrapper(found, pattern.regex)
        for found in formats
        if found.kind is Kind.WRAPPER
        for pattern in found.patterns
    )


def _build_wrapper(found: Format, regex: str) -> Wrapper:
    def extract(group: str) -> str | None:
        return derive_extract(regex, group) if f"(?P<{group}>" in regex else None

    return Wrapper(
        ident=found.ident,
        pattern=derive_extract(regex, ""),
        inner=derive_extract(regex, "inner"),
        time=extract("time"),
        service=extract("service"),
        host=extract("host"),
        stream=extract("stream"),
        whole=found.whole,
        escaped=found.escaped,
    )
