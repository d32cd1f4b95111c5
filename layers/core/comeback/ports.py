"""The Protocols every capability talks through. Adapters implement them; `runtime.wiring` chooses.

Long on purpose: the whole border between the product and the world is read in one place.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from comeback.analytics.model import SentDay
from comeback.bookings.model import Booking, BookingRequest, Lease, Service, Slot, Staff
from comeback.changes import Audited, Change
from comeback.clients.model import Client, Consent, Visit, VisitStatus
from comeback.companies.model import Company
from comeback.conversations.model import (
    Account,
    Address,
    Button,
    ChannelKind,
    Content,
    Conversation,
    Heard,
    MessageReceived,
    OutboxMessage,
    Person,
)
from comeback.reactivation.model import (
    DueService,
    Gaps,
    Journey,
    Outcome,
    Proposal,
    ServiceRule,
    Stage,
    Tally,
    Trial,
    Why,
)

Item = TypeVar("Item")


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...


# ── storage ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ClientFile:
    """All that a step needs of one client, loaded by one Query of the client's partition."""

    client: Client
    consents: tuple[Consent, ...] = ()
    visits: tuple[Visit, ...] = ()
    """By time, oldest first; the newest 200."""
    due: tuple[DueService, ...] = ()
    journeys: tuple[Journey, ...] = ()
    """Oldest first; the newest 20."""
    conversations: tuple[Conversation, ...] = ()
    trials: tuple[Trial, ...] = ()
    active_journey_id: str = ""
    person: Person | None = None

    @property
    def taken_over(self) -> bool:
        """A person answers; the bot keeps silent."""
        return self.person is not None and bool(self.person.taken_by)

    def journey(self, journey_id: str) -> Journey | None:
        return next((j for j in self.journeys if j.journey_id == journey_id), None)

    def conversation(self, channel: ChannelKind) -> Conversation | None:
        return next((c for c in self.conversations if c.address.channel is channel), None)

    def whatsapp_open(self, now: datetime) -> bool:
        """Whether WhatsApp lets us write free text to this client now, and not an approved template alone."""
        talk = self.conversation(ChannelKind.WHATSAPP)
        return talk is not None and talk.window_open(now)

    def answer(
        self,
        event: MessageReceived,
        now: datetime,
        words: str,
        buttons: tuple[Button, ...] = (),
        part: str = "",
    ) -> OutboxMessage:
        """Our answer to what this client wrote."""
        client, content = self.client, Content(words, buttons)
        return OutboxMessage.answering(
            event, client.company_id, client.client_id, content, now, part=part
        )


@dataclass(frozen=True)
class SeenEvent:
    outbox: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FunnelDay:
    """Counts by stage of one campaign day; `skipped` by reason."""

    on: date
    stages: Mapping[str, int]
    skipped: Mapping[str, int]


@dataclass(frozen=True)
class Usage:
    """What is billed of one company's UTC day, as far as its functions have told it.

    Fractions are meant: a read may cost half a unit, and companies share the requests of a batch.
    """

    on: date
    write_units: float = 0
    read_units: float = 0
    """Of the table, as DynamoDB tells them."""
    queue_requests: float = 0
    state_transitions: int = 0
    """States entered."""
    function_calls: float = 0
    function_ms: int = 0
    """At 512 MB: a function of twice the memory counts two for each."""
    tokens_in: int = 0
    tokens_out: int = 0
    """Of the language model; what it thought is billed as told."""


Note = Callable[[str, float], None]
"""Takes what was used just now: a name of `Usage`'s, and how much."""


