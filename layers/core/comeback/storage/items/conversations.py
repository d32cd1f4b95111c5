"""Messages out, the heads of conversations, and the dedupe keys of what came in."""

import hashlib
from datetime import timedelta

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    ListAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from comeback.changes import EventSeen, TouchConversation
from comeback.conversations.model import (
    Button,
    ChannelKind,
    Content,
    Conversation,
    Heard,
    OutboxMessage,
    OutboxState,
    Person,
    Purpose,
    Refusal,
    TemplateCall,
)
from comeback.conversations.outbox import claimed_at
from comeback.storage import keys
from comeback.storage.items.base import AddressMap, Choice, Item, Map, Text, Texts, Whole, sortable

EVENT_MEMORY = timedelta(days=30)
WORDS_KEPT = timedelta(days=30)


class ConversationItem(Item, discriminator="conversation"):
    personal = frozenset({"address"})
    address = AddressMap()
    last_inbound_at = UTCDateTimeAttribute(null=True)
    minute_began = UTCDateTimeAttribute(null=True)
    in_minute = Whole()

    @classmethod
    def of(cls, touch: TouchConversation) -> "ConversationItem":
        return cls(
            *keys.conversation(touch.company_id, touch.client_id, touch.address.channel.value),
            address=AddressMap.of(touch.address),
            last_inbound_at=touch.at,
            minute_began=touch.minute_began,
            in_minute=touch.in_minute,
        )

    def conversation(self) -> Conversation:
        return Conversation(
            self.address.address(), self.last_inbound_at, self.minute_began, self.in_minute
        )


class ButtonMap(Map):
    button_id = UnicodeAttribute()
    title = UnicodeAttribute()


class TemplateMap(Map):
    name = UnicodeAttribute()
    language = UnicodeAttribute()
    variables = Texts()
    payloads = Texts()


class ContentMap(Map):
    text = Text()
    buttons = ListAttribute(of=ButtonMap, default=list)
    template = TemplateMap(null=True)
    picture = BinaryAttribute(null=True, legacy_encoding=False)

    @classmethod
    def of(cls, content: Content) -> "ContentMap":
        called = content.template
        return cls(
            text=content.text,
            buttons=[ButtonMap(button_id=b.button_id, title=b.title) for b in content.buttons],
            template=TemplateMap(
                name=called.name,
                language=called.language,
                variables=called.variables,
                payloads=called.payloads,
            )
            if called
            else None,
            picture=content.picture or None,
        )

    def content(self) -> Content:
        called = self.template
        return Content(
            text=self.text,
            buttons=tuple(Button(b.button_id, b.title) for b in self.buttons),
            template=TemplateCall(called.name, called.language, called.variables, called.payloads)
            if called is not None
            else None,
            picture=self.picture or b"",
        )


class PersonItem(Item, discriminator="person"):
    """Stands in an index by since when (GSI1)."""

    client_id = UnicodeAttribute()
    since = UTCDateTimeAttribute()
    taken_by = Text()

    @classmethod
    def of(cls, company_id: str, client_id: str, person: Person) -> "PersonItem":
        return cls(
            *keys.person(company_id, client_id),
            client_id=client_id,
            since=person.since,
            taken_by=person.taken_by,
            first_pk=keys.people_index(company_id),
            first_sk=sortable(person.since),
        )

    def person(self) -> Person:
        return Person(self.since, self.taken_by)


class HeardItem(Item, discriminator="heard"):
    """The event's id may name an address, so it is part of the key as a digest alone."""

    personal = frozenset({"text", "event_id"})
    at = UTCDateTimeAttribute()
    channel = Choice(ChannelKind)
    text = Text()
    event_id = UnicodeAttribute()

    @classmethod
    def of(cls, company_id: str, client_id: str, heard: Heard) -> "HeardItem":
        event = hashlib.sha256(heard.event_id.encode()).hexdigest()[:16]
        return cls(
            *keys.heard(company_id, client_id, sortable(heard.at), event),
            at=heard.at,
            channel=heard.channel,
            text=heard.text,
            event_id=heard.event_id,
            expires_at=int((heard.at + WORDS_KEPT).timestamp()),
        )

    def heard(self) -> Heard:
        return Heard(self.at, self.channel, self.text, self.event_id)


