"""Imports bring in thousands, may be repeated, and lose nothing that we learnt ourselves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from comeback.changes import (
    BindAddress,
    SaveClient,
    SaveConsent,
    SaveDue,
    SaveVisit,
    TouchConversation,
)
from comeback.clients.model import Client, Consent, Visit, VisitStatus
from comeback.conversations.model import Address, ChannelKind, Purpose
from comeback.ports import ImportedClient
from comeback.reactivation.model import DueService, IntervalSource
from comeback.storage.store import DynamoStore

from tests.storage.wire import Call, Wire

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ON = date(2026, 3, 2)
PHONE = Address(ChannelKind.WHATSAPP, "79990000001")
CHAT = Address(ChannelKind.TELEGRAM, "1001")
ANNA = Client("salon", "anna", "Anna", phone="+79990000001", addresses=(PHONE,))
VISIT = Visit("v1", "haircut", "olga", NOW, VisitStatus.COMPLETED, 150_000, "crm")
YES = Consent(Purpose.MARKETING, True, NOW, "import:visits.csv", "v1")
STOP = Consent(Purpose.MARKETING, False, NOW - timedelta(days=9), "whatsapp_stop", "stop-v1")
DUE = DueService(
    "salon", "anna", "haircut", ON, ON, ON - timedelta(days=30), 3, 0, False,
    IntervalSource.MANUAL, "the owner's",
)  # fmt: skip
ROW = ImportedClient(ANNA, (VISIT,), (YES,), (DUE,))


def many(count: int) -> Sequence[ImportedClient]:
    return [
        ImportedClient(
            replace(ANNA, client_id=f"c{n}", addresses=(replace(PHONE, value=f"7{n:010}"),)),
            tuple(replace(VISIT, visit_id=f"v{n}.{k}") for k in range(3)),
            due=(replace(DUE, client_id=f"c{n}"),),
        )
        for n in range(count)
    ]


def test_a_new_client_comes_whole(store: DynamoStore) -> None:
    assert store.import_visits("salon", [ROW]) == 1
    file = store.client("salon", "anna")
    assert file.client == replace(ANNA, version=1)
    assert (file.visits, file.consents, file.due) == ((VISIT,), (YES,), (DUE,))
    assert store.client_at("salon", PHONE) == "anna"
    assert list(store.due("salon", ON)) == [DUE]


def test_hundreds_come_in_few_requests_and_a_repetition_writes_nothing(
    store: DynamoStore, wire: Wire
) -> None:
    rows = many(100)
    assert store.import_visits("salon", rows) == 100
    assert wire.counted() == {"BatchGetItem": 2, "PutItem": 100, "BatchWriteItem": 20}
    assert len(list(store.clients("salon"))) == 100
    wire.counted()
    assert store.import_visits("salon", iter(rows)) == 100
    assert set(wire.counted()) == {"BatchGetItem"}


def test_what_we_learnt_ourselves_stays(store: DynamoStore) -> None:
    store.import_visits("salon", [ROW])
    known = store.client("salon", "anna").client
    learnt = replace(
        known,
        addresses=(PHONE, CHAT),
        language="en",
        away_until=NOW + timedelta(days=9),
        unreachable=(ChannelKind.WHATSAPP,),
        preferred_staff_id="maria",
        vip=True,
    )
    store.commit([SaveClient(learnt), BindAddress("salon", "anna", CHAT)])
    told = replace(ANNA, name="Anna P", language="ru", crm_id="42", addresses=(PHONE,))
    store.import_visits("salon", [replace(ROW, client=told)])
    merged = replace(learnt, name="Anna P", crm_id="42", version=3)
    assert store.client("salon", "anna").client == merged
    assert store.client_at("salon", CHAT) == "anna"


def test_a_stop_is_never_undone_by_an_import(store: DynamoStore) -> None:
    store.commit([SaveClient(ANNA), SaveConsent("salon", "anna", STOP)])
    store.import_visits("salon", [ROW])
    assert store.client("salon", "anna").consents == (STOP,)


def test_a_consent_told_later_reaches_who_said_nothing_so_far(store: DynamoStore) -> None:
    store.import_visits("salon", [replace(ROW, consents=())])
    store.import_visits("salon", [ROW])
    store.import_visits("salon", [replace(ROW, consents=(replace(YES, source="import:2.csv"),))])
    assert store.client("salon", "anna").consents == (YES,)


def test_an_address_stays_with_whom_it_is_bound_to(store: DynamoStore) -> None:
    """One phone, two clients: a message to it must be answered by the one who was written to."""
    store.commit(
        [SaveClient(replace(ANNA, client_id="wrote")), BindAddress("salon", "wrote", PHONE)]
    )
    child = replace(ANNA, client_id="child")
    store.import_visits("salon", [ROW, replace(ROW, client=child, visits=(), due=())])
    assert store.client_at("salon", PHONE) == "wrote"
    assert store.client("salon", "anna").client.addresses == ()
    assert store.client("salon", "child").client.addresses == ()


def test_of_two_new_clients_with_one_phone_the_first_has_it(store: DynamoStore) -> None:
    child = replace(ANNA, client_id="child")
    rows = [ROW, replace(ROW, client=child, visits=(), due=())]
    for _ in range(2):
        store.import_visits("salon", rows)
    assert store.client_at("salon", PHONE) == "anna"
    assert store.client("salon", "child").client.addresses == ()


def test_a_client_told_twice_is_told_in_order(store: DynamoStore) -> None:
    again = replace(
        ROW, client=replace(ANNA, name="Anna P"), visits=(replace(VISIT, visit_id="v2"),)
    )
    assert store.import_visits("salon", [ROW, again]) == 2
    file = store.client("salon", "anna")
    assert file.client.name == "Anna P"
    assert {v.visit_id for v in file.visits} == {"v1", "v2"}


def test_a_visit_told_twice_stands_once_and_changes_with_the_telling(store: DynamoStore) -> None:
    cancelled = replace(VISIT, status=VisitStatus.CANCELLED)
    store.import_visits("salon", [replace(ROW, visits=(VISIT, VISIT))])
    store.import_visits("salon", [replace(ROW, visits=(cancelled,))])
    assert store.client("salon", "anna").visits == (cancelled,)


def test_the_journey_that_won_a_visit_is_remembered(store: DynamoStore) -> None:
    ours = replace(VISIT, status=VisitStatus.BOOKED, source="comeback", journey_id="j1")
    store.commit([SaveClient(ANNA), SaveVisit("salon", "anna", ours)])
    store.import_visits("salon", [ROW])
    (visit,) = store.client("salon", "anna").visits
    assert visit == replace(VISIT, source="comeback", journey_id="j1")


def test_a_rest_stands_until_the_client_comes_again(store: DynamoStore) -> None:
    store.import_visits("salon", [ROW])
    rest = DUE.resting(ON + timedelta(days=30))
    store.commit([SaveDue(rest)])
    store.import_visits("salon", [ROW])
    assert store.client("salon", "anna").due == (rest,)
    came = replace(
        DUE, last_visit_on=ON, due_on=ON + timedelta(days=5), next_on=ON + timedelta(days=5)
    )
    store.import_visits("salon", [replace(ROW, due=(came,))])
    assert store.client("salon", "anna").due == (came,)


NEW = Address(ChannelKind.WHATSAPP, "79990000002")
MOVED = replace(ANNA, phone="+79990000002", addresses=(NEW,))


def test_the_address_moves_with_the_number(store: DynamoStore) -> None:
    """Else what is meant for Anna would go on to whoever has her old number."""
    store.import_visits("salon", [ROW])
    store.import_visits("salon", [replace(ROW, client=MOVED)])
    client = store.client("salon", "anna").client
    assert (client.phone, client.addresses) == (MOVED.phone, (NEW,))
    assert store.client_at("salon", NEW) == "anna"


def test_an_address_that_the_client_wrote_from_stays(store: DynamoStore) -> None:
    store.import_visits("salon", [replace(ROW, client=replace(ANNA, phone="+79990000009"))])
    store.import_visits("salon", [replace(ROW, client=MOVED)])
    client = store.client("salon", "anna").client
    assert (client.phone, client.addresses) == (MOVED.phone, (PHONE,))


def test_a_number_that_is_anothers_does_not_come_without_its_address(store: DynamoStore) -> None:
    """So that news of the card moves both, and asks whoever holds it (handover.py)."""
    store.commit(
        [
            SaveClient(Client("salon", "boris", "Boris", MOVED.phone, addresses=(NEW,))),
            BindAddress("salon", "boris", NEW),
        ]
    )
    store.import_visits("salon", [ROW])
    store.import_visits("salon", [replace(ROW, client=MOVED)])
    client = store.client("salon", "anna").client
    assert (client.phone, client.addresses) == (ANNA.phone, (PHONE,))
    assert store.client_at("salon", NEW) == "boris"


def test_a_dialogue_at_the_same_moment_loses_nothing(store: DynamoStore, wire: Wire) -> None:
    """Between the import's look and its write the client says that they are away."""
    store.import_visits("salon", [ROW])
    known = store.client("salon", "anna").client
    away = replace(known, away_until=NOW + timedelta(days=9))

    def meanwhile(call: Call) -> object:
        found = call()
        wire.lock.release()
        store.commit([SaveClient(away)])
        wire.lock.acquire()
        return found

    wire.faults = [meanwhile]
    store.import_visits("salon", [replace(ROW, client=replace(ANNA, name="Anna P"))])
    client = store.client("salon", "anna").client
    assert (client.name, client.away_until, client.version) == ("Anna P", away.away_until, 3)


def test_who_writes_while_being_imported_is_not_overwritten(store: DynamoStore, wire: Wire) -> None:
    wrote = replace(ANNA, addresses=(CHAT,), language="en")

    def meanwhile(call: Call) -> object:
        found = call()
        wire.lock.release()
        store.commit([SaveClient(wrote), TouchConversation("salon", "anna", CHAT, NOW)])
        wire.lock.acquire()
        return found

    wire.faults = [meanwhile]
    store.import_visits("salon", [ROW])
    file = store.client("salon", "anna")
    assert set(file.client.addresses) == {CHAT, PHONE}
    assert (file.client.language, file.visits) == ("en", (VISIT,))