class Store(Protocol):
    """The table. Reads are consistent unless they go through an index.

    Raises Unavailable when DynamoDB can not be reached in time, Conflict and AlreadyDone from `commit`.
    """

    def commit(self, changes: Sequence[Change]) -> None:
        """Applies all changes or none. At most 100.

        Raises AlreadyDone when an EventSeen stood there before, Conflict when any other condition failed, Unavailable
        when nothing is known to have been written. Safe against a lost answer: one token per call, and before
        Conflict is raised the items are read back and compared.
        """
        ...

    def seen_event(self, company_id: str, event_id: str) -> SeenEvent | None: ...

    def companies(self) -> Sequence[Company]:
        """Every company, from the registry's one partition."""
        ...

    def company(self, company_id: str) -> Company:
        """Raises NotFound."""
        ...

    def save_company(self, company: Company) -> None:
        """Opens a company, or sets it to what an administrator says, whatever stands there; an owner's edit is a SaveCompany."""
        ...

    def catalogue(self, company_id: str) -> "Catalogue": ...

    def save_catalogue(
        self, company_id: str, services: Iterable[Service], staff: Iterable[Staff]
    ) -> None: ...

    def client(self, company_id: str, client_id: str) -> ClientFile:
        """Raises NotFound."""
        ...

    def client_at(self, company_id: str, address: Address) -> str | None:
        """The client id an address is bound to."""
        ...

    def client_of_card(self, company_id: str, crm_id: str) -> str | None:
        """The client id that a card of the CRM is bound to; None for most, whose id is made of the card's."""
        ...

    def client_by_address(self, company_id: str, address: Address) -> ClientFile | None:
        """The file of the client an address is bound to; None for a stranger, and for a client who was erased."""
        ...

    def clients(self, company_id: str) -> Iterable[str]:
        """Ids of all clients, by the directory index; for nightly jobs."""
        ...

    def directory(self, company_id: str, after: str, limit: int) -> Sequence[Client]:
        """Profiles in the order of their ids, behind `after` (empty: from the first), by index; at most 2,000. Fewer than
        `limit`: that was the end."""
        ...

    def messages(self, company_id: str, client_id: str) -> Sequence[OutboxMessage]:
        """All that was ever written to a client, oldest first."""
        ...

    def outbox(self, company_id: str, client_id: str, outbox_id: str) -> OutboxMessage:
        """Raises NotFound."""
        ...

    def outbox_by_provider_id(
        self, company_id: str, channel: ChannelKind, provider_id: str
    ) -> tuple[str, str] | None:
        """(client id, outbox id) of the message that the messenger knows by this id."""
        ...

    def due(self, company_id: str, on: date) -> Iterable[DueService]:
        """Entries whose `next_on` ≤ `on`, oldest first, from the sparse index."""
        ...

    def waiting(self, company_id: str, until: datetime) -> Iterable[Journey]:
        """Journeys whose answer deadline is ≤ `until`, from the sparse index."""
        ...

    def uncertain(self, company_id: str) -> Iterable[OutboxMessage]:
        """Messages of which nobody knows whether they arrived, those longest tried first, from the sparse index."""
        ...

    def people(self, company_id: str) -> Iterable[tuple[str, Person]]:
        """(client id, person) of clients whom a person is to answer or does, those longest waiting first; sparse index."""
        ...

    def heard(self, company_id: str, client_id: str) -> Sequence[Heard]:
        """What the client said to a person in the last 30 days, oldest first."""
        ...

    def journeys_on(self, company_id: str, campaign_on: date, after: str = "") -> Iterable[Journey]:
        """Journeys of one campaign day, by index, in the order of their ids; those behind the id `after`."""
        ...

    def profiles(self, company_id: str, client_ids: Sequence[str]) -> Mapping[str, Client]:
        """By id; without those that are not there any more."""
        ...

    def funnel(self, company_id: str, since: date, until: date) -> Sequence[FunnelDay]: ...

    def days(
        self, company_id: str, since: date, until: date
    ) -> Sequence[tuple[FunnelDay, SentDay]]:
        """The days on which something happened: their campaigns' funnels, and the messages that left on them."""
        ...

    def proposal(self, company_id: str, on: date) -> Proposal | None:
        """Of the empty chairs of that local day."""
        ...

    def audit(self, company_id: str, before: str, limit: int) -> Sequence[Audited]:
        """The newest first; `before` is the `entry` of the last one seen, empty for the beginning."""
        ...

    def accounts(self, company_id: str) -> Mapping[ChannelKind, Account]:
        """Those that were used, or of which something was told."""
        ...

    def quiet_until(self, company_id: str, channel: ChannelKind) -> datetime | None:
        """`Account.quiet_until`, for one item's reading."""
        ...

    def arms(self, company_id: str) -> Mapping[str, Mapping[str, Tally]]:
        """Dimension → arm → what came of it."""
        ...

    def trials(self, company_id: str, since: date, until: date) -> Iterable[Trial]:
        """Drawn on days between, both included; oldest first, by index."""
        ...

    def add_usage(self, company_id: str, on: date, usage: Mapping[str, float]) -> None:
        """`usage` by the names of `Usage`. A lost answer may count twice: it is a cost estimate, no ledger."""
        ...

    def usage(self, company_id: str, since: date, until: date) -> Sequence[Usage]: ...

    def import_visits(self, company_id: str, rows: Iterable["ImportedClient"]) -> int:
        """Batch upsert of clients with their visits and due entries, for imports and syncs; returns clients written.

        Idempotent by ids. Does not overwrite a client's addresses, consents or flags already stored. Leaves out who was
        erased.
        """
        ...

    def erase(self, company_id: str, client_id: str) -> None:
        """Everything of this client, for good, in backups too. Writing or reading them raises Erased from then on, under this
        id; who comes back comes under a new one. Repeating it is harmless."""
        ...

    def pseudonym(self, company_id: str, value: str) -> str:
        """The same for the same value of a company, and nobody can tell the value from it: for ids made of what is personal."""
        ...

    def save_model(self, company_id: str, service_id: str, model_json: str, at: datetime) -> None:
        """The fitted return model of a service; `*` for the whole company."""
        ...

    def model(self, company_id: str, service_id: str) -> str | None: ...

    def save_gaps(self, company_id: str, service_id: str, gaps: Gaps) -> None: ...

    def gaps(self, company_id: str, service_id: str) -> Gaps | None:
        """None until a night has counted them."""
        ...

    def cursor(self, company_id: str, name: str) -> Mapping[str, str] | None:
        """Where a resumable job stands."""
        ...

    def save_cursor(self, company_id: str, name: str, cursor: Mapping[str, str]) -> None: ...


