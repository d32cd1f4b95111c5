"""A whole journey in one process: real use cases, the table on moto, the built-in book; only messenger and clock are fakes.

`Life` plays the state machine: it follows the steps' answers as journey.asl.yaml does.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from comeback.bookings.model import Service, Staff
from comeback.changes import (
    BindAddress,
    SaveClient,
    SaveConsent,
    SaveVisit,
)
from comeback.clients.model import Client, Consent, Visit, VisitStatus
from comeback.companies.model import BusinessType, Company, Hours
from comeback.conversations import owner
from comeback.conversations.consent import ConsentTalk
from comeback.conversations.deliver import Deliver
from comeback.conversations.model import Address, ChannelKind, MessageReceived, Purpose
from comeback.conversations.receive import Receive
from comeback.crm.registry import CrmRegistry
from comeback.ports import LanguageModel
from comeback.reactivation.analyse import Analyse
from comeback.reactivation.detect import Detect, is_campaign_hour
from comeback.reactivation.dialogue import ReactivationDialogue
from comeback.reactivation.due import DueDates
from comeback.reactivation.empty_chairs import EmptyChairs
from comeback.reactivation.expire import Expire
from comeback.reactivation.find_slots import FindSlots, SlotFinder
from comeback.reactivation.generate import Generate
from comeback.reactivation.model import Journey, Outcome
from comeback.reactivation.reserve import Reserve
from comeback.reactivation.scene import Answer, JourneyRef
from comeback.reactivation.send import Send
from comeback.reactivation.track import Track
from comeback.storage.calendar import DynamoCalendar
from comeback.storage.leases import DynamoLeases
from comeback.storage.limits import DynamoLimits
from comeback.storage.store import DynamoStore

from tests.fakes.channels import FakeChannel, FakeChannels
from tests.fakes.clock import FixedClock
from tests.fakes.queues import FakeOrchestrator, FakeQueue

TEN = datetime(2026, 3, 2, 7, tzinfo=UTC)  # Monday, ten in Moscow
ON = date(2026, 3, 2)
CHAT = Address(ChannelKind.TELEGRAM, "101")
WHATSAPP = Address(ChannelKind.WHATSAPP, "79990000001")
WORKDAY = {day: Hours(time(10), time(20)) for day in range(7)}


class NoModels:
    def model(self, company: Company) -> LanguageModel | None:
        del company
        return None


@dataclass
class Life:
    store: DynamoStore
    clock: FixedClock = field(default_factory=lambda: FixedClock(TEN))
    queue: FakeQueue = field(default_factory=FakeQueue)
    orchestrator: FakeOrchestrator = field(default_factory=FakeOrchestrator)
    telegram: FakeChannel = field(default_factory=FakeChannel)
    whatsapp: FakeChannel = field(default_factory=lambda: FakeChannel(ChannelKind.WHATSAPP))
    company: Company = field(
        default_factory=lambda: Company(
            "salon",
            "Salon",
            "Europe/Moscow",
            BusinessType.BEAUTY,
            opening=WORKDAY,
            holdout_percent=0,
        )
    )
    tokens: int = 0
    events: int = 0

    def __post_init__(self) -> None:
        self.leases = DynamoLeases(self.store)
        calendar = DynamoCalendar(self.store)
        self.limits = DynamoLimits(self.store)
        books = CrmRegistry("", lambda _: {}, self.limits, calendar, self.store, self.clock)
        finder = SlotFinder(books, self.leases)
        self.dialogue = ReactivationDialogue(self.store, finder, books, NoModels(), self.clock)
        self.detect = Detect(self.store, self.limits, self.orchestrator, self.clock)
        self.analyse = Analyse(self.store, self.clock)
        self.reserve = Reserve(self.store, self.limits, self.clock)
        self.find_slots = FindSlots(self.store, finder, self.clock)
        self.generate = Generate(self.store, NoModels(), self.clock)
        self.send = Send(self.store, self.leases, self.queue, self.orchestrator, self.clock)
        self.track = Track(self.store, self.leases, self.clock)
        self.expire = Expire(self.store, self.orchestrator, self.clock)
        self.empty_chairs = EmptyChairs(
            self.store,
            books,
            self.limits,
            self.leases,
            self.orchestrator,
            self.queue,
            owner.empty_chairs,
            self.clock,
        )
        channels = FakeChannels([self.telegram, self.whatsapp])
        self.deliver = Deliver(
            self.store,
            channels,
            self.dialogue,
            self.limits,
            self.queue,
            self.orchestrator,
            self.clock,
            "me",
        )
        talk = ConsentTalk(self.store, lambda _: {})
        self.receive = Receive(
            self.store, self.queue, self.orchestrator, self.dialogue, talk, self.clock, {}
        )

    def open_salon(self) -> None:
        self.store.save_company(self.company)
        hours = {day: Hours(time(10), time(20)) for day in range(7)}
        staff = [Staff(s, s.title(), frozenset({"cut", "nails"}), hours) for s in ("olga", "ira")]
        services = [
            Service("cut", "Haircut", 60, 200_000),
            Service("nails", "Manicure", 60, 150_000),
        ]
        self.store.save_catalogue("salon", services, staff)

    def client(self, client_id: str, address: Address = CHAT, days_ago: int = 60) -> None:
        """A client who last came `days_ago`, Mondays at noon with Olga, and agreed to be written to."""
        known = Client("salon", client_id, "Anna", addresses=(address,), language="en")
        consent = Consent(Purpose.MARKETING, True, TEN, "test", "v1", address.channel)
        visits = [
            Visit(
                f"{client_id}.{n}", "cut", "olga", _noon(days_ago + 28 * n), VisitStatus.COMPLETED
            )
            for n in range(4)
        ]
        self.store.commit(
            [
                SaveClient(known),
                SaveConsent("salon", client_id, consent),
                BindAddress("salon", client_id, address),
                *(SaveVisit("salon", client_id, v) for v in visits),
            ]
        )
        file = self.store.client("salon", client_id)
        dues = DueDates(self.store, self.clock)
        for visit in visits[:1]:
            self.store.commit(list(dues.landed(self.company, file, visit).changes))

    # ── the state machine ────────────────────────────────────────────────────────────────────────

    def campaign(self) -> list[JourneyRef]:
        """At the next campaign hour, which may be now."""
        while not is_campaign_hour(self.company, self.clock.now()):
            self.clock.advance(hours=1)
        self.detect.tick()
        starts = self.orchestrator.campaigns.get(("salon", self.today), ())
        return [
            JourneyRef("salon", s.client_id, s.service_id, s.journey_id, self.today) for s in starts
        ]

    @property
    def today(self) -> date:
        return self.company.local(self.clock.now()).date()

    def run_until_sent(self, ref: JourneyRef) -> str:
        """Answers `sent`, or how the attempt ended unsent: `skipped`, `postponed`, `undeliverable`."""
        for step in (self.analyse, self.reserve, self.find_slots, self.generate):
            answer = self._patiently(step, ref)
            if answer["status"] == "skipped":
                return "skipped"
            self.clock.advance(seconds=answer.get("wait_seconds", 0))
        self.tokens += 1
        self.send.run(ref, f"token-{self.tokens}")
        self.deliver_all()
        attempt = self.journey(ref).attempt
        return "sent" if attempt.sent_at else str(attempt.outcome)

    def keeps_silent(self, ref: JourneyRef) -> None:
        """The client, to the end of the answer's deadline and of the rest after it: the next attempt may be made."""
        self.clock.advance(days=7, hours=1)
        self.expire.tick()
        self.clock.advance(seconds=self.track.run(ref, self.outcome())["wait_seconds"])

    def _patiently(self, step: object, ref: JourneyRef) -> Answer:
        answer: Answer = step.run(ref)  # type: ignore[attr-defined]  # every step has it
        while answer["status"] == "early":
            self.clock.advance(seconds=answer["wait_seconds"])
            answer = step.run(ref)  # type: ignore[attr-defined]
        return answer

    def deliver_all(self) -> None:
        for company_id, client_id, outbox_id in self.queue.enqueued:
            self.deliver.deliver(company_id, client_id, outbox_id)

    def outcome(self) -> Outcome:
        return self.orchestrator.finished[f"token-{self.tokens}"]

    def says(self, text: str = "", button: str = "", address: Address = CHAT) -> str:
        """What the client is answered."""
        self.events += 1
        now = self.clock.now()
        event = MessageReceived(f"e{self.events}", address, now, text, button)
        self.receive.receive("salon", event)
        self.deliver_all()
        channel = self.telegram if address.channel is ChannelKind.TELEGRAM else self.whatsapp
        return channel.sent[-1].content.text

    def journey(self, ref: JourneyRef) -> Journey:
        found = self.store.client("salon", ref.client_id).journey(ref.journey_id)
        assert found is not None
        return found

    @property
    def booked(self) -> list[Visit]:
        """Anna's, still to come."""
        visits = self.store.client("salon", "anna").visits
        return [v for v in visits if v.status is VisitStatus.BOOKED]

    def funnel(self) -> dict[str, int]:
        (day,) = self.store.funnel("salon", ON, ON)
        return {stage: n for stage, n in day.stages.items() if n}


def _noon(days_ago: int) -> datetime:
    return TEN.replace(hour=9) - timedelta(days=days_ago)
