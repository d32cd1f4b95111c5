"""YCLIENTS is down: whoever calls learns it at once, and it is left in peace until one call probes; over real HTTP."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from comeback.crm.breaker import FAILURES, FIRST_PAUSE
from comeback.crm.yclients import Yclients
from comeback.crm.yclients_http import Tokens, YclientsHttp
from comeback.errors import NotFound, RateLimited, Refused, Unavailable, UnknownOutcome

from tests.adapters.conftest import NOW
from tests.adapters.crm.test_yclients_booking import REQUEST
from tests.adapters.world.yclients_salon import ANNA, HAIRCUT
from tests.fakes.limits import FakeLimits

from .conftest import COMPANY, READ_SECONDS, Shop

pytestmark = pytest.mark.fault(
    "A company's CRM is down for hours", "Asked by one probe a pause; others fail at once"
)
MANY = 1_000
Open = Callable[[str], Yclients]


@pytest.fixture
def times() -> list[datetime]:
    return [datetime(2026, 3, 2, 9, tzinfo=UTC)]


@pytest.fixture
def function(shop: Shop, http: httpx.Client, times: list[datetime]) -> Open:
    """Another function's door each time: they share the table alone."""
    limits = FakeLimits()

    def opened(company: str = "salon") -> Yclients:
        door = YclientsHttp(
            Tokens("partner", "owner-of-77"),
            limits,
            f"{shop.salon.server.url}/yclients",
            http,
            wall_clock=lambda: times[-1],
            circuit=company,
        )
        return Yclients(door, COMPANY)

    return opened


def broken(function: Open, company: str = "salon") -> None:
    for _ in range(FAILURES):
        with pytest.raises(Unavailable):
            function(company).services()


@pytest.mark.parametrize(
    "trouble", [{"kind": "error", "status": 503}, {"kind": "timeout", "seconds": 3 * READ_SECONDS}]
)
def test_after_failures_in_a_row_nobody_asks(
    shop: Shop, function: Open, trouble: dict[str, object]
) -> None:
    shop.salon.server.control.post(
        "/world/faults", json={"target": "yclients.*", "times": MANY, **trouble}
    ).raise_for_status()
    broken(function)
    shop.calls()
    for _ in range(20):
        with pytest.raises(Unavailable) as refused:
            function("salon").services()
        assert refused.value.retry_after == FIRST_PAUSE
    assert shop.calls() == []
    with pytest.raises(Unavailable):
        function("another").services()
    assert len(shop.calls()) == 1


def test_a_probe_that_fails_doubles_the_pause_and_one_that_is_answered_ends_it(
    shop: Shop, function: Open, times: list[datetime]
) -> None:
    shop.fault("*", "error", status=502, times=FAILURES + 1)
    broken(function)
    times.append(times[-1] + timedelta(seconds=FIRST_PAUSE))
    with pytest.raises(Unavailable) as probed:
        function("salon").services()
    assert probed.value.retry_after is None
    with pytest.raises(Unavailable) as refused:
        function("salon").services()
    assert refused.value.retry_after == 2 * FIRST_PAUSE
    times.append(times[-1] + timedelta(seconds=2 * FIRST_PAUSE))
    for _ in range(3):
        assert function("salon").services()


def test_a_refusal_is_an_answer(shop: Shop, function: Open) -> None:
    for status, error in ((401, Refused), (404, NotFound), (429, RateLimited)):
        for _ in range(FAILURES):
            shop.fault("services", "error", status=status, body={})
            with pytest.raises(error):
                function("salon").services()
    assert function("salon").services()


def test_a_booking_is_not_sent_to_a_book_that_is_down(shop: Shop, function: Open) -> None:
    """So that it is sure that nothing was booked: Unavailable, not UnknownOutcome."""
    shop.fault("*", "error", status=503, times=MANY)
    broken(function)
    with pytest.raises(Unavailable):
        function("salon").book(REQUEST)
    assert shop.records_at(REQUEST.slot.starts_at) == []


def test_a_lost_answer_to_a_booking_counts_and_stays_unknown(shop: Shop, function: Open) -> None:
    shop.fault("book_record", "error", status=502)
    shop.fault("records", "error", status=502, times=MANY)
    with pytest.raises(UnknownOutcome):
        function("salon").book(REQUEST)
    with pytest.raises(Unavailable):
        function("salon").records(1, None)
    with pytest.raises(Unavailable) as refused:
        function("salon").services()
    assert refused.value.retry_after == FIRST_PAUSE


def test_a_slow_book_is_not_searched_to_the_end_of_the_function(
    shop: Shop, http: httpx.Client
) -> None:
    """Each answer takes four seconds: three are waited for, of the seven that the search would need."""
    slow = answering_in(4.0, shop, http)
    shop.calls()
    assert slow.free_slots(str(HAIRCUT), [str(ANNA)], NOW, 7)
    assert shop.calls() == ["book_dates", "book_times", "book_times"]


def test_two_searches_take_no_longer_than_one(shop: Shop, http: httpx.Client) -> None:
    """The favourite's times first, then anybody's: the function has its thirty seconds once."""
    slow = answering_in(2.0, shop, http)
    assert slow.free_slots(str(HAIRCUT), [str(ANNA)], NOW, 1)
    shop.calls()
    assert slow.free_slots(str(HAIRCUT), [str(ANNA)], NOW, 7)
    assert shop.calls() == ["book_dates", "book_times", "book_times"]
    with pytest.raises(Unavailable):
        slow.free_slots(str(HAIRCUT), [str(ANNA)], NOW, 7)
    assert shop.calls() == []


def test_a_book_too_slow_to_tell_anything_is_asked_again_later(
    shop: Shop, http: httpx.Client
) -> None:
    slow = answering_in(11.0, shop, http)
    with pytest.raises(Unavailable):
        slow.free_slots(str(HAIRCUT), [str(ANNA)], NOW, 7)


def answering_in(seconds: float, shop: Shop, http: httpx.Client) -> Yclients:
    """A book that has ten seconds for all searches."""
    door = YclientsHttp(
        Tokens("partner", "owner-of-77"), FakeLimits(), f"{shop.salon.server.url}/yclients", http
    )
    return Yclients(door, COMPANY, 10.0, monotonic=itertools.count(0.0, seconds).__next__)
