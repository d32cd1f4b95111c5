"""Services and staff as the CRM has them now."""

from dataclasses import dataclass

from comeback.companies.model import Company
from comeback.ports import Crms, Store


@dataclass(frozen=True)
class CatalogueSync:
    store: Store
    crms: Crms

    def refresh(self, company: Company) -> None:
        """Three requests to YCLIENTS. What the CRM no longer has stays here: old visits name it."""
        crm = self.crms.crm(company)
        self.store.save_catalogue(company.company_id, crm.services(), crm.staff())
