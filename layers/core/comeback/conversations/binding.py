"""Whose messenger account this is: bound by a signed link, moved when the link names somebody else."""

from dataclasses import replace

from comeback.changes import BindAddress, Change, SaveClient
from comeback.clients.model import Client
from comeback.conversations.model import Address, ChannelKind
from comeback.handover import given_up
from comeback.ports import ClientFile


def bind(file: ClientFile, address: Address, owner: ClientFile | None) -> tuple[Change, ...]:
    """`owner`: whom the address has belonged to so far; they give it up."""
    client = file.client
    changes: list[Change] = []
    bound = with_address(client, address)
    if bound != client:
        changes.append(SaveClient(bound))
    if owner is None:
        changes.append(BindAddress(client.company_id, client.client_id, address))
    elif owner.client.client_id != client.client_id:
        held_by = owner.client.client_id
        changes.append(BindAddress(client.company_id, client.client_id, address, held_by))
        changes += given_up(owner, address, file)
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
