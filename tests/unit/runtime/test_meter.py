"""What was noted arrives with the company that it was used for, once, and hurts no work."""

import json
import time
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest
from botocore.session import get_session
from botocore.stub import Stubber
from comeback.ports import Usage
from comeback.runtime.meter import Meter
from comeback.runtime.sqs import process
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.runtime.conftest import Kept

COMPANIES = st.lists(st.sampled_from(["salon", "spa", "gym", ""]), min_size=1, max_size=10)


@pytest.fixture
def meter(kept: Kept) -> Meter:
    meter = Meter()
    meter.kept_by(kept.add)
    return meter


def the_same(kept: Kept) -> Mapping[str, float]:
    """Of the one company, without the time, which differs from run to run."""
    [(_, used)] = kept.kept
    return {name: n for name, n in used.items() if name != "function_ms"}


# ── the meter ────────────────────────────────────────────────────────────────────────────────────


def test_a_company_is_told_what_it_used_and_the_telling(meter: Meter, kept: Kept) -> None:
    with meter.invocation(), meter.of("salon"):
        meter.note("write_units", 4)
        meter.note("write_units", 2.5)
        meter.note("tokens_in", 700)
    assert kept.companies == ["salon"]
    assert the_same(kept) == {"write_units": 7.5, "tokens_in": 700, "function_calls": 1.0}


def test_each_invocation_is_kept_once(meter: Meter, kept: Kept) -> None:
    for _ in range(2):
        with meter.invocation(), meter.of("salon"):
            meter.note("tokens_in", 5)
    assert [used["tokens_in"] for _, used in kept.kept] == [5, 5]


def test_what_keeping_costs_is_not_counted_with_the_next_company(meter: Meter, kept: Kept) -> None:
    def costly(company_id: str, used: Mapping[str, float]) -> None:
        kept.add(company_id, used)
        meter.note("write_units", 1)

    meter.kept_by(costly)
    for company_id in ("salon", "spa"):
        with meter.invocation(), meter.of(company_id):
            pass
    assert [used["write_units"] for _, used in kept.kept] == [1, 1]


@given(COMPANIES, st.integers(0, 50))
def test_what_is_shared_adds_up(served: list[str], requests: int) -> None:
    kept, meter = Kept(), Meter()
    meter.kept_by(kept.add)
    with meter.invocation(queue_requests=requests):
        for company_id in served:
            with meter.of(company_id):
                meter.note("tokens_out", 3)
    named = [company_id for company_id in served if company_id]
    assert sorted(kept.companies) == sorted(set(named))
    assert kept.sum("function_calls") == pytest.approx(1 if named else 0, abs=1e-3)
    assert kept.sum("queue_requests") == pytest.approx(requests if named else 0, abs=1e-3)
    assert kept.sum("tokens_out") == pytest.approx(3 * len(served) if named else 0, abs=1e-3)


def test_time_is_told_in_whole_milliseconds_of_512_mb(
    meter: Meter, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "perf_counter", iter([10.0, 10.0201, 20.0, 20.02]).__next__)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")
    with meter.invocation(), meter.of("salon"):
        pass
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
    with meter.invocation(), meter.of("salon"):
        pass
    assert [used["function_ms"] for _, used in kept.kept] == [42, 20]


@pytest.mark.parametrize("error", [ConnectionError("no table"), KeyError("coffee")])
def test_what_can_not_be_kept_fails_no_work(meter: Meter, kept: Kept, error: Exception) -> None:
    def broken(_company_id: str, _used: Mapping[str, float]) -> None:
        raise error

    meter.kept_by(broken)
    with meter.invocation(), meter.of("salon"):
        meter.note("tokens_in", 5)
    meter.kept_by(kept.add)
    with meter.invocation(), meter.of("spa"):
        pass
    assert kept.companies == ["spa"]
    assert kept.sum("tokens_in") == 0


def test_work_that_fails_is_billed_too_and_fails_as_it_did(meter: Meter, kept: Kept) -> None:
    def fail() -> None:
        with meter.invocation(), meter.of("salon"):
            meter.note("read_units", 0.5)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert the_same(kept) == {"read_units": 0.5, "function_calls": 1.0, "write_units": 1}


def test_without_a_book_nothing_is_kept() -> None:
    meter = Meter()
    with meter.invocation(), meter.of("salon"):
        meter.note("tokens_in", 1)


# ── a queue's batch ──────────────────────────────────────────────────────────────────────────────


def records(*companies: str) -> dict[str, Any]:
    return {
        "Records": [
            {"messageId": str(n), "body": json.dumps({"company_id": company_id})}
            for n, company_id in enumerate(companies)
        ]
    }


def test_companies_share_a_batchs_call_receive_and_delete(kept: Kept) -> None:
    process(records("salon", "spa", "salon", "salon"), lambda _body: None)
    used = dict(kept.kept)
    assert kept.companies == ["salon", "spa"]
    assert [used[c]["queue_requests"] for c in kept.companies] == [1.5, 0.5]
    assert [used[c]["function_calls"] for c in kept.companies] == [0.75, 0.25]


def test_a_record_of_nobody_is_nobodys(kept: Kept) -> None:
    process(records(""), lambda _body: None)
    process({"Records": [{"messageId": "1", "body": "{"}]}, lambda _body: None)
    assert kept.kept == []


def test_a_failed_record_is_billed_too(kept: Kept) -> None:
    def fail(_body: Mapping[str, Any]) -> None:
        raise ValueError

    process(records("salon"), fail)
    assert the_same(kept) == {"queue_requests": 2, "function_calls": 1, "write_units": 1}


def test_whatever_is_noted_has_a_field_in_usage(kept: Kept) -> None:
    process(records("salon"), lambda _body: None)
    [(_, used)] = kept.kept
    assert used.keys() <= {field.name for field in fields(Usage)}


# ── queue clients ────────────────────────────────────────────────────────────────────────────────


def test_a_clients_requests_are_counted_once_each(meter: Meter, kept: Kept) -> None:
    sqs = get_session().create_client(
        "sqs", "us-east-1", aws_access_key_id="made-up", aws_secret_access_key="made-up"
    )
    assert meter.counting(sqs) is meter.counting(sqs) is sqs
    with Stubber(sqs) as stub:
        stub.add_response("send_message", {"MessageId": "1", "MD5OfMessageBody": "x"})
        stub.add_client_error("send_message", "ThrottlingException")
        with meter.invocation(), meter.of("salon"):
            sqs.send_message(QueueUrl="https://sqs/outbound", MessageBody="{}")
            with pytest.raises(sqs.exceptions.ClientError):
                sqs.send_message(QueueUrl="https://sqs/outbound", MessageBody="{}")
    assert kept.sum("queue_requests") == 2
