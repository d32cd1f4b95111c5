"""YCLIENTS' answers, as much of them as we read (official blueprint, API 2.0).

Decoded leniently: older endpoints send numbers as strings and flags as 0 and 1.
"""

from typing import Generic, TypeVar

import msgspec

Data = TypeVar("Data")


class Envelope(msgspec.Struct, Generic[Data]):
    data: Data
    meta: msgspec.Raw = msgspec.Raw(b"{}")
    success: bool = True


class Total(msgspec.Struct):
    total_count: int | None = None


class ServiceStaff(msgspec.Struct):
    id: int
    seance_length: int = 0
    """Seconds."""


class ServiceItem(msgspec.Struct):
    id: int
    title: str
    price_min: float = 0.0
    active: int = 1
    duration: int | None = None
    """Seconds; newer accounts only."""
    staff: list[ServiceStaff] = []


class StaffItem(msgspec.Struct):
    id: int
    name: str
    fired: int = 0
    bookable: bool = True
    """In book_staff only."""


class ClientItem(msgspec.Struct):
    id: int
    name: str = ""
    phone: str = ""


class RecordService(msgspec.Struct):
    id: int
    title: str = ""
    cost: float = 0.0


class RecordItem(msgspec.Struct):
    id: int
    staff_id: int
    datetime: str
    services: list[RecordService] = []
    client: ClientItem | list[None] | None = None
    """An empty client comes as null or as an empty list."""
    attendance: int = 0
    """-1 no-show, 0 waiting, 1 came, 2 confirmed."""
    deleted: bool = False
    api_id: str | int | None = None
    seance_length: int = 3600
    """Seconds."""
    last_change_date: str = ""

    @property
    def person(self) -> ClientItem | None:
        return self.client if isinstance(self.client, ClientItem) and self.client.id else None


class BookDates(msgspec.Struct):
    booking_dates: list[str] = []


class BookTime(msgspec.Struct):
    datetime: str
    seance_length: int
    """Seconds."""


class Booked(msgspec.Struct):
    record_id: int
    record_hash: str = ""
