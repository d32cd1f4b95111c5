"""Bulk upsert of clients with their visits, for imports and syncs: BatchGet, merge, BatchWrite. Repeating it is harmless.

What the outside knows (name, phone, CRM id, visits, due dates) is replaced; what we learnt ourselves (addresses bound in a
dialogue, consents, rests of due dates, what a client asked for) stays.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from comeback.changes import BindAddress, SaveConsent
from comeback.clients.model import Client
from comeback.ports import ImportedClient
from comeback.reactivation.model import DueService
from comeback.storage import items, keys
from comeback.storage.commit import address_item, client_item, consent_item, due_item, visit_item
from comeback.storage.items import Item

Element = TypeVar("Element")
CHUNK = 50
"""Clients per round: BatchGetItem takes 100 keys."""


def import_visits(company_id: str, rows: Iterable[ImportedClient]) -> int:
    written = 0
    for chunk in _chunks(rows, CHUNK):
        known = _known(company_id, chunk)
        with Item.batch_write() as batch:
            for row in chunk:
                for item in _items(company_id, row, known):
                    batch.save(item)
        written += len(chunk)
    return written


def _known(company_id: str, chunk: list[ImportedClient]) -> dict[tuple[str, str], Item]:
    wanted = [
        (keys.client(company_id, row.client.client_id), sort)
        for row in chunk
        for sort in (keys.FILE_PROFILE, *(keys.due(d.service_id) for d in row.due))
    ]
    found: dict[tuple[str, str], Item] = {}
    for part in _chunks(wanted, 100):
        for item in Item.batch_get(part, consistent_read=True):
            found[(item.pk, item.sk)] = item
    return found


def _items(
    company_id: str, row: ImportedClient, known: dict[tuple[str, str], Item]
) -> Iterator[Item]:
    own = keys.client(company_id, row.client.client_id)
    before = known.get((own, keys.FILE_PROFILE))
    stored = before.client if isinstance(before, items.ClientItem) else None
    client = merged(row.client, stored)
    if client != stored:
        yield client_item(replace(client, version=client.version + 1))
    for address in row.client.addresses:
        if stored is None or address not in stored.addresses:
            yield address_item(BindAddress(company_id, client.client_id, address))
    if stored is None:
        for consent in row.consents:
            yield consent_item(SaveConsent(company_id, client.client_id, consent))
    for visit in row.visits:
        yield visit_item(company_id, client.client_id, visit)
    for due in row.due:
        entry = known.get((own, keys.due(due.service_id)))
        yield due_item(rested(due, entry.due if isinstance(entry, items.DueItem) else None))


def merged(fresh: Client, stored: Client | None) -> Client:
    if stored is None:
        return fresh
    addresses = {a.channel: a for a in (*fresh.addresses, *stored.addresses)}
    return replace(
        stored,
        name=fresh.name or stored.name,
        phone=fresh.phone or stored.phone,
        language=stored.language or fresh.language,
        addresses=tuple(addresses.values()),
        vip=fresh.vip or stored.vip,
        crm_id=fresh.crm_id or stored.crm_id,
    )


def rested(fresh: DueService, stored: DueService | None) -> DueService:
    """A rest decided by a journey stands until the client comes again."""
    if stored is None or stored.last_visit_on != fresh.last_visit_on:
        return fresh
    return replace(fresh, next_on=max(fresh.next_on, stored.next_on))


def _chunks(elements: Iterable[Element], size: int) -> Iterator[list[Element]]:
    iterator = iter(elements)
    while chunk := list(islice(iterator, size)):
        yield chunk
