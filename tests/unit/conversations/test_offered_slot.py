"""A slot that is offered is held against our own other clients, whoever keeps the book (promise 7)."""

from datetime import timedelta

import pytest
from comeback.bookings.model import Slot
from comeback.companies.model import CrmKind

from tests.crashes.world import CHAT, START, World

THEIRS = "another-journey"


@pytest.fixture
def world() -> World:
    world = World()
    world.open(crm=CrmKind.YCLIENTS, crm_company_id="1", owner=None)
    noon = START.replace(hour=12, minute=0)
    world.yclients.free = [
        Slot("cut", "olga", noon + timedelta(days=day, hours=hour), 60)
        for day in (2, 3)
        for hour in (0, 2)
    ]
    world.know("anna", CHAT)
    return world


@pytest.fixture
def offered(world: World) -> str:
    """The first button of a message whose leases have lapsed since."""
    (ref,) = world.campaign()
    message = world.sent(ref)
    world.clock.advance(hours=25)
    return message.content.buttons[0].button_id


def slot(world: World) -> Slot:
    (journey,) = world.store.client("salon", "anna").journeys
    return journey.attempt.slots[0]


@pytest.mark.fault(
    "an old button for a slot that is offered to somebody else", "taken; other times are offered"
)
def test_a_slot_that_is_offered_to_somebody_else_is_taken(world: World, offered: str) -> None:
    now = world.clock.now()
    assert world.book.lease("salon", [slot(world)], THEIRS, now + timedelta(days=1), now)
    world.hears(world.says(button=offered))
    assert world.yclients.booked == {}
    assert world.telegram.sent[-1].content.text.startswith("That time has just been taken.")


def test_what_nobody_else_was_offered_is_booked(world: World, offered: str) -> None:
    world.hears(world.says(button=offered))
    (booking,) = world.yclients.booked.values()
    assert booking.slot == slot(world)
    assert world.book.lease("salon", [booking.slot], THEIRS, START + timedelta(days=9), world.clock.now()) == ()  # fmt: skip
