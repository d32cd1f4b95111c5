"""`python -m world`: serves the world on the loopback address until it is stopped."""

import argparse
import os
import socket
import sys
from datetime import UTC, datetime

import uvicorn

from world.app import application, build
from world.settings import Settings

HOST = "127.0.0.1"


def main() -> int:
    options = _options()
    now = options.now if options.now.tzinfo else options.now.replace(tzinfo=UTC)
    try:
        listener = socket.create_server((HOST, options.port))
    except OSError as error:
        print(
            f"world: port {options.port} can not be used ({os.strerror(error.errno or 0)}); choose another with --port",
            file=sys.stderr,
        )
        return 1
    # asyncio does so only for sockets it made itself; without it each answer waits 40 ms for an ACK
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    world = build(
        now, Settings(real_time=options.real_time, limits=not options.no_limits), options.seed
    )
    config = uvicorn.Config(application(world), log_level="warning", timeout_graceful_shutdown=2)
    with listener:
        uvicorn.Server(config).run(sockets=[listener])
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="world", description=__doc__)
    parser.add_argument("--port", type=int, default=4600)
    parser.add_argument(
        "--now",
        type=datetime.fromisoformat,
        default=datetime.now(UTC),
        help="simulated start, ISO 8601; UTC when without an offset",
    )
    parser.add_argument(
        "--real-time", action="store_true", help="let simulated time pass as real time does"
    )
    parser.add_argument("--no-limits", action="store_true", help="do not judge the services' rates")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
