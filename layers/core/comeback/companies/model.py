"""A company: the tenant. Its zone, hours, channels and the owner's settings."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from comeback.conversations.model import Address, ChannelKind

Result = TypeVar("Result")


class BusinessType(StrEnum):
    BEAUTY = "beauty"
    BARBERSHOP = "barbershop"
    DENTAL = "dental"
    FITNESS = "fitness"
    CAR_WORKSHOP = "car_workshop"
    CAFE = "cafe"
    CLINIC = "clinic"
    OTHER = "other"


class Tone(StrEnum):
    FRIENDLY = "friendly"
    PROFESSIONAL = "professional"
    CASUAL = "casual"


class CrmKind(StrEnum):
    NATIVE = "native"
    YCLIENTS = "yclients"


@dataclass(frozen=True)
class Hours:
    """Local wall-clock hours, `closes` excluded."""

    opens: time
    closes: time


@dataclass(frozen=True)
class SendingWindow:
    """When marketing may leave, in the company's zone. `end` is excluded; days are Monday=0."""

    start: time = time(10)
    end: time = time(19)
    days: frozenset[int] = frozenset(range(5))


class EmptyChairs(StrEnum):
    """What is done about tomorrow's unsold slots."""

    OFF = "off"
    ASK = "ask"
    """The owner gets the list and says yes or no."""
    AUTO = "auto"


MINOR_PER_USD: Mapping[str, int] = {"RUB": 8000, "USD": 100, "EUR": 90, "KZT": 52000, "BYN": 330}
"""A round rate for telling AWS' and Meta's dollars in the owner's money; `Company.minor_per_usd` is the exact one."""
WHATSAPP_MARKETING_USD = 0.07
"""A marketing message in most of Meta's markets is 0.01–0.15 USD; the owner's own price stands in `message_prices`."""


@dataclass(frozen=True)
class Company:
    """A tenant and the owner's settings; defaults are the specification's (reactivation.md)."""

    company_id: str
    title: str
    time_zone: str
    business_type: BusinessType
    currency: str = "RUB"
    language: str = "ru"
    crm: CrmKind = CrmKind.NATIVE
    crm_company_id: str = ""
    enabled: bool = True
    campaign_hour: int = 10
    """Local hour at which the day's campaign is looked for."""
    tone: Tone = Tone.FRIENDLY
    sending: SendingWindow = SendingWindow()
    opening: Mapping[int, Hours] = field(default_factory=dict)
    """Opening hours by weekday (Monday=0); a missing day is a day off."""
    channels: tuple[ChannelKind, ...] = (ChannelKind.TELEGRAM, ChannelKind.WHATSAPP)
    """In the order of preference."""
    daily_limit: int | None = None
    """Marketing messages a day; None lets the account's own level decide."""
    slots_in_message: bool = True
    max_slots: int = 3
    prefer_favourite_staff: bool = True
    discount_cap_percent: int = 20
    answer_days: int = 7
    """Days to wait for an answer before the next attempt is considered."""
    attribution_days: int = 7
    owner: Address | None = None
    """Where the owner is written to: reports, warnings, questions."""
    holdout_percent: int = 10
    """Share of clients who are never written to, to measure what the messages cause (promise 9)."""
    margin_percent: int = 60
    """Of a visit's price, what is left after materials and wages: a judgement until the owner says."""
    message_prices: Mapping[ChannelKind, int] = field(default_factory=dict)
    """Minor units for one marketing message; a channel not named costs its default."""
    minor_per_usd: int | None = None
    """Minor units of the currency for one US dollar."""
    week_cap: int = 2
    month_cap: int = 4
    """Marketing messages a client may get in 7 and in 30 days, whatever they are about."""
    empty_chairs: EmptyChairs = EmptyChairs.ASK
    empty_chairs_limit: int = 10
    """Messages a day to fill tomorrow's empty chairs."""
    conversion_warning_percent: int = 15
    """The owner is told when conversion falls under it."""
    report_hour: int = 9
    """Local hour of the owner's daily report."""
    version: int = 0
    """Of what is stored; every change makes it one more (`SaveCompany`, `SetOwner`)."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    @property
    def usd(self) -> int:
        """Minor units for one US dollar."""
        return self.minor_per_usd or MINOR_PER_USD.get(self.currency, 100)

    def message_price(self, channel: ChannelKind) -> int:
        """Minor units of one marketing message; Telegram and MAX take nothing."""
        if channel in self.message_prices:
            return self.message_prices[channel]
        return round(WHATSAPP_MARKETING_USD * self.usd) if channel is ChannelKind.WHATSAPP else 0


def in_turn(
    companies: Iterable[Company], work: Callable[[Company], Iterable[Result]]
) -> list[Result]:
    """What came of each. One company's trouble is not another's: raises ExceptionGroup, but not before all had their turn."""
    found: list[Result] = []
    failed: list[Exception] = []
    for company in companies:
        try:
            found += work(company)
        except Exception as error:  # whatever it is, the others get theirs
            failed.append(error)
    if failed:
        raise ExceptionGroup("some companies had no turn", failed)
    return found
