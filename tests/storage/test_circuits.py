"""A circuit's state, kept with the rate's calls: shared by all functions, and without a request of its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from comeback.crm.breaker import FAILURES, FIRST_PAUSE, Circuit, Passage
from comeback.errors import Unavailable
from comeback.ports import Beside
from comeback.storage.limits import DynamoLimits

from tests.storage.wire import Wire

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)
LATER = NOW + timedelta(seconds=FIRST_PAUSE)
BUCKET = "yclients#all"


def call(limits: DynamoLimits, now: datetime, company: str = "salon") -> Passage:
    passage = Passage(lambda: now)
    assert limits.take(BUCKET, 500, 500, now, Beside(company, passage.admit)) == 0.0
    return passage


def fail(limits: DynamoLimits, now: datetime = NOW, company: str = "salon") -> None:
    limits.note(BUCKET, Beside(company, call(limits, now, company).failed), now)


def test_a_call_costs_the_rates_two_requests_and_no_more(limits: DynamoLimits, wire: Wire) -> None:
    call(limits, NOW)
    assert wire.counted() == {"GetItem": 1, "PutItem": 1}


def test_an_open_circuit_costs_one_read(limits: DynamoLimits, wire: Wire) -> None:
    for _ in range(FAILURES):
        fail(limits)
    wire.counted()
    with pytest.raises(Unavailable) as refused:
        call(limits, NOW)
    assert refused.value.retry_after == FIRST_PAUSE
    assert wire.counted() == {"GetItem": 1}


def test_one_companys_trouble_is_not_anothers(limits: DynamoLimits) -> None:
    for _ in range(FAILURES):
        fail(limits)
    call(limits, NOW, "other")
    fail(limits, NOW, "other")
    with pytest.raises(Unavailable):
        call(limits, NOW)


def test_of_many_functions_one_probes(limits: DynamoLimits) -> None:
    for _ in range(FAILURES):
        fail(limits)

    def knock(_: int) -> bool:
        try:
            return bool(call(limits, LATER))
        except Unavailable:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(knock, range(8))) == 1


def test_failures_at_once_are_all_counted(limits: DynamoLimits) -> None:
    with ThreadPoolExecutor(FAILURES) as pool:
        list(pool.map(lambda _: fail(limits), range(FAILURES)))
    with pytest.raises(Unavailable):
        call(limits, NOW)


def test_an_answer_closes_it_and_leaves_nothing_behind(limits: DynamoLimits, wire: Wire) -> None:
    for _ in range(FAILURES):
        fail(limits)
    probe = call(limits, LATER)
    assert probe.remembered
    limits.note(BUCKET, Beside("salon", probe.answered), LATER)
    assert not call(limits, LATER).remembered
    wire.counted()
    limits.note(BUCKET, Beside("salon", lambda text: str(Circuit.read(text).answered())), LATER)
    assert wire.counted() == {"GetItem": 1}


def test_the_rates_memory_outlives_the_circuits_notes(limits: DynamoLimits) -> None:
    """Noting neither forgets calls nor takes one."""
    assert limits.take(BUCKET, 1, 1, NOW) == 0.0
    limits.note(BUCKET, Beside("salon", Passage(lambda: NOW).failed), NOW)
    assert limits.take(BUCKET, 1, 1, NOW) == 60.0
