"""How a client of a CRM is called here, so that bringing them in twice makes no second."""

from collections.abc import Mapping

from comeback.clients.model import Client
from comeback.companies.model import CrmKind

PREFIX: Mapping[CrmKind, str] = {CrmKind.YCLIENTS: "yc", CrmKind.NATIVE: ""}


def client_id(crm: CrmKind, crm_client_id: str) -> str:
    return f"{PREFIX[crm]}{crm_client_id}"


def card(client: Client) -> str:
    """The CRM's id that does not lead to the client by itself: of who wrote before the CRM knew them. Empty for everybody else,
    whose own id is made of it, whichever the CRM."""
    made = {f"{prefix}{client.crm_id}" for prefix in PREFIX.values()}
    return "" if client.client_id in made else client.crm_id


def foreign(crm_client_id: str) -> frozenset[str]:
    """What a client of an outside CRM is called here, if nobody else is known to be meant."""
    return frozenset(f"{prefix}{crm_client_id}" for prefix in PREFIX.values() if prefix)
