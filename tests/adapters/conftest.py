"""The world, served on a free loopback port, and a place that its webhooks can be sent to."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from world.settings import Settings

from tests.adapters.running_world import NOW, WorldServer, running_world

__all__ = ["NOW", "WorldServer"]


@dataclass
class Post:
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


@dataclass
class Receiver:
    """Records POSTs in order of arrival. `answers` holds the next statuses, 200 after that.

    A GET is answered by `on_get(path with query) -> (status, text)`.
    """

    url: str
    posts: list[Post] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    on_get: Callable[[str], tuple[int, str]] = lambda _path: (404, "")

    def wait(self, count: int, seconds: float = 3.0) -> list[Post]:
        """All posts, once there are `count`; fails when they don't come."""
        deadline = time.monotonic() + seconds
        while len(self.posts) < count:
            assert time.monotonic() < deadline, f"{len(self.posts)} webhooks of {count} came"
            time.sleep(0.005)
        return self.posts


def quick() -> Settings:
    return Settings(webhook_retry_seconds=(0.02, 0.04, 0.08), reorder_wait=1.0)


@pytest.fixture(scope="session")
def world_server() -> Iterator[WorldServer]:
    with running_world(quick()) as server:
        yield server


@pytest.fixture
def world(world_server: WorldServer) -> WorldServer:
    """An empty world at `NOW`, with default limits but quick repeats of webhooks."""
    world_server.world.settings.__dict__.update(quick().__dict__)
    world_server.control.post(
        "/world/reset", json={"now": NOW.isoformat(), "seed": 1}
    ).raise_for_status()
    return world_server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # http.server's name
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = found.answers.pop(0) if found.answers else 200
            found.posts.append(Post(self.path, headers, body))
            self._answer(status, "")

        def do_GET(self) -> None:
            self._answer(*found.on_get(self.path))

        def _answer(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()
