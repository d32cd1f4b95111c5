"""Whose file a client of the CRM is: known by the CRM's id, else by the WhatsApp number, else new."""

from dataclasses import dataclass, replace

from comeback.changes import BindAddress, Change, SaveClient
from comeback.clients import phones
from comeback.clients.identity import client_id
from comeback.clients.model import Client, Consent
from comeback.companies.model import Company
from comeback.conversations.model import Address, ChannelKind, Purpose
from comeback.errors import NotFound
from comeback.ports import ClientFile, Clock, CrmRecord, Store

CONSENT_CURSOR = "crm_consent"


@dataclass(frozen=True)
class Directory:
    store: Store
    clock: Clock

    def file_of(self, company: Company, fresh: Client) -> ClientFile:
        """Who wrote to us before the CRM knew them is recognised by their number. Version 0: new."""
        known = self._file(company, fresh.client_id)
        if known is not None:
            return known
        for address in fresh.addresses:
            found = self.store.client_at(company.company_id, address)
            file = self._file(company, found) if found else None
            if file and file.client.crm_id in ("", fresh.crm_id):
                return file
        return ClientFile(fresh)

    def by_crm_id(self, company: Company, crm_client_id: str) -> ClientFile | None:
        return self._file(company, client_id(company.crm, crm_client_id)) if crm_client_id else None

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


def saved(stored: Client, client: Client) -> tuple[Change, ...]:
    """Saves the client (also unchanged: the version is the lock on the file) and binds addresses that are new."""
    new = client.version == 0
    bound = [a for a in client.addresses if new or a not in stored.addresses]
    return (
        SaveClient(client),
        *(BindAddress(client.company_id, client.client_id, address) for address in bound),
    )
