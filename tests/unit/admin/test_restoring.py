"""What a restore gives back, and what it leaves as it is: the data then, what has happened to people since."""

import importlib
import pkgutil
from datetime import UTC, date, datetime
from typing import Any

import pytest
import restoring
from comeback.reactivation.model import ServiceRule
from comeback.storage import items
from comeback.storage.items.base import Item
from comeback.storage.items.reactivation import JourneyItem
from hypothesis import given
from hypothesis import strategies as st
from restoring import DATA, FACTS, PRESENT, Items, Raw, changes, merged, quiet

NOW = datetime(2026, 3, 9, 9, tzinfo=UTC)
ANNA, BORIS = "CO#salon#CL#anna", "CO#salon#CL#boris"
KEYS_TABLE = {"data_key", "secret"}
"""Kinds of the table of keys, which is never taken back: it is what erases a client in every copy."""


def item(pk: str, sk: str, kind: str, **more: Any) -> Raw:
    texts = {
        name: {"S": value} if isinstance(value, str) else value for name, value in more.items()
    }
    return {"PK": {"S": pk}, "SK": {"S": sk}, "kind": {"S": kind}, **texts}


def table(*of: Raw) -> Items:
    return {restoring.key(i): i for i in of}


def due(client: str, next_on: str) -> Raw:
    return item(client, "F#DUE#cut", "due", next_on=next_on, GSI1SK=next_on, service_id="cut")


def journey(client: str, state: str, version: int = 1) -> Raw:
    more = {"state": state, "GSI1PK": "w", "GSI1SK": "t", "version": {"N": str(version)}}
    return item(client, "F#JOURNEY#j1", "journey", **more)


def test_every_kind_of_item_is_one_or_the_other() -> None:
    """A new kind: does a restore take it back (DATA), or did it happen (FACTS)? Say so in infra/admin/restoring.py."""
    for module in pkgutil.iter_modules(items.__path__, f"{items.__name__}."):
        importlib.import_module(module.name)
    kinds = {c.kind.get_discriminator(c) for c in _below(Item)} - KEYS_TABLE
    assert kinds - (DATA | FACTS | PRESENT) == set()
    assert (DATA | FACTS | PRESENT) - kinds == set()


def _below(kind: type[Any]) -> set[type[Any]]:
    return {c for sub in kind.__subclasses__() for c in (sub, *_below(sub))}


def test_data_goes_back_and_what_came_since_goes() -> None:
    then = table(item(ANNA, "F#PROFILE", "client", name="Anna"))
    now = table(item(ANNA, "F#PROFILE", "client", name="wrong"), item(BORIS, "F#PROFILE", "client"))
    assert merged(then, now) == then


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_what_happened_stays(kind: str) -> None:
    then, now = item(ANNA, "F#X", kind, n="1"), item(ANNA, "F#X", kind, n="2")
    since = item(ANNA, "F#Y", kind)
    lost = item(ANNA, "F#Z", kind)
    assert merged(table(then, lost), table(now, since)) == table(now, since, lost)


def test_who_held_a_client_then_holds_nobody_now() -> None:
    assert merged(table(item(ANNA, "F#ACTIVE", "active")), {}) == {}


def test_who_talked_with_us_since_stays_a_client() -> None:
    boris = (
        item(BORIS, "F#PROFILE", "client"),
        item(BORIS, "F#CONV#telegram", "conversation"),
        item("CO#salon#ADDR#telegram#7", "-", "address", client_id="boris"),
    )
    imported = item("CO#salon#ADDR#telegram#8", "-", "address", client_id="carl")
    assert merged({}, table(*boris, imported)) == table(*boris)


def test_a_visit_that_we_booked_stays() -> None:
    ours = item(ANNA, "F#VISIT#1", "visit", source="comeback")
    theirs = item(ANNA, "F#VISIT#2", "visit", source="yclients")
    assert merged({}, table(ours, theirs)) == table(ours)


def test_who_was_written_to_since_rests_as_decided() -> None:
    then = table(due(ANNA, "2026-03-02"), due(BORIS, "2026-03-02"))
    now = table(due(ANNA, "2026-03-17"), due(BORIS, "2027-01-01"), journey(ANNA, "waiting"))
    result = merged(then, now)
    assert result[ANNA, "F#DUE#cut"] == due(ANNA, "2026-03-17")
    assert result[BORIS, "F#DUE#cut"] == due(BORIS, "2026-03-02")


def test_when_the_present_is_lost_nobody_is_written_to_for_the_retry_interval() -> None:
    rule = item("CO#salon", "CAT#RULE#cut", "rule", retry_interval_days={"N": "7"})
    then = table(
        due(ANNA, "2026-03-02"), journey(ANNA, "waiting"), item(ANNA, "F#ACTIVE", "active")
    )
    result = quiet({**then, **table(rule)}, lambda _company: date(2026, 3, 9), NOW)
    assert result[ANNA, "F#DUE#cut"] == due(ANNA, "2026-03-17")
    closed = result[ANNA, "F#JOURNEY#j1"]
    assert (closed["state"], closed["version"]) == ({"S": "finished"}, {"N": "2"})
    assert "GSI1PK" not in closed
    assert (ANNA, "F#ACTIVE") not in result
    assert quiet(then, lambda _company: date(2026, 3, 9), NOW)[ANNA, "F#DUE#cut"] == due(
        ANNA, "2026-03-24"
    )
    assert ServiceRule("cut").retry_interval_days == restoring.RETRY_DAYS


def test_a_closed_journey_can_be_read() -> None:
    closed = quiet(table(journey(ANNA, "waiting")), lambda _: date(2026, 3, 9), NOW)
    moment = closed[ANNA, "F#JOURNEY#j1"]["finished_at"]["S"]
    read = JourneyItem.finished_at.deserialize(moment)  # type: ignore[no-untyped-call]
    assert read == NOW


def test_who_was_erased_does_not_come_back() -> None:
    anna = (
        item(ANNA, "F#PROFILE", "client"),
        item("CO#salon#ADDR#telegram#7", "-", "address", client_id="anna"),
        item("CO#salon#CARD#7", "-", "card", client_id="anna"),
        item("CO#salon#PROVIDER#telegram#7", "-", "provider", client_id="anna"),
    )
    others = table(
        item(BORIS, "F#PROFILE", "client"),
        item("CO#other#CL#anna", "F#PROFILE", "client"),
        item("CO#salon#BOOKING#1", "-", "booking", client_id="anna"),
    )
    assert restoring.without({**table(*anna), **others}, {("salon", "anna")}) == others


KINDS = st.sampled_from(sorted(DATA | FACTS | PRESENT))


@st.composite
def some(draw: st.DrawFn) -> Items:
    made: list[Raw] = []
    for client in draw(st.lists(st.sampled_from([ANNA, BORIS]), max_size=6)):
        kind = draw(KINDS)
        days = st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(date.isoformat)
        more = {"next_on": draw(days), "n": draw(st.sampled_from("12"))}
        made.append(item(client, f"F#{kind}#{draw(st.sampled_from('ab'))}", kind, **more))
    return table(*made)


@given(some(), some())
def test_no_fact_is_lost_and_a_second_time_changes_nothing(then: Items, now: Items) -> None:
    result = merged(then, now)
    facts = {k: i for k, i in now.items() if restoring.kind(i) in FACTS | PRESENT}
    assert facts.items() <= result.items()
    assert merged(then, result) == result
    puts, gone = changes(now, result)
    after = {**now, **table(*puts)}
    for key in gone:
        del after[key]
    assert after == result
