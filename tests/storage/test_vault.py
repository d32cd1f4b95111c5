"""What sealing costs in requests, and what it does when others are faster or AWS does not answer."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from comeback.changes import BindAddress, PutOutbox, SaveClient
from comeback.clients.model import Client
from comeback.conversations.model import Address, ChannelKind, Content, OutboxMessage, Purpose
from comeback.errors import NotFound, RateLimited, Unavailable
from comeback.ports import ImportedClient
from comeback.storage import cipher, client_secrets
from comeback.storage.cipher import Unreadable
from comeback.storage.keyed_vault import KeyedVault
from comeback.storage.store import DynamoStore
from comeback.storage.vault import ClientRef, Personal, Raw

from tests.storage import raw
from tests.storage.conftest import NOW, Kms
from tests.storage.wire import KEYS, Wire

CHAT = Address(ChannelKind.TELEGRAM, "700700700")
ANNA = Client("salon", "anna", "Anna", "+79031234567", addresses=(CHAT,))
WHO = ClientRef("salon", "anna")


@dataclass
class Watched:
    """KMS, its calls counted; `fault` is raised instead of the next answer."""

    real: Any
    calls: Counter[str] = field(default_factory=Counter)
    fault: Exception | None = None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self.calls[name] += 1
            fault, self.fault = self.fault, None
            if fault:
                raise fault
            return getattr(self.real, name)(**arguments)

        return call


@dataclass
class Ticks:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watched(kms: Kms) -> Watched:
    return Watched(kms.client)


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def vault(table: str, kms: Kms, watched: Watched, ticks: Ticks) -> KeyedVault:
    return KeyedVault(KEYS, lambda: watched, kms.key_id, now=ticks)


@pytest.fixture
def another(table: str, kms: Kms, watched: Watched, ticks: Ticks) -> KeyedVault:
    """Of another process."""
    return KeyedVault(KEYS, lambda: watched, kms.key_id, now=ticks)


def item(sk: str = "F#PROFILE", client_id: str = "anna") -> Raw:
    return {
        "PK": {"S": f"CO#salon#CL#{client_id}"},
        "SK": {"S": sk},
        "name": {"S": "Anna"},
        "picture": {"M": {"png": {"B": b"\x89\xff"}}},
        "version": {"N": "1"},
    }


def personal(raw_item: Raw, client: ClientRef = WHO) -> Personal:
    return Personal(client, raw_item, frozenset({"name", "picture", "phone"}))


def message(n: int) -> OutboxMessage:
    return OutboxMessage("salon", "anna", f"m{n}", CHAT, Content("Hi"), Purpose.SERVICE, NOW)


# ── requests ─────────────────────────────────────────────────────────────────────────────────────


def test_a_thousand_messages_cost_one_call_of_kms_and_one_secret(
    vault: KeyedVault, another: KeyedVault, watched: Watched, table: str, wire: Wire
) -> None:
    vault.open_company("salon")
    vault.seal([personal(item())])
    watched.calls.clear()
    wire.counted_of_keys()
    for n in range(1000):
        (sealed,) = another.seal([personal(item(f"OUT#{n}"))])
        assert another.open([(WHO, sealed)]) == [item(f"OUT#{n}")]
        another.blind("salon", f"ADDR#telegram#{n}")
    assert watched.calls == {"decrypt": 1}
    assert wire.counted_of_keys() == {"GetItem": 1, "BatchGetItem": 1}


def test_a_clients_file_costs_one_request_more_and_none_when_it_was_read_just_now(
    store: DynamoStore, vault: KeyedVault, another: KeyedVault, table: str, wire: Wire, ticks: Ticks
) -> None:
    store.commit([SaveClient(ANNA), BindAddress("salon", "anna", CHAT)])
    store.commit([PutOutbox(message(n)) for n in range(20)])
    reader = DynamoStore(table, another)
    another.open_company("salon")
    wire.counted_of_keys()
    reader.client("salon", "anna")
    assert wire.counted_of_keys() == {"BatchGetItem": 1}
    reader.client("salon", "anna")
    reader.outbox("salon", "anna", "m1")
    reader.client_at("salon", CHAT)
    assert wire.counted_of_keys() == {}
    ticks.now += client_secrets.SECONDS
    reader.client("salon", "anna")
    assert wire.counted_of_keys() == {"BatchGetItem": 1}


def test_hundreds_of_secrets_are_read_and_made_by_few_requests(
    store: DynamoStore, another: KeyedVault, table: str, wire: Wire
) -> None:
    rows = [ImportedClient(replace(ANNA, client_id=f"c{n}", addresses=()), ()) for n in range(200)]
    assert store.import_visits("salon", rows) == 200
    made = wire.counted_of_keys()
    assert made == {"BatchGetItem": 4, "TransactWriteItems": 4, "GetItem": 1, "PutItem": 1}
    reader = DynamoStore(table, another)
    wire.counted()
    assert len(list(reader.clients("salon"))) == 200
    assert wire.counted() == {"Query": 1}
    assert wire.counted_of_keys() == {"BatchGetItem": 2, "GetItem": 1}


def test_what_a_process_remembers_is_bounded(monkeypatch: pytest.MonkeyPatch, ticks: Ticks) -> None:
    monkeypatch.setattr(client_secrets, "REMEMBERED", 3)
    recent = client_secrets.Recent(ticks)
    everybody = [ClientRef("salon", str(n)) for n in range(5)]
    for client in everybody[:4]:
        recent.keep({client: b"s"})
    recent.all([everybody[1]])
    recent.keep({everybody[4]: None})
    assert set(recent.all(everybody)) == {everybody[1], everybody[3], everybody[4]}


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_sealed_of_one_client_opens_for_no_other_and_nowhere_else(
    vault: KeyedVault, another: KeyedVault
) -> None:
    (sealed,) = vault.seal([personal(item())])
    assert set(sealed) == {"PK", "SK", "version", "sealed"}
    vault.seal(
        [personal(item(), ClientRef("salon", "boris")), personal(item(), ClientRef("b", "anna"))]
    )
    for reader in (vault, another):
        assert reader.open([(WHO, sealed)]) == [item()]
        for wrong in (
            (ClientRef("salon", "boris"), sealed),
            (ClientRef("b", "anna"), sealed),
            (WHO, sealed | {"SK": {"S": "F#OTHER"}}),
        ):
            with pytest.raises(Unreadable):
                reader.open([wrong])


def test_a_sealed_item_without_a_secret_is_no_erased_clients(vault: KeyedVault, aws: Any) -> None:
    """The two tables do not belong together, or somebody deleted a secret: nobody must take it for an erasure."""
    (sealed,) = vault.seal([personal(item())])
    stranger = ClientRef("salon", "nobody")
    with pytest.raises(Unreadable, match="nobody has no secret"):
        vault.open([(stranger, sealed)])


def test_a_process_that_remembers_a_secret_forgets_it_in_minutes(
    vault: KeyedVault, another: KeyedVault, ticks: Ticks
) -> None:
    (sealed,) = vault.seal([personal(item())])
    another.erase(WHO)
    ticks.now += client_secrets.SECONDS
    assert vault.open([(WHO, sealed)]) == [None]
    with pytest.raises(NotFound):
        vault.seal([personal(item())])
    assert vault.prepare([WHO, ClientRef("salon", "boris")]) == {WHO}


def test_companies_blind_the_same_number_differently(vault: KeyedVault) -> None:
    assert vault.blind("salon", "ADDR#whatsapp#7") != vault.blind("barber", "ADDR#whatsapp#7")


def test_of_two_who_make_a_companys_key_at_once_one_wins(
    vault: KeyedVault, another: KeyedVault, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = another._data_keys._table.get
    monkeypatch.setattr(
        another._data_keys._table, "get", first_none_then(stored, vault.open_company, "salon")
    )
    (sealed,) = another.seal([personal(item())])
    assert vault.open([(WHO, sealed)]) == [item()]


def first_none_then(real: Callable[..., Any], meanwhile: Callable[[str], None], it: str) -> Any:
    asked: Iterator[int] = iter(range(10))

    def get(*arguments: Any) -> Any:
        if next(asked):
            return real(*arguments)
        meanwhile(it)
        return None

    return get


def test_of_two_who_make_a_clients_secret_at_once_one_wins(
    vault: KeyedVault, another: KeyedVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [ClientRef("salon", f"c{n}") for n in range(3)]
    sealed: list[Raw] = []

    def none_yet(clients: Any) -> dict[ClientRef, bytes | None]:
        monkeypatch.undo()
        sealed.extend(vault.seal([personal(item(client_id="c1"), others[1])]))
        return {}

    monkeypatch.setattr(another._secrets, "_read", none_yet)
    assert another.prepare(others) == frozenset()
    assert another.open([(others[1], sealed[0])]) == [item(client_id="c1")]


# ── when AWS does not answer ─────────────────────────────────────────────────────────────────────


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "on order"}}, "Decrypt")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (refused("ThrottlingException"), RateLimited),
        (refused("KMSInternalException"), Unavailable),
        (ReadTimeoutError(endpoint_url="https://kms"), Unavailable),
        (refused("AccessDeniedException"), ClientError),
    ],
    ids=str,
)
def test_what_kms_refuses_is_told_and_tried_again_next_time(
    vault: KeyedVault, watched: Watched, fault: Exception, told: type[Exception]
) -> None:
    watched.fault = fault
    with pytest.raises(told):
        vault.seal([personal(item())])
    (sealed,) = vault.seal([personal(item())])
    assert vault.open([(WHO, sealed)]) == [item()]


def test_a_companys_key_opens_as_no_other_companys(
    vault: KeyedVault, another: KeyedVault, aws: Any
) -> None:
    """Whoever can write to the table of keys can not make one company's contacts readable as another's."""
    vault.open_company("salon")
    (stored,) = raw.items(aws, KEYS)
    raw.put_back(aws, KEYS, [{**stored, "PK": {"S": "CO#barber"}}])
    with pytest.raises(ClientError, match="InvalidCiphertext"):
        another.open_company("barber")


def test_an_unsealed_item_passes(vault: KeyedVault) -> None:
    assert vault.open([(WHO, item())]) == [item()]


def test_a_clients_key_needs_both_halves() -> None:
    keys = {cipher.client_key(d, s) for d in (b"a" * 32, b"b" * 32) for s in (b"c" * 32, b"d" * 32)}
    assert len(keys) == 4
