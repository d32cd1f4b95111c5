"""Who is erased is gone, also from a restored snapshot; and what is stolen of the table names nobody."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from comeback.changes import (
    BindAddress,
    BindCard,
    MoveOutbox,
    PutOutbox,
    SaveClient,
    TouchConversation,
)
from comeback.clients.model import Client
from comeback.conversations.model import (
    Address,
    ChannelKind,
    Content,
    MessageReceived,
    OutboxMessage,
    OutboxState,
    Purpose,
)
from comeback.errors import Erased, NotFound
from comeback.ports import ImportedClient
from comeback.reactivation.model import JourneyState, Outcome
from comeback.storage import cipher, keys
from comeback.storage.cipher import Unreadable
from comeback.storage.keyed_vault import KeyedVault
from comeback.storage.sealing import Sealing
from comeback.storage.store import DynamoStore
from comeback.storage.vault import SEALED

from tests.storage import raw
from tests.storage.conftest import NOW, Kms
from tests.storage.life import ON, Life
from tests.storage.wire import KEYS, Wire

NAME, PHONE, CHAT_ID = "Каренина", "79031234567", "700700700"
WORDS, WAMID = "Ждём вас во вторник", "wamid.HBgLNzkwMzEyMzQ1NjcVAgARGBI5QTNDQTVB"
CHAT, NUMBER = Address(ChannelKind.TELEGRAM, CHAT_ID), Address(ChannelKind.WHATSAPP, PHONE)
PERSONAL = (NAME, PHONE, CHAT_ID, WORDS, WAMID)
ANNA = Client("salon", "yc77", NAME, f"+{PHONE}", "ru", (CHAT, NUMBER))
MESSAGE = OutboxMessage(
    "salon", "yc77", "j1.1", NUMBER, Content(WORDS), Purpose.MARKETING, NOW, journey_id="j1"
)

Process = Callable[[], DynamoStore]


@pytest.fixture
def process(table: str, kms: Kms) -> Process:
    """Another process, which remembers nothing."""
    return lambda: DynamoStore(table, KeyedVault(KEYS, lambda: kms.client, kms.key_id))


def known(store: DynamoStore, client_id: str = "yc77") -> None:
    """A client with a profile, addresses, a conversation and a message that the messenger took."""
    message = replace(MESSAGE, client_id=client_id)
    store.commit(
        [
            SaveClient(replace(ANNA, client_id=client_id)),
            *(BindAddress("salon", client_id, address) for address in ANNA.addresses),
            TouchConversation("salon", client_id, NUMBER, NOW),
            PutOutbox(message),
        ]
    )
    sent = replace(message, state=OutboxState.SENT, provider_id=WAMID)
    store.commit([MoveOutbox(sent, OutboxState.NEW)])


# ── what is stolen ───────────────────────────────────────────────────────────────────────────────


def test_stored_contacts_are_read_back_and_stand_nowhere_in_the_table(
    aws: Any, table: str, store: DynamoStore, process: Process
) -> None:
    known(store)
    for reader in (store, process()):
        assert reader.client("salon", "yc77").client == replace(ANNA, version=1)
        assert reader.outbox("salon", "yc77", "j1.1").content.text == WORDS
        assert reader.client_at("salon", CHAT) == "yc77"
        assert reader.outbox_by_provider_id("salon", ChannelKind.WHATSAPP, WAMID) == (
            "yc77",
            "j1.1",
        )
    stolen = raw.items(aws, table)
    assert [word for word in PERSONAL if raw.holds(stolen, word)] == []


def test_a_whole_journey_leaves_no_contact_in_the_table_nor_in_its_stream(
    aws: Any, table: str, store: DynamoStore
) -> None:
    raw.watch(aws, table)
    life = Life(store)
    life.open_salon()
    life.client("c1", NUMBER)
    anna = store.client("salon", "c1").client
    store.commit([SaveClient(replace(anna, name=NAME, phone=f"+{PHONE}"))])
    (ref,) = life.campaign()
    assert life.run_until_sent(ref) == "sent"
    said = life.whatsapp.sent[-1]
    assert NAME in said.content.text or NAME in str(said.content.template)
    life.says("Я Каренина, другое время", address=NUMBER)
    life.says("да", address=NUMBER)
    stranger = Address(ChannelKind.TELEGRAM, CHAT_ID)
    event = MessageReceived("tg.9", stranger, life.clock.now(), WORDS, sender_name=NAME)
    life.receive.receive("salon", event)
    found = {"items": raw.items(aws, table), "stream": raw.streamed(table)}
    assert len(found["stream"]) > len(found["items"]) > 20
    for what, stolen in found.items():
        words = (*PERSONAL, said.content.text[:12], "другое время")
        assert [word for word in words if raw.holds(stolen, word)] == [], what


def test_a_strangers_id_is_not_made_of_their_address(store: DynamoStore) -> None:
    life = Life(store)
    life.open_salon()
    written = [
        MessageReceived(f"tg.{n}", CHAT, life.clock.now() + timedelta(hours=n), "Привет")
        for n in (1, 2)
    ]
    life.receive.receive("salon", written[0])
    life.receive.receive("salon", written[0])
    first = store.client_at("salon", CHAT)
    assert first
    assert list(store.clients("salon")) == [first]
    store.erase("salon", first)
    life.receive.receive("salon", written[1])
    second = store.client_at("salon", CHAT)
    assert second not in (None, first)


# ── the proof ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.fault("a snapshot from before a client was erased is restored", "opens for nobody")
def test_a_restored_snapshot_gives_an_erased_client_back_to_nobody(
    aws: Any, table: str, store: DynamoStore, process: Process, kms: Kms
) -> None:
    known(store)
    snapshot = raw.items(aws, table)
    store.erase("salon", "yc77")
    assert [i for i in raw.items(aws, table) if "yc77" in i["PK"]["S"]] == []
    raw.put_back(aws, table, snapshot)
    for reader in (store, process()):
        with pytest.raises(NotFound):
            reader.client("salon", "yc77")
        with pytest.raises(NotFound):
            reader.outbox("salon", "yc77", "j1.1")
        assert list(reader.clients("salon")) == []
    everything = [*raw.items(aws, table), *raw.items(aws, KEYS)]
    assert [word for word in PERSONAL if raw.holds(everything, word)] == []
    assert opened_by(data_key(aws, kms), everything) == []


def data_key(aws: Any, kms: Kms) -> bytes:
    (wrapped,) = [i["wrapped"]["B"] for i in raw.items(aws, KEYS) if i["SK"]["S"] == "DATA"]
    answer = kms.client.decrypt(CiphertextBlob=wrapped, EncryptionContext={"company": "salon"})
    key: bytes = answer["Plaintext"]
    return key


def opened_by(key: bytes, stolen: list[raw.Raw]) -> list[bytes]:
    """By the company's key, in every way that it was ever used, with every secret that is left."""
    left = [i["secret"]["B"] for i in stolen if "secret" in i]
    tried = [key, cipher.index_key(key), *(cipher.client_key(key, s) for s in (b"", *left))]
    found = []
    for item in stolen:
        if SEALED in item:
            at = keys.Key(item["PK"]["S"], item["SK"]["S"])
            place = f"{len(at.pk)}|{at.pk}|{at.sk}".encode()
            for one in tried:
                try:
                    found.append(cipher.opened(one, item[SEALED]["B"], place))
                except Unreadable:
                    continue
    return found


