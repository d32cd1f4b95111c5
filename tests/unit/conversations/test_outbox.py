"""The outbox only ever moves on: claims, and statuses in any order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from comeback.conversations.model import (
    Address,
    ChannelKind,
    Content,
    DeliveryStatus,
    OutboxMessage,
    OutboxState,
    Purpose,
    StatusReceived,
)
from comeback.conversations.outbox import CLAIM, REACHED, abandoned, after_status, claim
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PHONE = Address(ChannelKind.WHATSAPP, "79990000001")
MESSAGE = OutboxMessage("salon", "anna", "j1.1", PHONE, Content("hi"), Purpose.MARKETING, NOW)
RANK = {
    OutboxState.NEW: 0,
    OutboxState.SENDING: 1,
    OutboxState.UNCERTAIN: 2,
    OutboxState.SENT: 3,
    OutboxState.DELIVERED: 4,
    OutboxState.READ: 5,
    OutboxState.FAILED: 6,
}
STATUSES = st.sampled_from(DeliveryStatus)


def told(status: DeliveryStatus) -> StatusReceived:
    code = "131026" if status is DeliveryStatus.FAILED else ""
    return StatusReceived(f"wa.1.{status}", PHONE, NOW, status, "wamid.1", error_code=code)


def after(message: OutboxMessage, *statuses: DeliveryStatus) -> OutboxMessage:
    for status in statuses:
        message = after_status(message, told(status)) or message
    return message


@given(st.sampled_from(OutboxState), st.lists(STATUSES, max_size=8))
def test_statuses_in_any_order_never_move_back(
    start: OutboxState, statuses: list[DeliveryStatus]
) -> None:
    message = replace(MESSAGE, state=start)
    for status in statuses:
        moved = after_status(message, told(status))
        if moved is None:
            continue
        assert RANK[moved.state] > RANK[message.state]
        assert moved.provider_id == "wamid.1"
        message = moved


@given(st.permutations([s for s in DeliveryStatus if s is not DeliveryStatus.FAILED]))
def test_good_statuses_end_the_same_in_any_order(statuses: list[DeliveryStatus]) -> None:
    assert after(replace(MESSAGE, state=OutboxState.SENDING), *statuses) == replace(
        MESSAGE, state=OutboxState.READ, provider_id="wamid.1"
    )


@given(STATUSES)
def test_a_status_twice_tells_nothing_new(status: DeliveryStatus) -> None:
    moved = after_status(replace(MESSAGE, state=OutboxState.SENDING), told(status))
    assert moved is not None
    assert after_status(moved, told(status)) is None


@pytest.mark.parametrize("good", [DeliveryStatus.DELIVERED, DeliveryStatus.READ])
def test_what_arrived_can_not_fail_any_more(good: DeliveryStatus) -> None:
    arrived = after(replace(MESSAGE, state=OutboxState.SENT), good)
    assert after_status(arrived, told(DeliveryStatus.FAILED)) is None


@pytest.mark.parametrize("late", DeliveryStatus)
def test_what_failed_stays_failed_with_its_code(late: DeliveryStatus) -> None:
    failed = after(replace(MESSAGE, state=OutboxState.SENT), DeliveryStatus.FAILED)
    assert (failed.state, failed.error_code) == (OutboxState.FAILED, "131026")
    assert after_status(failed, told(late)) is None


@pytest.mark.parametrize("status", DeliveryStatus)
def test_a_status_settles_the_uncertain(status: DeliveryStatus) -> None:
    uncertain = replace(MESSAGE, state=OutboxState.UNCERTAIN)
    assert after(uncertain, status).state is REACHED[status]


def test_only_the_new_can_be_claimed() -> None:
    claimed = claim(MESSAGE, "us", NOW)
    assert claimed == replace(
        MESSAGE, state=OutboxState.SENDING, claimed_by="us", claimed_until=NOW + CLAIM
    )
    assert claim(claimed, "us", NOW) == claimed
    assert claim(claimed, "others", NOW + 2 * CLAIM) is None
    for state in set(OutboxState) - {OutboxState.NEW, OutboxState.SENDING}:
        assert claim(replace(claimed, state=state), "us", NOW) is None


def test_a_claim_runs_out() -> None:
    claimed = claim(MESSAGE, "us", NOW)
    assert claimed is not None
    assert not abandoned(claimed, NOW + CLAIM - timedelta(microseconds=1))
    assert abandoned(claimed, NOW + CLAIM)
    assert not abandoned(replace(claimed, state=OutboxState.SENT), NOW + CLAIM)
    assert not abandoned(MESSAGE, NOW + CLAIM)
