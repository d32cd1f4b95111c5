"""One client as the admin API shows them."""

from datetime import date, datetime
from typing import Annotated

from comeback.clients.model import VisitStatus
from comeback.conversations.model import ChannelKind, Purpose
from comeback.reactivation.model import (
    Completion,
    IntervalSource,
    JourneyState,
    Why,
)
from msgspec import Meta, Struct

Share = Annotated[float, Meta(ge=0, le=1)]


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


class ConsentLine(Struct):
    """One entry of the consent ledger; `channel` null: every messenger."""

    purpose: Purpose
    granted: bool
    at: datetime
    source: str
    text_version: str
    channel: ChannelKind | None


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


class WayBack(Struct):
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
    consents: list[ConsentLine]
    journeys: list[WayBack]
    active_journey_id: str
