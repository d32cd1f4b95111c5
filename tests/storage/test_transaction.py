"""What is believed when DynamoDB refuses or falls silent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from comeback.changes import (
    Change,
    Count,
    EventSeen,
    MoveOutbox,
    PutOutbox,
    ReleaseClient,
    RemoveDue,
    SaveClient,
    SaveJourney,
    TouchConversation,
)
from comeback.clients.model import Client
from comeback.conversations.model import (
    Address,
    ChannelKind,
    Content,
    OutboxMessage,
    OutboxState,
    Purpose,
)
from comeback.errors import AlreadyDone, Conflict, RateLimited, Unavailable
from comeback.reactivation.model import Journey, JourneyState, Stage
from comeback.storage import transaction
from comeback.storage.store import DynamoStore
from pynamodb.exceptions import PynamoDBException

from tests.storage.wire import Wire, answer_lost, contended, refused, repeated, unreachable

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ON = date(2026, 3, 2)
CHAT = Address(ChannelKind.TELEGRAM, "1001")
ANNA = Client("salon", "anna", "Anna")
JOURNEY = Journey("salon", "anna", "haircut", "j1", ON, NOW)
MESSAGE = OutboxMessage("salon", "anna", "j1.1", CHAT, Content("hello"), Purpose.MARKETING, NOW)
CONTACTED = Count("salon", ON, Stage.CONTACTED)
SEEN = EventSeen("salon", "tg.1", NOW)

ONCE: dict[str, list[Change]] = {
    "a transaction": [SaveJourney(JOURNEY), CONTACTED],
    "with its event": [SEEN, SaveJourney(JOURNEY), ReleaseClient("salon", "anna", "j1"), CONTACTED],
    "a lone write": [SaveJourney(JOURNEY)],
    "a lone optional write": [TouchConversation("salon", "anna", CHAT, NOW)],
}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "PAUSES", (0.0, 0.0, 0.0))


@pytest.mark.parametrize("lost", [repeated, answer_lost])
@pytest.mark.parametrize("changes", ONCE.values(), ids=ONCE.keys())
def test_our_own_write_whose_answer_was_lost_is_no_conflict(
    store: DynamoStore, wire: Wire, changes: list[Change], lost: Callable[..., Any]
) -> None:
    wire.faults = [lost]
    store.commit(changes)
    days = store.funnel("salon", ON, ON)
    assert [day.stages["contacted"] for day in days] == [1] * (CONTACTED in changes)


def test_a_delete_nobody_heard_of_is_unavailable_and_may_be_repeated(
    store: DynamoStore, wire: Wire
) -> None:
    """It leaves nothing to read the token from."""
    gone: list[Change] = [RemoveDue("salon", "anna", "haircut")]
    wire.faults = [answer_lost, repeated]
    with pytest.raises(Unavailable):
        store.commit(gone)
    store.commit(gone)


def test_a_claim_whose_answer_was_lost_is_ours(store: DynamoStore, wire: Wire) -> None:
    store.commit([PutOutbox(MESSAGE)])
    wire.faults = [repeated]
    claim = replace(MESSAGE, state=OutboxState.SENDING, claimed_by="me")
    store.commit([MoveOutbox(claim, OutboxState.NEW)])
    with pytest.raises(Conflict):
        store.commit([MoveOutbox(replace(claim, claimed_by="you"), OutboxState.NEW)])


@pytest.mark.parametrize("changes", ONCE.values(), ids=ONCE.keys())
def test_what_never_arrived_is_unavailable(
    store: DynamoStore, wire: Wire, changes: list[Change]
) -> None:
    wire.faults = [unreachable]
    with pytest.raises(Unavailable):
        store.commit(changes)
    assert list(store.funnel("salon", ON, ON)) == []


def test_when_even_the_look_fails_it_stays_unavailable(store: DynamoStore, wire: Wire) -> None:
    wire.faults = [answer_lost, unreachable]
    with pytest.raises(Unavailable):
        store.commit([SaveJourney(JOURNEY)])


def test_an_event_seen_before_is_told_from_other_refusals_wherever_it_stands(
    store: DynamoStore,
) -> None:
    """PynamoDB sends deletes first, whatever the order of the changes."""
    store.commit([SEEN, SaveClient(ANNA)])
    with pytest.raises(AlreadyDone):
        store.commit([RemoveDue("salon", "anna", "cut"), SEEN, CONTACTED])
    with pytest.raises(AlreadyDone):
        store.commit([CONTACTED, ReleaseClient("salon", "anna", "j1"), SaveClient(ANNA), SEEN])
    with pytest.raises(Conflict):
        store.commit(
            [RemoveDue("salon", "anna", "cut"), SaveClient(ANNA), replace(SEEN, event_id="2")]
        )
    assert store.seen_event("salon", "2") is None


def test_a_contended_transaction_is_sent_again(store: DynamoStore, wire: Wire) -> None:
    wire.faults = [contended("", "TransactionConflict"), refused("TransactionInProgressException")]
    store.commit([SaveJourney(JOURNEY), CONTACTED])
    assert wire.counted() == {"TransactWriteItems": 3}
    assert store.funnel("salon", ON, ON)[0].stages["contacted"] == 1


def test_a_contention_that_stays_is_a_conflict(store: DynamoStore, wire: Wire) -> None:
    wire.faults = [contended()] * 9
    with pytest.raises(Conflict):
        store.commit([SaveJourney(JOURNEY), CONTACTED])


def test_a_failed_condition_outweighs_contention(store: DynamoStore, wire: Wire) -> None:
    store.commit([SaveJourney(JOURNEY)])
    wire.faults = [contended("ConditionalCheckFailed", "TransactionConflict")]
    with pytest.raises(Conflict, match="changed meanwhile"):
        store.commit([SaveJourney(JOURNEY), CONTACTED])


@pytest.mark.parametrize(
    "fault",
    [
        contended("ThrottlingError"),
        contended("", "ProvisionedThroughputExceeded"),
        refused("ProvisionedThroughputExceededException"),
        refused("RequestLimitExceeded"),
    ],
)
def test_throttling_asks_to_slow_down(store: DynamoStore, wire: Wire, fault: Any) -> None:
    wire.faults = [fault]
    with pytest.raises(RateLimited) as caught:
        store.commit([SaveJourney(JOURNEY), CONTACTED])
    assert caught.value.retry_after == 1


def test_a_broken_dynamodb_is_unavailable_also_to_readers(store: DynamoStore, wire: Wire) -> None:
    wire.faults = [refused("InternalServerError"), unreachable]
    with pytest.raises(Unavailable):
        store.company("salon")
    with pytest.raises(Unavailable):
        list(store.due("salon", ON))


@pytest.mark.parametrize("code", ["AccessDeniedException", "ValidationException"])
def test_a_bug_or_a_missing_permission_is_loud(store: DynamoStore, wire: Wire, code: str) -> None:
    wire.faults = [refused(code)]
    with pytest.raises(PynamoDBException, match=code):
        store.commit([SaveJourney(JOURNEY)])


def test_a_lone_change_costs_no_transaction_but_a_counter_does(
    store: DynamoStore, wire: Wire
) -> None:
    store.commit([SaveJourney(JOURNEY)])
    store.commit([ReleaseClient("salon", "anna", "j1")])
    assert wire.counted() == {"PutItem": 1, "DeleteItem": 1}
    store.commit([CONTACTED])
    assert wire.counted() == {"TransactWriteItems": 1}


def test_nothing_to_write_asks_nothing(store: DynamoStore, wire: Wire) -> None:
    store.commit([])
    assert wire.counted() == {}


def test_a_hundred_fit_and_more_do_not(store: DynamoStore) -> None:
    journeys: list[Change] = [SaveJourney(replace(JOURNEY, journey_id=f"j{n}")) for n in range(101)]
    with pytest.raises(ValueError, match="101"):
        store.commit(journeys)
    store.commit(journeys[:100])
    waiting = [j.state for j in store.journeys_on("salon", ON)]
    assert waiting == [JourneyState.ANALYSED] * 100
