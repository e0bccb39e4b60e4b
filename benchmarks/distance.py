"""A server at a distance: a proxy of its own process that holds every piece back for half a round trip, each way.

python benchmarks/distance.py SOCKET MILLISECONDS      prints the port of loopback it listens on
"""

import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any

PIECE = 65_536


def far(server: str, milliseconds: float) -> tuple[Any, int]:
    """Start a proxy before a server's socket; returns its process and port."""
    command = [sys.executable, __file__, server, str(milliseconds)]
    process: Any = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    return process, int(process.stdout.readline())


def main(server: str, milliseconds: str) -> None:
    """Pass bytes on, late, for ever."""
    half = float(milliseconds) / 2_000
    door = socket.create_server(("127.0.0.1", 0))
    print(door.getsockname()[1], flush=True)
    while True:
        client, _ = door.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        there = socket.socket(socket.AF_UNIX)
        there.connect(server)
        for ends in ((client, there), (there, client)):
            threading.Thread(target=carry, args=(*ends, half), daemon=True).start()


def carry(source: socket.socket, sink: socket.socket, half: float) -> None:
    """Pass on what comes, half a round trip later."""
    with suppress(OSError):
        while piece := source.recv(PIECE):
            time.sleep(half)
            sink.sendall(piece)
    sink.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
