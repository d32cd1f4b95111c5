"""The directory of clients, page by page: what it shows, and what it costs."""

from collections.abc import Sequence
from dataclasses import replace

from comeback.changes import BindAddress, PutOutbox, SaveClient
from comeback.clients.model import Client
from comeback.clients.search import FindClients
from comeback.companies.model import Company
from comeback.conversations.model import Address, ChannelKind, Content, OutboxMessage, Purpose
from comeback.storage.keyed_vault import KeyedVault
from comeback.storage.store import DynamoStore
from comeback.storage.vault import ClientRef

from tests.storage.conftest import NOW, Kms
from tests.storage.wire import KEYS, Wire

CLIENTS = 120


def known(store: DynamoStore, company: Company) -> list[Client]:
    store.save_company(company)
    found = []
    for n in range(CLIENTS):
        number = Address(ChannelKind.WHATSAPP, f"79161234{n:03}")
        client = Client("salon", f"c{n:03}", f"Анна {n}", f"+{number.value}", addresses=(number,))
        store.commit([SaveClient(client), BindAddress("salon", client.client_id, number)])
        found.append(replace(client, version=1))
    return found


def another(table: str, kms: Kms) -> DynamoStore:
    """A process that remembers nothing."""
    return DynamoStore(table, KeyedVault(KEYS, lambda: kms.client, kms.key_id))


def ids(clients: Sequence[Client]) -> list[str]:
    return [client.client_id for client in clients]


def test_pages_follow_one_another(store: DynamoStore, company: Company) -> None:
    clients = known(store, company)
    first = store.directory("salon", "", 50)
    second = store.directory("salon", first[-1].client_id, 50)
    rest = store.directory("salon", second[-1].client_id, 50)
    assert [*first, *second, *rest] == clients
    assert len(rest) == CLIENTS - 100
    assert store.directory("salon", rest[-1].client_id, 50) == []
    assert store.directory("salon2", "", 50) == []


def test_a_page_is_two_requests(
    store: DynamoStore, company: Company, table: str, kms: Kms, wire: Wire
) -> None:
    """One Query of secrets and one of profiles; and the company's key, once a process."""
    known(store, company)
    fresh = another(table, kms)
    wire.counted(), wire.counted_of_keys()
    fresh.directory("salon", "", 100)
    assert wire.counted() == {"Query": 1}
    assert wire.counted_of_keys() == {"Query": 1, "GetItem": 1}


def test_erased_clients_are_not_shown(
    store: DynamoStore, company: Company, table: str, kms: Kms
) -> None:
    known(store, company)
    store.erase("salon", "c001")
    assert ids(another(table, kms).directory("salon", "", 3)) == ["c000", "c002", "c003"]


def test_recalling_makes_nothing(store: DynamoStore, vault: KeyedVault, company: Company) -> None:
    """Of a client who has no secret none is made up, and a tombstone stays one."""
    known(store, company)
    store.erase("salon", "c001")
    vault.recall(ClientRef("salon", ""), 2_000)
    assert vault.is_erased(ClientRef("salon", "c001"))
    assert not vault.is_erased(ClientRef("salon", "nobody"))


def test_a_number_is_found_by_its_key(
    store: DynamoStore, company: Company, table: str, kms: Kms, wire: Wire
) -> None:
    """Whatever way it is written; the directory is not read for it."""
    known(store, company)
    fresh = another(table, kms)
    fresh.company("salon")
    for written in ("8 916 123-40-07", "+7 (916) 123 40 07"):
        wire.counted()
        found = FindClients(fresh).find("salon", written, "", "", 50)
        assert ids(found.clients) == ["c007"]
        assert wire.counted() == {"GetItem": 2, "Query": 1}  # the company, the pointer; the file


def test_messages_of_one_client(store: DynamoStore) -> None:
    chat = Address(ChannelKind.TELEGRAM, "5")
    made = [
        OutboxMessage("salon", who, f"j{n}.1", chat, Content(f"n{n}"), Purpose.MARKETING, NOW)
        for n, who in enumerate(("anna", "bella", "anna"))
    ]
    for message in made:
        store.commit([PutOutbox(message)])
    assert list(store.messages("salon", "anna")) == [made[0], made[2]]
    assert store.messages("salon", "nobody") == []
