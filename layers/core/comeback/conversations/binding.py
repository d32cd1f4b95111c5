"""Whose messenger account this is: bound by a signed link, moved when the link names somebody else."""

from collections.abc import Iterator
from dataclasses import replace

from comeback.changes import BindAddress, Change, SaveClient, SaveConsent
from comeback.clients.model import Client
from comeback.conversations.model import Address, ChannelKind
from comeback.ports import ClientFile


def bind(file: ClientFile, address: Address, owner: ClientFile | None) -> tuple[Change, ...]:
    """`owner`: whom the address has belonged to so far. They lose it, so that no chat is written to twice over, and their
    every «no» comes along: it was this person who said it (promise 4)."""
    client = file.client
    changes: list[Change] = []
    bound = with_address(client, address)
    if bound != client:
        changes.append(SaveClient(bound))
    if owner is None or owner.client.client_id != client.client_id:
        changes.append(BindAddress(client.company_id, client.client_id, address))
    if owner is not None and owner.client.client_id != client.client_id:
        changes += _given_up(owner, address, client)
    return tuple(changes)


def with_address(client: Client, address: Address) -> Client:
    """One address per channel, the newest; who is there can be reached."""
    others = tuple(a for a in client.addresses if a.channel is not address.channel)
    kept = client.addresses if address in client.addresses else (*others, address)
    return reachable(replace(client, addresses=kept), address.channel)


def reachable(client: Client, channel: ChannelKind) -> Client:
    """Who writes to us in a channel can be reached there, whatever was refused before. It is no consent."""
    if channel not in client.unreachable:
        return client
    return replace(client, unreachable=tuple(c for c in client.unreachable if c is not channel))


def _given_up(owner: ClientFile, address: Address, heir: Client) -> Iterator[Change]:
    kept = tuple(a for a in owner.client.addresses if a != address)
    if kept != owner.client.addresses:
        yield SaveClient(replace(owner.client, addresses=kept))
    for consent in owner.consents:
        if not consent.granted:
            yield SaveConsent(heir.company_id, heir.client_id, consent)
