"""The one table: its keys, its address, its paging, what it costs, and what it must never be asked."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode.cfn_yaml import load  # type: ignore[import-untyped]
from comeback.bookings.model import Service, Slot, Staff
from comeback.changes import Count, EventSeen, SaveClient, SaveDue, SaveJourney, SaveRule, SaveVisit
from comeback.clients.model import Client, Visit, VisitStatus
from comeback.companies.model import Company
from comeback.conversations.model import ChannelKind
from comeback.errors import InvalidInput, RateLimited
from comeback.reactivation.model import DueService, IntervalSource, Journey, ServiceRule, Stage
from comeback.storage import keys, table
from comeback.storage.items.base import Item
from comeback.storage.items.reactivation import DueItem
from comeback.storage.leases import DynamoLeases
from comeback.storage.limits import DynamoLimits
from comeback.storage.store import DynamoStore
from comeback.storage.table import Table, schema

from tests.storage.wire import Wire, left_over

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ON = date(2026, 3, 2)
ANNA = Client("salon", "anna", "Anna")
VISIT = Visit("v1", "haircut", "olga", NOW, VisitStatus.COMPLETED)
JOURNEY = Journey("salon", "anna", "haircut", "j1", ON, NOW)
DUE = DueService(
    "salon", "anna", "haircut", ON, ON, ON, 3, 0, False, IntervalSource.MANUAL, "x" * 2_000
)


def test_the_keys_are_those_of_the_template() -> None:
    template: Any = load(str(ROOT / "template.yaml"))
    properties = template["Resources"]["Table"]["Properties"]
    ours = schema("comeback")
    for name in ("AttributeDefinitions", "KeySchema"):
        assert properties[name] == ours[name]
    assert [
        {"IndexName": i["IndexName"], "KeySchema": i["KeySchema"]}
        for i in properties["GlobalSecondaryIndexes"]
    ] == ours["GlobalSecondaryIndexes"]
    assert properties["TimeToLiveSpecification"]["AttributeName"] == Item.expires_at.attr_name


def test_the_local_clouds_address_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    meta = Table("t").connection.client.meta
    assert (meta.endpoint_url, meta.region_name) == ("http://127.0.0.1:4566", "eu-central-1")


def test_time_outs_lie_below_every_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    config: Any = Table("t").connection.client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (1, 3)
    assert config.retries == {"total_max_attempts": 2, "mode": "standard"}


def test_long_answers_are_read_to_the_end(store: DynamoStore, wire: Wire) -> None:
    store.table.put_all(DueItem.of(replace(DUE, client_id=f"c{n}")) for n in range(600))
    wire.counted()
    assert len({due.client_id for due in store.due("salon", ON)}) == 600
    assert wire.counted()["Query"] > 1


def test_what_a_batch_leaves_over_is_asked_for_again(
    store: DynamoStore, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "PAUSES", (0.0, 0.0))
    services, at = [Service(f"s{n}", "Cut", 60, 1) for n in range(30)], keys.service("salon", "s1")
    wire.faults = [left_over, left_over]
    store.save_catalogue("salon", services, [])
    assert wire.counted() == {"BatchWriteItem": 4}
    assert len(store.catalogue("salon").services) == 30
    wire.faults = [left_over]
    assert set(store.table.get_all([at])) == {at}
    wire.faults = [left_over] * 3
    with pytest.raises(RateLimited):
        store.table.get_all([at])
    wire.faults = [left_over] * 3
    with pytest.raises(RateLimited):
        store.save_catalogue("salon", services[:1], [])


def test_more_keys_than_one_request_takes(store: DynamoStore, wire: Wire) -> None:
    services = [Service(f"s{n}", "Cut", 60, 1) for n in range(130)]
    store.save_catalogue("salon", services, [Staff("olga", "Olga")])
    wire.counted()
    wanted = [keys.service("salon", s.service_id) for s in services]
    assert len(store.table.get_all([*wanted, *wanted])) == 130
    assert wire.counted() == {"BatchGetItem": 2}
    assert store.table.get_all([]) == {}


def test_what_each_operation_costs_in_requests(
    store: DynamoStore, company: Company, wire: Wire
) -> None:
    """The README's and the bench's table of requests; a change here is a change of the bill."""
    leases, limits = DynamoLeases(store), DynamoLimits(store)
    slots = [Slot("haircut", "olga", NOW + timedelta(hours=n), 60) for n in (1, 3)]
    until, read, written, both = NOW + timedelta(days=1), "GetItem", "PutItem", "TransactWriteItems"
    chat = ChannelKind.TELEGRAM
    store.save_company(company)
    store.commit([SaveRule("salon", ServiceRule("haircut"))])
    store.commit([SaveClient(ANNA), SaveVisit("salon", "anna", VISIT), SaveDue(DUE)])
    wire.counted()
    costs: dict[str, dict[str, int]] = {}
    operations: dict[str, Callable[[], object]] = {
        "company": lambda: store.company("salon"),
        "catalogue": lambda: store.catalogue("salon"),
        "client": lambda: store.client("salon", "anna"),
        "one journey saved": lambda: store.commit([SaveJourney(JOURNEY)]),
        "an event's effects": lambda: store.commit(
            [
                EventSeen("salon", "e", NOW),
                SaveJourney(replace(JOURNEY, version=1)),
                Count("salon", ON, Stage.ANSWERED),
            ]
        ),
        "first reservation": lambda: limits.reserve_minute(company, chat, "a", NOW),
        "reservation": lambda: limits.reserve_minute(company, chat, "b", NOW),
        "remaining": lambda: limits.remaining_today(company, NOW),
        "lease": lambda: leases.lease("salon", slots, "j1", until, NOW),
        "lease again": lambda: leases.lease("salon", slots, "j1", until, NOW),
        "held": lambda: leases.held_by_others("salon", ["olga", "eva"], [ON], "j2", NOW),
        "release": lambda: leases.release("salon", slots, "j1"),
        "rate": lambda: limits.take("yclients", 5, 200, NOW),
    }
    for name, operation in operations.items():
        operation()
        costs[name] = wire.counted()
    assert costs == {
        "company": {read: 1},
        "catalogue": {"Query": 1},
        "client": {"Query": 1},
        "one journey saved": {written: 1},
        "an event's effects": {both: 1},
        "first reservation": {"BatchGetItem": 1, "Query": 1, both: 1},
        "reservation": {"BatchGetItem": 1, "Query": 1, written: 1},
        "remaining": {"BatchGetItem": 1, "Query": 1},
        "lease": {"BatchGetItem": 1, written: 1},
        "lease again": {"BatchGetItem": 1},
        "held": {"BatchGetItem": 1},
        "release": {"BatchGetItem": 1, written: 1},
        "rate": {read: 1, written: 1},
    }


@pytest.mark.parametrize("company_id", ["", "salon#CL#anna"])
def test_a_companys_id_can_not_reach_into_anothers_keys(
    store: DynamoStore, company: Company, company_id: str
) -> None:
    with pytest.raises(InvalidInput, match="company_id"):
        store.save_company(replace(company, company_id=company_id))
    assert store.companies() == []
