"""What all items of the table share, and the attribute types that they are made of.

Each theme's module maps its domain objects to attributes by name and back (`of`, and a method named after the object). Absent
attributes read as the domain's defaults, so a new optional field needs no migration.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

from pynamodb.attributes import (
    Attribute,
    DiscriminatorAttribute,
    MapAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.constants import LIST, NUMBER, STRING
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model

from comeback.bookings.model import Slot
from comeback.conversations.model import Address, ChannelKind
from comeback.storage.keys import Key

Option = TypeVar("Option", bound=StrEnum)


def sortable(moment: datetime) -> str:
    """A moment as a part of a key: as text it sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class Text(UnicodeAttribute):
    """A text that may be empty; empty is not stored."""

    null = True

    def __init__(self) -> None:
        super().__init__(default="")

    def serialize(self, value: str) -> str | None:
        return value or None


class Whole(Attribute[int]):
    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        return str(int(value))

    def deserialize(self, value: str) -> int:
        return int(value)


class Day(Attribute[date]):
    attr_type = STRING

    def serialize(self, value: date) -> str:
        return value.isoformat()

    def deserialize(self, value: str) -> date:
        return date.fromisoformat(value)


class WallTime(Attribute[time]):
    attr_type = STRING

    def serialize(self, value: time) -> str:
        return value.isoformat()

    def deserialize(self, value: str) -> time:
        return time.fromisoformat(value)


class Choice(Attribute[Option], Generic[Option]):
    """A member of an enum, by value."""

    attr_type = STRING

    def __init__(self, kind: type[Option], null: bool = False) -> None:
        super().__init__(null=null)
        self._kind = kind

    def serialize(self, value: Option) -> str:
        return value.value

    def deserialize(self, value: str) -> Option:
        return self._kind(value)


class Texts(Attribute[tuple[str, ...]]):
    """Texts in their order; none is not stored."""

    attr_type = LIST
    null = True

    def __init__(self) -> None:
        super().__init__(default=())

    def serialize(self, value: Iterable[str]) -> list[dict[str, str]] | None:
        return [{STRING: text} for text in value] or None

    def deserialize(self, value: list[dict[str, str]]) -> tuple[str, ...]:
        return tuple(text[STRING] for text in value)


class Wholes(Attribute[tuple[int, ...]]):
    """Integers in their order; none is not stored."""

    attr_type = LIST
    null = True

    def __init__(self) -> None:
        super().__init__(default=())

    def serialize(self, value: Iterable[int]) -> list[dict[str, str]] | None:
        return [{NUMBER: str(number)} for number in value] or None

    def deserialize(self, value: list[dict[str, str]]) -> tuple[int, ...]:
        return tuple(int(number[NUMBER]) for number in value)


class Item(Model):
    """The root of all items. `Table` does the reading and writing; these classes only map."""

    class Meta:
        table_name = "bound-by-Table"

    pk = UnicodeAttribute(attr_name="PK", hash_key=True)
    sk = UnicodeAttribute(attr_name="SK", range_key=True)
    kind = DiscriminatorAttribute()
    first_pk = UnicodeAttribute(attr_name="GSI1PK", null=True)
    first_sk = UnicodeAttribute(attr_name="GSI1SK", null=True)
    second_pk = UnicodeAttribute(attr_name="GSI2PK", null=True)
    second_sk = UnicodeAttribute(attr_name="GSI2SK", null=True)
    expires_at = Whole(null=True)
    """Unix seconds; DynamoDB deletes the item some time after."""
    written_by = UnicodeAttribute(null=True)
    """The write that made it so: tells our own, whose answer was lost, from another's."""

    personal: ClassVar[frozenset[str]] = frozenset()
    """Attributes that name a client, say where to reach them, or hold what was said: the vault keeps them, so neither a condition
    nor an update may name them."""

    @property
    def key(self) -> Key:
        return Key(self.pk, self.sk)


NEW: Condition = Item.pk.does_not_exist()
SEEN_ELSEWHERE = frozenset(Item.get_attributes())
"""Keys, and what follows from the other attributes."""


def as_read(item: Item) -> Condition:
    """Holds while every attribute stands as it was read. Not for what is sealed."""
    holds = Item.pk.exists()
    for name, attribute in item.get_attributes().items():
        if name not in SEEN_ELSEWHERE:
            value = getattr(item, name)
            told = value is not None and attribute.serialize(value) is not None
            holds &= (attribute == value) if told else attribute.does_not_exist()
    return holds


class Map(MapAttribute[str, Any]):
    """A group of attributes inside an item."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)  # type: ignore[no-untyped-call]  # PynamoDB's own has no types


class AddressMap(Map):
    channel = Choice(ChannelKind)
    value = UnicodeAttribute()

    @classmethod
    def of(cls, address: Address) -> "AddressMap":
        return cls(channel=address.channel, value=address.value)

    def address(self) -> Address:
        return Address(self.channel, self.value)


class SlotMap(Map):
    service_id = UnicodeAttribute()
    staff_id = UnicodeAttribute()
    starts_at = UTCDateTimeAttribute()
    minutes = Whole()

    @classmethod
    def of(cls, slot: Slot) -> "SlotMap":
        return cls(
            service_id=slot.service_id,
            staff_id=slot.staff_id,
            starts_at=slot.starts_at,
            minutes=slot.minutes,
        )

    def slot(self) -> Slot:
        return Slot(self.service_id, self.staff_id, self.starts_at, self.minutes)
