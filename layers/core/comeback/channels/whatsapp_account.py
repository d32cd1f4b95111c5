"""What WhatsApp tells about our own account: its rating, its messaging limit, its templates, what stops it.

Shapes and words: developers.facebook.com, WhatsApp, webhooks reference of each field in `READERS` (May 2026).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from comeback.conversations.model import AccountChanged, Address, ChannelKind, Quality

UnixSeconds = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
Limit = int | str | None
"""2000, "2000" or "TIER_2K"; -1 or "TIER_UNLIMITED" for none."""
UNLIMITED = 1_000_000_000
"""The messaging limit of an account that has none: more than the users there are. None means that nothing was told."""
TIER = re.compile(r"TIER_(\d{1,6})(K?)", re.ASCII)
QUALITY: Mapping[str, Quality] = {"FLAGGED": Quality.RED, "UNFLAGGED": Quality.GREEN}
THROUGHPUT = "THROUGHPUT_UPGRADE"
TEMPLATE_OUT = frozenset({"PAUSED", "DISABLED", "REJECTED", "ARCHIVED", "DELETED", "PENDING_DELETION"})  # fmt: skip
TEMPLATE_BACK = frozenset({"APPROVED", "REINSTATED", "UNARCHIVED"})
"""FLAGGED, LOCKED, PENDING and IN_APPEAL change nothing: such a template can be sent, or could not be before."""
STOPS = frozenset(
    {
        "ACCOUNT_VIOLATION",
        "ACCOUNT_DELETED",
        "ACCOUNT_OFFBOARDED",
        "PARTNER_REMOVED",
        "PARTNER_APP_UNINSTALLED",
    }
)
"""A violation is only a warning to Meta, and the last moment to stop by ourselves."""
BANS = frozenset({"DISABLE", "SCHEDULE_FOR_DISABLE"})
RESTRICTIONS = frozenset(
    {"RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"}
)
"""Of all restrictions those of messages; others are of calls, of adding numbers, of utility templates."""


class Ban(msgspec.Struct):
    waba_ban_state: str = ""


class Restriction(msgspec.Struct):
    restriction_type: str = ""


class Told(msgspec.Struct):
    event: str = ""
    message_template_name: str = ""
    message_template_language: str = ""
    current_limit: Limit = None
    max_daily_conversations_per_business: Limit = None
    max_daily_conversation_per_phone: Limit = None
    ban_info: Ban | None = None
    restriction_info: list[Restriction] = []


class AccountNews(msgspec.Struct):
    """One change of a notification, with what stands around it: the WhatsApp Business Account and the time."""

    waba_id: str
    time: UnixSeconds
    field: str
    value: Told


def changes(event_id: str, news: AccountNews) -> list[AccountChanged]:
    """Empty for what does not change what we may send."""
    address = Address(ChannelKind.WHATSAPP, news.waba_id)
    nothing = AccountChanged(event_id, address, datetime.fromtimestamp(news.time, UTC))
    reader = READERS.get(news.field)
    heard = reader(nothing, news.value) if reader else nothing
    return [heard] if heard != nothing else []


def _rated(heard: AccountChanged, told: Told) -> AccountChanged:
    """With an upgraded throughput its limits are of messages a second (the reference's own example)."""
    limits = (told.max_daily_conversations_per_business, told.current_limit)
    tier = None if told.event == THROUGHPUT else users(*limits)
    return replace(heard, quality=QUALITY.get(told.event), tier=tier)


def _limited(heard: AccountChanged, told: Told) -> AccountChanged:
    limits = (told.max_daily_conversations_per_business, told.max_daily_conversation_per_phone)
    return replace(heard, tier=users(*limits))


def _template(heard: AccountChanged, told: Told) -> AccountChanged:
    language = told.message_template_language.replace("-", "_")
    name = f"{told.message_template_name}.{language}"
    if told.event in TEMPLATE_OUT:
        return replace(heard, template_out=name)
    return replace(heard, template_back=name) if told.event in TEMPLATE_BACK else heard


def _account(heard: AccountChanged, told: Told) -> AccountChanged:
    banned = told.ban_info is not None and told.ban_info.waba_ban_state in BANS
    restricted = any(r.restriction_type in RESTRICTIONS for r in told.restriction_info)
    stops = told.event in STOPS or banned or restricted
    return replace(heard, stopped=told.event.lower()) if stops else heard


READERS: Mapping[str, Callable[[AccountChanged, Told], AccountChanged]] = {
    "phone_number_quality_update": _rated,
    "business_capability_update": _limited,
    "message_template_status_update": _template,
    "account_update": _account,
}
"""By the webhook field to subscribe to; the webhook knows them as `whatsapp_split.ACCOUNT_FIELDS`."""


def users(*limits: Limit) -> int | None:
    """Unique users per moving 24 h, of the first limit that says something; None when none does (TIER_NOT_SET)."""
    return next((found for limit in limits if (found := _users(limit)) is not None), None)


def _users(limit: Limit) -> int | None:
    told = str(limit)
    if told in ("-1", "TIER_UNLIMITED"):
        return UNLIMITED
    tier = TIER.fullmatch(told)
    if tier:
        return int(tier[1]) * (1000 if tier[2] else 1)
    return int(told) if re.fullmatch(r"[1-9]\d{0,8}", told, re.ASCII) else None
