"""Each client's secret: made at the first write, remembered for some minutes, gone for good when the client is erased."""

import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from itertools import islice
from threading import Lock

from comeback.errors import Conflict
from comeback.storage import keys, transaction
from comeback.storage.cipher import KEY_BYTES
from comeback.storage.items.base import NEW, Item
from comeback.storage.items.secrets import SecretItem
from comeback.storage.table import Put, Table, parts
from comeback.storage.vault import ClientRef

Secrets = dict[ClientRef, bytes | None]
"""None: a tombstone. Who never had a secret is not in it."""
REMEMBERED, SECONDS = 2_000, 300.0
"""How many, and how long: so long may a running process still read a client who was erased by another."""
ATTEMPTS = 5
MADE_AT_ONCE = 50
"""Half of a transaction's limit."""


class Recent:
    """The last that were asked for, each no longer than SECONDS."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._kept: OrderedDict[ClientRef, tuple[float, bytes | None]] = OrderedDict()
        self._alone = Lock()

    def all(self, wanted: Iterable[ClientRef]) -> Secrets:
        found: Secrets = {}
        with self._alone:
            for client in wanted:
                until, secret = self._kept.get(client, (0.0, None))
                if until > self._now():
                    self._kept.move_to_end(client)
                    found[client] = secret
        return found

    def keep(self, secrets: Secrets) -> None:
        with self._alone:
            for client, secret in secrets.items():
                self._kept[client] = (self._now() + SECONDS, secret)
                self._kept.move_to_end(client)
            while len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)


class ClientSecrets:
    def __init__(self, table: Table, now: Callable[[], float] = time.monotonic) -> None:
        self._table = table
        self._recent = Recent(now)

    def all(self, clients: Iterable[ClientRef]) -> Secrets:
        wanted = dict.fromkeys(clients)
        known = self._recent.all(wanted)
        if missing := [client for client in wanted if client not in known]:
            read = self._read(missing)
            self._recent.keep(read)
            known |= read
        return known

    def all_made(self, clients: Iterable[ClientRef]) -> Secrets:
        """A secret or a tombstone for everybody."""
        wanted = list(dict.fromkeys(clients))
        known = self.all(wanted)
        missing = [client for client in wanted if client not in known]
        for part in parts(missing, MADE_AT_ONCE):
            made = self._made(part)
            self._recent.keep(made)
            known |= made
        return known

    def _made(self, clients: list[ClientRef]) -> Secrets:
        """Who was first, we or another, is what stands. Raises Conflict when others kept being first."""
        known: Secrets = {}
        for _ in range(ATTEMPTS):
            left = [client for client in clients if client not in known]
            fresh: Secrets = {client: os.urandom(KEY_BYTES) for client in left}
            try:
                transaction.apply(self._table, [Put(_item(c, s), NEW) for c, s in fresh.items()])
            except Conflict:
                known |= self._read(left)
            else:
                return known | fresh
        raise Conflict("clients' secrets kept being made by others")

    def _read(self, clients: Iterable[ClientRef]) -> Secrets:
        places = {keys.secret(*client): client for client in clients}
        found = self._table.get_all(places)
        return {places[at]: _secret(item) for at, item in found.items()}

    def recall(self, after: ClientRef, limit: int) -> None:
        """In one Query, thirty to a unit; one by one they cost a unit each."""
        partition = keys.company_partition(after.company_id)
        behind = Item.sk.between(*keys.secrets_after(after.client_id))
        found = self._table.query(SecretItem, partition, behind, page=limit)
        self._recent.keep(
            {
                ClientRef(after.company_id, item.client_id): item.secret
                for item in islice(found, limit)
            }
        )

    def erase(self, client: ClientRef) -> None:
        """Raises Unavailable when it is not known to be done."""
        transaction.apply(self._table, [Put(_item(client, None))])
        self._recent.keep({client: None})

    def erased(self, company_id: str) -> list[ClientRef]:
        """All tombstones, by reading every secret of the company: for the operator."""
        partition = keys.company_partition(company_id)
        found = self._table.query(SecretItem, partition, Item.sk.startswith(keys.CLIENT))
        return [ClientRef(company_id, item.client_id) for item in found if item.secret is None]


def _item(client: ClientRef, secret: bytes | None) -> SecretItem:
    return SecretItem.of(client.company_id, client.client_id, secret)


def _secret(item: Item) -> bytes | None:
    return item.secret if isinstance(item, SecretItem) else None
