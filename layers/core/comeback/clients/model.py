"""A client, what they agreed to, and what they did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from comeback.conversations.model import Address, ChannelKind, Purpose

SYNC, FULL = "crm.sync", "full"
"""The order, on the events queue, to bring in a company's book; by this name, all of it."""


class VisitStatus(StrEnum):
    BOOKED = "booked"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Consent:
    """One entry of the consent ledger; the newest per channel and purpose is in force.

    `channel` None means every channel (STOP anywhere stops marketing everywhere).
    """

    purpose: Purpose
    granted: bool
    at: datetime
    source: str
    """Where it was given: `telegram_start`, `import:<file>`, `whatsapp_stop`, …"""
    text_version: str
    channel: ChannelKind | None = None
    serial: int = 0
    """The messenger's own number of what said it (Telegram's `update_id`); 0: it has none."""


@dataclass(frozen=True)
class Visit:
    """One visit, past or coming. `amount_minor` in the company's currency, minor units."""

    visit_id: str
    service_id: str
    staff_id: str
    starts_at: datetime
    status: VisitStatus
    amount_minor: int = 0
    source: str = ""
    """`crm`, `import`, `comeback` (booked by us)."""
    journey_id: str = ""
    timed: bool = True
    """False: only the day is known, and `starts_at` is its local midnight."""


def completed(visits: Iterable[Visit], service_id: str = "") -> list[Visit]:
    """In their order; of one service, or of all."""
    return [
        v for v in visits if v.status is VisitStatus.COMPLETED and service_id in ("", v.service_id)
    ]


@dataclass(frozen=True)
class Client:
    company_id: str
    client_id: str
    name: str
    phone: str = ""
    """E.164, or empty."""
    language: str = ""
    """Empty: the company's language."""
    addresses: tuple[Address, ...] = ()
    vip: bool = False
    away_until: datetime | None = None
    unreachable: tuple[ChannelKind, ...] = ()
    """Channels that proved undeliverable."""
    doubtful: tuple[ChannelKind, ...] = ()
    """Channels whose last message did not arrive; the next that does not makes them unreachable."""
    preferred_staff_id: str = ""
    """Asked for by the client in a dialogue; wins over history."""
    crm_id: str = ""
    time_zone: str = ""
    """IANA name, where it is known; else the phone's country or the company tells."""
    tags: tuple[str, ...] = ()
    """The owner's own words for them, as written, sorted."""
    version: int = 0


def may_market(consents: tuple[Consent, ...], channel: ChannelKind) -> bool:
    """Whether the newest consent that covers `channel` was a yes; no record means no (promise 4)."""
    covering = [
        c for c in consents if c.purpose is Purpose.MARKETING and c.channel in (None, channel)
    ]
    return bool(covering) and max(covering, key=lambda c: (c.at, not c.granted)).granted


def opted_out(consents: tuple[Consent, ...]) -> bool:
    """Whether the newest word about marketing in every channel was a no."""
    overall = [
        c
        for c in consents
        if c.purpose is Purpose.MARKETING and not c.granted and c.channel is None
    ]
    if not overall:
        return False
    last_no = max(c.at for c in overall)
    return not any(
        c.granted and c.purpose is Purpose.MARKETING and c.at > last_no for c in consents
    )
