"""A company's settings as the admin API shows them."""

from datetime import time
from typing import Annotated, Any

from api.admin.wire.hours import Week, Weekday, from_week, to_week
from comeback.companies.model import (
    BusinessType,
    Company,
    CrmKind,
    EmptyChairs,
    SendingWindow,
    Tone,
)
from comeback.conversations.model import ChannelKind
from msgspec import Meta, Struct

Hour = Annotated[int, Meta(ge=0, le=23)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Minor = Annotated[int, Meta(ge=0, le=10**9)]
Cap = Annotated[int, Meta(ge=1, le=30)]


class Settings(Struct, forbid_unknown_fields=True):
    """What an owner may set. Hours are the company's own clock; days Monday=0; `daily_limit` null: the account's level decides;
    `message_prices`: minor units of one marketing message by messenger."""

    title: Annotated[str, Meta(min_length=1, max_length=120)]
    time_zone: Annotated[str, Meta(max_length=64)]
    business_type: BusinessType
    language: Annotated[str, Meta(pattern=r"^(ru|en)$(?!\n)")]
    enabled: bool
    campaign_hour: Hour
    tone: Tone
    sending_start: time
    sending_end: time
    sending_days: Annotated[list[Weekday], Meta(max_length=7)]
    opening: Week
    channels: Annotated[list[ChannelKind], Meta(max_length=5)]
    daily_limit: Annotated[int, Meta(ge=1, le=100_000)] | None
    slots_in_message: bool
    max_slots: Annotated[int, Meta(ge=1, le=3)]
    prefer_favourite_staff: bool
    discount_cap_percent: Percent
    answer_days: Annotated[int, Meta(ge=1, le=30)]
    attribution_days: Annotated[int, Meta(ge=1, le=90)]
    holdout_percent: Percent
    margin_percent: Percent
    message_prices: dict[ChannelKind, Minor]
    minor_per_usd: Annotated[int, Meta(ge=1, le=10**9)] | None
    week_cap: Cap
    month_cap: Cap
    empty_chairs: EmptyChairs
    empty_chairs_limit: Annotated[int, Meta(ge=1, le=100)]
    conversion_warning_percent: Percent
    report_hour: Hour


RESHAPED = {"sending_start", "sending_end", "sending_days", "opening", "channels", "message_prices"}
AS_THEY_ARE = tuple(name for name in Settings.__struct_fields__ if name not in RESHAPED)
"""Fields that have the same name and shape in the company."""


class SettingsBody(Settings, forbid_unknown_fields=True):
    """The settings as they shall be; `version`: of those that were read."""

    version: Annotated[int, Meta(ge=0)]

    def values(self) -> dict[str, Any]:
        """By the company's own names. Raises InvalidInput."""
        days = frozenset(self.sending_days)
        return {
            **{name: getattr(self, name) for name in AS_THEY_ARE},
            "sending": SendingWindow(self.sending_start, self.sending_end, days),
            "opening": from_week(self.opening, "opening"),
            "channels": tuple(self.channels),
            "message_prices": self.message_prices,
        }


class CompanyView(Settings):
    """A company: what it is, and its settings. `owner_connected`: its owner is written to in a messenger."""

    company_id: str
    currency: str
    crm: CrmKind
    owner_connected: bool
    version: int

    @classmethod
    def of(cls, company: Company) -> "CompanyView":
        return cls(
            **{name: getattr(company, name) for name in AS_THEY_ARE},
            sending_start=company.sending.start,
            sending_end=company.sending.end,
            sending_days=sorted(company.sending.days),
            opening=to_week(company.opening),
            channels=list(company.channels),
            message_prices=dict(company.message_prices),
            company_id=company.company_id,
            currency=company.currency,
            crm=company.crm,
            owner_connected=company.owner is not None,
            version=company.version,
        )
