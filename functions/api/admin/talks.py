"""Talks: a person answers a client instead of the bot."""

from typing import Annotated

from api.admin.resource import Asked, Resource
from api.admin.wire.story import TakenOver
from comeback.conversations.by_hand import LONGEST
from comeback.conversations.model import ChannelKind, Heard, OutboxState
from comeback.runtime import wiring
from msgspec import Meta, Struct

talks = Resource("talks")


class Talk(Struct):
    """Who answers, and what the client said to them in the last 30 days, oldest first."""

    client_id: str
    client: str
    person: TakenOver | None
    heard: list[Heard]
    channels: list[ChannelKind]
    journey_id: str
    """The journey under way; empty when there is none."""


class WordsBody(Struct, forbid_unknown_fields=True):
    """What to say; in the channel the client wrote in last, if none is named."""

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST, pattern=r"\S")]
    channel: ChannelKind | None = None


class Written(Struct):
    """A message on its way."""

    message_id: str
    channel: ChannelKind
    state: OutboxState


@talks.get("/talks/{client}", answers=Talk)
def read_talk(asked: Asked[None]) -> Talk:
    """Who answers this client, and what they said."""
    return _told(asked)


@talks.post("/talks/{client}/take-over", answers=Talk)
def take_over(asked: Asked[None]) -> Talk:
    """The bot keeps silent from now on, and nothing is advertised; a STOP is obeyed as ever."""
    wiring.by_hand().take(asked.company_id, asked.path["client"], asked.caller.user_id)
    return _told(asked)


@talks.post("/talks/{client}/release", answers=Talk)
def release(asked: Asked[None]) -> Talk:
    """The bot answers again."""
    wiring.by_hand().release(asked.company_id, asked.path["client"], asked.caller.user_id)
    return _told(asked)


@talks.post("/talks/{client}/messages", body=WordsBody, answers=Written, status=202, creates=True)
def write_message(asked: Asked[WordsBody]) -> Written:
    """Says this to the client, through the same outbox as the bot. Somebody must have taken over."""
    message = wiring.by_hand().write(
        asked.company_id,
        asked.path["client"],
        asked.body.text,
        message_id=asked.id,
        user_id=asked.caller.user_id,
        channel=asked.body.channel,
    )
    return Written(message.outbox_id, message.address.channel, message.state)


def _told(asked: Asked[None]) -> Talk:
    company_id, client_id, store = asked.company_id, asked.path["client"], wiring.store()
    file, user_id = store.client(company_id, client_id), asked.caller.user_id
    person = file.person
    return Talk(
        client_id=client_id,
        client=file.client.name,
        person=TakenOver(person.since, person.taken_by, person.taken_by == user_id)
        if person
        else None,
        heard=list(store.heard(company_id, client_id)),
        channels=[address.channel for address in file.client.addresses],
        journey_id=file.active_journey_id,
    )
