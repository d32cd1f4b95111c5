"""What has been reserved of sending limits and of outside APIs' rates."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    JSONAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.constants import STRING
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from comeback.changes import ChangeAccount, KeepQuiet
from comeback.conversations.model import (
    Account,
    ChannelKind,
    HealthDay,
    Incident,
    Quality,
    Signal,
)
from comeback.ports import Reservation
from comeback.storage import keys
from comeback.storage.items.base import Choice, Item, Whole, Wholes

KEPT = timedelta(days=7)
RATE_KEPT = timedelta(minutes=10)
HEALTH_KEPT = timedelta(days=60)
INCIDENTS_KEPT = timedelta(days=365)


class Reservations(Attribute[tuple[Reservation, ...]]):
    """One text, a line each: the item is read and written whole, and as maps its attributes' names would be most of it."""

    attr_type = STRING
    null = True

    def __init__(self) -> None:
        super().__init__(default=())

    def serialize(self, value: Iterable[Reservation]) -> str | None:
        lines = (
            f"{r.channel.value} {r.at.astimezone(UTC).isoformat()} {r.reserved_by}" for r in value
        )
        return "\n".join(lines) or None

    def deserialize(self, value: str) -> tuple[Reservation, ...]:
        parts = (line.split(" ", 2) for line in value.split("\n"))
        return tuple(
            Reservation(ChannelKind(channel), reserved_by, datetime.fromisoformat(at))
            for channel, at, reserved_by in parts
        )


class SendingDayItem(Item, discriminator="sending_day"):
    """All channels' reservations of one local day of a company: the owner's daily limit is over them together."""

    reservations = Reservations()
    version = Whole()

    @classmethod
    def of(
        cls,
        company_id: str,
        on: date,
        reservations: Iterable[Reservation],
        version: int,
        now: datetime,
    ) -> "SendingDayItem":
        return cls(
            *keys.sending_day(company_id, on),
            reservations=tuple(reservations),
            version=version,
            expires_at=int((now + KEPT).timestamp()),
        )


class AccountItem(Item, discriminator="account"):
    """One messenger's account of a company: since when it is used. `tier`, `quality` and `templates_out` were told before each
    fact had an item of its own, and hold where there is none."""

    channel = Choice(ChannelKind)
    since = UTCDateTimeAttribute(null=True)
    tier = Whole(null=True)
    quality = Choice(Quality, null=True)
    templates_out = UnicodeSetAttribute(null=True)
    resumed_at = UTCDateTimeAttribute(null=True)
    quiet_until = UTCDateTimeAttribute(null=True)

    @classmethod
    def beginning(cls, channel: ChannelKind, now: datetime) -> list[Action]:
        """Of several beginnings the first stands."""
        return [cls.since.set(cls.since | now), *cls.naming(channel)]

    @classmethod
    def resuming(cls, channel: ChannelKind, at: datetime) -> list[Action]:
        return [cls.resumed_at.set(at), *cls.naming(channel)]

    @classmethod
    def quiet(cls, change: KeepQuiet) -> list[Action]:
        return [cls.quiet_until.set(change.until), *cls.naming(change.channel)]

    @classmethod
    def quiet_shorter_than(cls, until: datetime) -> Condition:
        shorter: Condition = cls.quiet_until.does_not_exist() | (cls.quiet_until < until)
        return shorter

    @classmethod
    def naming(cls, channel: ChannelKind) -> list[Action]:
        return [cls.kind.set(cls), cls.channel.set(channel)]


class AccountFactItem(Item, discriminator="account_fact"):
    """One thing that the messenger told about an account, as it was at that moment: `tier`, `quality`, or a template's being
    out."""

    channel = Choice(ChannelKind)
    at = UTCDateTimeAttribute()
    tier = Whole(null=True)
    quality = Choice(Quality, null=True)
    template = UnicodeAttribute(null=True)
    out = BooleanAttribute(null=True)

    @classmethod
    def told_by(cls, change: ChangeAccount) -> Iterator["AccountFactItem"]:
        if change.quality is not None:
            yield cls._of(change, "QUALITY", quality=change.quality)
        if change.tier is not None:
            yield cls._of(change, "TIER", tier=change.tier)
        for template, out in ((change.template_out, True), (change.template_back, False)):
            if template:
                yield cls._of(change, f"TEMPLATE#{template}", template=template, out=out)

    @classmethod
    def _of(cls, change: ChangeAccount, fact: str, **told: Any) -> "AccountFactItem":
        key = keys.account_fact(change.company_id, change.channel.value, fact)
        return cls(*key, channel=change.channel, at=change.at, **told)


