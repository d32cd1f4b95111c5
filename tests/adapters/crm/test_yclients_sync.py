"""The simulated salon's whole book comes in over HTTP, and its webhooks are followed up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import pytest
from comeback.clients.catalogue import CatalogueSync
from comeback.clients.crm_events import CrmChanged
from comeback.clients.crm_notice import Notice
from comeback.clients.crm_records import RecordFollower
from comeback.clients.directory import Directory
from comeback.clients.model import Client, Visit, VisitStatus
from comeback.clients.sync import CrmSync
from comeback.companies.model import Company
from comeback.crm.yclients import Yclients
from comeback.errors import Unavailable
from comeback.ports import Catalogue, ClientFile, Effects
from comeback.reactivation.model import DueService

from tests.adapters.conftest import NOW, Receiver
from tests.adapters.world.yclients_salon import ANNA, YclientsSalon
from tests.fakes.clock import FixedClock
from tests.fakes.queues import FakeEvents, FakeOrchestrator, FakeQueue
from tests.fakes.store import FakeStore

from .conftest import COMPANY, Shop


class NothingDue:
    """The VisitFollowUp port."""

    def due(
        self, company: Company, catalogue: Catalogue, client: Client, visits: Sequence[Visit]
    ) -> tuple[DueService, ...]:
        return ()

    def landed(self, company: Company, file: ClientFile, visit: Visit) -> Effects:
        return Effects()


@dataclass
class OneCrm:
    """The Crms port."""

    book: Yclients

    def crm(self, company: Company) -> Yclients:
        return self.book


class Ours:
    def __init__(self, shop: Shop) -> None:
        crms, clock, follow_up = OneCrm(shop.crm), FixedClock(NOW), NothingDue()
        self.store = FakeStore()
        self.store.save_company(COMPANY)
        self.directory = Directory(self.store, clock)
        self.records = RecordFollower(
            self.store, crms, self.directory, follow_up, FakeQueue(), FakeOrchestrator(), clock
        )
        catalogue = CatalogueSync(self.store, crms)
        self.changed = CrmChanged(self.store, crms, self.directory, self.records, catalogue)
        self.sync = CrmSync(
            self.store,
            crms,
            self.directory,
            self.records,
            catalogue,
            follow_up,
            FakeEvents(),
            clock,
            lambda: 100.0,
        )

    def visits(self, client_id: str) -> list[tuple[str, VisitStatus]]:
        file = self.store.client("salon", client_id)
        return [(v.visit_id, v.status) for v in file.visits]

    def hear(self, receiver: Receiver, count: int) -> None:
        for post in receiver.wait(count):
            detail = msgspec.json.decode(post.body, type=Notice, strict=False).detail
            assert detail is not None
            self.changed.handle("salon", detail)


@pytest.fixture
def ours(shop: Shop) -> Ours:
    return Ours(shop)


def test_the_whole_book_comes_in(shop: Shop, ours: Ours) -> None:
    assert ours.sync.run("salon", "full")
    assert set(ours.store.clients("salon")) == {"yc101", "yc102", "yc103"}
    assert ours.visits("yc101") == [
        ("1001", VisitStatus.COMPLETED),
        ("1002", VisitStatus.BOOKED),
    ]
    assert len(ours.store.catalogue("salon").services) == 3


@pytest.mark.parametrize("target", ["*services", "*staff", "*clients*", "records"])
def test_broken_anywhere_it_is_finished_by_the_next_run(
    shop: Shop, ours: Ours, target: str
) -> None:
    shop.fault(target, "error", status=503)
    with pytest.raises(Unavailable):
        ours.sync.run("salon", "full")
    assert ours.sync.run("salon", "full")
    assert len(ours.visits("yc101")) == 2


def test_webhooks_are_followed_up_in_any_order_and_number(
    shop: Shop, ours: Ours, receiver: Receiver
) -> None:
    YclientsSalon.open(shop.salon.server, receiver)
    ours.sync.run("salon", "full")
    state = shop.salon.server.world.yclients
    state.book_busy(77, ANNA, NOW + timedelta(days=2))
    record = state.walk_in(77, 102, 1, ANNA, NOW + timedelta(days=3))
    shop.crm.cancel("1002")
    posts = receiver.wait(3)
    posts.extend(posts[::-1])
    ours.hear(receiver, len(posts))
    assert ours.visits("yc101")[1] == ("1002", VisitStatus.CANCELLED)
    assert (str(record.record_id), VisitStatus.BOOKED) in ours.visits("yc102")


def test_delta_reads_what_changed_since(shop: Shop, ours: Ours) -> None:
    ours.sync.run("salon", "full")
    shop.crm.cancel("1002")
    shop.calls()
    assert ours.sync.run("salon", "delta")
    assert ours.visits("yc101")[1] == ("1002", VisitStatus.CANCELLED)
    assert shop.calls().count("record") == 1
