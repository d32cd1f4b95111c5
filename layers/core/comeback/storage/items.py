"""The table's items (PynamoDB). Each class names what it holds; the domain object itself is one typed attribute.

A domain object is stored as JSON by its own type (msgspec), and beside it stand only the attributes that keys, indexes and
conditions need. So a new optional field of a model needs no migration: old items read as its default.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from pynamodb.attributes import (
    Attribute,
    DiscriminatorAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.constants import STRING
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from comeback.bookings.model import Booking, Service, Slot, Staff
from comeback.clients.model import Client, Consent, Visit
from comeback.companies.model import Company
from comeback.conversations.model import Conversation, OutboxMessage
from comeback.reactivation.model import DueService, Journey, ServiceRule, SkipReason, Stage

Domain = TypeVar("Domain")


class DomainAttribute(Attribute[Domain], Generic[Domain]):
    """A domain object, as JSON of its own type. Raises msgspec.ValidationError on what is not of that type."""

    attr_type = STRING

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self._decoder: msgspec.json.Decoder[Domain] = msgspec.json.Decoder(kind)

    def serialize(self, value: Domain) -> str:
        return msgspec.json.encode(value).decode()

    def deserialize(self, value: str) -> Domain:
        return self._decoder.decode(value)


@dataclass(frozen=True)
class Holding:
    """A stretch of one member of staff's time. `until` None: a booking, which does not lapse."""

    slot: Slot
    holder: str
    until: datetime | None = None
    booking_id: str = ""

    def live(self, now: datetime) -> bool:
        return self.until is None or self.until > now


class FirstIndex(GlobalSecondaryIndex["Item"]):  # type: ignore[no-untyped-call]  # pynamodb's hook
    """Sparse: due entries and waiting journeys."""

    class Meta:
        index_name = "GSI1"
        projection = AllProjection()

    pk = UnicodeAttribute(attr_name="GSI1PK", hash_key=True)
    sk = UnicodeAttribute(attr_name="GSI1SK", range_key=True)


class SecondIndex(GlobalSecondaryIndex["Item"]):  # type: ignore[no-untyped-call]  # pynamodb's hook
    """Sparse: journeys by campaign day, client ids."""

    class Meta:
        index_name = "GSI2"
        projection = AllProjection()

    pk = UnicodeAttribute(attr_name="GSI2PK", hash_key=True)
    sk = UnicodeAttribute(attr_name="GSI2SK", range_key=True)


class Item(Model):
    """The root of all items. Time-outs lie well below every function's; the queue or the state machine retries."""

    class Meta:
        table_name = "unbound"
        region = os.environ.get("AWS_REGION", os.environ.get("AWS_DEFAULT_REGION", "us-east-1"))
        connect_timeout_seconds = 2
        read_timeout_seconds = 4
        max_retry_attempts = 2

    pk = UnicodeAttribute(attr_name="PK", hash_key=True)
    sk = UnicodeAttribute(attr_name="SK", range_key=True)
    kind = DiscriminatorAttribute()
    first_pk = UnicodeAttribute(attr_name="GSI1PK", null=True)
    first_sk = UnicodeAttribute(attr_name="GSI1SK", null=True)
    second_pk = UnicodeAttribute(attr_name="GSI2PK", null=True)
    second_sk = UnicodeAttribute(attr_name="GSI2SK", null=True)
    expires_at = NumberAttribute(null=True)
    written_by = UnicodeAttribute(null=True)
    """The commit that wrote it last: tells our own write, whose answer was lost, from another's."""
    first = FirstIndex()
    second = SecondIndex()


class CompanyItem(Item, discriminator="company"):
    company = DomainAttribute[Company](Company)


class ServiceItem(Item, discriminator="service"):
    service = DomainAttribute[Service](Service)


class StaffItem(Item, discriminator="staff"):
    staff = DomainAttribute[Staff](Staff)


class RuleItem(Item, discriminator="rule"):
    rule = DomainAttribute[ServiceRule](ServiceRule)


class ModelItem(Item, discriminator="model"):
    model_json = UnicodeAttribute()
    fitted_at = UnicodeAttribute()


class CursorItem(Item, discriminator="cursor"):
    cursor = DomainAttribute[dict[str, str]](dict[str, str])


def counter(stage: Stage, reason: str) -> str:
    """The attribute that counts a stage; skips are counted by reason."""
    return f"{stage.value}_{reason}" if reason else stage.value


COUNTERS = (
    *(counter(stage, "") for stage in Stage if stage is not Stage.SKIPPED),
    *(counter(Stage.SKIPPED, reason.value) for reason in SkipReason),
)


class FunnelItem(Item, discriminator="funnel"):
    """Counters of a campaign day, one shard: one number attribute per name in COUNTERS."""

    for _name in COUNTERS:
        vars()[_name] = NumberAttribute(null=True)


class ClientItem(Item, discriminator="client"):
    client = DomainAttribute[Client](Client)
    version = NumberAttribute()


class VisitItem(Item, discriminator="visit"):
    visit = DomainAttribute[Visit](Visit)


class ConsentItem(Item, discriminator="consent"):
    consent = DomainAttribute[Consent](Consent)


class DueItem(Item, discriminator="due"):
    due = DomainAttribute[DueService](DueService)


class JourneyItem(Item, discriminator="journey"):
    journey = DomainAttribute[Journey](Journey)
    version = NumberAttribute()


class ActiveItem(Item, discriminator="active"):
    journey_id = UnicodeAttribute()


class ConversationItem(Item, discriminator="conversation"):
    conversation = DomainAttribute[Conversation](Conversation)
    last_inbound_at = UnicodeAttribute()


class OutboxItem(Item, discriminator="outbox"):
    message = DomainAttribute[OutboxMessage](OutboxMessage)
    state = UnicodeAttribute()
    version = NumberAttribute()


class PointerItem(Item, discriminator="pointer"):
    """An address or a provider's id, pointing at a client (and message)."""

    client_id = UnicodeAttribute()
    outbox_id = UnicodeAttribute(null=True)


class DayItem(Item, discriminator="day"):
    """What holds one member of staff on one UTC day: leases and, for companies without a CRM, bookings."""

    holdings = DomainAttribute[tuple[Holding, ...]](tuple[Holding, ...])
    version = NumberAttribute()


class BookingItem(Item, discriminator="booking"):
    """A booking of the built-in book, under its id and again under its idempotency key."""

    booking = DomainAttribute[Booking](Booking)


class LimitItem(Item, discriminator="limit"):
    """A channel's reservations of one local day: key → moment."""

    reservations = DomainAttribute[dict[str, datetime]](dict[str, datetime])
    version = NumberAttribute()


class AccountItem(Item, discriminator="account"):
    """When a channel's account was first used: its warm-up level follows from its age."""

    since = UnicodeAttribute()


class RateItem(Item, discriminator="rate"):
    """An outside API's shared rate: the moments of the last minute's calls."""

    calls = DomainAttribute[tuple[float, ...]](tuple[float, ...])
    version = NumberAttribute()


class EventItem(Item, discriminator="event"):
    outbox = DomainAttribute[tuple[tuple[str, str], ...]](tuple[tuple[str, str], ...])


def bind(table_name: str) -> None:
    """Points all items at the table. One table per process; AWS_ENDPOINT_URL is honoured by botocore."""
    kinds: list[type[Item]] = [Item, *Item.__subclasses__()]
    for kind in kinds:
        if kind.Meta.table_name != table_name or kind._connection is None:
            kind.Meta.table_name = table_name
        kind._connection = None
