from dataclasses import replace
from datetime import date, timedelta

from comeback.reactivation.model import DueService, IntervalSource
from comeback.reactivation.offers import discount_percent
from comeback.reactivation.priority import in_order, most_overdue_per_client, priority
from hypothesis import given
from hypothesis import strategies as st

ON = date(2026, 3, 2)


def due(client: str = "anna", service: str = "haircut", **changes: object) -> DueService:
    entry = DueService(
        company_id="salon",
        client_id=client,
        service_id=service,
        due_on=ON,
        next_on=ON,
        last_visit_on=ON - timedelta(days=40),
        visits=5,
        spend_minor=1_000_000,
        vip=False,
        source=IntervalSource.DEFAULT,
        reason="",
    )
    return replace(entry, **changes)  # type: ignore[arg-type]


def test_the_specifications_formula() -> None:
    # 0.4 × Regular 3 + 0.3 × 10,000/1000 + 0.2 × 5×2 + 0.1 × 40/10
    assert priority(due(), ON) == 1.2 + 3.0 + 2.0 + 0.4


def test_vip_then_regular_then_new() -> None:
    new = due("new", visits=1, spend_minor=9_999_999_00)
    order = in_order([new, due("regular"), due("vip", vip=True, spend_minor=0)], ON)
    assert [d.client_id for d in order] == ["vip", "regular", "new"]


def test_one_journey_per_client_the_most_overdue_service() -> None:
    older = due(service="manicure", due_on=ON - timedelta(days=9))
    assert most_overdue_per_client([due(), older, due("boris")]) == [older, due("boris")]


@given(st.lists(st.integers(0, 100), max_size=4), st.integers(1, 9), st.integers(0, 100))
def test_a_discount_never_passes_the_owners_cap(
    progression: list[int], attempt: int, cap: int
) -> None:
    assert 0 <= discount_percent(progression, attempt, cap) <= cap


def test_a_discount_grows_with_the_attempt() -> None:
    assert [discount_percent((10, 15, 20), n, 18) for n in (1, 2, 3, 4)] == [10, 15, 18, 18]
