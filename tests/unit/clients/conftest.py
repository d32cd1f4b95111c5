"""A salon with YCLIENTS on fakes: three clients, and their visits in the CRM."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from comeback.bookings.model import Service, Staff
from comeback.changes import SaveDue
from comeback.clients.catalogue import CatalogueSync
from comeback.clients.crm_events import CrmChanged
from comeback.clients.crm_records import RecordFollower
from comeback.clients.directory import Directory
from comeback.clients.model import Client, Visit, VisitStatus
from comeback.clients.sync import CrmSync
from comeback.companies.model import BusinessType, Company, CrmKind
from comeback.conversations.model import Address, ChannelKind
from comeback.ports import Catalogue, ClientFile, CrmRecord, Effects
from comeback.reactivation.model import DueService, IntervalSource

from tests.fakes.clock import FixedClock
from tests.fakes.crm import FakeCrm, FakeCrms
from tests.fakes.queues import FakeEvents, FakeOrchestrator, FakeQueue
from tests.fakes.store import FakeStore

COMPANY = Company(
    "salon",
    "Salon",
    "Europe/Moscow",
    BusinessType.BEAUTY,
    crm=CrmKind.YCLIENTS,
    crm_company_id="4564",
)
LONG_BEFORE = datetime(2026, 1, 10, 9, tzinfo=UTC)
DAYS = 28


def a_client(number: int) -> Client:
    phone = f"7916123450{number}"
    return Client(
        "salon",
        f"yc{number}",
        f"Client {number}",
        f"+{phone}",
        addresses=(Address(ChannelKind.WHATSAPP, phone),),
        crm_id=str(number),
    )


def a_record(
    number: int,
    client: int,
    starts_at: datetime = LONG_BEFORE,
    status: VisitStatus = VisitStatus.COMPLETED,
    changed_at: datetime = LONG_BEFORE,
    services: Sequence[str] = ("10",),
) -> CrmRecord:
    visits = tuple(
        Visit(f"{number}.{n}" if n else str(number), service, "7", starts_at, status, 150000, "crm")
        for n, service in enumerate(services)
    )
    who = a_client(client)
    return CrmRecord(str(client), who.name, who.phone, visits[0], changed_at, visits[1:])


class DueAfterDays:
    """The VisitFollowUp port: due so many days after the last completed visit of a service."""

    def __init__(self) -> None:
        self.effects = Effects()

    def due(
        self, company: Company, catalogue: Catalogue, client: Client, visits: Sequence[Visit]
    ) -> tuple[DueService, ...]:
        found = []
        for service_id in catalogue.services:
            days = [
                v.starts_at.date()
                for v in visits
                if v.service_id == service_id and v.status is VisitStatus.COMPLETED
            ]
            if days:
                found.append(_due(client, service_id, max(days), len(days)))
        return tuple(found)

    def landed(self, company: Company, file: ClientFile, visit: Visit) -> Effects:
        catalogue = Catalogue({"10": Service("10", "Haircut", 60, 150000)}, {}, {})
        due = self.due(company, catalogue, file.client, file.visits)
        changes = (*(SaveDue(d) for d in due), *self.effects.changes)
        return Effects(changes, self.effects.replies, self.effects.finished)


def _due(client: Client, service_id: str, last: date, visits: int) -> DueService:
    on = last + timedelta(days=DAYS)
    source = IntervalSource.DEFAULT
    return DueService(
        "salon", client.client_id, service_id, on, on, last, visits, 0, False, source, "test"
    )


@dataclass
class Salon:
    store: FakeStore = field(default_factory=FakeStore)
    crm: FakeCrm = field(default_factory=FakeCrm)
    outbound: FakeQueue = field(default_factory=FakeQueue)
    orchestrator: FakeOrchestrator = field(default_factory=FakeOrchestrator)
    events: FakeEvents = field(default_factory=FakeEvents)
    clock: FixedClock = field(default_factory=FixedClock)
    follow_up: DueAfterDays = field(default_factory=DueAfterDays)
    seconds_left: float = 100.0

    def __post_init__(self) -> None:
        crms = FakeCrms(self.crm)
        self.directory = Directory(self.store, self.clock)
        self.catalogue = CatalogueSync(self.store, crms)
        self.records = RecordFollower(
            self.store,
            crms,
            self.directory,
            self.follow_up,
            self.outbound,
            self.orchestrator,
            self.clock,
        )
        self.changed = CrmChanged(self.store, crms, self.directory, self.records, self.catalogue)
        self.sync = CrmSync(
            self.store,
            crms,
            self.directory,
            self.records,
            self.catalogue,
            self.follow_up,
            self.events,
            self.clock,
            lambda: self.seconds_left,
        )

    def tell(self, resource: str, number: int, status: str = "update", **more: str) -> None:
        key = f"4564:{resource}:{number}:{status}:{self.clock.now().isoformat()}"
        detail = {"resource": resource, "id": str(number), "status": status, "key": key, **more}
        self.changed.handle("salon", detail)

    def file(self, number: int) -> ClientFile:
        return self.store.client("salon", f"yc{number}")


@pytest.fixture
def salon() -> Salon:
    found = Salon()
    found.store.save_company(COMPANY)
    found.crm.on_services = [Service("10", "Haircut", 60, 150000)]
    found.crm.on_staff = [Staff("7", "Olga", frozenset({"10"}))]
    found.crm.on_clients = [a_client(n) for n in (1, 2, 3)]
    for number, client in enumerate((1, 1, 2, 3, 2), start=100):
        visited = LONG_BEFORE + timedelta(days=number - 100)
        found.crm.on_records[str(number)] = a_record(number, client, visited, changed_at=visited)
    return found
