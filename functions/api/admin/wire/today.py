"""The day as it stands."""

from collections.abc import Mapping
from datetime import date, datetime

from comeback.clients.model import Client
from comeback.conversations.model import OWNER, ChannelKind, OutboxMessage, Purpose, Quality
from comeback.ports import FunnelDay
from comeback.reactivation.standing_today import AccountNow
from comeback.reactivation.standing_today import Today as Found
from msgspec import Struct


class DaysQuery(Struct, forbid_unknown_fields=True):
    """Local days of the company, both included; the last thirty by default."""

    since: date | None = None
    until: date | None = None


class Funnel(Struct):
    """Counts by stage, day by day."""

    days: list[FunnelDay]


class AccountHealth(Struct):
    """How an account with a messenger fares. `sent` of `limit` marketing messages today; `spam_score` 0 (nobody minds) to 1.
    `stopped_by`: a code, or `spam_score`. `stopped_until` null while stopped: until the owner resets it, or the score falls."""

    channel: ChannelKind
    state: str
    level: str
    sent: int
    limit: int
    spam_score: float
    stopped_by: str
    stopped_until: datetime | None
    quality: Quality
    since: datetime | None

    @classmethod
    def of(cls, found: AccountNow) -> "AccountHealth":
        return cls(
            channel=found.account.channel,
            state=found.today.state,
            level=found.standing.level.name,
            sent=found.today.sent,
            limit=found.today.limit,
            spam_score=round(found.standing.spam_score, 3),
            stopped_by=found.standing.stopped_by,
            stopped_until=found.standing.stopped_until,
            quality=found.account.quality,
            since=found.account.since,
        )


class Uncertain(Struct):
    """A message of which nobody knows whether it arrived."""

    client_id: str
    client: str
    message_id: str
    channel: ChannelKind
    purpose: Purpose
    text: str
    created_at: datetime
    journey_id: str | None

    @classmethod
    def of(cls, message: OutboxMessage, clients: Mapping[str, Client]) -> "Uncertain":
        client = clients.get(message.client_id)
        return cls(
            client_id=message.client_id,
            client=client.name if client else "",
            message_id=message.outbox_id,
            channel=message.address.channel,
            purpose=message.purpose,
            text=message.content.text,
            created_at=message.created_at,
            journey_id=message.journey_id,
        )


class Waiting(Struct):
    """A client whom a person is to answer (`taken_by` empty), or answers."""

    client_id: str
    client: str
    since: datetime
    taken_by: str
    by_you: bool


class Needs(Struct):
    """What needs a person."""

    uncertain: list[Uncertain]
    waiting: list[Waiting]
    stopped: list[ChannelKind]


class Today(Struct):
    """The company's day: the funnel so far, what may still leave, accounts, and what needs a person."""

    on: date
    time_zone: str
    currency: str
    paused: bool
    campaign_hour: int
    campaign_begun: bool
    sends_today: bool
    funnel: FunnelDay
    remaining: int
    daily_limit: int | None
    accounts: list[AccountHealth]
    needs: Needs


def today_of(found: Found, clients: Mapping[str, Client], user_id: str) -> Today:
    company = found.company
    accounts = [AccountHealth.of(account) for account in found.accounts]
    waiting = [
        Waiting(
            client_id,
            clients[client_id].name,
            person.since,
            person.taken_by,
            person.taken_by == user_id,
        )
        for client_id, person in found.people
        if client_id in clients
    ]
    return Today(
        on=found.on,
        time_zone=company.time_zone,
        currency=company.currency,
        paused=not company.enabled,
        campaign_hour=company.campaign_hour,
        campaign_begun=found.campaign_begun,
        sends_today=found.on.weekday() in company.sending.days,
        funnel=found.funnel,
        remaining=found.remaining,
        daily_limit=company.daily_limit,
        accounts=accounts,
        needs=Needs(
            uncertain=[Uncertain.of(m, clients) for m in found.uncertain],
            waiting=waiting,
            stopped=[account.channel for account in accounts if account.stopped_by],
        ),
    )


def named(found: Found) -> list[str]:
    """Clients whose names are shown."""
    people = {client_id for client_id, _ in found.people}
    return sorted(people | {m.client_id for m in found.uncertain} - {OWNER})


class SettleBody(Struct, forbid_unknown_fields=True):
    """Whoever has looked says whether the message arrived. What did not is sent again, but for marketing: its journey goes on
    elsewhere or ends."""

    arrived: bool
