import pytest

from tests.adapters.conftest import Receiver, WorldServer
from tests.adapters.world.whatsapp_business import Salon, echo, register


@pytest.fixture
def salon(world: WorldServer, receiver: Receiver) -> Salon:
    """A WhatsApp account with templates and a webhook, and Anna, who has a name."""
    receiver.on_get = echo
    assert register(world, receiver).status_code == 201
    world.world.whatsapp.introduce("79990000001", "Анна")
    return Salon(world, receiver)
