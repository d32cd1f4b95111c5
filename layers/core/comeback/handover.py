"""An address goes from one client to another. Whose it was loses it, so that no chat is written to twice over, and their «no»
goes with it: it was said by whoever is there (promise 4). A «yes» stays behind: it may have been given by somebody else."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from comeback.changes import Change, SaveClient, SaveConsent
from comeback.clients.model import Consent
from comeback.conversations.model import Address
from comeback.ports import ClientFile


def given_up(owner: ClientFile, address: Address, heir: ClientFile) -> tuple[Change, ...]:
    """The owner is saved also when nothing of them changes: the version is the lock on what was read."""
    kept = tuple(a for a in owner.client.addresses if a != address)
    company_id, client_id = heir.client.company_id, heir.client.client_id
    refused = inherited(owner.consents, heir.consents)
    return (
        SaveClient(replace(owner.client, addresses=kept)),
        *(SaveConsent(company_id, client_id, no) for no in refused),
    )


def inherited(owners: Sequence[Consent], heirs: Sequence[Consent]) -> Iterator[Consent]:
    """The last «no» for each purpose and channel: those before it decide nothing, and a hundred would fit no transaction. Dated
    behind every «yes» of the heir's, who did not have this address when that was given."""
    refused = {(c.purpose, c.channel): c for c in sorted(owners, key=_said) if not c.granted}
    for no in refused.values():
        agreed = [c.at for c in heirs if c.granted and c.purpose is no.purpose]
        yield replace(no, at=max([no.at, *agreed]))


def _said(consent: Consent) -> datetime:
    return consent.at