@dataclass(frozen=True)
class Catalogue:
    """Services with their rules, and staff."""

    services: Mapping[str, Service]
    staff: Mapping[str, Staff]
    rules: Mapping[str, ServiceRule]

    def title(self, service_id: str) -> str:
        """Empty for a service that is gone."""
        service = self.services.get(service_id)
        return service.title if service else ""

    def name(self, staff_id: str) -> str:
        """Empty for who has left."""
        member = self.staff.get(staff_id)
        return member.name if member else ""

    def live(self, dues: Iterable[DueService]) -> Iterator[DueService]:
        """Without those whose rule the owner has paused."""
        return (due for due in dues if self._in_force(due.service_id))

    def _in_force(self, service_id: str) -> bool:
        return service_id not in self.rules or self.rules[service_id].active


@dataclass(frozen=True)
class ImportedClient:
    client: Client
    visits: tuple[Visit, ...]
    consents: tuple[Consent, ...] = ()
    due: tuple[DueService, ...] = ()


class Leases(Protocol):
    """Slots held exclusively, one item per member of staff and day."""

    def lease(
        self, company_id: str, slots: Sequence[Slot], holder: str, until: datetime, now: datetime
    ) -> tuple[Lease, ...]:
        """Those of `slots` nobody else holds, now held by `holder` until `until`. Re-leasing one's own extends it."""
        ...

    def release(self, company_id: str, leases: Sequence[Slot], holder: str) -> None: ...

    def held_by_others(
        self,
        company_id: str,
        staff_ids: Iterable[str],
        days: Sequence[date],
        holder: str,
        now: datetime,
    ) -> tuple[Lease, ...]:
        """Live leases of other holders. `days` are UTC dates."""
        ...


class Calendar(Protocol):
    """The book of companies without a CRM, in the same items as the leases."""

    def book(self, company_id: str, request: BookingRequest, now: datetime) -> Booking:
        """The same key books once. Raises SlotTaken for time that is booked, or leased to another holder."""
        ...

    def booked(self, company_id: str, staff_ids: Iterable[str], days: Sequence[date]) -> list[Slot]:
        """Booked time of these members of staff on these UTC days."""
        ...

    def cancel(self, company_id: str, booking_id: str) -> None:
        """Raises NotFound. Cancelling twice is no error."""
        ...


@dataclass(frozen=True)
class AccountToday:
    """How much of its day an account has used, and whether it may go on: `free`, `slowed` or `stopped`."""

    channel: ChannelKind
    sent: int
    limit: int
    state: str


@dataclass(frozen=True)
class Reservation:
    """A moment taken for one message."""

    channel: ChannelKind
    reserved_by: str
    at: datetime


class Limits(Protocol):
    """Rate and sending limits shared by all functions through the table."""

    def reserved(self, company: Company, now: datetime) -> Sequence[Reservation]:
        """Of today and of yesterday, by the company's local days."""
        ...

    def reserve_minute(
        self,
        company: Company,
        channel: ChannelKind,
        key: str,
        now: datetime,
        *,
        zone: ZoneInfo | None = None,
        not_before: datetime | None = None,
    ) -> datetime | None:
        """A moment inside the sending window on the clock of `zone` (the client's; else the company's), paced; the same
        `key` gets the same moment. `not_before` is a wish. None: the day is full, or the account is stopped."""
        ...

    def remaining_today(self, company: Company, now: datetime) -> int:
        """How many marketing messages the day still has, over all channels."""
        ...

    def may_send(self, company_id: str, channel: ChannelKind, now: datetime) -> bool:
        """False while the account is stopped."""
        ...

    def accounts_today(self, company: Company, now: datetime) -> Sequence[AccountToday]:
        """Of the company's messengers that were used, in its order."""
        ...

    def take(
        self,
        bucket: str,
        per_second: int,
        per_minute: int,
        now: datetime,
        beside: "Beside | None" = None,
    ) -> float:
        """Takes one call of an outside API; seconds to wait first (0.0: go). `beside` may raise: then nothing is taken."""
        ...

    def note(self, bucket: str, beside: "Beside", now: datetime) -> None:
        """Changes the text kept beside a bucket's calls. Nothing is written when it stays the same."""
        ...


