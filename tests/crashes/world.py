"""One salon in memory, whose use cases are those that `runtime.wiring` composes, with fakes where its adapters stand."""

import copy
import secrets as unguessable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from unittest.mock import patch

from comeback.analytics import chart
from comeback.bookings.model import Service, Staff
from comeback.changes import BindAddress, SaveClient, SaveConsent, SaveVisit
from comeback.clients.model import Client, Consent, Visit, VisitStatus
from comeback.companies.model import BusinessType, Company, Hours
from comeback.conversations.model import (
    Address,
    ChannelKind,
    InboundEvent,
    MessageReceived,
    OutboxMessage,
    Purpose,
)
from comeback.reactivation.model import Journey, Outcome
from comeback.reactivation.scene import Answer, JourneyRef
from comeback.runtime import wiring

from tests.crashes.outside import Messenger, Secrets, SteadyModels, drawn
from tests.crashes.twins import sharing_frozen
from tests.fakes.book import Book, Books
from tests.fakes.channels import FakeChannels
from tests.fakes.clock import FixedClock
from tests.fakes.crm import FakeCrm
from tests.fakes.doors import FakeDoors, FakeKeeper
from tests.fakes.files import FakeFiles
from tests.fakes.limits import FakeLimits
from tests.fakes.people import FakePeople
from tests.fakes.queues import FakeEvents, FakeOrchestrator, FakeQueue
from tests.fakes.store import FakeStore

MADE = "made-"
"""Secrets of ours begin so."""
START = datetime(2026, 3, 2, 7, 7, tzinfo=UTC)
"""Monday, seven past ten in Moscow: the campaign hour, and off the half-hour grid on which slots begin."""
ON = date(2026, 3, 2)
TOMORROW = ON + timedelta(days=1)
CONSUMERS = {"crm.sync": "crm_sync", "rule.saved": "rule_change"}
"""Of the events queue, by kind: each has only so much time."""
CHAT = Address(ChannelKind.TELEGRAM, "101")
PHONE = Address(ChannelKind.WHATSAPP, "79990000001")
OWNER_CHAT = Address(ChannelKind.TELEGRAM, "777")
WORKDAY = {day: Hours(time(12), time(17)) for day in range(7)}
SALON = Company(
    "salon",
    "Salon",
    "Europe/Moscow",
    BusinessType.BEAUTY,
    language="en",
    opening=WORKDAY,
    holdout_percent=0,
    owner=OWNER_CHAT,
)
STEPS = ("analyse", "reserve", "find_slots", "generate")
ARGUMENTS = {"connections": ("https://api.example",)}
"""Of factories that take any."""
ROUNDS = 20
"""Of a queue that never gets empty something is wrong."""


