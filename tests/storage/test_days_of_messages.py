"""The figures of days on the table: what happened, once, in few units; the same as the journeys say."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from comeback.analytics.model import SentDay, Sums
from comeback.changes import SaveJourney
from comeback.conversations.model import Address, ChannelKind
from comeback.errors import Conflict
from comeback.reactivation.journey import conclude
from comeback.reactivation.model import Outcome
from comeback.storage.store import DynamoStore

from tests.fakes.months import Months
from tests.fakes.store import FakeStore
from tests.storage.conftest import NAME
from tests.storage.life import Life

TODAY = date(2026, 3, 2)


def day_of(life: Life, on: date = TODAY) -> SentDay:
    found = [sent for _, sent in life.store.days("salon", on, on)]
    return found[0] if found else SentDay(on)


def test_a_life_in_figures(life: Life) -> None:
    for n in range(3):
        life.client(f"client{n}", Address(ChannelKind.TELEGRAM, f"10{n}"))
    refs = life.campaign()
    assert [life.run_until_sent(ref) for ref in refs] == ["sent"] * 3
    before = day_of(life)
    assert before.attempts == {1: Sums(sent=3, delivered=3)}
    life.says("yes, the first one", address=Address(ChannelKind.TELEGRAM, "100"))
    life.says("stop", address=Address(ChannelKind.TELEGRAM, "101"))
    life.says("yes", button=f"stop:{refs[1].journey_id}", address=Address(ChannelKind.TELEGRAM, "101"))  # fmt: skip
    day = day_of(life)
    assert day.attempts == {1: day.channels[ChannelKind.TELEGRAM]}
    assert sum(day.services.values(), Sums()) == day.attempts[1]
    assert day.attempts[1].booked == 1
    assert day.attempts[1].revenue_minor > 0
    assert day.attempts[1].opted_out == 1
    assert sum(day.answers.values()) == day.attempts[1].answered


def test_saved_twice_it_counts_once(life: Life) -> None:
    life.client("client0")
    (ref,) = life.campaign()
    life.run_until_sent(ref)
    stale = life.journey(ref)
    life.store.commit([SaveJourney(conclude(stale, Outcome.UNDELIVERABLE))])
    assert day_of(life) == SentDay(TODAY)
    with pytest.raises(Conflict):
        life.store.commit([SaveJourney(conclude(stale, Outcome.UNDELIVERABLE))])
    assert day_of(life) == SentDay(TODAY)


def test_an_erased_client_stays_in_the_figures(life: Life) -> None:
    life.client("client0")
    (ref,) = life.campaign()
    life.run_until_sent(ref)
    before = day_of(life)
    life.store.erase("salon", "client0")
    assert day_of(life) == before
    assert before.attempts[1].sent == 1


@pytest.fixture
def both(life: Life) -> tuple[DynamoStore, FakeStore]:
    stores = (life.store, FakeStore())
    for store in stores:
        store.save_company(life.company)
        Months(life.company, TODAY, days=20, a_day=3).fill(store)
    return stores


def test_the_table_adds_up_to_what_its_journeys_say(both: tuple[DynamoStore, FakeStore]) -> None:
    since = TODAY - timedelta(days=40)
    told, counted = (list(store.days("salon", since, TODAY)) for store in both)
    assert [sent for _, sent in told] == [sent for _, sent in counted]
    assert [funnel.stages for funnel, _ in told] == [funnel.stages for funnel, _ in counted]
    assert sum(sent.attempts[1].sent for _, sent in told if 1 in sent.attempts) > 30


def test_a_year_reads_few_units(aws: Any, life: Life) -> None:
    """As DynamoDB measures items: names and digits. Of 261 working days with forty messages each, and a shard is written at
    the price of a kilobyte or two."""
    Months(life.company, TODAY, days=3, a_day=40).fill(life.store)
    asked = {":pk": {"S": "CO#salon"}, ":sk": {"S": "FUNNEL#2026-02-27"}}
    where = "PK = :pk AND begins_with(SK, :sk)"
    found = aws.query(TableName=NAME, KeyConditionExpression=where, ExpressionAttributeValues=asked)
    sizes = [size(item) for item in found["Items"]]
    assert len(sizes) == 4
    assert max(sizes) <= 2048
    units = 261 * sum(sizes) / 4096
    print(f"shards of {sizes} bytes, a year {units:.0f} read units")
    assert units < 500


def size(item: dict[str, dict[str, str]]) -> int:
    """A number is a byte for two digits, and one more."""
    return sum(
        len(name) + (len(value["N"]) // 2 + 2 if "N" in value else len(value["S"]))
        for name, value in item.items()
    )


def test_an_attempt_of_before_figures_were_kept_is_read(life: Life) -> None:
    life.client("client0")
    (ref,) = life.campaign()
    life.run_until_sent(ref)
    journey = life.journey(ref)
    old = replace(journey.attempt, sent_on=None, worth_minor=0, told=frozenset())
    life.store.commit([SaveJourney(replace(journey, attempt=old))])
    assert life.journey(ref).attempt.told == frozenset()
