"""The world on a free loopback port, in a thread of this process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import uvicorn
from world.app import application, build
from world.context import World
from world.settings import Settings

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class WorldServer:
    """`world`: the object behind; its user-side methods may be called from a test's thread."""

    url: str
    world: World
    control: httpx.Client


@contextmanager
def running_world(settings: Settings) -> Iterator[WorldServer]:
    world = build(NOW, settings)
    config = uvicorn.Config(
        application(world), port=0, log_level="error", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=url, trust_env=False) as control:
        yield WorldServer(url, world, control)
    server.should_exit = True
    thread.join(timeout=5)
