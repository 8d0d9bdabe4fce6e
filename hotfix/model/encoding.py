"""The process in which the encoder runs: takes texts from a socket, one JSON object a line, answers with vectors alike.

Started as ``python -m hotfix.model.encoding FD``. A crash of native code ends this process and nothing else. It ends by
itself when the other side closes the socket.
"""

import json
import socket
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hotfix.model.contract import ModelError
from hotfix.model.encoder import Encoder, Vectors
from hotfix.model.encoderfile import find_encoder


@dataclass(frozen=True, slots=True)
class Load:
    """What the process is told first."""

    path: str | None  # of a file that was checked; None: the encoder that was set up


def write_question(texts: Sequence[str]) -> Mapping[str, object]:
    """Return what to ask the process for the vectors of texts."""
    return {"texts": list(texts)}


def read_answer(reply: Mapping[str, object], count: int) -> Vectors:
    """Return the vectors of an answer, one row for each of `count` texts."""
    packed = b64decode(str(reply["vectors"]))
    return np.frombuffer(packed, dtype=np.float16).reshape(count, -1).astype(np.float32)


def _answer(encoder: Encoder, line: str) -> Mapping[str, object]:
    vectors = encoder.embed(json.loads(line)["texts"])
    return {"done": {"vectors": b64encode(vectors.astype(np.float16).tobytes()).decode()}}


def _serve(channel: socket.socket) -> None:
    with channel.makefile("r", encoding="utf-8", newline="\n") as questions:

        def say(message: Mapping[str, object]) -> None:
            channel.sendall(json.dumps(message).encode() + b"\n")

        try:
            load = Load(**json.loads(questions.readline()))
            encoder = Encoder(Path(load.path) if load.path else find_encoder())
            say({"done": {}})
            for line in questions:
                say(_answer(encoder, line))
        except ModelError as error:
            say({"failed": str(error)})


def main() -> None:
    """Serve the socket whose number is the argument."""
    with suppress(BrokenPipeError, ConnectionResetError), socket.socket(fileno=int(sys.argv[1])) as channel:
        _serve(channel)


if __name__ == "__main__":
    main()
