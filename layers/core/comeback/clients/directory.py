"""Whose file a client of the CRM is: known by the CRM's id, else by the WhatsApp number, else new.

A number that a card brings goes to the card, whoever held it, with their «no» (handover.py). It goes once: a card that goes on
naming a number which another was given since does not take it back, or the two would take it from each other with all news.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from comeback.changes import BindAddress, BindCard, Change, SaveClient, SaveConsent
from comeback.clients import phones
from comeback.clients.identity import card, client_id
from comeback.clients.model import Client, Consent
from comeback.companies.model import Company
from comeback.conversations.model import Address, ChannelKind, Purpose
from comeback.errors import NotFound
from comeback.handover import given_up
from comeback.ports import ClientFile, Clock, CrmRecord, Store

CONSENT_CURSOR = "crm_consent"


@dataclass(frozen=True)
class Brought:
    """An address that is new to a client, and whom it belonged to: `held_by` is the id, empty for nobody; no file: erased."""

    address: Address
    held_by: str = ""
    holder: ClientFile | None = None


@dataclass(frozen=True)
class Entry:
    """A client's file, and the client as the CRM tells of them now."""

    file: ClientFile
    client: Client
    brought: Brought | None = None

    @property
    def is_new(self) -> bool:
        return self.client.version == 0

    @property
    def changed(self) -> bool:
        return self.is_new or self.client != self.file.client

    def saved(self, consent: Consent | None) -> tuple[Change, ...]:
        """Saves the client (also unchanged: the version is the lock on the file) and binds the address. `consent`: of a client
        who is new, unless whoever had the number before has said no."""
        company_id, client_id = self.client.company_id, self.client.client_id
        bound = self._bound()
        refused = any(isinstance(change, SaveConsent) for change in bound)
        agreed = consent if self.is_new and not refused else None
        return (
            SaveClient(self.client),
            *bound,
            *self._carded(),
            *((SaveConsent(company_id, client_id, agreed),) if agreed else ()),
        )

    def _carded(self) -> tuple[Change, ...]:
        """Each time anew: clients of older releases have none."""
        client, crm_id = self.client, card(self.client)
        return (BindCard(client.company_id, client.client_id, crm_id),) if crm_id else ()

    def _bound(self) -> tuple[Change, ...]:
        if self.brought is None:
            return ()
        address, held_by, holder = self.brought.address, self.brought.held_by, self.brought.holder
        bound = BindAddress(self.client.company_id, self.client.client_id, address, held_by)
        return (bound, *(given_up(holder, address, self.file) if holder else ()))


@dataclass(frozen=True)
class Directory:
    store: Store
    clock: Clock

    def file_of(self, company: Company, fresh: Client) -> ClientFile:
        """Who wrote to us before the CRM knew them is recognised by their number, from then on by the card. Version 0: new."""
        known = self.by_crm_id(company, fresh.crm_id)
        if known is not None:
            return known
        for address in fresh.addresses:
            found = self.store.client_at(company.company_id, address)
            file = self._file(company, found) if found else None
            if file and file.client.crm_id in ("", fresh.crm_id):
                return file
        return ClientFile(fresh)

    def by_crm_id(self, company: Company, crm_client_id: str) -> ClientFile | None:
        if not crm_client_id:
            return None
        named = self._file(company, client_id(company.crm, crm_client_id))
        if named is not None:
            return named
        bound = self.store.client_of_card(company.company_id, crm_client_id)
        return self._file(company, bound) if bound else None

    def entry(self, company: Company, file: ClientFile, fresh: Client) -> Entry:
        """`file`: whose the card is. Asks for whoever holds an address, if that is new to the file."""
        client = merged(file.client, fresh)
        known = file.client.addresses if client.version else ()
        address = next((a for a in client.addresses if a not in known), None)
        if address is None:
            return Entry(file, client)
        held_by = self.store.client_at(company.company_id, address) or ""
        others = held_by not in ("", client.client_id)
        holder = self._file(company, held_by) if others else None
        named_before = client.version > 0 and client.phone == file.client.phone
        if holder and named_before and address in holder.client.addresses:
            return Entry(file, replace(client, addresses=file.client.addresses))
        return Entry(file, client, Brought(address, held_by, holder))

    def saved(self, company: Company, entry: Entry) -> tuple[Change, ...]:
        return entry.saved(self.consent(company) if entry.is_new else None)

    def consent(self, company: Company) -> Consent | None:
        """The owner's statement that the CRM's clients agreed to marketing; the owner answers for its truth."""
        told = self.store.cursor(company.company_id, CONSENT_CURSOR)
        if not told:
            return None
        return Consent(
            Purpose.MARKETING, True, self.clock.now(), told["source"], told["text_version"]
        )

    def remember_consent(self, company: Company, consent: Consent) -> None:
        told = {"source": consent.source, "text_version": consent.text_version}
        self.store.save_cursor(company.company_id, CONSENT_CURSOR, told)

    def _file(self, company: Company, found: str) -> ClientFile | None:
        try:
            return self.store.client(company.company_id, found)
        except NotFound:
            return None


def client_of(company: Company, record: CrmRecord) -> Client:
    """The client that a record tells of."""
    return Client(
        company_id=company.company_id,
        client_id=client_id(company.crm, record.client_id),
        name=record.client_name,
        phone=record.phone,
        addresses=phones.whatsapp(record.phone),
        crm_id=record.client_id,
    )


def merged(stored: Client, fresh: Client) -> Client:
    """The CRM's name and number over ours. A WhatsApp address moves with the number it came from; one that the client
    wrote from stays."""
    addresses = {a.channel: a for a in (*fresh.addresses, *stored.addresses)}
    old = Address(ChannelKind.WHATSAPP, stored.phone.removeprefix("+"))
    if fresh.phone and addresses.get(ChannelKind.WHATSAPP) == old:
        addresses |= {a.channel: a for a in fresh.addresses}
    return replace(
        stored,
        name=fresh.name or stored.name,
        phone=fresh.phone or stored.phone,
        crm_id=fresh.crm_id or stored.crm_id,
        addresses=tuple(addresses.values()),
    )


def imported(told: Client, own: Sequence[Address], stored: Client | None) -> Client:
    """As a whole client comes from a file or a sync: what the outside knows over what stands; what we learnt stays. `own`: the
    told addresses that are no other client's. A number whose address is another's does not take the place of the client's own:
    the address would stay behind, and as the same number no news would move it any more."""
    fresh = replace(told, addresses=tuple(own))
    if stored is None:
        return fresh
    if stored.phone and told.phone != stored.phone and len(own) < len(told.addresses):
        fresh = replace(fresh, phone="")
    language = stored.language or fresh.language
    return replace(merged(stored, fresh), language=language, vip=fresh.vip or stored.vip)
