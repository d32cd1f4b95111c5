"""Clients as the admin API shows them."""

from datetime import date, datetime
from typing import Annotated

from api.admin.wire.pages import PageQuery
from comeback.analytics.exports import Subject
from comeback.analytics.sheets import Format
from comeback.clients.card import LONGEST_TAG, MOST_TAGS
from comeback.clients.model import Client, Consent, VisitStatus
from comeback.conversations.model import ChannelKind, OutboxState, Purpose
from comeback.reactivation.model import (
    Completion,
    IntervalSource,
    JourneyState,
    Outcome,
    Why,
)
from msgspec import UNSET, Meta, Struct, UnsetType

Tag = Annotated[str, Meta(min_length=1, max_length=LONGEST_TAG)]
Share = Annotated[float, Meta(ge=0, le=1)]


class ClientQuery(PageQuery, forbid_unknown_fields=True):
    """Whom to look for: `q` begins a word of the name or of a tag, or is a number or three digits of it; `tag` is a whole tag."""

    q: Annotated[str, Meta(max_length=100)] = ""
    tag: Annotated[str, Meta(max_length=LONGEST_TAG)] = ""


class ClientLine(Struct):
    """One client of a list."""

    client_id: str
    name: str
    phone: str
    vip: bool
    tags: list[str]
    channels: list[ChannelKind]

    @classmethod
    def of(cls, client: Client) -> "ClientLine":
        channels = [address.channel for address in client.addresses]
        known = (client.client_id, client.name, client.phone, client.vip)
        return cls(*known, list(client.tags), channels)


class Reach(Struct):
    """One messenger of a client: whether a message would arrive, whether an offer may be sent, when they last wrote there."""

    channel: ChannelKind
    address: str
    reachable: bool
    doubtful: bool
    may_market: bool
    last_heard_at: datetime | None


class VisitLine(Struct):
    """One visit, past or coming; `amount_minor` in the company's currency."""

    visit_id: str
    service_id: str
    service: str
    staff: str
    at: datetime
    timed: bool
    status: VisitStatus
    amount_minor: int
    source: str
    journey_id: str


class Forecast(Struct):
    """When the client is expected for one service. Local days; the next visit falls between `low` and `high` with 80 %."""

    service_id: str
    service: str
    visits: int
    last_visit_on: date
    due_on: date
    next_on: date | None
    low: date
    high: date
    p_active: Share
    source: IntervalSource
    reason: str


class JourneyLine(Struct):
    """One way back, under way or ended."""

    journey_id: str
    service: str
    why: Why
    started_at: datetime
    state: JourneyState
    completion: Completion | None
    attempts: int


class ClientProfile(Struct):
    """All that the team sees of one client but the conversation. `version` goes back with a change."""

    client_id: str
    version: int
    name: str
    phone: str
    language: str
    vip: bool
    tags: list[str]
    preferred_staff_id: str
    away_until: datetime | None
    opted_out: bool
    today: date
    time_zone: str
    currency: str
    completed_visits: int
    spent_minor: int
    reach: list[Reach]
    visits: list[VisitLine]
    forecasts: list[Forecast]
    consents: list[Consent]
    journeys: list[JourneyLine]
    active_journey_id: str


class ClientBody(Struct, forbid_unknown_fields=True):
    """What is left out stays. `version` is the profile's that was seen."""

    version: Annotated[int, Meta(ge=1)]
    tags: Annotated[list[Tag], Meta(max_length=MOST_TAGS)] | UnsetType = UNSET
    vip: bool | UnsetType = UNSET
    language: Annotated[str, Meta(pattern="^([a-z]{2})?$")] | UnsetType = UNSET
    preferred_staff_id: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET


class Words(Struct):
    """One message of the conversation. What clients write is not kept: of it stands when, and what was understood."""

    at: datetime
    by_client: bool
    channel: ChannelKind | None
    text: str
    buttons: list[str]
    state: OutboxState | None
    purpose: Purpose | None
    journey_id: str
    understood: Outcome | None


class Conversation(Struct):
    """Oldest first."""

    items: list[Words]


class ExportBody(Struct, forbid_unknown_fields=True):
    """`since` and `until` are local days, both included; the last thirty by default. Of clients they say nothing."""

    subject: Subject
    format: Format = Format.CSV
    since: date | None = None
    until: date | None = None


class ExportFile(Struct):
    """Where it can be downloaded, until when."""

    url: str
    name: str
    rows: int
    expires_at: datetime
