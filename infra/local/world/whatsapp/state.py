"""What WhatsApp remembers."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from world.context import World


class WhatsAppState:
    def __init__(self, world: "World") -> None:
        self._world = world
