"""Services, staff, slots and bookings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from comeback.companies.model import Hours


@dataclass(frozen=True)
class Service:
    """`price_minor` in the company's currency, minor units; the lowest price where there is a range."""

    service_id: str
    title: str
    minutes: int
    price_minor: int
    active: bool = True


@dataclass(frozen=True)
class Staff:
    staff_id: str
    name: str
    service_ids: frozenset[str] = frozenset()
    hours: Mapping[int, Hours] = field(default_factory=dict)
    """Working hours by weekday (Monday=0), company's zone; used by the built-in calendar."""


@dataclass(frozen=True)
class Slot:
    """A free time of one member of staff. `starts_at` in UTC."""

    service_id: str
    staff_id: str
    starts_at: datetime
    minutes: int

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    def overlaps(self, other: "Slot") -> bool:
        return (
            self.staff_id == other.staff_id
            and self.starts_at < other.ends_at
            and other.starts_at < self.ends_at
        )


@dataclass(frozen=True)
class Lease:
    """A slot held for one journey until `until` (promise 7)."""

    slot: Slot
    holder: str
    until: datetime


@dataclass(frozen=True)
class BookingRequest:
    """`key` is the idempotency key: the same key books once, whatever happened to the answer."""

    key: str
    slot: Slot
    client_id: str
    crm_client_id: str
    client_name: str
    phone: str
    comment: str = ""
    holder: str = ""
    """Whose lease may stand on the slot (the journey's id); anybody else's makes it taken."""


@dataclass(frozen=True)
class Booking:
    booking_id: str
    """The CRM's record id, or ours."""
    slot: Slot
    client_id: str
    key: str = ""
