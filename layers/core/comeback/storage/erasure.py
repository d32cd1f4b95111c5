"""Erasing a client: the pointers at them, their secret, their items. Repeating it is harmless, and finishes what a crash left.

In this order: while the secret is there it can still be read which addresses and messages point at the client; once the tombstone
stands, nothing can be written anew while the items go. What stays names nobody: funnel counts, booked time under the client's id.
"""

from collections.abc import Iterable, Iterator

from comeback.conversations.model import Address
from comeback.storage import keys
from comeback.storage.items.base import Item
from comeback.storage.items.clients import AddressItem, ClientItem
from comeback.storage.items.conversations import ConversationItem, OutboxItem, ProviderItem
from comeback.storage.items.reactivation import JourneyItem
from comeback.storage.keys import Key, Stored
from comeback.storage.table import Table
from comeback.storage.vault import ClientRef, Vault


def erase(table: Table, vault: Vault, client: ClientRef) -> None:
    """Raises Unavailable or RateLimited half-way: erase again."""
    partition = keys.client_partition(*client)
    pointers = dict.fromkeys(_pointers(client, table.query(Item, partition)))
    found = table.get_all(place for pointer in pointers for place in table.places(pointer))
    theirs = [at for at, item in found.items() if _whose(item) == client.client_id]
    table.delete_all(Stored(*at) for at in theirs)
    vault.erase(client)
    table.delete_all(table.keys_in(partition))


def _pointers(client: ClientRef, items: Iterable[Item]) -> Iterator[Key]:
    """Also of addresses that are no longer the client's own: messages remember them."""
    for item in items:
        for address in _addresses(item):
            yield keys.address(client.company_id, address.channel.value, address.value)
        if isinstance(item, OutboxItem) and item.provider_id:
            channel = item.message().address.channel
            yield keys.provider(client.company_id, channel.value, item.provider_id)


def _addresses(item: Item) -> Iterator[Address]:
    if isinstance(item, ClientItem):
        yield from item.client().addresses
    elif isinstance(item, ConversationItem):
        yield item.conversation().address
    elif isinstance(item, OutboxItem):
        yield item.message().address
    elif isinstance(item, JourneyItem):
        journey = item.journey()
        yield from (a.address for a in (journey.attempt, *journey.earlier) if a.address)


def _whose(item: Item) -> str:
    """Whom a pointer points at."""
    return item.client_id if isinstance(item, (AddressItem, ProviderItem)) else ""
