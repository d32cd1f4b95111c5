"""What becomes of a queue's records: done, left for later, hidden for as long as was asked."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import pytest
from comeback.errors import (
    AlreadyDone,
    Conflict,
    Erased,
    NotFound,
    RateLimited,
    Retryable,
    Unavailable,
    UnknownOutcome,
)
from comeback.runtime.meter import METER
from comeback.runtime.sqs import DOUBLED_TO, LONGEST, process
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.runtime.conftest import Kept


def record(number: int, group: str = "", receives: int = 1, body: str = "") -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": str(receives)}
    return {
        "messageId": f"m{number}",
        "receiptHandle": f"r{number}",
        "body": body or json.dumps({"company_id": "salon", "number": number}),
        "attributes": {**attributes, "MessageGroupId": group} if group else attributes,
    }


@dataclass
class Work:
    """Does what it is given, but fails as ordered, by number."""

    failures: Mapping[int, Exception] = field(default_factory=dict)
    tried: list[int] = field(default_factory=list)
    hidden: list[tuple[str, int]] = field(default_factory=list)

    def handle(self, body: Mapping[str, Any]) -> None:
        self.tried.append(body["number"])
        if body["number"] in self.failures:
            raise self.failures[body["number"]]

    def hide(self, receipt_handle: str, seconds: int) -> None:
        self.hidden.append((receipt_handle, seconds))

    def run(
        self,
        *records: dict[str, Any],
        hide: Callable[[str, int], None] | None = None,
        receives: int | None = None,
    ) -> list[str]:
        """Ids of those that failed."""
        answered = process({"Records": records}, self.handle, hide or self.hide, receives)
        return [failed["itemIdentifier"] for failed in answered["batchItemFailures"]]


def wait(seconds: float | None) -> RateLimited:
    return RateLimited("slow down", retry_after=seconds)


# ── what failed ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "error",
    [wait(2), Unavailable("down"), UnknownOutcome("?"), NotFound("nobody"), ValueError("a bug")],
)
def test_a_failure_is_left_in_the_queue_and_costs_no_other_its_turn(error: Exception) -> None:
    work = Work({1: error})
    assert work.run(record(1), record(2)) == ["m1"]
    assert work.tried == [1, 2]


@pytest.mark.parametrize("nothing", [AlreadyDone("before"), Erased("the client")])
def test_what_was_done_before_or_is_of_nobody_any_more_is_done(nothing: Exception) -> None:
    assert Work({1: nothing}).run(record(1)) == []


def test_a_body_that_can_not_be_read_is_left_for_the_dead_letters() -> None:
    work = Work()
    assert work.run(record(1, body="{"), record(2)) == ["m1"]
    assert work.tried == [2]


def test_after_a_failure_the_rest_of_its_group_is_not_tried() -> None:
    work = Work({1: Unavailable("down")})
    assert work.run(record(1, "anna"), record(2, "boris"), record(3, "anna")) == ["m1", "m3"]
    assert work.tried == [1, 2]


@pytest.mark.fault(
    "poison before others of its FIFO group", "it alone goes to the dead letters, order kept"
)
def test_whoever_waits_behind_poison_is_tried_when_the_poison_leaves() -> None:
    """They were received as often as it was: untried, they would follow it into the dead letters."""
    work = Work({1: NotFound("nobody")})
    records = [record(n, "anna", receives=5) for n in (1, 2, 3)]
    assert work.run(*records, receives=5) == ["m1"]
    assert work.tried == [1, 2, 3]


def test_until_then_the_group_keeps_its_order() -> None:
    work = Work({1: NotFound("nobody")})
    records = [record(n, "anna", receives=4) for n in (1, 2, 3)]
    assert work.run(*records, receives=5) == ["m1", "m2", "m3"]
    assert work.tried == [1]


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), min_size=1, max_size=6),
    st.integers(1, 4),
)
def test_poison_takes_nobody_along_and_nobody_overtakes(
    sent: list[tuple[str, bool]], receives: int
) -> None:
    """The queue as SQS keeps it: a failed record comes back, until it was received so often; then it is dead."""
    queue = list(enumerate(sent))
    work = Work({n: ValueError("poison") for n, (_, poison) in queue if poison})
    for receive in range(1, receives + 1):
        records = [record(n, group, receive) for n, (group, _) in queue]
        failed = work.run(*records, receives=receives) if records else []
        queue = [(n, s) for n, s in queue if f"m{n}" in failed]
    assert [n for n, _ in queue] == [n for n, (_, poison) in enumerate(sent) if poison]
    for name in "ab":
        done = [n for n in work.tried if sent[n] == (name, False)]
        assert done == sorted(set(done))


# ── when it comes back ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [(2, 2), (0.0, 1), (0.2, 1), (2.1, 3), (3600, 3600), (3600.5, 3601), (86_400, LONGEST)],
)
def test_who_asks_to_wait_is_obeyed(asked: float, seconds: int) -> None:
    work = Work({1: wait(asked)})
    assert work.run(record(1)) == ["m1"]
    assert work.hidden == [("r1", seconds)]


@pytest.mark.parametrize(
    "error", [wait(None), Conflict("lost"), Retryable("later"), NotFound("nobody"), ValueError()]
)
def test_who_names_no_time_comes_back_when_the_queue_says(error: Exception) -> None:
    work = Work({1: error})
    assert work.run(record(1), record(2)) == ["m1"]
    assert work.hidden == []


def test_any_retryable_may_name_a_time() -> None:
    work = Work({1: Unavailable("maintenance", retry_after=30)})
    work.run(record(1))
    assert work.hidden == [("r1", 30)]


def test_the_untried_rest_of_the_group_is_hidden_as_long() -> None:
    """In flight it would hold back the first, which is to come before it."""
    work = Work({1: wait(2)})
    later = record(3, "anna", receives=4)
    assert work.run(record(1, "anna"), record(2, "boris"), later) == ["m1", "m3"]
    assert work.hidden == [("r1", 2), ("r3", 2)]


def test_asked_again_it_comes_back_half_as_often() -> None:
    work = Work({n: wait(10) for n in range(1, 11)})
    work.run(*(record(n, receives=n) for n in range(1, 11)))
    waits = [seconds for _, seconds in work.hidden]
    assert waits == [10, 20, 40, 80, 160, 320, 640, 900, 900, 900]


@pytest.mark.parametrize("receives", range(1, 11))
def test_an_hour_that_was_asked_for_is_an_hour_however_often(receives: int) -> None:
    work = Work({1: wait(3600)})
    work.run(record(1, receives=receives))
    assert work.hidden == [("r1", 3600)]


@given(st.floats(min_value=0), st.integers(1, 1000))
def test_hidden_within_reason_and_no_shorter_than_asked(asked: float, receives: int) -> None:
    work = Work({1: wait(asked)})
    work.run(record(1, receives=receives))
    [(_, seconds)] = work.hidden
    assert min(asked, LONGEST) <= seconds
    assert 1 <= seconds <= max(DOUBLED_TO, min(ceil(min(asked, LONGEST)), LONGEST))


@pytest.mark.parametrize("error", [Unavailable("SQS"), ValueError("a bug")])
def test_hiding_that_fails_changes_nothing(error: Exception) -> None:
    def hide(_receipt_handle: str, _seconds: int) -> None:
        raise error

    work = Work({1: wait(2)})
    assert work.run(record(1), record(2), hide=hide) == ["m1"]
    assert work.tried == [1, 2]


def test_without_hiding_it_is_as_the_queue_says() -> None:
    work = Work({1: wait(2)})
    answered = process({"Records": [record(1)]}, work.handle)
    assert answered == {"batchItemFailures": [{"itemIdentifier": "m1"}]}


# ── side by side ─────────────────────────────────────────────────────────────────────────────────


def test_groups_wait_for_the_model_together() -> None:
    """Five records that all wait for each other would never end one after the other."""
    together = threading.Barrier(5, timeout=10)
    records = [record(n, f"g{n}") for n in range(5)]

    def wait_for_all(_body: Mapping[str, Any]) -> None:
        together.wait()

    assert process({"Records": records}, wait_for_all, at_once=5) == {"batchItemFailures": []}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), min_size=1, max_size=10))
def test_side_by_side_is_as_one_after_the_other(drawn: list[tuple[str, bool]]) -> None:
    """The same failures, and within a group the same order."""
    records = [record(n, group) for n, (group, _) in enumerate(drawn)]
    failures = {n: Unavailable("down") for n, (_, fails) in enumerate(drawn) if fails}

    def ran(at_once: int) -> tuple[list[str], dict[str, list[int]]]:
        work = Work(failures)
        answered = process({"Records": records}, work.handle, at_once=at_once)
        tried: dict[str, list[int]] = {}
        for number in work.tried:
            tried.setdefault(drawn[number][0], []).append(number)
        return sorted(f["itemIdentifier"] for f in answered["batchItemFailures"]), tried

    assert ran(3) == ran(1)


def test_what_is_used_side_by_side_is_told_by_company(kept: Kept) -> None:
    together = threading.Barrier(3, timeout=10)

    def use(body: Mapping[str, Any]) -> None:
        together.wait()
        METER.note("tokens_in", body["tokens"])

    records = [
        record(n, f"g{n}", body=json.dumps({"company_id": f"c{n}", "tokens": 10**n}))
        for n in range(3)
    ]
    process({"Records": records}, use, at_once=3)
    assert {company_id: used["tokens_in"] for company_id, used in kept.kept} == {
        "c0": 1,
        "c1": 10,
        "c2": 100,
    }
