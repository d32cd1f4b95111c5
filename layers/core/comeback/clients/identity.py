"""How a client of a CRM is called here, so that bringing them in twice makes no second."""

from collections.abc import Mapping

from comeback.companies.model import CrmKind

PREFIX: Mapping[CrmKind, str] = {CrmKind.YCLIENTS: "yc", CrmKind.NATIVE: ""}


def client_id(crm: CrmKind, crm_client_id: str) -> str:
    return f"{PREFIX[crm]}{crm_client_id}"


def names_itself(client_id: str, crm_client_id: str) -> bool:
    """Whether this id is made of the CRM's, whichever the CRM. Not so for who wrote before the CRM knew them."""
    return client_id in {f"{prefix}{crm_client_id}" for prefix in PREFIX.values()}


def foreign(crm_client_id: str) -> frozenset[str]:
    """What a client of an outside CRM is called here, if nobody else is known to be meant."""
    return frozenset(f"{prefix}{crm_client_id}" for prefix in PREFIX.values() if prefix)