def test_the_proof_would_find_what_can_be_opened(
    aws: Any, table: str, store: DynamoStore, kms: Kms
) -> None:
    known(store)
    everything = [*raw.items(aws, table), *raw.items(aws, KEYS)]
    opened = opened_by(data_key(aws, kms), everything)
    assert len(opened) == 3
    assert all(any(raw.holds(found, word) for found in opened) for word in (NAME, PHONE, WORDS))


# ── erasing ──────────────────────────────────────────────────────────────────────────────────────


def test_nothing_points_at_an_erased_client_and_others_stay(
    aws: Any, table: str, store: DynamoStore
) -> None:
    known(store)
    moved = Address(ChannelKind.TELEGRAM, "1")
    boris = replace(ANNA, client_id="boris", addresses=(moved,))
    store.commit([SaveClient(boris), BindAddress("salon", "boris", moved)])
    store.commit([SaveClient(replace(ANNA, addresses=(moved, *ANNA.addresses), version=1))])
    store.erase("salon", "yc77")
    assert store.client_at("salon", CHAT) is None
    assert store.outbox_by_provider_id("salon", ChannelKind.WHATSAPP, WAMID) is None
    assert store.client_at("salon", moved) == "boris"
    assert list(store.clients("salon")) == ["boris"]
    left = {item["kind"]["S"] for item in raw.items(aws, table)}
    assert left == {"client", "address"}


def test_late_steps_can_not_bring_an_erased_client_back(
    store: DynamoStore, process: Process
) -> None:
    """Nor is a new secret made: there is a tombstone in its place."""
    known(store)
    store.erase("salon", "yc77")
    for writer in (store, process()):
        for change in (
            SaveClient(ANNA),
            PutOutbox(replace(MESSAGE, outbox_id="late")),
            TouchConversation("salon", "yc77", CHAT, NOW),
        ):
            with pytest.raises(NotFound):
                writer.commit([change])
        assert writer.import_visits("salon", [ImportedClient(ANNA, ())]) == 0
    with pytest.raises(NotFound):
        store.client("salon", "yc77")


