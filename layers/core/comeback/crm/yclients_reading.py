"""YCLIENTS' items as ours: ids as text, UTC, minor units."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

from comeback.bookings.model import Service
from comeback.clients import phones
from comeback.clients.identity import client_id
from comeback.clients.model import Client, Visit, VisitStatus
from comeback.clients.money import minor
from comeback.companies.model import Company, CrmKind
from comeback.crm.yclients_wire import ClientItem, RecordItem, ServiceItem
from comeback.errors import InvalidInput, Unavailable
from comeback.ports import CrmRecord

SOURCE = "crm"
DEFAULT_MINUTES = 60
ATTENDANCE: Mapping[int, VisitStatus] = {
    -1: VisitStatus.NO_SHOW,
    0: VisitStatus.BOOKED,
    1: VisitStatus.COMPLETED,
    2: VisitStatus.BOOKED,
}
"""2 is «confirmed»: still to come. (The filters of clients/search number these differently.)"""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@contextmanager
def readable() -> Iterator[None]:
    """Around what reads an item: dates that are none, and amounts that nothing costs, as Unavailable."""
    try:
        yield
    except (ValueError, OverflowError, InvalidInput) as error:
        raise Unavailable(f"YCLIENTS' answer can not be read: {type(error).__name__}") from error


@readable()
def moment(text: str, company: Company) -> datetime:
    """UTC. Offsets come as +03:00, +0300 or not at all (then it is the company's wall clock)."""
    read = datetime.fromisoformat(text)
    return (read if read.tzinfo else read.replace(tzinfo=company.zone)).astimezone(UTC)


@readable()
def day(text: str) -> date:
    return date.fromisoformat(text)


@readable()
def service(item: ServiceItem, company: Company) -> Service:
    """Length: the service's own, else the longest of those who do it."""
    seconds = item.duration or max((s.seance_length for s in item.staff), default=0)
    return Service(
        service_id=str(item.id),
        title=item.title,
        minutes=seconds // 60 or DEFAULT_MINUTES,
        price_minor=minor(Decimal(str(item.price_min)), company.currency),
        active=bool(item.active),
    )


@readable()
def client(item: ClientItem, company: Company) -> Client:
    phone = phones.e164(item.phone, company)
    return Client(
        company_id=company.company_id,
        client_id=client_id(CrmKind.YCLIENTS, str(item.id)),
        name=item.name,
        phone=phone,
        addresses=phones.whatsapp(phone),
        crm_id=str(item.id),
    )


@readable()
def record(item: RecordItem, company: Company) -> CrmRecord | None:
    """None for what is no client's visit: a block in the diary, or an appointment without services."""
    if item.person is None or not item.services:
        return None
    visits = tuple(_visits(item, company))
    return CrmRecord(
        client_id=str(item.person.id),
        client_name=item.person.name,
        phone=phones.e164(item.person.phone, company),
        visit=visits[0],
        changed_at=moment(item.last_change_date, company) if item.last_change_date else LONG_AGO,
        others=visits[1:],
    )


def _visits(item: RecordItem, company: Company) -> list[Visit]:
    """One per service; the first has the record's own id, by which bookings are known."""
    status = (
        VisitStatus.CANCELLED
        if item.deleted
        else ATTENDANCE.get(item.attendance, VisitStatus.BOOKED)
    )
    return [
        Visit(
            visit_id=f"{item.id}.{n}" if n else str(item.id),
            service_id=str(done.id),
            staff_id=str(item.staff_id),
            starts_at=moment(item.datetime, company),
            status=status,
            amount_minor=minor(Decimal(str(done.cost)), company.currency),
            source=SOURCE,
        )
        for n, done in enumerate(item.services)
    ]
