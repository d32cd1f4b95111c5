"""Puts the world together: each simulator is a package with NAME, `state(world)` and `routes(world)`."""

from datetime import datetime
from random import Random
from types import ModuleType

from starlette.applications import Starlette

from world import control, gemini, people, phones, telegram, whatsapp, yclients
from world.clock import WorldClock
from world.context import World
from world.faults import Faults
from world.transcript import Transcript
from world.webhooks import WebhookSender

SIMULATORS: tuple[ModuleType, ...] = (people, phones, telegram, whatsapp, yclients, gemini)


def build(
    start: datetime, seed: int = 1, real_time: bool = False, real_limits: bool = True
) -> tuple[Starlette, World]:
    clock, transcript, faults = WorldClock(start, real_time), Transcript(), Faults()
    webhooks = WebhookSender(clock, transcript, faults)
    world = World(clock, transcript, faults, webhooks, Random(seed), real_limits)
    for simulator in SIMULATORS:
        world.states[simulator.NAME] = simulator.state(world)
    routes = [route for simulator in SIMULATORS for route in simulator.routes(world)]
    return Starlette(routes=[*control.routes(world), *routes]), world
