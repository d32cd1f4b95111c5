"""Bulk upsert of clients with their visits, for imports and syncs. What differs is written; repeating it writes nothing.

| what               | known client                                              | new client |
|--------------------|-----------------------------------------------------------|------------|
| name, phone, CRM id| the outside's, where it has one                            | as told    |
| language           | ours; the outside's where we have none                     | as told    |
| VIP                | once said by either, it stays                              | as told    |
| addresses          | ours per channel; new channels are added                   | as told    |
| an address         | stays with the client it is bound to, and with that alone  | likewise   |
| consents           | only while none at all is on record: a STOP is never undone| as told    |
| everything else    | ours (absence, unreachable, asked-for staff)               | as told    |
| visits             | the outside's, but the journey that won one stays          | as told    |
| due entries        | the outside's; a rest stands until the client comes again  | as told    |

A profile is written on its own and under its version, so that a dialogue going on at the same moment loses nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from comeback.clients.directory import imported
from comeback.clients.identity import card
from comeback.clients.model import Client, Visit
from comeback.conversations.model import Address
from comeback.errors import Conflict, Refused
from comeback.ports import ImportedClient
from comeback.reactivation.model import DueService
from comeback.storage import keys, transaction
from comeback.storage.commit import at_version
from comeback.storage.items.base import Item
from comeback.storage.items.clients import (
    AddressItem,
    CardItem,
    ClientItem,
    ConsentItem,
    VisitItem,
)
from comeback.storage.items.reactivation import DueItem
from comeback.storage.keys import Key
from comeback.storage.table import Put, Table
from comeback.storage.vault import ClientRef, Vault

CHUNK = 50
"""Clients per round: their profiles and addresses fill one BatchGetItem."""
ATTEMPTS = 5
"""Lost races for one profile before the import gives up with Conflict."""


def import_visits(
    table: Table, vault: Vault, company_id: str, rows: Iterable[ImportedClient]
) -> int:
    """How many clients were brought in. Who was erased stays so, whatever the outside tells."""
    done = 0
    for chunk in _chunks(rows):
        if any(row.client.company_id != company_id for row in chunk) or any(
            due.company_id != company_id for row in chunk for due in row.due
        ):
            raise Refused("an import of one company tells of another's clients")
        erased = vault.prepare([ClientRef(company_id, row.client.client_id) for row in chunk])
        gone = {client.client_id for client in erased}
        left = [row for row in chunk if row.client.client_id not in gone]
        Round(table, company_id).run(left)
        done += len(left)
    return done


def _chunks(rows: Iterable[ImportedClient]) -> Iterator[list[ImportedClient]]:
    """A client told twice begins a new round, so that the second telling finds the first."""
    chunk: dict[str, ImportedClient] = {}
    for row in rows:
        if len(chunk) == CHUNK or row.client.client_id in chunk:
            yield list(chunk.values())
            chunk = {}
        chunk[row.client.client_id] = row
    if chunk:
        yield list(chunk.values())


@dataclass
class Round:
    table: Table
    company_id: str
    owners: dict[Key, str] = field(default_factory=dict)
    """Client id by address, as bound before or by this round."""

    def run(self, chunk: Sequence[ImportedClient]) -> None:
        profiles = [keys.client(self.company_id, row.client.client_id) for row in chunk]
        addresses = [self._place(a) for row in chunk for a in row.client.addresses]
        found = self.table.get_all([*profiles, *addresses])
        self.owners |= {k: i.client_id for k, i in found.items() if isinstance(i, AddressItem)}
        fresh: list[Item] = []
        known: list[ImportedClient] = []
        for row, at in zip(chunk, profiles, strict=True):
            fresh += self._addresses(row.client)
            is_known = self._profile(row.client, found.get(at))
            known += [row] if is_known else []
            fresh += self._consents(row, is_known)
        before = self._before(known)
        for row in chunk:
            fresh += self._visits(row, before)
            fresh += self._due(row, before)
        self.table.put_all(fresh)

    def _place(self, address: Address) -> Key:
        return keys.address(self.company_id, address.channel.value, address.value)

    def _addresses(self, client: Client) -> Iterator[Item]:
        """Pointers of addresses that were nobody's."""
        for address in client.addresses:
            if self._place(address) not in self.owners:
                self.owners[self._place(address)] = client.client_id
                yield AddressItem.of(self.company_id, client.client_id, address)

    def _profile(self, told: Client, found: Item | None) -> bool:
        """Whether the client was known before, if only since a moment ago."""
        own = [a for a in told.addresses if self.owners[self._place(a)] == told.client_id]
        for _ in range(ATTEMPTS):
            stored = found.client() if isinstance(found, ClientItem) else None
            client = imported(told, own, stored)
            if client == stored:
                return True
            version = stored.version if stored else 0
            item = ClientItem.of(replace(client, version=version + 1))
            saved = Put(item, at_version(ClientItem.version, version))
            try:
                transaction.apply(self.table, [saved, *self._card(client)])
            except Conflict:
                found = self.table.get(ClientItem, item.key)
            else:
                return stored is not None
        raise Conflict(f"client {told.client_id} kept being changed by others")

    def _card(self, client: Client) -> Iterator[Put]:
        """What leads from the CRM's id to who is called otherwise here."""
        if crm_id := card(client):
            yield Put(CardItem.of(self.company_id, client.client_id, crm_id))

    def _consents(self, row: ImportedClient, known: bool) -> Iterator[Item]:
        if not row.consents:
            return
        partition, prefix = keys.consents(self.company_id, row.client.client_id)
        stored = self.table.query(ConsentItem, partition, Item.sk.startswith(prefix), page=1)
        if known and next(stored, None) is not None:
            return
        for consent in row.consents:
            yield ConsentItem.of(self.company_id, row.client.client_id, consent)

    def _before(self, rows: Sequence[ImportedClient]) -> Mapping[Key, Item]:
        """Visits and due entries that stand already, of clients who did before this round."""
        return self.table.get_all(
            key
            for row in rows
            for key in (
                *(self._visit_key(row, visit) for visit in row.visits),
                *(self._due_key(row, due) for due in row.due),
            )
        )

    def _visit_key(self, row: ImportedClient, visit: Visit) -> Key:
        return keys.visit(self.company_id, row.client.client_id, visit.visit_id)

    def _due_key(self, row: ImportedClient, due: DueService) -> Key:
        return keys.due(self.company_id, row.client.client_id, due.service_id)

    def _visits(self, row: ImportedClient, before: Mapping[Key, Item]) -> Iterator[Item]:
        for told in row.visits:
            item = before.get(self._visit_key(row, told))
            stored = item.visit() if isinstance(item, VisitItem) else None
            visit = won(told, stored)
            if visit != stored:
                yield VisitItem.of(self.company_id, row.client.client_id, visit)

    def _due(self, row: ImportedClient, before: Mapping[Key, Item]) -> Iterator[Item]:
        for told in row.due:
            item = before.get(self._due_key(row, told))
            stored = item.due() if isinstance(item, DueItem) else None
            due = rested(told, stored)
            if due != stored:
                yield DueItem.of(due)


def won(fresh: Visit, stored: Visit | None) -> Visit:
    """The outside does not know which journey won a visit; we do."""
    if stored is None or not stored.journey_id:
        return fresh
    return replace(fresh, source=stored.source, journey_id=stored.journey_id)


def rested(fresh: DueService, stored: DueService | None) -> DueService:
    """A rest decided by a journey stands until the client comes again."""
    if stored is None or stored.last_visit_on != fresh.last_visit_on or stored.rest is None:
        return fresh
    return fresh.resting(stored.rest)
