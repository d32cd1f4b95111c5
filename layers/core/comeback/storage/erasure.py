"""Erasing a client: the pointers at them, their secret, their items. Repeating it is harmless, and finishes what a crash left.

In this order: while the secret is there it can still be read which addresses and messages point at the client; once the tombstone
stands, nothing can be written anew while the items go. What stays names nobody: funnel counts, booked time under the client's id.
"""

from collections.abc import Iterable, Iterator

from comeback.clients.identity import foreign
from comeback.conversations.model import Address
from comeback.storage import keys
from comeback.storage.items.base import Item
from comeback.storage.items.clients import AddressItem, CardItem, ClientItem
from comeback.storage.items.conversations import ConversationItem, OutboxItem, ProviderItem
from comeback.storage.items.reactivation import JourneyItem
from comeback.storage.keys import Key, Stored
from comeback.storage.table import Table
from comeback.storage.vault import ClientRef, Vault


def erase(table: Table, vault: Vault, client: ClientRef) -> None:
    """Raises Unavailable or RateLimited half-way: erase again."""
    partition = keys.client_partition(*client)
    items = list(table.query(Item, partition))
    pointers = dict.fromkeys(_pointers(client, items))
    found = table.get_all(place for pointer in pointers for place in table.places(pointer))
    theirs = [at for at, item in found.items() if _whose(item) == client.client_id]
    table.delete_all(Stored(*at) for at in theirs)
    for alias in _aliases(client, items):
        vault.erase(alias)
    vault.erase(client)
    table.delete_all(table.keys_in(partition))


def _pointers(client: ClientRef, items: Iterable[Item]) -> Iterator[Key]:
    """Also of addresses that are no longer the client's own: messages remember them."""
    for item in items:
        if isinstance(item, ClientItem) and item.crm_id:
            yield keys.card(client.company_id, item.crm_id)
        for address in _addresses(item):
            yield keys.address(client.company_id, address.channel.value, address.value)
        if isinstance(item, OutboxItem) and item.provider_id:
            channel = item.message().address.channel
            yield keys.provider(client.company_id, channel.value, item.provider_id)


def _aliases(client: ClientRef, items: Iterable[Item]) -> Iterator[ClientRef]:
    """What the CRM's next news would call who is known under another id: without a tombstone there they would be back."""
    for item in items:
        if isinstance(item, ClientItem) and item.crm_id:
            for alias in foreign(item.crm_id) - {client.client_id}:
                yield ClientRef(client.company_id, alias)


def _addresses(item: Item) -> Iterator[Address]:
    if isinstance(item, ClientItem):
        yield from item.client().addresses
    elif isinstance(item, ConversationItem):
        yield item.conversation().address
    elif isinstance(item, OutboxItem):
        yield item.message().address
    elif isinstance(item, JourneyItem):
        journey = item.journey()
        yield from (a.address for a in journey.attempts if a.address)


def _whose(item: Item) -> str:
    """Whom a pointer points at."""
    return item.client_id if isinstance(item, (AddressItem, CardItem, ProviderItem)) else ""
