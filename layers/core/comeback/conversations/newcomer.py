"""Who writes to us and is nobody's client yet."""

import hashlib

from comeback.clients.model import Client
from comeback.conversations.model import Address, ChannelKind, MessageReceived


def newcomer(company_id: str, event: MessageReceived) -> Client:
    """The id is made of this event, not of the address: nobody can tell who it is, and who was erased comes back as somebody
    new."""
    made = hashlib.sha256(f"{event.address.channel}{event.event_id}".encode()).hexdigest()
    return Client(
        company_id=company_id,
        client_id=f"c{made[:20]}",
        name=event.sender_name,
        phone=_phone(event.address),
        addresses=(event.address,),
    )


def _phone(address: Address) -> str:
    """E.164; empty where the messenger shows no number."""
    shown = address.channel is ChannelKind.WHATSAPP and address.value.isdecimal()
    return f"+{address.value}" if shown else ""
