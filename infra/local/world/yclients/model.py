"""A salon as YCLIENTS keeps it. Moments are aware UTC inside; money is whole currency units (roubles), as on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

ABSENT, WAITING, CAME, CONFIRMED = -1, 0, 1, 2
"""Values of a record's `attendance`."""
HOUR = 3600


@dataclass
class Service:
    """`length` in seconds; a member of staff may have their own (`Staff.lengths`)."""

    service_id: int
    title: str
    length: int = HOUR
    price_min: int = 0
    price_max: int = 0
    category_id: int = 0
    category: str = ""
    active: bool = True
    comment: str = ""
    api_id: str = ""


@dataclass
class Staff:
    """`weekly` by weekday (Monday=0). `rota` (on, off, since, hours) goes before it: so many days on, so many off."""

    staff_id: int
    name: str
    specialization: str = ""
    lengths: dict[int, int | None] = field(default_factory=dict)
    """Services they do → own length in seconds, None for the service's."""
    weekly: Mapping[int, tuple[time, time]] = field(default_factory=dict)
    rota: tuple[int, int, date, tuple[time, time]] | None = None
    days_off: frozenset[date] = frozenset()
    step: int = 1800
    """Seconds between the times on offer."""
    fired: bool = False
    hidden: bool = False
    api_id: str | None = None

    def hours_on(self, day: date) -> tuple[time, time] | None:
        if day in self.days_off or self.fired:
            return None
        if self.rota is None:
            return self.weekly.get(day.weekday())
        on, off, since, hours = self.rota
        return hours if (day - since).days % (on + off) < on else None


@dataclass
class Client:
    client_id: int
    name: str
    phone: str
    """E.164 with its plus; may be empty, as in real bases."""
    email: str = ""
    discount: int = 0
    importance_id: int = 0
    sex_id: int = 0
    birth_date: str = ""
    comment: str = ""
    sms_not: int = 0
    blacklisted: bool = False
    changed_at: datetime | None = None
    deleted: bool = False


@dataclass
class Sold:
    """A service of a record with its price then."""

    service_id: int
    cost: int
    first_cost: int
    discount: int = 0


@dataclass
class Record:
    """`client_id` None and no services: time that the staff closed for themselves."""

    record_id: int
    staff_id: int
    client_id: int | None
    services: list[Sold]
    starts_at: datetime
    seance_length: int
    """Seconds."""
    created_at: datetime
    changed_at: datetime
    record_hash: str
    attendance: int = WAITING
    comment: str = ""
    api_id: str = ""
    online: bool = False
    deleted: bool = False

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(seconds=self.seance_length)


@dataclass
class User:
    """Who may log in with POST /auth."""

    user_id: int
    login: str
    password: str = field(repr=False)
    token: str = field(repr=False)
    name: str = "Администратор"


def digits_of(phone: str) -> str:
    """Digits only; a Russian number that begins with 8 as one with 7."""
    digits = "".join(c for c in phone if c.isdigit())
    return "7" + digits[1:] if len(digits) == 11 and digits.startswith("8") else digits
