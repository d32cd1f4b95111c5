"""A client's conversation on the table, for the tests of receive and deliver."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from comeback.changes import BindAddress, MoveOutbox, PutOutbox, SaveClient, SaveConsent
from comeback.clients.model import Client, Consent
from comeback.companies.model import BusinessType, Company
from comeback.conversations.consent import ConsentTalk
from comeback.conversations.model import (
    Address,
    ChannelKind,
    Content,
    DeliveryStatus,
    InboundEvent,
    MessageReceived,
    OutboxMessage,
    OutboxState,
    Purpose,
    StatusReceived,
)
from comeback.conversations.receive import Receive
from comeback.storage.store import DynamoStore

from tests.fakes.clock import FixedClock
from tests.fakes.queues import FakeOrchestrator, FakeQueue
from tests.fakes.stub_dialogue import StubDialogue

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHAT = Address(ChannelKind.TELEGRAM, "1001")
PHONE = Address(ChannelKind.WHATSAPP, "79990000001")
ANNA = Client("salon", "anna", "Анна", phone="+79990000001", addresses=(CHAT, PHONE))
SECRET = "t-secret"
OFFER = OutboxMessage(
    "salon", "anna", "j1.1", PHONE, Content("Ждём вас"), Purpose.MARKETING, NOW, journey_id="j1"
)


def secrets(_company_id: str) -> Mapping[str, str]:
    return {"telegram_webhook_secret": SECRET}


def said(text: str = "", n: int = 1, address: Address = CHAT, **more: Any) -> MessageReceived:
    found = {"at": NOW, "sender_name": "Анна К.", **more}
    return MessageReceived(f"tg.{n}", address, text=text, **found)


def told(status: DeliveryStatus, ref: str = "j1.1", code: str = "") -> StatusReceived:
    return StatusReceived(f"wa.wamid.1.{status}", PHONE, NOW, status, "wamid.1", ref, code)


def nothing_to_parse(*_: object) -> list[InboundEvent]:
    return []


@dataclass
class Talk:
    """Receive on the table, with all around it remembered."""

    store: DynamoStore
    queue: FakeQueue = field(default_factory=FakeQueue)
    orchestrator: FakeOrchestrator = field(default_factory=FakeOrchestrator)
    dialogue: StubDialogue = field(default_factory=StubDialogue)
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))

    def __post_init__(self) -> None:
        company = Company("salon", "Салон", "Europe/Moscow", BusinessType.BEAUTY, language="ru")
        self.store.save_company(company)
        self.receive = Receive(
            self.store,
            self.queue,
            self.orchestrator,
            self.dialogue,
            ConsentTalk(self.store, secrets),
            self.clock,
            {"telegram": nothing_to_parse},
        )

    def know(self, client: Client = ANNA, *, consent: bool = True) -> None:
        """The client with addresses bound, and a consent for all channels a day ago."""
        bound = [BindAddress("salon", client.client_id, a) for a in client.addresses]
        self.store.commit([SaveClient(client), *bound])
        if consent:
            given = Consent(Purpose.MARKETING, True, NOW.replace(day=1), "import:x", "v1")
            self.store.commit([SaveConsent("salon", client.client_id, given)])

    def hear(self, event: InboundEvent) -> None:
        self.receive.receive("salon", event)

    def offer(self, state: OutboxState = OutboxState.NEW, **more: Any) -> OutboxMessage:
        """The offer in the outbox, as it stands there."""
        self.store.commit([PutOutbox(OFFER)])
        if state is not OutboxState.NEW or more:
            self.store.commit([MoveOutbox(replace(OFFER, state=state, **more), OutboxState.NEW)])
        return self.stored()

    def stored(self, outbox_id: str = "j1.1", client_id: str = "anna") -> OutboxMessage:
        return self.store.outbox("salon", client_id, outbox_id)
