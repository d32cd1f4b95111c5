"""A salon on fakes: Anna, reachable in both messengers and willing, whose journey waits for her answer."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from comeback.changes import (
    BindAddress,
    ClaimClient,
    PutOutbox,
    SaveClient,
    SaveConsent,
    SaveJourney,
)
from comeback.clients.model import Client, Consent
from comeback.companies.model import BusinessType, Company
from comeback.conversations.deliver import Deliver
from comeback.conversations.model import (
    Address,
    ChannelKind,
    Content,
    OutboxMessage,
    OutboxState,
    Purpose,
)
from comeback.ports import ClientFile
from comeback.reactivation.model import Attempt, Journey, JourneyState

from tests.fakes.channels import FakeChannel, FakeChannels
from tests.fakes.clock import FixedClock
from tests.fakes.dialogue import FakeDialogue
from tests.fakes.limits import FakeLimits
from tests.fakes.queues import FakeOrchestrator, FakeQueue
from tests.fakes.store import FakeStore

CHAT = Address(ChannelKind.TELEGRAM, "1001")
PHONE = Address(ChannelKind.WHATSAPP, "79990000001")
ON = date(2026, 3, 2)
SECRET = "webhook-secret"


@dataclass
class Salon:
    store: FakeStore = field(default_factory=FakeStore)
    clock: FixedClock = field(default_factory=FixedClock)
    queue: FakeQueue = field(default_factory=FakeQueue)
    orchestrator: FakeOrchestrator = field(default_factory=FakeOrchestrator)
    dialogue: FakeDialogue = field(default_factory=FakeDialogue)
    telegram: FakeChannel = field(default_factory=FakeChannel)
    whatsapp: FakeChannel = field(default_factory=lambda: FakeChannel(ChannelKind.WHATSAPP))
    limits: FakeLimits = field(default_factory=FakeLimits)
    wall_clock: FixedClock | None = None
    """The outside's, where it is not ours."""
    secrets: dict[str, str] = field(default_factory=lambda: {"telegram_webhook_secret": SECRET})
    skipped: list[tuple[str, str, str]] = field(default_factory=list)
    invocations: int = 0

    def file(self, client_id: str = "anna") -> ClientFile:
        return self.store.client("salon", client_id)

    def message(self, outbox_id: str = "j1.1") -> OutboxMessage:
        return self.store.outbox("salon", "anna", outbox_id)

    def journey(self) -> Journey:
        return self.file().journeys[0]

    def deliver(self, outbox_id: str = "j1.1") -> None:
        """By an invocation of its own."""
        self.invocations += 1
        Deliver(
            self.store,
            FakeChannels([self.telegram, self.whatsapp]),
            self.dialogue,
            self.limits,
            self.queue,
            self.orchestrator,
            self.clock,
            f"invocation {self.invocations}",
            self.wall_clock,
        ).handle({"company_id": "salon", "client_id": "anna", "outbox_id": outbox_id})

    def write(
        self, outbox_id: str, purpose: Purpose = Purpose.SERVICE, address: Address = CHAT
    ) -> None:
        """A message of no journey, on its way to Anna."""
        message = OutboxMessage(
            "salon", "anna", outbox_id, address, Content("hello"), purpose, self.clock.now()
        )
        self.store.commit([PutOutbox(message)])

    def offer(self, address: Address) -> None:
        """The journey's message, written and on its way."""
        now = self.clock.now()
        attempt = Attempt(
            1, address, outbox_id="j1.1", task_token="token-1", sent_at=now,
            deadline=now + timedelta(days=7),
        )  # fmt: skip
        journey = Journey("salon", "anna", "haircut", "j1", ON, now, JourneyState.WAITING, attempt)
        message = OutboxMessage(
            "salon", "anna", "j1.1", address, Content("A free time!"), Purpose.MARKETING, now,
            journey_id="j1", attempt=1,
        )  # fmt: skip
        claim = ClaimClient("salon", "anna", "j1")
        self.store.commit([SaveJourney(journey), claim, PutOutbox(message)])

    def force(self, outbox_id: str, state: OutboxState, **changed: str) -> None:
        """Puts a message into a state, as another invocation may have."""
        message = self.message(outbox_id)
        at = ("client", "salon", "anna", "out", outbox_id)
        self.store._put(at, replace(message, state=state, **changed))  # type: ignore[arg-type]

    def counted(self) -> set[str]:
        days = self.store.funnel("salon", ON, ON)
        return {name for day in days for name, n in day.stages.items() if n}


@pytest.fixture
def salon() -> Salon:
    made = Salon()
    made.store.save_company(Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY))
    yes = Consent(Purpose.MARKETING, True, made.clock.now() - timedelta(days=30), "import:f", "v1")
    made.store.commit(
        [
            SaveClient(Client("salon", "anna", "Анна", "+79990000001", addresses=(CHAT, PHONE))),
            BindAddress("salon", "anna", CHAT),
            BindAddress("salon", "anna", PHONE),
            SaveConsent("salon", "anna", yes),
        ]
    )
    return made
