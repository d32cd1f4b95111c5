"""Clients as the admin API shows them."""

from datetime import datetime
from typing import Annotated

from api.admin.wire.pages import PageQuery
from comeback.clients.card import LONGEST_TAG, MOST_TAGS
from comeback.clients.model import Client
from comeback.conversations.model import ChannelKind, OutboxState, Purpose
from comeback.reactivation.model import (
    Outcome,
)
from msgspec import UNSET, Meta, Struct, UnsetType

Tag = Annotated[str, Meta(min_length=1, max_length=LONGEST_TAG)]


class ClientQuery(PageQuery, forbid_unknown_fields=True):
    """Whom to look for: `q` begins a word of the name or of a tag, or is a number or three digits of it; `tag` is a whole tag."""

    q: Annotated[str, Meta(max_length=100)] = ""
    tag: Annotated[str, Meta(max_length=LONGEST_TAG)] = ""


class ClientLine(Struct):
    """One client of a list."""

    client_id: str
    name: str
    phone: str
    vip: bool
    tags: list[str]
    channels: list[ChannelKind]

    @classmethod
    def of(cls, client: Client) -> "ClientLine":
        channels = [address.channel for address in client.addresses]
        known = (client.client_id, client.name, client.phone, client.vip)
        return cls(*known, list(client.tags), channels)


class ClientBody(Struct, forbid_unknown_fields=True):
    """What is left out stays. `version` is the profile's that was seen."""

    version: Annotated[int, Meta(ge=1)]
    tags: Annotated[list[Tag], Meta(max_length=MOST_TAGS)] | UnsetType = UNSET
    vip: bool | UnsetType = UNSET
    language: Annotated[str, Meta(pattern=r"^([a-z]{2})?$(?!\n)")] | UnsetType = UNSET
    preferred_staff_id: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET


class Words(Struct):
    """One message of the conversation. What clients write is not kept: of it stands when, and what was understood."""

    at: datetime
    by_client: bool
    channel: ChannelKind | None
    text: str
    buttons: list[str]
    state: OutboxState | None
    purpose: Purpose | None
    journey_id: str
    understood: Outcome | None


class ConversationView(Struct):
    """Oldest first."""

    items: list[Words]
