"""One transaction per decision: all or nothing, once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from comeback.changes import (
    BindAddress,
    ClaimClient,
    Count,
    EventSeen,
    MoveOutbox,
    PutOutbox,
    ReleaseClient,
    RemoveDue,
    SaveClient,
    SaveConsent,
    SaveDue,
    SaveJourney,
    SaveVisit,
    TouchConversation,
)
from comeback.clients.model import Client, Consent, Visit, VisitStatus
from comeback.conversations.model import (
    Address,
    ChannelKind,
    Content,
    OutboxMessage,
    OutboxState,
    Purpose,
)
from comeback.errors import AlreadyDone, Conflict, NotFound
from comeback.reactivation.model import (
    Attempt,
    DueService,
    IntervalSource,
    Journey,
    JourneyState,
    SkipReason,
    Stage,
)
from comeback.storage.store import DynamoStore
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ON = date(2026, 3, 2)
PHONE = Address(ChannelKind.WHATSAPP, "79990000001")
CLIENT = Client("salon", "anna", "Anna", phone="+79990000001", addresses=(PHONE,))
DUE = DueService(
    "salon", "anna", "haircut", ON, ON, ON - timedelta(days=30), 3, 0, False,
    IntervalSource.MANUAL, "the owner's",
)  # fmt: skip
JOURNEY = Journey("salon", "anna", "haircut", "j1", ON, NOW)
MESSAGE = OutboxMessage(
    "salon", "anna", "j1.1", PHONE, Content("hello"), Purpose.MARKETING, NOW, journey_id="j1"
)


def test_a_file_holds_all_that_was_written_of_a_client(store: DynamoStore) -> None:
    consent = Consent(Purpose.MARKETING, True, NOW, "test", "v1", ChannelKind.WHATSAPP)
    visit = Visit("v1", "haircut", "olga", NOW, VisitStatus.COMPLETED, 150_000)
    store.commit(
        [
            SaveClient(CLIENT),
            SaveConsent("salon", "anna", consent),
            BindAddress("salon", "anna", PHONE),
            TouchConversation("salon", "anna", PHONE, NOW),
            SaveVisit("salon", "anna", visit),
            SaveDue(DUE),
            SaveJourney(JOURNEY),
            ClaimClient("salon", "anna", "j1"),
            PutOutbox(MESSAGE),
        ]
    )
    file = store.client("salon", "anna")
    assert file.client == replace(CLIENT, version=1)
    assert file.consents == (consent,)
    assert file.visits == (visit,)
    assert file.due == (DUE,)
    assert file.journeys == (replace(JOURNEY, version=1),)
    assert file.active_journey_id == "j1"
    conversation = file.conversation(ChannelKind.WHATSAPP)
    assert conversation is not None
    assert conversation.window_open(NOW + timedelta(hours=23))
    assert store.client_at("salon", PHONE) == "anna"
    assert store.outbox("salon", "anna", "j1.1") == MESSAGE


def test_another_companys_client_is_not_found(store: DynamoStore) -> None:
    store.commit([SaveClient(CLIENT), BindAddress("salon", "anna", PHONE)])
    with pytest.raises(NotFound):
        store.client("studio", "anna")
    assert store.client_at("studio", PHONE) is None


def test_a_visit_told_again_replaces_itself(store: DynamoStore) -> None:
    visit = Visit("v1", "haircut", "olga", NOW, VisitStatus.BOOKED)
    store.commit([SaveClient(CLIENT), SaveVisit("salon", "anna", visit)])
    moved = replace(visit, starts_at=NOW + timedelta(days=1), status=VisitStatus.COMPLETED)
    store.commit([SaveVisit("salon", "anna", moved)])
    assert store.client("salon", "anna").visits == (moved,)


def test_an_event_seen_before_changes_nothing(store: DynamoStore) -> None:
    seen = EventSeen("salon", "tg.1", NOW, outbox=(("anna", "re.tg.1"),))
    store.commit([seen, SaveJourney(JOURNEY), Count("salon", ON, Stage.ANSWERED)])
    with pytest.raises(AlreadyDone):
        store.commit(
            [seen, SaveJourney(replace(JOURNEY, version=1)), Count("salon", ON, Stage.ANSWERED)]
        )
    known = store.seen_event("salon", "tg.1")
    assert known is not None
    assert known.outbox == (("anna", "re.tg.1"),)
    assert store.funnel("salon", ON, ON)[0].stages["answered"] == 1


def test_the_second_of_two_writers_loses_and_nothing_of_theirs_stays(store: DynamoStore) -> None:
    store.commit([SaveClient(CLIENT), SaveJourney(JOURNEY)])
    once = replace(JOURNEY, version=1)
    store.commit([SaveJourney(replace(once, state=JourneyState.RESERVED))])
    with pytest.raises(Conflict):
        store.commit([SaveJourney(once), Count("salon", ON, Stage.CONTACTED)])
    assert store.funnel("salon", ON, ON) == []
    stored = store.client("salon", "anna").journeys
    assert [j.state for j in stored] == [JourneyState.RESERVED]


def test_one_journey_at_a_time_holds_a_client(store: DynamoStore) -> None:
    store.commit([ClaimClient("salon", "anna", "j1")])
    store.commit([ClaimClient("salon", "anna", "j1")])
    with pytest.raises(Conflict):
        store.commit([ClaimClient("salon", "anna", "j2")])
    with pytest.raises(Conflict):
        store.commit([ReleaseClient("salon", "anna", "j2")])
    store.commit([ReleaseClient("salon", "anna", "j1")])
    store.commit([ReleaseClient("salon", "anna", "j1")])
    store.commit([ClaimClient("salon", "anna", "j2")])


def test_the_wait_index_holds_only_who_waits(store: DynamoStore) -> None:
    deadline = NOW + timedelta(days=7)
    waiting = replace(JOURNEY, state=JourneyState.WAITING, attempt=Attempt(1, deadline=deadline))
    store.commit([SaveJourney(waiting)])
    assert list(store.waiting("salon", deadline - timedelta(seconds=1))) == []
    assert [j.journey_id for j in store.waiting("salon", deadline)] == ["j1"]
    store.commit([SaveJourney(replace(waiting, state=JourneyState.FINISHED, version=1))])
    assert list(store.waiting("salon", deadline)) == []
    assert [j.journey_id for j in store.journeys_on("salon", ON)] == ["j1"]


def test_the_due_index_follows_next_on(store: DynamoStore) -> None:
    store.commit([SaveDue(DUE)])
    assert list(store.due("salon", ON)) == [DUE]
    store.commit([SaveDue(replace(DUE, next_on=ON + timedelta(days=1)))])
    assert list(store.due("salon", ON)) == []
    store.commit([RemoveDue("salon", "anna", "haircut")])
    assert list(store.due("salon", ON + timedelta(days=9))) == []


def test_a_message_is_claimed_once_and_found_by_the_messengers_id(store: DynamoStore) -> None:
    store.commit([PutOutbox(MESSAGE)])
    with pytest.raises(Conflict):
        store.commit([PutOutbox(MESSAGE)])
    claimed = replace(MESSAGE, state=OutboxState.SENDING, claimed_by="me")
    store.commit([MoveOutbox(claimed, OutboxState.NEW)])
    with pytest.raises(Conflict):
        store.commit([MoveOutbox(claimed, OutboxState.NEW)])
    sent = replace(claimed, state=OutboxState.SENT, provider_id="wamid.1", version=1)
    store.commit([MoveOutbox(sent, OutboxState.SENDING)])
    found = store.outbox_by_provider_id("salon", ChannelKind.WHATSAPP, "wamid.1")
    assert found == ("anna", "j1.1")


def test_counts_of_one_day_add_up_over_clients_and_reasons(store: DynamoStore) -> None:
    for n in range(12):
        journey = replace(JOURNEY, client_id=f"c{n}", journey_id=f"j{n}")
        reason = SkipReason.NO_CONSENT.value
        store.commit(
            [
                SaveJourney(journey),
                Count("salon", ON, Stage.CONTACTED),
                Count("salon", ON, Stage.DELIVERED),
                Count("salon", ON, Stage.SKIPPED, reason, 2),
            ]
        )
    (day,) = store.funnel("salon", ON - timedelta(days=1), ON)
    assert day.stages["contacted"] == day.stages["delivered"] == 12
    assert day.skipped == {"no_consent": 24}
    assert day.stages["skipped"] == 24


def test_our_own_write_whose_answer_was_lost_is_no_conflict(
    store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK repeats a call whose answer was lost; moto, like AWS after ten minutes, then refuses the condition."""
    commit_once = TransactWrite._commit

    def applied_then_repeated(self: Any) -> None:
        commit_once(self)
        commit_once(self)

    monkeypatch.setattr(TransactWrite, "_commit", applied_then_repeated)
    store.commit([SaveJourney(JOURNEY), Count("salon", ON, Stage.CONTACTED)])
    assert store.funnel("salon", ON, ON)[0].stages["contacted"] == 1


def test_a_refusal_for_another_reason_is_not_taken_for_success(
    store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit([SaveJourney(JOURNEY)])
    with pytest.raises(Conflict):
        store.commit([SaveJourney(JOURNEY)])
    assert issubclass(TransactWriteError, Exception)
