"""Who is due, and the journey that brings them back.

Journey state machine (one item per journey; every move is a conditional write on `version`):

    ANALYSED ─▶ RESERVED ─▶ PREPARED ─▶ WRITTEN ─▶ WAITING ─▶ (outcome) ─▶ FINISHED
        ▲                                                        │
        └──────────────── RESTING (retry interval) ◀─────────────┘  no answer, attempts left
    any state ─▶ FINISHED (skipped, opted out, booked directly, cancelled, failed)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from comeback.bookings.model import Slot
from comeback.conversations.model import Address, Content


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
    a rest or an absence. What priority needs is kept here, so that detect reads the index alone.
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
    WINDOW_CLOSED = "window_closed"
    RULE_INACTIVE = "rule_inactive"
    COMPANY_DISABLED = "company_disabled"
    AWAY = "away"
    NO_SLOTS = "no_slots"
    NOT_DUE = "not_due"
    MODEL_AND_TEMPLATE_FAILED = "no_text"
    SLOT_LOST = "slot_lost"


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
    discount_percent: int = 0
    content: Content | None = None
    text_source: str = ""
    """`model`, `repaired`, `template` or `approved_template`."""
    outbox_id: str = ""
    task_token: str = ""
    sent_at: datetime | None = None
    deadline: datetime | None = None
    """When silence becomes an answer."""
    outcome: Outcome | None = None
    settled: bool = False
    """The waiting state machine has been told the outcome."""
    detail: str = ""
    """Away-until date, booking id, error code: what Track needs to know."""


@dataclass(frozen=True)
class Journey:
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
    version: int = 0
