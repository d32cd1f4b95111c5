"""The table tells what each request cost, and keeps a day's counters."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from comeback.bookings.model import Service
from comeback.changes import Count, EventSeen, SaveClient
from comeback.clients.model import Client
from comeback.companies.model import Company
from comeback.errors import AlreadyDone, Unavailable
from comeback.ports import Store, Usage
from comeback.reactivation.model import Stage
from comeback.storage.keyed_vault import KeyedVault
from comeback.storage.store import DynamoStore
from comeback.storage.units import units

from tests.fakes.store import FakeStore
from tests.storage.wire import Wire, unreachable

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ON = date(2026, 3, 2)


class Used(dict[str, float]):
    def note(self, name: str, n: float) -> None:
        self[name] = self.get(name, 0) + n

    def since(self) -> dict[str, float]:
        """Used since the last look."""
        counted = dict(self)
        self.clear()
        return counted


@pytest.fixture
def used() -> Used:
    return Used()


@pytest.fixture
def store(table: str, vault: KeyedVault, used: Used) -> DynamoStore:
    return DynamoStore(table, vault, used.note)


@pytest.fixture(params=["fake", "real"])
def both(request: pytest.FixtureRequest) -> Store:
    return FakeStore() if request.param == "fake" else request.getfixturevalue("store")


def test_the_units_of_a_request_are_those_that_dynamodb_tells(
    store: DynamoStore, company: Company, used: Used
) -> None:
    store.commit([SaveClient(Client("salon", "anna", "Anna"))])
    assert used.since() == {"write_units": 1.0}
    store.save_company(company)
    used.clear()
    store.company("salon")
    assert used.since() == {"read_units": 0.5}, (
        "moto, unlike AWS, does not ask whether it is consistent"
    )
    store.save_catalogue("salon", [Service("cut", "Haircut", 60, 1)], [])
    store.catalogue("salon")
    assert used.since() == {"write_units": 1.0, "read_units": 1.0}


def test_a_metered_transactions_units_arrive_in_the_days_item(
    store: DynamoStore, used: Used
) -> None:
    """moto tells nothing of a transaction, so it counts as two."""
    store.commit([EventSeen("salon", "e", NOW), Count("salon", ON, Stage.ANSWERED)])
    store.add_usage("salon", ON, used.since())
    assert store.usage("salon", ON, ON) == [Usage(ON, write_units=2.0)]


def test_a_refused_write_is_billed_too(store: DynamoStore, used: Used) -> None:
    store.commit([EventSeen("salon", "e", NOW)])
    used.clear()
    with pytest.raises(AlreadyDone):
        store.commit([EventSeen("salon", "e", NOW)])
    assert used["write_units"] == 1.0


def test_what_never_arrived_costs_nothing(store: DynamoStore, used: Used, wire: Wire) -> None:
    wire.faults = [unreachable]
    with pytest.raises(Unavailable):
        store.company("salon")
    assert used == {}


@pytest.mark.parametrize(
    ("operation", "told", "expected"),
    [
        ("TransactWriteItems", [{"TableName": "t", "CapacityUnits": 14.0}], 14.0),
        ("BatchGetItem", [{"CapacityUnits": 2.5}, {"CapacityUnits": 1.0}], 3.5),
        ("Query", {"TableName": "t", "CapacityUnits": 0.5}, 0.5),
        ("GetItem", None, 1.0),
        ("TransactWriteItems", [], 2.0),
    ],
)
def test_capacity_of_one_table_of_several_or_untold(
    operation: str, told: Any, expected: float
) -> None:
    assert units(operation, told) == expected


def test_usage_adds_up_by_day_and_company(both: Store) -> None:
    both.add_usage("salon", ON, {"write_units": 0.1, "function_ms": 20, "tokens_in": 500})
    both.add_usage("salon", ON, {"write_units": 0.2, "queue_requests": 0.4, "tokens_in": 0})
    both.add_usage("salon", ON + timedelta(days=1), {"read_units": 7.5})
    both.add_usage("other", ON, {"function_calls": 1.0})
    first, second = both.usage("salon", ON, ON + timedelta(days=1))
    assert first.write_units == pytest.approx(0.3)
    assert (first.queue_requests, first.function_ms, first.tokens_in) == (0.4, 20, 500)
    assert second == Usage(ON + timedelta(days=1), read_units=7.5)
    assert both.usage("salon", ON + timedelta(days=2), ON + timedelta(days=9)) == []


def test_usage_is_one_plain_update(store: DynamoStore, used: Used, wire: Wire) -> None:
    store.add_usage("salon", ON, {"tokens_in": 3})
    assert wire.counted() == {"UpdateItem": 1}
    assert set(used) == {"write_units"}


def test_a_name_that_usage_does_not_have_is_refused(store: DynamoStore) -> None:
    with pytest.raises(LookupError):
        store.add_usage("salon", ON, {"coffee": 1})
