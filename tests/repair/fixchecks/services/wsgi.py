"""Asks a WSGI application as a web server does."""

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., object]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Site:
    """An application that can be asked."""

    application: Application

    def get(self, path: str) -> tuple[int, Any]:
        """Return status and answer of GET."""
        return self._ask("GET", path, b"")

    def post(self, path: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        """Return status and answer of POST with a JSON body."""
        return self._ask("POST", path, json.dumps(body).encode())

    def _ask(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        said: list[str] = []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        answer = b"".join(self.application(environ, lambda status, _headers: said.append(status)))
        return int(said[0].split()[0]), json.loads(answer)


def expect(what: str, found: object, wanted: object) -> None:
    """Refuse a tree that gives something else than what is wanted.

    Raises:
        SystemExit: it does; the message says what was expected and what was found.
    """
    if found != wanted:
        raise SystemExit(f"{what}: expected {wanted}, found {found}")
