"""How a client of a CRM is called here, so that bringing them in twice makes no second."""

from collections.abc import Mapping

from comeback.companies.model import CrmKind

PREFIX: Mapping[CrmKind, str] = {CrmKind.YCLIENTS: "yc", CrmKind.NATIVE: ""}


def client_id(crm: CrmKind, crm_client_id: str) -> str:
    return f"{PREFIX[crm]}{crm_client_id}"