@dataclass
class World:
    clock: FixedClock = field(default_factory=lambda: FixedClock(START))
    store: FakeStore = field(default_factory=FakeStore)
    queue: FakeQueue = field(default_factory=FakeQueue)
    events: FakeEvents = field(default_factory=FakeEvents)
    orchestrator: FakeOrchestrator = field(default_factory=FakeOrchestrator)
    telegram: Messenger = field(default_factory=Messenger)
    whatsapp: Messenger = field(default_factory=lambda: Messenger(ChannelKind.WHATSAPP))
    limits: FakeLimits = field(default_factory=FakeLimits)
    book: Book = field(default_factory=Book)
    yclients: FakeCrm = field(default_factory=FakeCrm)
    models: SteadyModels = field(default_factory=SteadyModels)
    files: FakeFiles = field(default_factory=FakeFiles)
    people: FakePeople = field(default_factory=FakePeople)
    keeper: FakeKeeper = field(default_factory=FakeKeeper)
    doors: FakeDoors = field(default_factory=FakeDoors)
    company: Company = SALON
    tokens: int = 0
    secrets_made: int = 0
    dead_tokens: set[str] = field(default_factory=set)
    """Of tasks that were tried again: nobody listens."""
    input: Any = None
    """What is delivered, and delivered again."""
    outbound_done: int = 0
    """How many the outbound queue has delivered."""
    events_done: int = 0
    dropped: set[tuple[str, str, str]] = field(default_factory=set)
    """What FIFO would not take again."""
    seconds_left: list[float] = field(default_factory=list)
    """What coming looks at the deadline see; then there is time enough."""

    def __post_init__(self) -> None:
        self.crms = Books(self.store, self.book, self.clock, self.yclients)
        self.channels = FakeChannels([self.telegram, self.whatsapp])

    @property
    def outside(self) -> tuple[object, ...]:
        """What no use case may hold unwatched."""
        return (
            self.clock,
            self.store,
            self.queue,
            self.events,
            self.orchestrator,
            self.telegram,
            self.whatsapp,
            self.channels,
            self.limits,
            self.book,
            self.yclients,
            self.crms,
            self.models,
            self.files,
            self.people,
            self.keeper,
            self.doors,
            self.doors.of_telegram,
            self.doors.of_whatsapp,
            self.doors.of_book,
        )

    def frozen(self) -> dict[int, Any]:
        """What twins share."""
        return sharing_frozen(self, {id(part): part for part in self.store.commits})

    def twin(self, frozen: dict[int, Any]) -> "World":
        """Another world in the same state."""
        return copy.deepcopy(self, dict(frozen))

    # ── use cases ────────────────────────────────────────────────────────────────────────────────

    def use(self, factory: str) -> Any:
        """As one invocation composes it."""
        arguments = (
            (self._deadline,) if factory in CONSUMERS.values() else ARGUMENTS.get(factory, ())
        )
        with self._instead_of_adapters():
            return getattr(wiring, factory)(*arguments)

    @contextmanager
    def _instead_of_adapters(self) -> Iterator[None]:
        """By name: one that wiring no longer has fails here, one that is not named is found by `unwatched`."""
        adapters: dict[str, Any] = {
            "clock": lambda: self.clock,
            "store": lambda: self.store,
            "secrets": Secrets,
            "_leases": lambda: self.book,
            "_limits": lambda: self.limits,
            "_outbound": lambda: self.queue,
            "_events": lambda: self.events,
            "_wait_ender": lambda: self.orchestrator,
            "_starter": lambda: self.orchestrator,
            "_crms": lambda _now, _search_seconds=None: self.crms,
            "_models": lambda: self.models,
            "_messengers": lambda: self.channels,
            "_files": lambda: self.files,
            "_people": lambda: self.people,
            "_keeper": lambda: self.keeper,
            "_doors": lambda: self.doors,
        }
        drawing, making = (
            patch.object(chart, "chart", drawn),
            patch.object(unguessable, "token_urlsafe", self._secret),
        )
        with patch.multiple(wiring, **adapters), drawing, making:
            yield

    def _secret(self) -> str:
        """Another one each time."""
        self.secrets_made += 1
        return f"{MADE}{self.secrets_made}"

    def _deadline(self) -> float:
        return self.seconds_left.pop(0) if self.seconds_left else 1_000.0

    # ── who is there ─────────────────────────────────────────────────────────────────────────────

    def open(self, **changed: Any) -> None:
        self.company = replace(self.company, **changed)
        self.store.save_company(self.company)
        services = [
            Service("cut", "Haircut", 60, 200_000),
            Service("nails", "Manicure", 60, 150_000),
        ]
        staff = [Staff(s, s.title(), frozenset({"cut", "nails"}), WORKDAY) for s in ("olga", "ira")]
        self.store.save_catalogue("salon", services, staff)

    def know(self, client_id: str, *addresses: Address, days_ago: int = 60) -> None:
        """A client who came every four weeks, last `days_ago`, with a consent for each address."""
        client = Client("salon", client_id, "Anna", addresses=addresses, language="en")
        agreed = START - timedelta(days=200)
        visits = [self._visit(client_id, n, days_ago) for n in range(4)]
        self.store.commit(
            [
                SaveClient(client),
                *(BindAddress("salon", client_id, a) for a in addresses),
                *(SaveConsent("salon", client_id, _yes(agreed, a)) for a in addresses),
                *(SaveVisit("salon", client_id, v) for v in visits),
            ]
        )
        file = self.store.client("salon", client_id)
        with self._instead_of_adapters():
            follow_up = wiring._follow_up(self.clock)
        self.store.commit(follow_up.landed(self.company, file, visits[0]).changes)

    def _visit(self, client_id: str, n: int, days_ago: int) -> Visit:
        noon = START.replace(hour=9, minute=0) - timedelta(days=days_ago + 28 * n)
        return Visit(f"{client_id}.{n}", "cut", "olga", noon, VisitStatus.COMPLETED, 200_000)

    # ── what happens ─────────────────────────────────────────────────────────────────────────────

    def campaign(self) -> list[JourneyRef]:
        self.use("detect").tick()
        return self.refs()

    def refs(self, kind: str = "") -> list[JourneyRef]:
        today = self.company.local(self.clock.now()).date()
        campaigns = self.orchestrator
        starts = (
            campaigns.others.get(("salon", today, kind), ())
            if kind
            else campaigns.campaigns.get(("salon", today), ())
        )
        return [
            JourneyRef("salon", s.client_id, s.service_id, s.journey_id, today, s.why)
            for s in starts
        ]

    def until(self, ref: JourneyRef, step: str) -> None:
        """The journey's steps before `step`, each with its wait."""
        for name in STEPS[: STEPS.index(step)] if step in STEPS else STEPS:
            answer: Answer = self.use(name).run(ref)
            assert answer["status"] == "ready", f"{name} answered {answer}"
            self.clock.advance(seconds=answer.get("wait_seconds", 0))

    def sent(self, ref: JourneyRef) -> OutboxMessage:
        """The journey waits for an answer to its message."""
        self.until(ref, "send")
        self.use("send").run(ref, self.fresh_token())
        self.drain()
        journey = self.journey(ref)
        return self.store.outbox("salon", ref.client_id, journey.attempt.outbox_id)

    def fresh_token(self) -> str:
        self.tokens += 1
        return self.token

    @property
    def token(self) -> str:
        """Of the wait under way."""
        return f"token-{self.tokens}"

    @property
    def outcome(self) -> Outcome:
        return self.orchestrator.finished[self.token]

    def journey(self, ref: JourneyRef) -> Journey:
        found = self.store.client("salon", ref.client_id).journey(ref.journey_id)
        assert found is not None
        return found

    def hears(self, event: InboundEvent) -> None:
        self.use("receive").receive("salon", event)
        self.drain()

    def says(self, text: str = "", button: str = "", address: Address = CHAT) -> MessageReceived:
        name = f"said.{address.value}.{text}{button}"
        return MessageReceived(name, address, self.clock.now(), text, button)

    def drain(self, *, duplicates: bool = False) -> None:
        """Both queues deliver what they were given since they last did. `duplicates`: also what FIFO drops within five
        minutes; without them nothing is mended by a second delivery that may never come."""
        for _ in range(ROUNDS):
            refs = self.queue.enqueued[self.outbound_done :]
            asked = self.events.published[self.events_done :]
            if not refs and not asked:
                return
            self.outbound_done += len(refs)
            self.events_done += len(asked)
            for ref in refs:
                if duplicates or ref not in self.dropped:
                    self.use("deliver").deliver(*ref)
                self.dropped.add(ref)
            for company_id, kind, detail, _delay in asked:
                self.use(CONSUMERS[kind]).handle(company_id, detail)
        raise AssertionError(f"the queues are not empty after {ROUNDS} rounds")

    def take_off(self) -> tuple[str, str, str]:
        """The one message that the outbound queue holds, to be delivered by hand."""
        (ref,) = self.queue.enqueued[self.outbound_done :]
        self.outbound_done += 1
        self.dropped.add(ref)
        return ref

    # ── what is left ─────────────────────────────────────────────────────────────────────────────

    def messenger(self, kind: ChannelKind) -> Messenger:
        return self.telegram if kind is ChannelKind.TELEGRAM else self.whatsapp

    def messages(self) -> list[OutboxMessage]:
        return [
            item
            for items in self.store._items.values()
            for item in items.values()
            if isinstance(item, OutboxMessage)
        ]


def _yes(at: datetime, address: Address) -> Consent:
    return Consent(Purpose.MARKETING, True, at, "test", "v1", address.channel)
