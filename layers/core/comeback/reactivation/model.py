"""Who is due, and the journey that brings them back.

Journey state machine (one item per journey; every move is a conditional write on `version`):

    ANALYSED ─▶ RESERVED ─▶ PREPARED ─▶ WRITTEN ─▶ WAITING ─▶ (outcome) ─▶ FINISHED
        ▲                                                        │
        └──────────────── RESTING (retry interval) ◀─────────────┘  no answer, attempts left
    any state ─▶ FINISHED (skipped, opted out, booked directly, cancelled, failed)

Long on purpose: what other capabilities may know of reactivation stands in one place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from comeback.bookings.model import Slot
from comeback.conversations.model import Address, ChannelKind, Content


class IntervalSource(StrEnum):
    """In the order in which they win."""

    MANUAL = "manual"
    HISTORICAL = "historical"
    AI = "ai"
    DEFAULT = "default"


@dataclass(frozen=True)
class Interval:
    """Days after a visit when the next is expected, and why this number."""

    days: int
    reason: str


@dataclass(frozen=True)
class ServiceRule:
    """How one service is reactivated; defaults are the specification's."""

    service_id: str
    active: bool = True
    intervals: Mapping[IntervalSource, Interval] = field(default_factory=dict)
    retry_interval_days: int = 14
    max_attempts: int = 3
    discounts: tuple[int, ...] = (10, 15, 20)
    """Per cent by attempt; capped by the company's `discount_cap_percent`."""
    version: int = 0

    def interval(self) -> tuple[IntervalSource, Interval]:
        """The winning source and its value. Raises LookupError when the rule holds none."""
        for source in IntervalSource:
            if source in self.intervals:
                return source, self.intervals[source]
        raise LookupError(f"service {self.service_id} has no interval from any source")


@dataclass(frozen=True)
class DueService:
    """The sparse due-index entry of one client and service, written when a visit lands.

    `next_on` is the local date from which the client may be written to: the due date at first, later the end of
    a rest or an absence. What priority needs is kept here, so that detect reads the index alone. A service whose rule is
    not active keeps its entries: `Catalogue.live` leaves them out.
    """

    company_id: str
    client_id: str
    service_id: str
    due_on: date
    next_on: date
    last_visit_on: date
    visits: int
    spend_minor: int
    vip: bool
    source: IntervalSource
    reason: str
    low: date | None = None
    high: date | None = None
    p_active: float | None = None
    forecast_on: date | None = None
    """The forecast's date, whichever source wins: should history win later, it is due then."""
    rests_until: date | None = None
    """Decided by a journey, and kept apart from the due date: a rule's change moves that alone."""
    agreed: bool = True
    """False: at the last refit there was no consent to marketing in any of the company's channels."""

    @property
    def rest(self) -> date | None:
        """None without one. Entries of older releases tell it by `next_on` alone."""
        return self.rests_until or (self.next_on if self.next_on > self.due_on else None)

    def resting(self, until: date) -> "DueService":
        return replace(self, next_on=max(self.due_on, until), rests_until=until)


