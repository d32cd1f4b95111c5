"""Clients: found, looked at, tagged, taken out of marketing, erased."""

from typing import Any

from api.admin.caller import Role
from api.admin.resource import Asked, Resource
from api.admin.wire.clients import (
    ClientBody,
    ClientLine,
    ClientQuery,
    ConversationView,
    Words,
)
from api.admin.wire.making_profile import profile
from api.admin.wire.pages import Page
from api.admin.wire.profile import ClientProfile
from comeback.clients.card import Card
from comeback.conversations.thread import thread
from comeback.runtime import wiring
from msgspec import UNSET

clients = Resource("clients")


@clients.get("/clients", query=ClientQuery, answers=Page[ClientLine])
def list_clients(asked: Asked[ClientQuery]) -> Page[ClientLine]:
    """Clients by name, number or tag; all of them without. A page may hold fewer than `limit`, even none, and have a next."""
    look = asked.query
    found = wiring.find_clients().find(asked.company_id, look.q, look.tag, look.cursor, look.limit)
    return Page([ClientLine.of(client) for client in found.clients], found.behind or None)


@clients.get("/clients/{client}", answers=ClientProfile, etag=True)
def client_profile(asked: Asked[None]) -> ClientProfile:
    """One client: how to reach them, visits and what is expected, consents, ways back."""
    return _shown(asked)


@clients.patch("/clients/{client}", body=ClientBody, answers=ClientProfile, current=client_profile)
def change_client(asked: Asked[ClientBody]) -> ClientProfile:
    """Tags, VIP, language, preferred member of staff."""
    body = asked.body
    told = {name: getattr(body, name) for name in ("vip", "language", "preferred_staff_id")}
    tags = None if body.tags is UNSET else tuple(body.tags)
    card = Card(tags, **{name: None if v is UNSET else v for name, v in told.items()})
    user_id = asked.caller.user_id
    wiring.change_client().run(asked.company_id, asked.path["client"], body.version, card, user_id)
    return _shown(asked)


@clients.get("/clients/{client}/conversation", answers=ConversationView)
def conversation(asked: Asked[None]) -> ConversationView:
    """What we wrote, and when the client was heard."""
    company_id, client_id = asked.company_id, asked.path["client"]
    store, asked_for = wiring.store(), (company_id, client_id)
    said = thread(store.client(*asked_for), store.messages(*asked_for), store.heard(*asked_for))
    return ConversationView([Words(**{**vars(one), "buttons": list(one.buttons)}) for one in said])


@clients.post("/clients/{client}/opt-out", answers=ClientProfile, creates=True)
def opt_out(asked: Asked[None]) -> ClientProfile:
    """The client said no to offers: none in any messenger from now on, and the way back under way ends."""
    client_id = asked.path["client"]
    wiring.opt_out().run(asked.company_id, client_id, asked.caller.user_id, asked.id)
    return _shown(asked)


@clients.delete("/clients/{client}", role=Role.OWNER)
def erase_client(asked: Asked[None]) -> None:
    """Everything of this client, for good, in backups too. It can not be undone."""
    client_id = asked.path["client"]
    wiring.erase_client().run(asked.company_id, client_id, asked.caller.user_id)


def _shown(asked: Asked[Any]) -> ClientProfile:
    return profile(wiring.look_at().client(asked.company_id, asked.path["client"]))
