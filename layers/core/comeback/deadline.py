"""One deadline over a whole HTTP call: connecting, asking, and every byte of the answer.

httpx's read time-out is per read: a server that sends a byte a second keeps a call alive for ever, and its function until
the function's own time-out. Here what is left of the call's seconds bounds every wait on the wire.

httpx 0.28 and httpx2 (google-genai's) take no network backend, so it is put under their connection pool; the sockets of
tests/adapters/test_hanging_sockets.py tell when that stops working. The look-up of a name is not bounded by this: nothing in
Python's socket module can.
"""

import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any


class Deadline:
    """Per thread: a client may be used by several at once. `core`: httpcore or httpcore2, whose errors are raised."""

    def __init__(
        self, seconds: float, core: Any, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._core = core
        self._monotonic = monotonic
        self._running = threading.local()

    def begin(self) -> None:
        self._running.until = self._monotonic() + self._seconds

    def left(self, timeout: float | None, late: str) -> float:
        """Seconds to wait at most, for what would wait `timeout`. Raises the error of the core named `late`."""
        left: float = self._running.until - self._monotonic()
        if left <= 0:
            raise getattr(self._core, late)(f"not over after {self._seconds} s")
        return left if timeout is None else min(timeout, left)


class BoundedStream:
    """A connection whose every wait ends with the call's deadline."""

    def __init__(self, stream: Any, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        found: bytes = self._stream.read(max_bytes, self._deadline.left(timeout, "ReadTimeout"))
        return found

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout, "WriteTimeout"))

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> "BoundedStream":
        left = self._deadline.left(timeout, "ConnectTimeout")
        return BoundedStream(
            self._stream.start_tls(ssl_context, server_hostname, left), self._deadline
        )

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class BoundedBackend:
    def __init__(self, backend: Any, deadline: Deadline) -> None:
        self._backend = backend
        self._deadline = deadline

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, **options: Any
    ) -> BoundedStream:
        left = self._deadline.left(timeout, "ConnectTimeout")
        stream = self._backend.connect_tcp(host, port, timeout=left, **options)
        return BoundedStream(stream, self._deadline)


def bounded(seconds: float, package: ModuleType, core: ModuleType, proxy: str = "") -> Any:
    """A transport for `package`'s Client, httpx or httpx2; `core` is httpcore or httpcore2. It raises the package's own
    time-outs. The body has to be read by the thread that asked, as `Client.request` does."""
    deadline = Deadline(seconds, core)
    http: Any = package

    class Transport(http.HTTPTransport):  # type: ignore[misc]  # one of two packages' class
        def handle_request(self, request: Any) -> Any:
            deadline.begin()
            return super().handle_request(request)

    made = Transport(trust_env=False, proxy=proxy or None)
    pool: Any = made._pool
    pool._network_backend = BoundedBackend(pool._network_backend, deadline)
    return made
