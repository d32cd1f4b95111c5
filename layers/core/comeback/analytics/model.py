"""What is told of the messages: one fact per attempt, figures over many, money, the owner's report. Flat and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from comeback.analytics.prices import Item
from comeback.conversations.model import ChannelKind


@dataclass(frozen=True)
class AttemptFact:
    """One message and what came of it. Moments are aware, in the company's zone."""

    service_id: str
    service: str
    """Its title."""
    attempt: int
    channel: ChannelKind
    sent_at: datetime
    variant: str = ""
    """The arm of the text."""
    offer_percent: int = 0
    delivered: bool = False
    read: bool = False
    answered_at: datetime | None = None
    booked_at: datetime | None = None
    opted_out: bool = False
    revenue_minor: int = 0
    """What the booked visit brings, after the discount."""
    settled_at: datetime | None = None
    """When the days in which a booking counts were over, whatever had come by then; None while they run. A conversion
    is taken of settled attempts alone: bookings come early and silence late, so of the rest it would be too high."""

    @property
    def was_read(self) -> bool:
        """Who answers has read, also where the messenger tells no such thing (Telegram)."""
        return self.read or self.answered_at is not None

    @property
    def was_delivered(self) -> bool:
        return self.delivered or self.was_read


class Dimension(StrEnum):
    ATTEMPT = "attempt"
    SERVICE = "service"
    HOUR = "hour"
    """Local hour of sending."""
    WEEKDAY = "weekday"
    """Local, Monday=0."""
    CHANNEL = "channel"
    VARIANT = "variant"


@dataclass(frozen=True)
class Share:
    """`part` of `of`, with an interval for the share behind it."""

    part: int
    of: int
    low: float
    high: float

    @property
    def point(self) -> float:
        return self.part / self.of


@dataclass(frozen=True)
class Figures:
    sent: int = 0
    delivered: int = 0
    read: int = 0
    answered: int = 0
    booked: int = 0
    opted_out: int = 0
    settled: int = 0
    revenue_minor: int = 0
    response: Share | None = None
    """Answered of settled; None while nothing is settled."""
    conversion: Share | None = None
    """Booked of settled."""
    response_hours: float | None = None
    """Median from message to answer, of those who answered."""
    conversion_hours: float | None = None


@dataclass(frozen=True)
class Row:
    """Figures of one attempt number, service, hour and so on. `title`: how to show a service, else empty."""

    key: int | str
    title: str
    figures: Figures


@dataclass(frozen=True)
class DayFigures:
    """What happened on one local day, to messages of any day."""

    on: date
    sent: int = 0
    answered: int = 0
    booked: int = 0
    settled: int = 0
    """Attempts whose days for a booking were over on this day."""
    converted: int = 0
    """Those of them that had brought one."""


WITHIN_MINUTES = (5, 15, 30, 60, 120, 240, 480, 720, 1440, 2880, 5760, 10080)
"""Upper ends of the classes in which the time to an answer or a booking is counted; the last class is open."""


@dataclass(frozen=True)
class Sums:
    """What became of some messages."""

    sent: int = 0
    delivered: int = 0
    read: int = 0
    answered: int = 0
    booked: int = 0
    opted_out: int = 0
    revenue_minor: int = 0
    """What the booked visits bring, after the discount."""

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, f) + getattr(other, f) for f in self.__dataclass_fields__))


@dataclass(frozen=True)
class SentDay:
    """The messages that left on one local day, and what became of them since. Each of the three tables holds all of them."""

    on: date
    attempts: Mapping[int, Sums] = field(default_factory=dict)
    channels: Mapping[ChannelKind, Sums] = field(default_factory=dict)
    services: Mapping[tuple[str, int], Sums] = field(default_factory=dict)
    """By service and local hour of sending."""
    answers: Mapping[int, int] = field(default_factory=dict)
    """How many came in each class of `WITHIN_MINUTES`."""
    bookings: Mapping[int, int] = field(default_factory=dict)


class Grade(StrEnum):
    WATCH = "watch"
    """Under the threshold, and it may be chance."""
    WARN = "warn"
    """The whole interval is under the threshold."""


@dataclass(frozen=True)
class LowConversion:
    grade: Grade
    conversion: Share
    threshold: float


@dataclass(frozen=True)
class CostOf:
    """What was used: requests as counted, tokens, messages with the price of one in minor units of the company's currency."""

    aws_requests: Mapping[Item, int | Decimal] = field(default_factory=dict)
    tokens_in: int = 0
    tokens_out: int = 0
    messages: Mapping[ChannelKind, int] = field(default_factory=dict)
    message_minor: Mapping[ChannelKind, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Cost:
    """In minor units of the company's currency. Decimal, as a message costs a small part of a kopeck in the cloud."""

    aws_minor: Decimal = Decimal(0)
    model_minor: Decimal = Decimal(0)
    messages_minor: Decimal = Decimal(0)
    per_message_minor: Decimal | None = None
    per_booking_minor: Decimal | None = None

    @property
    def exact_minor(self) -> Decimal:
        return self.aws_minor + self.model_minor + self.messages_minor


@dataclass(frozen=True)
class LiftFigures:
    """Those written to beside those held out, as told to the owner."""

    difference: float
    """Share that came back of those written to, less the same of those held out."""
    low: float
    high: float
    returned: int
    """Of those written to, how many came back."""
    extra_returns: float
    """How many of them would not have come by themselves."""
    extra_low: float
    extra_high: float
    enough: bool
    """Enough clients in both groups."""
    more_clients: int | None = None
    """How many more clients it takes to tell, when that can be said."""

    @property
    def tells(self) -> bool:
        """Beyond chance: the interval does not span zero."""
        return self.enough and (self.low > 0 or self.high < 0)


@dataclass(frozen=True)
class Roi:
    """What the extra visits leave for one unit of money spent."""

    point: float
    low: float
    high: float


class AccountState(StrEnum):
    FREE = "free"
    SLOWED = "slowed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class AccountLine:
    """How much of a day's limit was used, and whether the account may go on."""

    channel: ChannelKind
    sent: int
    limit: int
    state: AccountState = AccountState.FREE


@dataclass(frozen=True)
class Report:
    """The owner's daily report. `best_weekdays` and `best_hours` hold only what is better than the rest beyond chance."""

    company: str
    day: date
    """The local day told about: yesterday."""
    currency: str
    yesterday: Figures
    month: Figures
    """The last 28 days."""
    cost: Cost
    """Of those 28 days."""
    lift: LiftFigures | None = None
    """None: nobody is held out, so there is nothing to compare with."""
    roi: Roi | None = None
    accounts: tuple[AccountLine, ...] = ()
    best_weekdays: tuple[Row, ...] = ()
    best_hours: tuple[Row, ...] = ()
    warning: LowConversion | None = None
