"""`python -m world --port 4600 --now 2026-03-02T08:00:00+00:00`: runs the world on loopback."""

import argparse
import socket
import sys
from datetime import UTC, datetime

import uvicorn

from world.app import build


def main() -> int:
    parser = argparse.ArgumentParser(prog="world", description=__doc__)
    parser.add_argument("--port", type=int, default=4600)
    parser.add_argument("--now", type=datetime.fromisoformat, default=datetime.now(UTC))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--real-time", action="store_true", help="follow the real clock")
    parser.add_argument("--no-limits", action="store_true", help="do not judge rate limits")
    options = parser.parse_args()
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", options.port)) == 0:
            print(
                f"port {options.port} is taken: stop what uses it, or set COMEBACK_WORLD_PORT",
                file=sys.stderr,
            )
            return 1
    app, _ = build(options.now, options.seed, options.real_time, not options.no_limits)
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning")
    return 0


if __name__ == "__main__":
    sys.exit(main())
