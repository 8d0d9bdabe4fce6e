"""A small server that speaks the chat completions interface: real HTTP on the loopback, answers from a list."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Server:
    """What a server was asked, and how it answers."""

    body: bytes  # sent as it is
    status: int = 200
    stalls: bool = False  # says nothing more, and keeps the connection
    location: str | None = None
    requests: list[dict[str, object]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)


def stream(parts: list[str], reason: str = "stop", usage: dict[str, object] | None = None) -> bytes:
    """Return the body of a streamed completion whose text comes in parts."""
    events: list[dict[str, object]] = [{"choices": [{"delta": {"role": "assistant"}}]}]
    events += [{"choices": [{"delta": {"content": part}}]} for part in parts]
    events += [{"choices": [{"delta": {}, "finish_reason": reason}]}, {"choices": [], "usage": usage}]
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events).encode() + b"data: [DONE]\n\n"


@contextmanager
def serve(server: Server) -> Iterator[Server]:
    """Run a server on a free port of the loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            server.requests.append({"path": self.path} | json.loads(asked))
            server.keys.append(self.headers["Authorization"])
            self.send_response(server.status)
            if server.location:
                self.send_header("Location", server.location)
            self.end_headers()
            self.wfile.write(server.body)
            if server.stalls:
                self.wfile.flush()
                server.over.wait()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        server.port = running.server_port
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            running.shutdown()
            thread.join()
