"""Puts the world together: one process, one application, all simulators."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from world import control, gemini, people, phones, telegram, whatsapp, yclients
from world.activity import Activity, Counted
from world.clock import WorldClock
from world.context import World
from world.faults import Faults
from world.settings import Settings
from world.transcript import Transcript
from world.webhooks import WebhookSender

TICK_SECONDS = 0.25
log = logging.getLogger("world")


class Simulator(Protocol):
    """What each sub-package offers. Its state is found at `world.<NAME>`."""

    NAME: str

    def state(self, world: World, /) -> Any: ...

    def routes(self, world: World, /) -> list[BaseRoute]: ...


SIMULATORS: Sequence[Simulator] = (telegram, whatsapp, yclients, gemini, people, phones)


def build(now: datetime, settings: Settings | None = None, seed: int = 1) -> World:
    settings = settings or Settings()
    clock, faults = WorldClock(now), Faults()
    transcript = Transcript(clock)
    webhooks = WebhookSender(transcript, faults, settings)
    world = World(clock, transcript, faults, webhooks, Activity(), settings, seed, Random(seed))
    rebuild(world)
    return world


def rebuild(world: World) -> None:
    """Fresh states for all simulators."""
    for simulator in SIMULATORS:
        setattr(world, simulator.NAME, simulator.state(world))


def application(world: World) -> ASGIApp:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        world.webhooks.start()
        ticking = asyncio.create_task(_tick(world)) if world.settings.real_time else None
        yield
        if ticking is not None:
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking
        await world.webhooks.stop()

    found = control.routes(world, rebuild)
    for simulator in SIMULATORS:
        found.extend(simulator.routes(world))
    return Counted(Starlette(routes=found, lifespan=lifespan), world.activity)


async def _tick(world: World) -> None:
    """Lets simulated time pass as real time does, from wherever it stands."""
    last = time.monotonic()
    while True:
        await asyncio.sleep(TICK_SECONDS)
        passed, last = time.monotonic() - last, time.monotonic()
        try:
            await world.clock.advance_to(world.clock.now() + timedelta(seconds=passed))
        except Exception:
            log.exception("something due in simulated time failed")
