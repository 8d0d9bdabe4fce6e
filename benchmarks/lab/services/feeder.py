"""Stands for the shops that publish order events: one about every second, into the stream `order-events`.

`python feeder.py ADDRESS PORT`. While the file named in FEEDER_ODD exists, the next event writes its total with a comma
and takes the file away.
"""

import json
import os
import random
import socket
import sys
import time
from pathlib import Path


def main() -> None:
    """Publishes for ever."""
    order = 48210
    odd = Path(os.environ["FEEDER_ODD"])
    while True:
        time.sleep(random.expovariate(1.1))
        order += 1
        total = f"{random.randrange(400, 22000) / 100:.2f}"
        if odd.exists():
            odd.unlink()
            total = total.replace(".", ",")
        event = {"order": order, "email": f"customer{random.randrange(1, 2000)}@mail.example", "total": total}
        _send("XADD", "order-events", "*", "payload", json.dumps({**event, "currency": "EUR"}))


def _send(*words: str) -> None:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5) as connection:
        parts = b"".join(b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode()) for word in words)
        connection.sendall(b"*%d\r\n%s" % (len(words), parts))
        connection.recv(4096)


if __name__ == "__main__":
    main()
