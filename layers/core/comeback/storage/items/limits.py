"""What has been reserved of sending limits and of outside APIs' rates."""

from datetime import date, datetime, timedelta

from pynamodb.attributes import (
    ListAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.expressions.update import Action

from comeback.conversations.model import ChannelKind
from comeback.storage import keys
from comeback.storage.items.base import Choice, Item, Map, Whole, Wholes

KEPT = timedelta(days=7)
RATE_KEPT = timedelta(minutes=10)


class ReservationMap(Map):
    channel = Choice(ChannelKind)
    reserved_by = UnicodeAttribute()
    at = UTCDateTimeAttribute()


class SendingDayItem(Item, discriminator="sending_day"):
    """All channels' reservations of one local day of a company: the owner's daily limit is over them together."""

    reservations = ListAttribute(of=ReservationMap, default=list)
    version = Whole()

    @classmethod
    def of(
        cls,
        company_id: str,
        on: date,
        reservations: list[ReservationMap],
        version: int,
        now: datetime,
    ) -> "SendingDayItem":
        return cls(
            *keys.sending_day(company_id, on),
            reservations=reservations,
            version=version,
            expires_at=int((now + KEPT).timestamp()),
        )


class AccountsItem(Item, discriminator="accounts"):
    """When each messenger's account was first used: its warm-up level follows from its age."""

    telegram = UTCDateTimeAttribute(null=True)
    whatsapp = UTCDateTimeAttribute(null=True)
    instagram = UTCDateTimeAttribute(null=True)
    max = UTCDateTimeAttribute(null=True)
    voice = UTCDateTimeAttribute(null=True)

    def since(self, channel: ChannelKind) -> datetime | None:
        moment: datetime | None = getattr(self, channel.value)
        return moment

    @classmethod
    def beginning(cls, channel: ChannelKind, now: datetime) -> list[Action]:
        """Of several beginnings the first stands."""
        account = cls.get_attributes()[channel.value]
        return [account.set(account | now), cls.kind.set(cls)]


class RateItem(Item, discriminator="rate"):
    """The last minute's calls of an outside API, in Unix milliseconds, oldest first."""

    calls = Wholes()
    version = Whole()

    @classmethod
    def of(cls, bucket: str, calls: tuple[int, ...], version: int, now: datetime) -> "RateItem":
        expires_at = int((now + RATE_KEPT).timestamp())
        return cls(*keys.rate(bucket), calls=calls, version=version, expires_at=expires_at)