@dataclass(frozen=True)
class Gaps:
    """After how many days clients came again for one service, counted by the nightly refit."""

    as_of: date
    clients: int
    """Who came at all."""
    returned: int
    """Of them, who came again."""
    counts: Mapping[int, int]
    """Days → how many returns came after so many; longer than `gaps.LONGEST` count as that."""

    @property
    def returns(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Preferences:
    """Read from the last 20 completed visits (reactivation.md)."""

    periods: Mapping[str, float]
    """Share of visits by `morning`, `afternoon`, `evening`."""
    preferred_period: str | None
    weekdays: tuple[int, ...]
    """Top three, most frequent first; Monday=0."""
    staff_id: str | None
    staff_share: float
    alternatives: tuple[str, ...]
    services: tuple[str, ...]
    mean_gap_days: float | None
    regularity: float
    regular: bool
    confidence: float


class JourneyState(StrEnum):
    ANALYSED = "analysed"
    RESERVED = "reserved"
    PREPARED = "prepared"
    WRITTEN = "written"
    WAITING = "waiting"
    RESTING = "resting"
    FINISHED = "finished"


class Outcome(StrEnum):
    """How one attempt ended."""

    BOOKED = "booked"
    OPTED_OUT = "opted_out"
    DECLINED = "declined"
    AWAY = "away"
    ALREADY_BOOKED = "already_booked"
    NO_RESPONSE = "no_response"
    UNDELIVERABLE = "undeliverable"
    POSTPONED = "postponed"
    """The messenger did not deliver now and may later: the same attempt is made again."""
    UNCERTAIN = "uncertain"
    SKIPPED = "skipped"
    FAILED = "failed"


class Completion(StrEnum):
    """How the journey ended (specification: converted | max_attempts | opted_out | cancelled)."""

    CONVERTED = "converted"
    MAX_ATTEMPTS = "max_attempts"
    OPTED_OUT = "opted_out"
    DECLINED = "declined"
    AWAY = "away"
    ALREADY_BOOKED = "already_booked"
    UNDELIVERABLE = "undeliverable"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    FAILED = "failed"


class SkipReason(StrEnum):
    """Why a due client was not written to; every one is counted (promise 3)."""

    OPTED_OUT = "opted_out"
    NO_CONSENT = "no_consent"
    NO_CHANNEL = "no_channel"
    FUTURE_BOOKING = "future_booking"
    RECENT_MESSAGE = "recent_message"
    ACTIVE_JOURNEY = "active_journey"
    DAILY_LIMIT = "daily_limit"
    RULE_INACTIVE = "rule_inactive"
    COMPANY_DISABLED = "company_disabled"
    AWAY = "away"
    NO_SLOTS = "no_slots"
    NOT_DUE = "not_due"
    SLOT_LOST = "slot_lost"
    NO_TEMPLATE = "no_template"
    ACCOUNT_STOPPED = "account_stopped"
    FREQUENCY_CAP = "frequency_cap"
    NOT_WORTH = "not_worth"
    HOLDOUT = "holdout"
    TAKEN_OVER = "taken_over"


class Stage(StrEnum):
    """The funnel's columns; counted once per journey, on the day the campaign ran."""

    DUE = "due"
    CONTACTED = "contacted"
    DELIVERED = "delivered"
    READ = "read"
    ANSWERED = "answered"
    BOOKED = "booked"
    OPTED_OUT = "opted_out"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Attempt:
    """One message of a journey and what came of it."""

    number: int
    address: Address | None = None
    reserved_for: datetime | None = None
    slots: tuple[Slot, ...] = ()
    """All that were offered, in the order in which they were: a button and a number keep their meaning."""
    offered_last: int = 0
    """How many of them, the last ones, stand in the newest list; 0: all, for nothing was offered but by the message itself."""
    discount_percent: int = 0
    content: Content | None = None
    text_source: str = ""
    """`model`, `repaired`, `template` or `approved_template`."""
    facts: str = ""
    """What the text was written from: `MessageFacts` as JSON, so that a person can hold one against the other."""
    outbox_id: str = ""
    task_token: str = ""
    sent_at: datetime | None = None
    deadline: datetime | None = None
    """When silence becomes an answer."""
    outcome: Outcome | None = None
    detail: str = ""
    """Away-until date, booking id, error code: what Track needs to know."""
    again: int = 0
    """How often this attempt was made before, proven undelivered each time."""
    failed: tuple[ChannelKind, ...] = ()
    """Channels in which it proved undelivered: the cascade goes past them."""
    style: str = ""
    """The arm of the text (styles.py)."""
    offer: str = ""
    """The arm of the offer, where there was a choice (learning.py)."""
    answered_at: datetime | None = None
    booked_at: datetime | None = None
    stop_question: str = ""
    """Outbox id of our question whether to stop, while it is open."""
    booking: str = ""
    """`<event id>:<attempt>:<number of the slot>` that words were read to ask for: written before the book is asked."""
    reached: frozenset[Stage] = frozenset()
    """How far this message came beyond leaving; the journey's `counted` is of all its messages together."""
    told: frozenset[Stage] = field(default=frozenset(), compare=False)
    """What of it stands in the figures of its day (telling.py): the store's own."""
    sent_on: date | None = None
    """The company's local day on which it left."""
    sent_hour: int = 0
    """And its hour, by the company's clock."""
    worth_minor: int = 0
    """What a booking by it brings: the service's price when it left, less the discount."""

    @property
    def newest(self) -> tuple[tuple[int, Slot], ...]:
        """The newest list, each slot with the number that the client was shown."""
        return tuple(enumerate(self.slots, start=1))[-self.offered_last :]


class Why(StrEnum):
    """What a journey is for."""

    DUE = "due"
    EMPTY_CHAIR = "empty_chair"
    MANUAL = "manual"


@dataclass(frozen=True)
class Journey:
    """One client's way back for one service."""

    company_id: str
    client_id: str
    service_id: str
    journey_id: str
    campaign_on: date
    started_at: datetime
    state: JourneyState = JourneyState.ANALYSED
    attempt: Attempt = Attempt(1)
    """The attempt under way (or the last)."""
    earlier: tuple[Attempt, ...] = ()
    counted: frozenset[Stage] = frozenset()
    """Funnel stages already counted for this journey."""
    completion: Completion | None = None
    finished_at: datetime | None = None
    why: Why = Why.DUE
    p_return: float | None = None
    """The forecast's chance of a visit within the trial's window if nobody wrote, as of `started_at`."""
    version: int = 0

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """In the order in which they were made, the one under way last."""
        return (*self.earlier, self.attempt)

    @property
    def chair_on(self) -> date | None:
        """The local day whose empty chair this is about: the one after its campaign's."""
        return self.campaign_on + timedelta(days=1) if self.why is Why.EMPTY_CHAIR else None


@dataclass(frozen=True)
class Tally:
    """How often an arm was tried and how often the client then booked. Raises ValueError unless 0 ≤ won ≤ tried.

    Only settled attempts: booked, or silent to the end of the answer's deadline. An attempt still waiting is in neither
    number; counted as tried it would pass for a failure and starve whatever was chosen most of late.
    """

    tried: int = 0
    won: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.won <= self.tried:
            raise ValueError(f"{self.won} won of {self.tried} tried")

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.tried + other.tried, self.won + other.won)


