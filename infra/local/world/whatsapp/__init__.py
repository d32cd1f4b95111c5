"""Simulated WhatsApp."""

from starlette.routing import BaseRoute

from world.context import World
from world.whatsapp.state import WhatsAppState

NAME = "whatsapp"


def state(world: World) -> WhatsAppState:
    return WhatsAppState(world)


def routes(_world: World) -> list[BaseRoute]:
    return []
