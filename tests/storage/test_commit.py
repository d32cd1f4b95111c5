"""One transaction per decision: all or nothing, once.

Long on purpose: one test per change and condition.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from comeback.changes import (
    BindAddress,
    ClaimClient,
    Count,
    CountArm,
    EventSeen,
    MoveOutbox,
    PutOutbox,
    ReleaseClient,
    RemoveDue,
    SaveClient,
    SaveCompany,
    SaveConsent,
    SaveDue,
    SaveJourney,
    SaveRule,
    SaveTrial,
    SaveVisit,
    SetOwner,
    TouchConversation,
)
from comeback.clients.model import Client, Consent, Visit, VisitStatus
from comeback.companies.model import Company
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
    ServiceRule,
    SkipReason,
    Stage,
    Tally,
    Trial,
)
from comeback.storage import keys
from comeback.storage.items.companies import CompanyItem
from comeback.storage.items.conversations import EventItem
from comeback.storage.store import DynamoStore

from tests.storage.wire import Wire

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ON = date(2026, 3, 2)
PHONE = Address(ChannelKind.WHATSAPP, "79990000001")
CLIENT = Client("salon", "anna", "Anna", phone="+79990000001", addresses=(PHONE,))
DUE = DueService(
    "salon", "anna", "haircut", ON, ON, ON - timedelta(days=30), 3, 0, False,
    IntervalSource.MANUAL, "the owner's",
)  # fmt: skip
VISIT = Visit("v1", "haircut", "olga", NOW, VisitStatus.COMPLETED, 150_000)
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


def test_an_older_message_never_moves_a_conversation_back(store: DynamoStore) -> None:
    store.commit([SaveClient(CLIENT), TouchConversation("salon", "anna", PHONE, NOW)])
    older = TouchConversation("salon", "anna", PHONE, NOW - timedelta(hours=1))
    store.commit([older, EventSeen("salon", "wa.old", NOW), SaveVisit("salon", "anna", VISIT)])
    store.commit([older])
    file = store.client("salon", "anna")
    assert [c.last_inbound_at for c in file.conversations] == [NOW]
    assert file.visits == (VISIT,)
    assert store.seen_event("salon", "wa.old") is not None


def test_of_several_messages_at_once_the_latest_counts(store: DynamoStore) -> None:
    touches = [
        TouchConversation("salon", "anna", PHONE, NOW + timedelta(minutes=n)) for n in (1, 3, 2)
    ]
    store.commit([SaveClient(CLIENT), *touches])
    (conversation,) = store.client("salon", "anna").conversations
    assert conversation.last_inbound_at == NOW + timedelta(minutes=3)


def test_the_ledger_keeps_all_that_was_said_even_in_one_instant(store: DynamoStore) -> None:
    yes = Consent(Purpose.MARKETING, True, NOW, "start", "v1", ChannelKind.WHATSAPP)
    no = replace(yes, granted=False, source="stop")
    store.commit([SaveClient(CLIENT), SaveConsent("salon", "anna", yes)])
    store.commit([SaveConsent("salon", "anna", no), SaveConsent("salon", "anna", yes)])
    assert sorted(c.granted for c in store.client("salon", "anna").consents) == [False, True]


def test_changes_of_one_item_become_one_write(store: DynamoStore) -> None:
    moved = replace(DUE, next_on=ON + timedelta(days=9))
    store.commit(
        [
            EventSeen("salon", "tg.1", NOW),
            EventSeen("salon", "tg.1", NOW),
            SaveClient(CLIENT),
            SaveClient(CLIENT),
            BindAddress("salon", "maria", PHONE),
            BindAddress("salon", "anna", PHONE),
            SaveVisit("salon", "anna", replace(VISIT, amount_minor=1)),
            SaveVisit("salon", "anna", VISIT),
            SaveDue(DUE),
            RemoveDue("salon", "anna", "haircut"),
            SaveDue(moved),
        ]
    )
    file = store.client("salon", "anna")
    assert (file.visits, file.due, file.client.version) == ((VISIT,), (moved,), 1)
    assert store.client_at("salon", PHONE) == "anna"


def test_two_decisions_about_one_versioned_item_are_a_bug(store: DynamoStore) -> None:
    with pytest.raises(ValueError, match="PROFILE"):
        store.commit([SaveClient(CLIENT), SaveClient(replace(CLIENT, vip=True))])
    with pytest.raises(ValueError, match="ACTIVE"):
        store.commit([ClaimClient("salon", "anna", "j1"), ReleaseClient("salon", "anna", "j1")])


def test_an_address_moves_to_who_it_is_bound_to_last(store: DynamoStore) -> None:
    store.commit([BindAddress("salon", "anna", PHONE)])
    store.commit([BindAddress("salon", "maria", PHONE)])
    assert store.client_at("salon", PHONE) == "maria"


def test_the_messengers_id_is_stored_once_not_with_every_status(
    store: DynamoStore, wire: Wire
) -> None:
    store.commit([PutOutbox(MESSAGE)])
    uncertain = replace(MESSAGE, state=OutboxState.UNCERTAIN)
    store.commit([MoveOutbox(uncertain, OutboxState.NEW)])
    sent = replace(uncertain, state=OutboxState.SENT, provider_id="wamid.1", version=1)
    wire.counted()
    store.commit([MoveOutbox(sent, OutboxState.UNCERTAIN)])
    assert wire.counted() == {"TransactWriteItems": 1}
    read = replace(sent, state=OutboxState.READ, version=2)
    store.commit([MoveOutbox(read, OutboxState.SENT)])
    assert wire.counted() == {"PutItem": 1}
    assert store.outbox_by_provider_id("salon", ChannelKind.WHATSAPP, "wamid.1") is not None


def test_a_file_keeps_the_newest_visits_and_journeys(store: DynamoStore) -> None:
    store.commit([SaveClient(CLIENT)])
    for start in range(0, 230, 46):
        store.commit(
            [
                SaveVisit(
                    "salon",
                    "anna",
                    replace(VISIT, visit_id=f"v{n}", starts_at=NOW - timedelta(days=n)),
                )
                for n in range(start, start + 46)
            ]
        )
    store.commit(
        [
            SaveJourney(replace(JOURNEY, journey_id=f"j{n}", started_at=NOW - timedelta(days=n)))
            for n in range(25)
        ]
    )
    file = store.client("salon", "anna")
    assert [v.visit_id for v in file.visits] == [f"v{n}" for n in range(199, -1, -1)]
    assert [j.journey_id for j in file.journeys] == [f"j{n}" for n in range(19, -1, -1)]


def test_an_event_is_forgotten_after_thirty_days(store: DynamoStore) -> None:
    store.commit([EventSeen("salon", "tg.1", NOW)])
    item = store.table.get(EventItem, keys.event("salon", "tg.1"))
    assert item is not None
    assert item.expires_at == int((NOW + timedelta(days=30)).timestamp())


def test_what_is_said_of_one_client_stays_out_of_the_next(store: DynamoStore) -> None:
    """`an` is a beginning of `anna`, and `salon` of `salon2`: keys are whole words."""
    store.commit([SaveClient(CLIENT), SaveVisit("salon", "anna", VISIT), SaveDue(DUE)])
    store.commit([SaveClient(replace(CLIENT, client_id="an"))])
    store.commit([SaveClient(replace(CLIENT, company_id="salon2"))])
    assert store.client("salon", "an").visits == ()
    assert store.client("salon2", "anna").visits == ()
    assert sorted(store.clients("salon")) == ["an", "anna"]
    assert list(store.due("salon2", ON)) == []


def test_a_trial_is_settled_once_and_counted_once(store: DynamoStore) -> None:
    drawn = Trial("salon", "anna", "j1", "haircut", ON, treated=True, baseline=0.25)
    store.commit([SaveTrial(drawn)])
    with pytest.raises(Conflict):
        store.commit([SaveTrial(drawn)])
    done = replace(drawn, returned=True, revenue_minor=500)
    counted = CountArm("salon", "trial", "treated", tried=1, won=1)
    store.commit([SaveTrial(done), counted])
    with pytest.raises(Conflict):
        store.commit([SaveTrial(done), counted])
    assert store.arms("salon") == {"trial": {"treated": Tally(1, 1)}}
    assert list(store.trials("salon", ON, ON)) == [done]


# ── what the owner edits ─────────────────────────────────────────────────────────────────────────


def test_a_rule_is_stored_over_what_was_read_and_over_nothing_else(store: DynamoStore) -> None:
    store.commit([SaveRule("salon", ServiceRule("haircut"))])
    with pytest.raises(Conflict):
        store.commit([SaveRule("salon", ServiceRule("haircut", max_attempts=1))])
    read = store.catalogue("salon").rules["haircut"]
    store.commit([SaveRule("salon", replace(read, max_attempts=2))])
    with pytest.raises(Conflict):
        store.commit([SaveRule("salon", replace(read, max_attempts=1))])
    assert store.catalogue("salon").rules["haircut"].max_attempts == 2


def test_a_company_is_stored_over_what_was_read_in_the_registry_too(
    store: DynamoStore, company: Company
) -> None:
    with pytest.raises(Conflict):
        store.commit([SaveCompany(company)])
    store.save_company(company)
    store.commit([SaveCompany(replace(company, holdout_percent=20))])
    with pytest.raises(Conflict):
        store.commit([SaveCompany(replace(company, holdout_percent=30))])
    kept = replace(company, holdout_percent=20, version=1)
    assert (store.company("salon"), store.companies()) == (kept, [kept])


def test_who_edits_a_company_does_not_disconnect_its_owner(
    store: DynamoStore, company: Company
) -> None:
    store.save_company(company)
    store.commit([SetOwner("salon", PHONE)])
    with pytest.raises(Conflict):
        store.commit([SaveCompany(company)])
    assert store.company("salon").owner == PHONE


def test_a_company_of_an_older_release_has_no_version_and_can_be_edited(
    store: DynamoStore, company: Company
) -> None:
    store.save_company(company)
    for key in (keys.company("salon"), keys.registered("salon")):
        store.table.add(key, [CompanyItem.version.remove()])
    store.commit([SaveCompany(replace(store.company("salon"), enabled=False))])
    assert not store.company("salon").enabled