@dataclass(frozen=True)
class Beside:
    """A short text kept with a bucket's calls, so that reading and changing it costs no request of its own."""

    name: str
    change: Callable[[str], str]
    """Empty: there is none."""


# ── the outside ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Sent:
    provider_id: str


class Channel(Protocol):
    """One messenger of one company."""

    kind: ChannelKind

    def send(self, message: OutboxMessage) -> Sent:
        """Raises RateLimited or Unavailable (nothing was sent), Undeliverable, UnknownOutcome."""
        ...


class Channels(Protocol):
    def channel(self, company: Company, kind: ChannelKind) -> Channel:
        """Raises NotFound when the company has not connected this messenger."""
        ...


class Crm(Protocol):
    """The company's book of clients, visits and free times; YCLIENTS or the built-in store.

    Every call may raise RateLimited, Unavailable, UnknownOutcome (writes only) or Permanent.
    """

    def services(self) -> Sequence[Service]: ...

    def staff(self) -> Sequence[Staff]: ...

    def clients(self, page: int) -> "CrmPage[Client]":
        """Pages start at 1."""
        ...

    def client(self, crm_client_id: str) -> Client | None:
        """None when there is none (any more)."""
        ...

    def records(self, page: int, changed_after: datetime | None) -> "CrmPage[CrmRecord]": ...

    def record(self, record_id: str) -> "CrmRecord | None":
        """None when it was deleted without a trace; a deleted record that can still be read is CANCELLED."""
        ...

    def free_slots(
        self, service_id: str, staff_ids: Sequence[str], since: datetime, days: int
    ) -> Sequence[Slot]:
        """Free times from `since` for `days` local days, for these staff (empty: any who do the service)."""
        ...

    def book(self, request: BookingRequest) -> Booking:
        """Checks, then books; the same key books once. Raises SlotTaken when it is busy."""
        ...

    def cancel(self, booking_id: str) -> None: ...


@dataclass(frozen=True)
class CrmRecord:
    """A visit as the CRM tells it, with the CRM's client id."""

    client_id: str
    client_name: str
    phone: str
    visit: Visit
    changed_at: datetime
    others: tuple[Visit, ...] = ()
    """The same appointment's further services, each a visit of its own: `<record id>.<n>`."""

    @property
    def status(self) -> VisitStatus:
        return self.visit.status


@dataclass(frozen=True)
class CrmPage(Generic[Item]):
    items: tuple[Item, ...]
    last: bool


class Crms(Protocol):
    def crm(self, company: Company) -> Crm: ...


@dataclass(frozen=True)
class OfferedSlot:
    """A slot as the client reads it: «вт 24 ноября, 11:00»."""

    n: int
    text: str
    staff: str


@dataclass(frozen=True)
class MessageFacts:
    """All that a language model may know: no name, no phone, no id of a client (promise 5).

    The client's name stands as the placeholder `{name}`.
    """

    language: str
    tone: str
    company_title: str
    service_title: str
    days_since_visit: int
    staff_name: str | None
    slots: tuple[OfferedSlot, ...]
    discount_percent: int
    attempt: int
    style: str = ""
    """A `styles.Style`: how to begin; empty is the plain reminder."""
    problems: tuple[str, ...] = ()
    """What the checks found in the model's first try."""
    also_due: tuple[str, ...] = ()
    """Titles of the other services for which it is time: named in the same message, so that one will do."""


@dataclass(frozen=True)
class AnswerFacts:
    """A client's answer with names and phone numbers masked, and what we had offered."""

    text: str
    language: str
    offered: tuple[OfferedSlot, ...]
    """In all lists of this attempt, in their order."""
    today: date
    services: tuple[str, ...] = ()
    """Titles of what the company does."""
    staff: tuple[str, ...] = ()
    """Names of who works there: public, unlike the client's."""
    service: str = ""
    """Title of what was offered; empty when unknown."""
    offered_last: int = 0
    """How many of `offered`, the last ones, stand in the newest list; 0: all."""

    @property
    def newest(self) -> tuple[OfferedSlot, ...]:
        """The list that «the first» and «any» are said of."""
        return self.offered[-self.offered_last :]

    @property
    def before(self) -> tuple[OfferedSlot, ...]:
        """What was offered in the lists before it."""
        return self.offered[: len(self.offered) - len(self.newest)]


