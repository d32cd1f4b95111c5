"""Simulated Telegram."""

from starlette.routing import BaseRoute

from world.context import World
from world.telegram.state import TelegramState

NAME = "telegram"


def state(world: World) -> TelegramState:
    return TelegramState(world)


def routes(_world: World) -> list[BaseRoute]:
    return []
