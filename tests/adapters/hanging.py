"""Servers that do what no simulator does: accept and say nothing, answer a byte at a time, or never accept."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n"
DRIP_SECONDS = 0.03
Serve = Callable[[socket.socket], None]


def silent(connection: socket.socket) -> None:
    """Takes the request and says nothing."""
    with suppress(OSError):
        while connection.recv(1 << 16):
            pass


def dripping_head(connection: socket.socket) -> None:
    """Each byte comes long before any read's time-out, the last one never."""
    _drip(connection, HEAD * 100)


def dripping_body(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.sendall(HEAD)
    _drip(connection, b" " * 100_000)


def _drip(connection: socket.socket, what: bytes) -> None:
    with suppress(OSError):
        for byte in what:
            connection.sendall(bytes([byte]))
            time.sleep(DRIP_SECONDS)


@contextmanager
def hanging(serve: Serve) -> Iterator[str]:
    """The address of a server on loopback that treats every connection so."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        open_: list[socket.socket] = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    open_.append(connection)
                    threading.Thread(target=serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        for connection in open_:
            connection.close()


@contextmanager
def never_accepting() -> Iterator[str]:
    """A full queue of connections: the next one's handshake is not answered."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        address = listening.getsockname()
        waiting = []
        for _ in range(8):
            other = socket.socket()
            other.setblocking(False)
            with suppress(BlockingIOError):
                other.connect(address)
            waiting.append(other)
        yield f"http://127.0.0.1:{address[1]}"
        for other in waiting:
            other.close()
