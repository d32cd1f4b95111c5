"""What YCLIENTS tells, as ours; over real HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
from comeback.clients.model import VisitStatus
from comeback.errors import RateLimited, Refused, Unavailable

from tests.adapters.conftest import NOW
from tests.adapters.world.yclients_salon import ANNA, HAIRCUT, IRINA, MANICURE, OLGA

from .conftest import COMPANY, Shop

TUESDAY = datetime(2026, 3, 3, tzinfo=UTC)


def local(shop: Shop, service: int, *staff: int, days: int = 7) -> list[tuple[str, str]]:
    ids = [str(s) for s in staff]
    found = shop.crm.free_slots(str(service), ids, NOW, days)
    return [(s.staff_id, f"{COMPANY.local(s.starts_at):%d %H:%M}") for s in found]


def test_the_catalogue(shop: Shop) -> None:
    services = {s.service_id: s for s in shop.crm.services()}
    assert services["1"].title == "Стрижка"
    assert (services["1"].minutes, services["1"].price_minor) == (60, 200000)
    assert not services["3"].active
    staff = {s.staff_id: s for s in shop.crm.staff()}
    assert staff[str(ANNA)].service_ids == {"1", "2"}
    assert staff[str(OLGA)].service_ids == {"2"}


def test_clients_come_in_pages_with_numbers_made_e164(shop: Shop) -> None:
    page = shop.crm.clients(1)
    assert page.last
    irina = page.items[0]
    assert (irina.client_id, irina.crm_id, irina.phone) == ("yc101", "101", "+79162190033")
    assert irina.addresses[0].value == "79162190033"
    assert shop.crm.client(str(IRINA)) == irina
    assert shop.crm.client("999") is None


def test_pages_end_at_the_total(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comeback.crm.yclients.CLIENTS_PAGE", 2)
    pages = [shop.crm.clients(1), shop.crm.clients(2)]
    assert [p.last for p in pages] == [False, True]
    assert [c.crm_id for p in pages for c in p.items] == ["101", "102", "103"]


def test_records_with_their_states(shop: Shop) -> None:
    came, coming = shop.crm.records(1, None).items
    assert (came.visit.visit_id, came.status, came.visit.amount_minor) == (
        "1001",
        VisitStatus.COMPLETED,
        190000,
    )
    assert coming.status is VisitStatus.BOOKED
    assert coming.visit.starts_at == TUESDAY + timedelta(hours=8)
    assert (coming.client_id, coming.phone) == ("101", "+79162190033")


def test_deleted_records_are_told_as_cancelled(shop: Shop) -> None:
    shop.crm.cancel("1002")
    shop.crm.cancel("1002")
    record = shop.crm.record("1002")
    assert record is not None
    assert record.status is VisitStatus.CANCELLED
    (changed,) = shop.crm.records(1, NOW - timedelta(minutes=1)).items
    assert changed.visit.visit_id == "1002"
    assert shop.crm.record("9") is None


def test_free_slots_ask_only_for_bookable_days(shop: Shop) -> None:
    assert local(shop, HAIRCUT, ANNA, days=2) == [
        ("11", "02 12:00"),
        ("11", "02 12:30"),
        ("11", "02 13:00"),
        ("11", "03 10:00"),
        ("11", "03 12:00"),
        ("11", "03 12:30"),
        ("11", "03 13:00"),
    ]
    assert shop.calls() == ["book_dates", "book_times", "book_times"]


def test_staff_are_asked_about_in_order(shop: Shop) -> None:
    found = local(shop, MANICURE, OLGA, ANNA, days=3)
    assert [staff for staff, _ in found] == sorted((s for s, _ in found), reverse=True)
    assert shop.calls() == ["book_dates", "book_times", "book_dates", *["book_times"] * 3]


def test_anybody_means_those_who_do_it(shop: Shop) -> None:
    assert {staff for staff, _ in local(shop, HAIRCUT, days=2)} == {"11"}
    assert shop.calls()[0] == "book_staff"


def test_enough_is_enough(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comeback.crm.yclients.ENOUGH_SLOTS", 2)
    assert {staff for staff, _ in local(shop, MANICURE, OLGA, ANNA)} == {"12"}


def test_slots_are_as_long_as_the_master_takes(shop: Shop) -> None:
    (slot, *_) = shop.crm.free_slots(str(MANICURE), [str(ANNA)], NOW, 1)
    assert slot.minutes == 120


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "error", "status": 500}, Unavailable),
        ({"kind": "error", "status": 401}, Refused),
        ({"kind": "error", "status": 403}, Refused),
        ({"kind": "error", "status": 429}, RateLimited),
        ({"kind": "timeout", "seconds": 1.0}, Unavailable),
        ({"kind": "error", "status": 200, "body": {"success": True}}, Unavailable),
    ],
)
def test_what_failed_reads_tell(
    shop: Shop, fault: dict[str, object], error: type[Exception]
) -> None:
    shop.fault("records", **fault)  # type: ignore[arg-type]
    with pytest.raises(error):
        shop.crm.records(1, None)


def test_the_shared_limit_is_kept_and_nothing_is_refused(shop: Shop) -> None:
    shop.tuning.limits = True
    del shop.limits.take
    for _ in range(12):
        assert shop.crm.record("1001")
    assert shop.calls() == ["record"] * 12
    spans = [b - a for a, b in zip(shop.limits.calls, shop.limits.calls[5:], strict=False)]
    assert all(span >= 1.0 for span in spans)


def test_a_long_wait_is_handed_back(shop: Shop) -> None:
    shop.limits.take = lambda *_: 30.0  # type: ignore[method-assign]
    with pytest.raises(RateLimited) as raised:
        shop.crm.record("1001")
    assert raised.value.retry_after == 30.0
    assert not shop.calls()