@dataclass(frozen=True)
class Trial:
    """One client who was to be written to: really written to, or held out to see what would have happened anyway.

    Intention to treat: it counts from here, whatever became of the message.
    """

    company_id: str
    client_id: str
    trial_id: str
    """The journey's id, also of the journey that a held-out client did not get."""
    service_id: str
    on: date
    """The company's local day."""
    treated: bool
    baseline: float
    """The forecast's chance of a return within the window, told before the draw."""
    returned: bool | None = None
    """None until the window is over."""
    revenue_minor: int = 0


TRIAL_DAYS = 30
"""The window in which a return counts, from the day of the trial."""


class ProposalState(StrEnum):
    ASKED = "asked"
    """The owner has not answered yet."""
    APPROVED = "approved"
    DECLINED = "declined"
    STARTED = "started"
    EMPTY = "empty"
    """Nothing to sell, or nobody to ask."""


@dataclass(frozen=True)
class Candidate:
    """A client to ask about tomorrow. `slot`: the free time that suits them best; `score`: chance of taking it, 0 to 1."""

    client_id: str
    service_id: str
    slot: Slot
    score: float


@dataclass(frozen=True)
class Proposal:
    """Whom to ask about one day's unsold times, the likeliest first; one a day. It is made the day before."""

    company_id: str
    on: date
    """The local day of the empty chairs."""
    candidates: tuple[Candidate, ...] = ()
    free_slots: int = 0
    """How many times can be sold at most."""
    unsold_minutes: tuple[tuple[str, int], ...] = ()
    """(staff id, minutes), the most first."""
    state: ProposalState = ProposalState.EMPTY
    version: int = 0

    @property
    def campaign_on(self) -> date:
        """The local day on which it is made, asked about, and carried out."""
        return self.on - timedelta(days=1)

    @property
    def cause(self) -> str:
        """Of the word to the owner: one a day."""
        return f"chairs.{self.on.isoformat()}"
