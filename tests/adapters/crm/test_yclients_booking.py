"""Booking in YCLIENTS: once, whatever becomes of the answers; over real HTTP."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from comeback.bookings.model import BookingRequest, Slot
from comeback.crm.yclients import api_id
from comeback.errors import (
    InvalidInput,
    NotFound,
    Refused,
    SlotTaken,
    Unavailable,
    UnknownOutcome,
)

from tests.adapters.world.yclients_salon import ANNA, GONE, HAIRCUT

from .conftest import Shop

NOON = datetime(2026, 3, 3, 9, tzinfo=UTC)
REQUEST = BookingRequest(
    "journey.1", Slot(str(HAIRCUT), str(ANNA), NOON, 60), "c1", "102", "Пётр", "+79162190034"
)


def at(hour: int, request: BookingRequest = REQUEST) -> BookingRequest:
    """On that Tuesday, UTC."""
    return replace(request, slot=replace(request.slot, starts_at=NOON.replace(hour=hour)))


def test_a_slot_is_checked_and_booked(shop: Shop) -> None:
    booking = shop.crm.book(REQUEST)
    assert shop.calls() == ["book_check", "book_record"]
    (record,) = shop.records_at(NOON)
    assert booking.booking_id == str(record.record_id)
    assert (record.client_id, record.api_id) == (102, api_id("journey.1"))
    followed = shop.crm.record(booking.booking_id)
    assert followed is not None
    assert followed.visit.visit_id == booking.booking_id


def test_the_same_key_books_once(shop: Shop) -> None:
    first = shop.crm.book(REQUEST)
    assert shop.crm.book(REQUEST) == first
    assert len(shop.records_at(NOON)) == 1


@pytest.mark.parametrize("shape", ["meta", "message", "errors"])
def test_busy_is_known_in_every_shape_it_is_told_in(shop: Shop, shape: str) -> None:
    shop.tuning.error_shape = shape
    with pytest.raises(SlotTaken):
        shop.crm.book(at(8))
    assert "book_record" not in shop.calls()


def test_taken_between_the_check_and_the_booking(shop: Shop) -> None:
    busy = {"success": False, "data": None, "meta": {"message": "Занято", "errors": {"code": 433}}}
    shop.fault("book_record", "error", status=422, body=busy)
    with pytest.raises(SlotTaken):
        shop.crm.book(REQUEST)


def test_an_answer_lost_after_the_booking_is_found_again(shop: Shop) -> None:
    shop.fault("book_record", "lost_response", seconds=1.0)
    booking = shop.crm.book(REQUEST)
    (record,) = shop.records_at(NOON)
    assert booking.booking_id == str(record.record_id)


def test_a_500_after_the_booking_is_looked_into(shop: Shop) -> None:
    shop.fault("book_record", "error", status=502)
    with pytest.raises(UnknownOutcome):
        shop.crm.book(REQUEST)
    assert shop.calls() == ["book_check", "book_record", "records"]


def test_nothing_heard_and_nothing_found_is_unknown_and_may_be_asked_again(shop: Shop) -> None:
    shop.fault("book_record", "timeout", seconds=1.0)
    with pytest.raises(UnknownOutcome):
        shop.crm.book(REQUEST)
    shop.crm.book(REQUEST)
    assert len(shop.records_at(NOON)) == 1


def test_when_even_the_look_fails_it_is_unknown_and_the_next_try_finds_it(shop: Shop) -> None:
    shop.fault("book_record", "lost_response", seconds=1.0)
    shop.fault("records", "error", status=500)
    with pytest.raises(UnknownOutcome):
        shop.crm.book(REQUEST)
    booking = shop.crm.book(REQUEST)
    (record,) = shop.records_at(NOON)
    assert booking.booking_id == str(record.record_id)


def test_a_clone_that_forgets_the_key_is_matched_by_client_and_time(shop: Shop) -> None:
    shop.crm.book(REQUEST)
    shop.records_at(NOON)[0].api_id = "0"
    shop.crm.book(REQUEST)
    assert len(shop.records_at(NOON)) == 1


def test_a_lost_check_changed_nothing(shop: Shop) -> None:
    shop.fault("book_check", "timeout", seconds=1.0)
    with pytest.raises(Unavailable):
        shop.crm.book(REQUEST)
    assert not shop.records_at(NOON)


@pytest.mark.parametrize(
    ("request_", "error", "field"),
    [
        (replace(REQUEST, phone="+7"), InvalidInput, "phone"),
        (replace(REQUEST, client_name=" "), InvalidInput, "fullname"),
        (replace(REQUEST, phone="+79162190035"), Refused, ""),
        (replace(REQUEST, slot=replace(REQUEST.slot, service_id=str(GONE))), NotFound, ""),
        (replace(REQUEST, slot=replace(REQUEST.slot, staff_id="99")), SlotTaken, ""),
    ],
)
def test_refusals(shop: Shop, request_: BookingRequest, error: type[Exception], field: str) -> None:
    with pytest.raises(error) as raised:
        shop.crm.book(request_)
    assert getattr(raised.value, "field", "") == field
    assert not shop.records_at(NOON)
