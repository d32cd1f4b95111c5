"""The company: all that one salon keeps."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from world.yclients.book import RecordBook
from world.yclients.model import Client, Service, Staff, User, digits_of


@dataclass
class Company:
    company_id: int
    title: str
    zone: ZoneInfo
    partner_token: str = field(repr=False)
    users: list[User] = field(default_factory=list)
    services: dict[int, Service] = field(default_factory=dict)
    staff: dict[int, Staff] = field(default_factory=dict)
    clients: dict[int, Client] = field(default_factory=dict)
    records: RecordBook = field(default_factory=RecordBook)
    hooks: dict[str, object] = field(default_factory=dict)
    """As GET /hooks_settings answers it."""
    currency: str = "RUB"

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def by_phone(self, phone: str) -> Client | None:
        digits = digits_of(phone)
        return next(
            (
                c
                for c in self.clients.values()
                if not c.deleted and digits and digits_of(c.phone) == digits
            ),
            None,
        )
