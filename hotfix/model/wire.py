"""Speaks with an OpenAI-compatible server: one request, its answer as it comes. No redirects, no proxies, no retries.

Source: the chat completions interface as llama-server, vLLM and Ollama offer it, with server-sent events.
"""

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any

from hotfix.core.settings import REMOTE_BYTES_MOST
from hotfix.core.text import say_span
from hotfix.model.addresses import Endpoint
from hotfix.model.contract import ModelError

_COMPLAINT_BYTES = 300
_LAST = "[DONE]"


class _Connection(HTTPConnection):
    """Connects to an address that was checked, whatever the name resolves to by now."""

    def __init__(self, endpoint: Endpoint, address: str, timeout_s: float) -> None:
        super().__init__(endpoint.host, endpoint.port, timeout=timeout_s)
        self._endpoint, self._address = endpoint, address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self._endpoint.port), self.timeout)
        self.sock = plain
        if self._endpoint.secure:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self._endpoint.host)


def stream(
    endpoint: Endpoint, address: str, body: Mapping[str, object], key: str | None, deadline: float
) -> Iterator[Mapping[str, Any]]:
    """Yield the events of a streamed chat completion until the server ends it.

    Raises:
        ModelError: the server cannot be reached, refuses, breaks off, says too much, or is not done at the deadline (a
            time of the monotonic clock).
    """
    left = deadline - time.monotonic()
    where = f"{endpoint.host}:{endpoint.port}"
    if left <= 0:
        raise ModelError(f"expected an answer of {where} in time, found no time left")
    connection = _Connection(endpoint, address, left)
    alarm = threading.Timer(left, _cut_off, [connection])
    alarm.daemon = True
    alarm.start()
    try:
        with closing(connection):
            yield from _read_events(_post(connection, endpoint, body, key), where)
    except (OSError, HTTPException, ValueError) as error:
        late = time.monotonic() >= deadline
        found = f"none within {say_span(left)}" if late else f"{type(error).__name__}: {error}"
        raise ModelError(f"expected an answer of the model server at {where}, found {found}") from None
    finally:
        alarm.cancel()


def _cut_off(connection: HTTPConnection) -> None:
    """End a connection that is used by another thread: what it waits for fails at once."""
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _post(connection: HTTPConnection, endpoint: Endpoint, body: Mapping[str, object], key: str | None) -> HTTPResponse:
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    connection.request("POST", f"{endpoint.path}/chat/completions", json.dumps(body).encode(), headers)
    return connection.getresponse()


def _read_events(response: HTTPResponse, where: str) -> Iterator[Mapping[str, Any]]:
    if response.status != 200:
        said = response.read(_COMPLAINT_BYTES).decode("utf-8", "replace").strip()
        raise ModelError(f"expected status 200 of the model server at {where}, found {response.status}: {said}")
    read = 0
    while line := response.readline(REMOTE_BYTES_MOST):
        read += len(line)
        if read >= REMOTE_BYTES_MOST:
            raise ModelError(f"expected an answer of less than {REMOTE_BYTES_MOST:,} bytes of {where}, found more")
        kind, _, data = line.decode("utf-8", "replace").partition(":")
        if kind != "data":
            continue
        if data.strip() == _LAST:
            return
        yield json.loads(data)
    raise ConnectionError(f"it broke off before {_LAST}")
