"""A warm process asks the table for what it does not know, and believes no memory that the table would gainsay."""

from dataclasses import replace
from datetime import timedelta

import pytest
from comeback.changes import BindAddress, SaveClient, SaveCompany, SaveRule
from comeback.companies.model import Company
from comeback.conversations.model import MessageReceived
from comeback.errors import Conflict
from comeback.reactivation.model import ServiceRule
from comeback.runtime.remembering import ADDRESSES, SECONDS, Memory, RememberingStore
from comeback.storage.keyed_vault import KeyedVault

from tests.storage.life import Life
from tests.storage.talk import ANNA, CHAT, NOW, Talk, said
from tests.storage.wire import Wire


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def store(table: str, vault: KeyedVault, ticks: Ticks) -> RememberingStore:
    return RememberingStore(table, vault, monotonic=ticks)


def test_a_company_is_asked_for_again_after_a_while(
    store: RememberingStore,
    company: Company,
    ticks: Ticks,
    table: str,
    vault: KeyedVault,
    wire: Wire,
) -> None:
    store.save_company(company)
    wire.counted()
    assert store.company("salon") == store.company("salon") == company
    assert wire.counted() == {"GetItem": 1}
    paused = replace(company, enabled=False)
    RememberingStore(table, vault).save_company(paused)
    ticks.now = SECONDS - 1
    assert store.company("salon") == company
    ticks.now = SECONDS
    assert store.company("salon") == paused


def test_what_this_process_changed_it_sees_at_once(
    store: RememberingStore, company: Company
) -> None:
    store.save_company(company)
    store.company("salon")
    store.save_company(replace(company, enabled=False))
    assert not store.company("salon").enabled


def test_an_address_that_moved_is_not_taken_for_its_former_owners(
    store: RememberingStore, table: str, vault: KeyedVault, wire: Wire
) -> None:
    store.commit([SaveClient(ANNA), BindAddress("salon", "anna", CHAT)])
    boris = replace(ANNA, client_id="boris", addresses=(CHAT,))
    found = store.client_by_address("salon", CHAT)
    assert found
    wire.counted()
    assert store.client_by_address("salon", CHAT) == found
    assert wire.counted() == {"Query": 1}
    RememberingStore(table, vault).commit(
        [
            SaveClient(replace(found.client, addresses=())),
            SaveClient(boris),
            BindAddress("salon", "boris", CHAT),
        ]
    )
    moved = store.client_by_address("salon", CHAT)
    assert moved
    assert moved.client.client_id == "boris"


def test_little_is_kept() -> None:
    memory = Memory[int, int](3, SECONDS, Ticks())
    for n in range(ADDRESSES):
        memory.keep(n, n)
    assert [memory.get(n) for n in range(ADDRESSES - 4, ADDRESSES)] == [
        None,
        *range(ADDRESSES - 3, ADDRESSES),
    ]


# ── what an inbound message asks of the table ────────────────────────────────────────────────────


def test_words_of_a_known_client_cost_one_reading_and_one_writing(
    store: RememberingStore, wire: Wire
) -> None:
    """Receive alone; the reply's way out is Deliver's. One transaction of the event, the conversation and the reply."""
    talk = Talk(store)
    talk.know()
    talk.hear(said("first", 1))
    wire.counted()
    talk.hear(said("second", 2, at=NOW + timedelta(minutes=1)))
    assert wire.counted() == {"Query": 1, "TransactWriteItems": 1}
    assert len(talk.queue.enqueued) == 2


def test_an_answer_to_an_offer_is_one_reading_and_one_writing(
    store: RememberingStore, wire: Wire
) -> None:
    life = Life(store)
    life.open_salon()
    life.client("anna")
    (ref,) = life.campaign()
    life.run_until_sent(ref)
    address = life.journey(ref).attempt.address
    assert address
    heard = [
        MessageReceived(f"m{n}", address, life.clock.now() + timedelta(minutes=n), words)
        for n, words in enumerate(("hm, which one", "I do not know which time"))
    ]
    written: list[int] = []
    dispatch = wire.real

    def counting(connection: object, operation: str, arguments: dict[str, list[object]]) -> object:
        if operation == "TransactWriteItems":
            written.append(len(arguments["TransactItems"]))
        return dispatch(connection, operation, arguments)

    wire.real = counting
    for event in heard:
        wire.counted()
        life.receive.receive("salon", event)
    assert wire.counted() == {"Query": 1, "TransactWriteItems": 1}
    assert written == [
        7,
        4,
    ]  # the first is counted in the funnel, and calls the person whom both words are kept for


def test_who_edits_is_shown_what_another_process_has_saved(
    store: RememberingStore, company: Company, table: str, vault: KeyedVault
) -> None:
    store.save_company(company)
    rule = ServiceRule("cut")
    assert (store.company("salon"), store.catalogue("salon").rules) == (company, {})
    another = RememberingStore(table, vault)
    another.commit([SaveRule("salon", rule)])
    another.commit([SaveCompany(replace(company, enabled=False))])
    store.forget("salon")
    assert not store.company("salon").enabled
    assert store.catalogue("salon").rules == {"cut": replace(rule, version=1)}


def test_what_was_refused_was_decided_on_an_old_memory(
    store: RememberingStore, company: Company, table: str, vault: KeyedVault
) -> None:
    store.save_company(company)
    store.company("salon")
    RememberingStore(table, vault).commit([SaveCompany(replace(company, enabled=False))])
    with pytest.raises(Conflict):
        store.commit([SaveCompany(replace(company, week_cap=1))])
    assert not store.company("salon").enabled
