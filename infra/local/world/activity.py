"""How busy the world is, so that a driver of the clock can wait until all that was to happen has happened."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

HangUp = Callable[[], Awaitable[None]]
"""Closes the caller's connection without an answer."""


class Activity:
    """Counts requests to simulators and to the clock; the rest of the control API and the phones page don't count."""

    def __init__(self) -> None:
        self.requests = 0
        self.in_flight = 0
        self._last = time.monotonic()

    def begin(self) -> None:
        self.requests += 1
        self.in_flight += 1
        self._last = time.monotonic()

    def end(self) -> None:
        self.in_flight -= 1
        self._last = time.monotonic()

    def quiet_ms(self) -> int:
        return int((time.monotonic() - self._last) * 1000)


def counts(path: str) -> bool:
    return path == "/world/clock" or not path.startswith(("/world", "/phones"))


class Counted:
    """Wraps the whole application, and lets `guard` hang up on a caller."""

    def __init__(self, app: ASGIApp, activity: Activity) -> None:
        self._app = app
        self._activity = activity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not counts(scope["path"]):
            await self._app(scope, receive, send)
            return
        scope["world.hang_up"] = _hang_up(send)
        self._activity.begin()
        try:
            await self._app(scope, receive, send)
        finally:
            self._activity.end()


def _hang_up(send: Send) -> HangUp:
    """ASGI has no word for it, so this takes uvicorn's transport, to which `send` belongs."""

    async def hang_up() -> None:
        cycle: Any = getattr(send, "__self__", None)
        if cycle is not None:
            cycle.transport.abort()
            cycle.disconnected = True

    return hang_up
