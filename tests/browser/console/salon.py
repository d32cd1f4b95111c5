"""A salon behind the console: real use cases on the console's own store, with machine, queues and messengers of `Life`."""

from dataclasses import replace

import pytest
from comeback.changes import SaveClient
from comeback.conversations.model import Address, ChannelKind
from comeback.reactivation.scene import JourneyRef
from comeback.runtime import wiring

from tests.browser.console.harness import Console
from tests.storage.life import CHAT, Life

SECOND = Address(ChannelKind.TELEGRAM, "102")


class Salon(Life):
    """Its clock is the console's: `show` moves the pages' time to where the salon has come."""

    console: Console

    def know(self, client_id: str, name: str, address: Address = CHAT, days_ago: int = 60) -> None:
        self.client(client_id, address, days_ago)
        known = self.store.client("salon", client_id).client
        self.store.commit([SaveClient(replace(known, name=name))])

    def show(self) -> None:
        self.console.now = self.clock.now()

    def sent(self) -> JourneyRef:
        """The day's first journey, its message with the client."""
        ref = self.campaign()[0]
        assert self.run_until_sent(ref) == "sent"
        self.show()
        return ref


def salon_of(console: Console, monkeypatch: pytest.MonkeyPatch) -> Salon:
    life = Salon(console.store)
    life.console = console
    life.company = replace(life.company, language="en")
    life.open_salon()
    monkeypatch.setattr(wiring, "_wait_ender", lambda: life.orchestrator)
    monkeypatch.setattr(wiring, "_starter", lambda: life.orchestrator)
    monkeypatch.setattr(wiring, "_outbound", lambda: life.queue)
    life.show()
    return life