class OutboxItem(Item, discriminator="outbox"):
    """Nobody knows whether it left: then it stands in the index, by when it was tried (GSI1)."""

    personal = frozenset({"address", "content", "provider_id"})
    company_id = UnicodeAttribute()
    client_id = UnicodeAttribute()
    outbox_id = UnicodeAttribute()
    address = AddressMap()
    content = ContentMap()
    purpose = Choice(Purpose)
    created_at = UTCDateTimeAttribute()
    state = Choice(OutboxState)
    journey_id = UnicodeAttribute(null=True)
    attempt = Whole()
    claimed_by = Text()
    claimed_until = UTCDateTimeAttribute(null=True)
    provider_id = Text()
    error_code = Text()
    refusal = Choice(Refusal, null=True)
    repeated = BooleanAttribute(null=True)
    version = Whole()

    @classmethod
    def of(cls, message: OutboxMessage) -> "OutboxItem":
        item = cls(
            *keys.outbox(message.company_id, message.client_id, message.outbox_id),
            company_id=message.company_id,
            client_id=message.client_id,
            outbox_id=message.outbox_id,
            address=AddressMap.of(message.address),
            content=ContentMap.of(message.content),
            purpose=message.purpose,
            created_at=message.created_at,
            state=message.state,
            journey_id=message.journey_id,
            attempt=message.attempt,
            claimed_by=message.claimed_by,
            claimed_until=message.claimed_until,
            provider_id=message.provider_id,
            error_code=message.error_code,
            refusal=message.refusal,
            repeated=message.repeated or None,
            version=message.version,
        )
        if message.state is OutboxState.UNCERTAIN:
            item.first_pk = keys.uncertain_index(message.company_id)
            item.first_sk = sortable(claimed_at(message))
        return item

    def message(self) -> OutboxMessage:
        return OutboxMessage(
            company_id=self.company_id,
            client_id=self.client_id,
            outbox_id=self.outbox_id,
            address=self.address.address(),
            content=self.content.content(),
            purpose=self.purpose,
            created_at=self.created_at,
            state=self.state,
            journey_id=self.journey_id,
            attempt=self.attempt,
            claimed_by=self.claimed_by,
            claimed_until=self.claimed_until,
            provider_id=self.provider_id,
            error_code=self.error_code,
            refusal=self.refusal,
            repeated=bool(self.repeated),
            version=self.version,
        )


class ProviderItem(Item, discriminator="provider"):
    """Which message the messenger knows by its own id."""

    client_id = UnicodeAttribute()
    outbox_id = UnicodeAttribute()

    @classmethod
    def of(cls, message: OutboxMessage) -> "ProviderItem":
        channel = message.address.channel.value
        return cls(
            *keys.provider(message.company_id, channel, message.provider_id),
            client_id=message.client_id,
            outbox_id=message.outbox_id,
        )


class CausedMap(Map):
    client_id = UnicodeAttribute()
    outbox_id = UnicodeAttribute()


class EventItem(Item, discriminator="event"):
    """An outside event that had its effect, and the messages it caused. Forgotten after EVENT_MEMORY."""

    caused = ListAttribute(of=CausedMap, default=list)

    @classmethod
    def of(cls, event: EventSeen) -> "EventItem":
        return cls(
            *keys.event(event.company_id, event.event_id),
            caused=[CausedMap(client_id=c, outbox_id=o) for c, o in event.outbox],
            expires_at=int((event.at + EVENT_MEMORY).timestamp()),
        )

    def outbox(self) -> tuple[tuple[str, str], ...]:
        return tuple((c.client_id, c.outbox_id) for c in self.caused)
