"""The vault that seals contacts inside their own items, under a key of each client's.

client's key = HKDF(company's data key, salt = client's secret). Both lie in the table of keys, the first wrapped by KMS: a copy
of the main table alone opens nothing, and without the secret nothing opens that client's items ever again.

Per process and company one KMS call; per client one read of the secret, remembered for some minutes.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import msgpack

from comeback.errors import Erased
from comeback.ports import Note
from comeback.storage import cipher
from comeback.storage.cipher import Unreadable
from comeback.storage.client_secrets import ClientSecrets
from comeback.storage.data_keys import DataKeys
from comeback.storage.table import Table
from comeback.storage.vault import SEALED, ClientRef, Personal, Raw

BINARY = "B"


class KeyedVault:
    def __init__(
        self,
        keys_table: str,
        kms: Callable[[], Any],
        key_id: str,
        used: Note | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`kms` makes KMS' client when it is first needed; `now` in seconds, for what is remembered."""
        table = Table(keys_table, used=used)
        self._data_keys = DataKeys(table, kms, key_id)
        self._secrets = ClientSecrets(table, now)
        self._index_keys: dict[str, bytes] = {}

    def seal(self, items: Sequence[Personal]) -> list[Raw]:
        secrets = self._secrets.all_made(item.client for item in items)
        return [self._sealed(item, secrets[item.client]) for item in items]

    def _sealed(self, item: Personal, secret: bytes | None) -> Raw:
        if secret is None:
            raise Erased(f"client {item.client.client_id} was erased")
        personal = {name: item.raw[name] for name in sorted(item.names & item.raw.keys())}
        rest = {name: value for name, value in item.raw.items() if name not in personal}
        key = self._key(item.client, secret)
        sealed = cipher.seal(key, msgpack.encode(personal), _place(item.raw))
        return {**rest, SEALED: {BINARY: sealed}}

    def open(self, items: Sequence[tuple[ClientRef, Raw]]) -> list[Raw | None]:
        secrets = self._secrets.all(client for client, raw in items if SEALED in raw)
        opened: list[Raw | None] = []
        for client, raw in items:
            if SEALED not in raw:
                opened.append(raw)
            elif client not in secrets:
                raise Unreadable(f"client {client.client_id} has no secret in the table of keys")
            else:
                secret = secrets[client]
                opened.append(self._opened(client, raw, secret) if secret is not None else None)
        return opened

    def _opened(self, client: ClientRef, raw: Raw, secret: bytes) -> Raw:
        sealed: bytes = raw[SEALED][BINARY]
        plain = cipher.opened(self._key(client, secret), sealed, _place(raw))
        rest = {name: value for name, value in raw.items() if name != SEALED}
        return {**rest, **msgpack.decode(plain)}

    def _key(self, client: ClientRef, secret: bytes) -> bytes:
        return cipher.client_key(self._data_keys.of(client.company_id), secret)

    def blind(self, company_id: str, value: str) -> str:
        if company_id not in self._index_keys:
            self._index_keys[company_id] = cipher.index_key(self._data_keys.of(company_id))
        return cipher.blinded(self._index_keys[company_id], value)

    def prepare(self, clients: Iterable[ClientRef]) -> frozenset[ClientRef]:
        secrets = self._secrets.all_made(clients)
        return frozenset(client for client, secret in secrets.items() if secret is None)

    def recall(self, after: ClientRef, limit: int) -> None:
        self._secrets.recall(after, limit)

    def open_company(self, company_id: str) -> None:
        self._data_keys.of(company_id)

    def erase(self, client: ClientRef) -> None:
        self._secrets.erase(client)

    def is_erased(self, client: ClientRef) -> bool:
        secrets = self._secrets.all([client])
        return client in secrets and secrets[client] is None

    def erased(self, company_id: str) -> Sequence[ClientRef]:
        return self._secrets.erased(company_id)


def _place(raw: Raw) -> bytes:
    """Table-wide unique: the length keeps apart what the keys' own characters could not."""
    pk, sk = raw["PK"]["S"], raw["SK"]["S"]
    return f"{len(pk)}|{pk}|{sk}".encode(errors="surrogatepass")