@dataclass(frozen=True)
class AnswerReading:
    """What the client meant. `intent` is a `reactivation.answers.Intent` value."""

    intent: str
    slot: int | None = None
    until: date | None = None
    service: str | None = None
    master: str | None = None
    when: str | None = None
    confidence: float = 0.0
    open: bool = False
    """They chose, but which of the slots is not told: no bare yes, which takes the only one there is."""


class LanguageModel(Protocol):
    """Raises Unavailable, RateLimited or Permanent; callers fall back to rules and templates."""

    def write_message(self, facts: MessageFacts) -> str: ...

    def read_answer(self, facts: AnswerFacts) -> AnswerReading: ...

    def estimate_interval(self, business_type: str, service_title: str) -> tuple[int, str]:
        """Days and the reason."""
        ...


class Models(Protocol):
    def model(self, company: Company) -> LanguageModel | None:
        """None when the company has no key."""
        ...


class OutboundQueue(Protocol):
    def enqueue(self, company_id: str, client_id: str, outbox_id: str) -> None:
        """Deduplicated by outbox id; group is the client. Raises Unavailable."""
        ...


class Events(Protocol):
    def publish(
        self, company_id: str, kind: str, detail: Mapping[str, str], delay: int = 0
    ) -> None:
        """To the events queue; `delay` in seconds ≤ 900."""
        ...


class Files(Protocol):
    def put(self, key: str, body: bytes, media: str) -> None:
        """Over what stands there. Raises Unavailable."""
        ...

    def link(self, key: str, name: str, lasts: timedelta) -> str:
        """Whoever has it may download the file, as `name`, until it closes."""
        ...


class Orchestrator(Protocol):
    def start_campaign(
        self,
        company_id: str,
        campaign_on: date,
        journeys: Sequence["JourneyStart"],
        kind: str = "",
    ) -> bool:
        """False when that day's campaign of this kind was started before. Named after company, day and kind."""
        ...

    def finish_wait(self, task_token: str, outcome: Outcome) -> None:
        """Tells the waiting journey. A token answered before, or timed out, is no error."""
        ...


@dataclass(frozen=True)
class JourneyStart:
    client_id: str
    service_id: str
    journey_id: str
    why: Why = Why.DUE


@dataclass(frozen=True)
class Effects:
    """What an answer does: written in one transaction with its dedupe key, then told to whoever waits."""

    changes: tuple[Change, ...] = ()
    replies: tuple[OutboxMessage, ...] = ()
    """Also PutOutbox changes are made of these by the caller, and enqueued after the commit."""
    finished: tuple[tuple[str, Outcome], ...] = ()
    """(task token, outcome) of waits that this ends."""

    def __add__(self, other: "Effects") -> "Effects":
        """Both, the left one's first."""
        return Effects(
            self.changes + other.changes,
            self.replies + other.replies,
            self.finished + other.finished,
        )


class Receipts(Protocol):
    """What a capability does when a message of its came through, or did not, or its client opted out."""

    def stopped(self, file: ClientFile) -> Effects:
        """The client opted out: end the journey under way."""
        ...

    def undelivered(self, file: ClientFile, message: OutboxMessage) -> Effects:
        """A message of a journey proved undeliverable."""
        ...

    def reached(self, file: ClientFile, message: OutboxMessage, stage: Stage) -> Effects:
        """A journey's message was sent, delivered or read: count it once."""
        ...


class Dialogue(Receipts, Protocol):
    """What a capability does with a client's words. Reactivation's is the first."""

    def answer(self, file: ClientFile, event: MessageReceived) -> Effects:
        """Calls the CRM and the model; writes nothing but leases, bookings, and what is noted before one: idempotent."""
        ...

    def listened(self, file: ClientFile, event: MessageReceived) -> Effects:
        """A person answers: what was said counts for the journey as an answer, and nothing is replied."""
        ...


class VisitFollowUp(Protocol):
    """What reactivation makes of a visit that landed, changed or went, wherever it was told from."""

    def due(
        self, company: Company, catalogue: Catalogue, client: Client, visits: Sequence[Visit]
    ) -> tuple[DueService, ...]:
        """The due-index entries of a client, from all their visits: one per active service with a completed visit."""
        ...

    def landed(self, company: Company, file: ClientFile, visit: Visit) -> Effects:
        """One visit of a client on file: its due entries anew, and the end of a journey it makes pointless."""
        ...
