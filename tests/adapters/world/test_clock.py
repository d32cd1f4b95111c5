"""The world's clock goes forward only and fires what is due in order."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from world.clock import Backwards, WorldClock

from tests.adapters.conftest import NOW, WorldServer


def test_what_is_due_fires_in_time_order_also_when_added_on_the_way() -> None:
    clock = WorldClock(NOW)
    fired: list[tuple[str, timedelta]] = []

    def first() -> None:
        fired.append(("first", clock.now() - NOW))
        clock.at(NOW + timedelta(hours=2), lambda: fired.append(("added", clock.now() - NOW)))

    clock.at(NOW + timedelta(hours=3), lambda: fired.append(("last", clock.now() - NOW)))
    clock.at(NOW + timedelta(hours=1), first)
    clock.at(NOW + timedelta(days=9), lambda: fired.append(("not yet", timedelta())))

    assert asyncio.run(clock.advance_to(NOW + timedelta(hours=3))) == 3

    hours = [(name, since / timedelta(hours=1)) for name, since in fired]
    assert hours == [("first", 1), ("added", 2), ("last", 3)]
    assert clock.now() == NOW + timedelta(hours=3)
    assert clock.next_due() == NOW + timedelta(days=9)


def test_equal_times_fire_in_the_order_asked_and_the_past_is_due_at_once() -> None:
    clock = WorldClock(NOW)
    fired: list[str] = []
    for name in "abc":
        clock.at(NOW - timedelta(hours=1), partial(fired.append, name))

    asyncio.run(clock.advance_to(NOW))

    assert fired == ["a", "b", "c"]
    assert clock.now() == NOW


def test_it_never_goes_back() -> None:
    with pytest.raises(Backwards):
        asyncio.run(WorldClock(NOW).advance_to(NOW - timedelta(seconds=1)))


def test_over_http(world: WorldServer) -> None:
    due = NOW + timedelta(minutes=5)
    world.world.clock.at(due, lambda: None)

    assert world.control.get("/world/clock").json() == {
        "now": NOW.isoformat(),
        "next": due.isoformat(),
    }
    moved = world.control.post("/world/clock", json={"now": "2026-03-02T13:00:00+03:00"})
    back = world.control.post("/world/clock", json={"now": NOW.isoformat()})
    nonsense = world.control.post("/world/clock", json={"now": "tomorrow"})

    assert moved.json() == {
        "now": "2026-03-02T10:00:00+00:00",
        "next": None,
        "fired": 1,
        "settled": True,
    }
    assert back.status_code == 409
    assert nonsense.status_code == 422
