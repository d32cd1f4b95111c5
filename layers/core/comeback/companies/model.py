"""A company: the tenant. Its zone, hours, channels and the owner's settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from comeback.conversations.model import ChannelKind


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

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)