class HealthDayItem(Item, discriminator="health_day"):
    """Top-level attributes, because ADD makes those from nothing."""

    channel = Choice(ChannelKind)
    sent = Whole(default=0)
    delivered = Whole(default=0)
    read = Whole(default=0)
    undelivered = Whole(default=0)
    spared = Whole(default=0)
    throttled = Whole(default=0)
    blocked = Whole(default=0)
    opted_out = Whole(default=0)

    @classmethod
    def adding(cls, channel: ChannelKind, on: date, signals: Mapping[Signal, int]) -> list[Action]:
        expires_at = datetime.combine(on, time(), tzinfo=UTC) + HEALTH_KEPT
        return [
            *(cls.get_attributes()[signal.value].add(n) for signal, n in signals.items()),
            cls.kind.set(cls),
            cls.channel.set(channel),
            cls.expires_at.set(int(expires_at.timestamp())),
        ]

    def day(self) -> HealthDay:
        on = date.fromisoformat(self.sk.rsplit("#", 1)[1])
        return HealthDay(on, {s: n for s in Signal if (n := getattr(self, s.value))})


class IncidentItem(Item, discriminator="incident"):
    channel = Choice(ChannelKind)
    code = UnicodeAttribute()
    at = UTCDateTimeAttribute()

    @classmethod
    def of(cls, company_id: str, channel: ChannelKind, incident: Incident) -> "IncidentItem":
        return cls(
            *keys.incident(company_id, channel.value, incident.at.date(), incident.code),
            channel=channel,
            code=incident.code,
            at=incident.at,
            expires_at=int((incident.at + INCIDENTS_KEPT).timestamp()),
        )

    def incident(self) -> Incident:
        return Incident(self.code, self.at)


def accounts(items: Iterable[Item]) -> dict[ChannelKind, Account]:
    """Put together of their items; days and incidents oldest first."""
    by_channel: dict[ChannelKind, list[Item]] = {}
    for item in items:
        if isinstance(item, OF_ACCOUNTS):
            by_channel.setdefault(item.channel, []).append(item)
    return {channel: _account(channel, parts) for channel, parts in by_channel.items()}


def _account(channel: ChannelKind, parts: Iterable[Item]) -> Account:
    parts = list(parts)
    head = next((part for part in parts if isinstance(part, AccountItem)), AccountItem())
    facts = [part for part in parts if isinstance(part, AccountFactItem)]
    told = {fact.template for fact in facts}
    out = {fact.template for fact in facts if fact.template and fact.out}
    return Account(
        channel=channel,
        since=head.since,
        tier=next((f.tier for f in facts if f.tier is not None), head.tier),
        quality=next((f.quality for f in facts if f.quality), head.quality or Quality.UNKNOWN),
        templates_out=frozenset(out | ((head.templates_out or set()) - told)),
        resumed_at=head.resumed_at,
        quiet_until=head.quiet_until,
        days=tuple(part.day() for part in parts if isinstance(part, HealthDayItem)),
        incidents=tuple(part.incident() for part in parts if isinstance(part, IncidentItem)),
    )


OF_ACCOUNTS = (AccountItem, AccountFactItem, HealthDayItem, IncidentItem)


class RateItem(Item, discriminator="rate"):
    """The last minute's calls of an outside API, in Unix milliseconds, oldest first. `notes`: name → short text."""

    calls = Wholes()
    version = Whole()
    notes = JSONAttribute(null=True)

    @classmethod
    def of(
        cls,
        bucket: str,
        calls: tuple[int, ...],
        version: int,
        now: datetime,
        notes: Mapping[str, str],
    ) -> "RateItem":
        expires_at = int((now + RATE_KEPT).timestamp())
        return cls(
            *keys.rate(bucket),
            calls=calls,
            version=version,
            expires_at=expires_at,
            notes=dict(notes) or None,
        )
