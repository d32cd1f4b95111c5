"""A client's profile, visits and consents, and the addresses that point at them."""

import hashlib

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from comeback.clients.model import Client, Consent, Visit, VisitStatus
from comeback.conversations.model import Address, ChannelKind, Purpose
from comeback.storage import keys
from comeback.storage.items.base import AddressMap, Choice, Item, Text, Texts, Whole, sortable


class ClientItem(Item, discriminator="client"):
    """Stands in the directory of clients too (GSI2)."""

    personal = frozenset({"name", "phone", "addresses", "tags"})

    company_id = UnicodeAttribute()
    client_id = UnicodeAttribute()
    name = Text()
    phone = Text()
    language = Text()
    addresses = ListAttribute(of=AddressMap, default=list)
    vip = BooleanAttribute()
    away_until = UTCDateTimeAttribute(null=True)
    unreachable = Texts()
    doubtful = Texts()
    preferred_staff_id = Text()
    crm_id = Text()
    time_zone = Text()
    tags = Texts()
    version = Whole()

    @classmethod
    def of(cls, client: Client) -> "ClientItem":
        return cls(
            *keys.client(client.company_id, client.client_id),
            company_id=client.company_id,
            client_id=client.client_id,
            name=client.name,
            phone=client.phone,
            language=client.language,
            addresses=[AddressMap.of(address) for address in client.addresses],
            vip=client.vip,
            away_until=client.away_until,
            unreachable=tuple(channel.value for channel in client.unreachable),
            doubtful=tuple(channel.value for channel in client.doubtful),
            preferred_staff_id=client.preferred_staff_id,
            crm_id=client.crm_id,
            time_zone=client.time_zone,
            tags=client.tags,
            version=client.version,
            second_pk=keys.clients_index(client.company_id),
            second_sk=client.client_id,
        )

    def client(self) -> Client:
        return Client(
            company_id=self.company_id,
            client_id=self.client_id,
            name=self.name,
            phone=self.phone,
            language=self.language,
            addresses=tuple(address.address() for address in self.addresses),
            vip=self.vip,
            away_until=self.away_until,
            unreachable=tuple(ChannelKind(channel) for channel in self.unreachable),
            doubtful=tuple(ChannelKind(channel) for channel in self.doubtful),
            preferred_staff_id=self.preferred_staff_id,
            crm_id=self.crm_id,
            time_zone=self.time_zone,
            tags=self.tags,
            version=self.version,
        )


class VisitItem(Item, discriminator="visit"):
    visit_id = UnicodeAttribute()
    service_id = Text()
    staff_id = Text()
    starts_at = UTCDateTimeAttribute()
    status = Choice(VisitStatus)
    amount_minor = Whole()
    source = Text()
    journey_id = Text()
    timed = BooleanAttribute(default=True)

    @classmethod
    def of(cls, company_id: str, client_id: str, visit: Visit) -> "VisitItem":
        return cls(
            *keys.visit(company_id, client_id, visit.visit_id),
            visit_id=visit.visit_id,
            service_id=visit.service_id,
            staff_id=visit.staff_id,
            starts_at=visit.starts_at,
            status=visit.status,
            amount_minor=visit.amount_minor,
            source=visit.source,
            journey_id=visit.journey_id,
            timed=visit.timed,
        )

    def visit(self) -> Visit:
        return Visit(
            visit_id=self.visit_id,
            service_id=self.service_id,
            staff_id=self.staff_id,
            starts_at=self.starts_at,
            status=self.status,
            amount_minor=self.amount_minor,
            source=self.source,
            journey_id=self.journey_id,
            timed=self.timed,
        )


class ConsentItem(Item, discriminator="consent"):
    """One entry of the ledger. Its key is made of all it says: what is written twice stands once, and a yes and a no of
    the same instant both stand."""

    purpose = Choice(Purpose)
    granted = BooleanAttribute()
    at = UTCDateTimeAttribute()
    source = Text()
    text_version = Text()
    channel = Choice(ChannelKind, null=True)
    serial = Whole(default=0)

    @classmethod
    def of(cls, company_id: str, client_id: str, consent: Consent) -> "ConsentItem":
        return cls(
            *keys.consent(company_id, client_id, sortable(consent.at), _entry(consent)),
            purpose=consent.purpose,
            granted=consent.granted,
            at=consent.at,
            source=consent.source,
            text_version=consent.text_version,
            channel=consent.channel,
            serial=consent.serial,
        )

    def consent(self) -> Consent:
        return Consent(
            purpose=self.purpose,
            granted=self.granted,
            at=self.at,
            source=self.source,
            text_version=self.text_version,
            channel=self.channel,
            serial=self.serial,
        )


def _entry(consent: Consent) -> str:
    said = (consent.purpose, consent.granted, consent.source, consent.text_version, consent.channel)
    return hashlib.sha256(repr([str(part) for part in said]).encode()).hexdigest()[:16]


class AddressItem(Item, discriminator="address"):
    """Whose an address is."""

    client_id = UnicodeAttribute()

    @classmethod
    def of(cls, company_id: str, client_id: str, address: Address) -> "AddressItem":
        return cls(
            *keys.address(company_id, address.channel.value, address.value), client_id=client_id
        )


class CardItem(Item, discriminator="card"):
    """Whose a card of the CRM is."""

    client_id = UnicodeAttribute()

    @classmethod
    def of(cls, company_id: str, client_id: str, crm_id: str) -> "CardItem":
        return cls(*keys.card(company_id, crm_id), client_id=client_id)