class Cut(Exception):
    """The connection is gone."""


def cut(_call: Any) -> Any:
    raise Cut


@pytest.mark.fault("erasing breaks off at any of its requests", "done again, it is whole")
def test_erasing_again_finishes_what_broke_off(
    aws: Any, table: str, store: DynamoStore, process: Process, wire: Wire
) -> None:
    known(store, "first")
    wire.counted()
    process().erase("salon", "first")
    requests = sum(wire.counted().values())
    assert requests >= 5
    for n in range(requests):
        known(store, f"cut{n}")
        wire.faults = [lambda call: call()] * n + [cut]
        with pytest.raises(Cut):
            process().erase("salon", f"cut{n}")
        wire.faults = []
        process().erase("salon", f"cut{n}")
        assert raw.items(aws, table) == []
    assert set(store.erased("salon")) == {"first", *(f"cut{n}" for n in range(requests))}


@pytest.mark.fault("erasing breaks off at any of its requests", "done again, it is whole")
def test_who_is_known_by_a_card_is_erased_under_its_name_too(
    aws: Any, table: str, store: DynamoStore, process: Process, wire: Wire
) -> None:
    for n in range(9):
        carded = replace(ANNA, client_id=f"c{n}", crm_id=f"{n}")
        store.commit([SaveClient(carded), BindCard("salon", f"c{n}", f"{n}")])
        wire.faults = [lambda call: call()] * n + [cut]
        with suppress(Cut):
            process().erase("salon", f"c{n}")
        wire.faults = []
        process().erase("salon", f"c{n}")
        assert raw.items(aws, table) == []
        with pytest.raises(Erased):
            store.commit([SaveClient(replace(ANNA, client_id=f"yc{n}", crm_id=f"{n}"))])


def test_a_journey_of_an_erased_client_is_passed_over(store: DynamoStore, aws: Any) -> None:
    life = Life(store)
    life.open_salon()
    life.client("c1")
    life.client("c2", Address(ChannelKind.TELEGRAM, "102"))
    for ref in life.campaign():
        life.run_until_sent(ref)
    journeys = list(store.journeys_on("salon", ON))
    assert {j.client_id for j in journeys} == {"c1", "c2"}
    snapshot = raw.items(aws, "comeback")
    store.erase("salon", "c1")
    raw.put_back(aws, "comeback", snapshot)
    assert [j.client_id for j in store.journeys_on("salon", ON)] == ["c2"]
    later = life.clock.now() + timedelta(days=30)
    waiting = list(store.waiting("salon", later))
    assert [(j.client_id, j.state) for j in waiting] == [("c2", JourneyState.WAITING)]


def test_a_client_erased_in_the_middle_of_a_journey_is_no_error(store: DynamoStore) -> None:
    """Whatever step comes next, the queue's delivery included, is told so, and the hourly expiry passes over."""
    life = Life(store)
    life.open_salon()
    life.client("c1")
    (ref,) = life.campaign()
    life.run_until_sent(ref)
    store.erase("salon", "c1")
    outbox_id = f"{ref.journey_id}.1"
    for late in (
        lambda: life.analyse.run(ref),
        lambda: life.find_slots.run(ref),
        lambda: life.send.run(ref, "late"),
        lambda: life.track.run(ref, Outcome.NO_RESPONSE),
        lambda: life.deliver.deliver("salon", "c1", outbox_id),
    ):
        with pytest.raises(Erased):
            late()
    life.clock.advance(days=30)
    life.expire.tick()
    again = MessageReceived("tg.9", life.telegram.sent[0].address, life.clock.now(), "Привет")
    life.receive.receive("salon", again)
    assert list(store.clients("salon")) not in ([], ["c1"])


# ── before contacts were sealed ──────────────────────────────────────────────────────────────────


def test_what_was_written_before_is_read_and_sealed_at_its_next_writing(
    aws: Any, table: str, store: DynamoStore, process: Process
) -> None:
    store.table._sealing = Sealing(None)
    known(store)
    assert raw.holds(raw.items(aws, table), NAME)
    reader = process()
    client = reader.client("salon", "yc77").client
    assert client == replace(ANNA, version=1)
    assert reader.client_at("salon", CHAT) == "yc77"
    assert reader.outbox("salon", "yc77", "j1.1").provider_id == WAMID
    reader.commit([SaveClient(client)])
    (profile,) = [i for i in raw.items(aws, table) if i["kind"]["S"] == "client"]
    assert not raw.holds(profile, NAME)
    reader.erase("salon", "yc77")
    assert raw.items(aws, table) == []
