"""What the CRM's webhook told: never believed, read anew."""

from collections.abc import Mapping

from comeback.clients.catalogue import CatalogueSync
from comeback.clients.crm_records import RecordFollower
from comeback.clients.directory import Directory
from comeback.companies.model import Company
from comeback.ports import Crms, Store


class CrmChanged:
    """The events queue's `crm.changed`. Raises what the CRM raises, and Conflict."""

    def __init__(
        self,
        store: Store,
        crms: Crms,
        directory: Directory,
        records: RecordFollower,
        catalogue: CatalogueSync,
    ) -> None:
        self._store = store
        self._crms = crms
        self._directory = directory
        self._records = records
        self._catalogue = catalogue
        self._by_resource = {
            "record": self._record,
            "client": self._client,
            "service": self._offer,
            "staff": self._offer,
        }

    def handle(self, company_id: str, detail: Mapping[str, str]) -> None:
        """`detail`: resource, id, status, key, and for a record the client's id if the webhook named one."""
        company = self._store.company(company_id)
        follow = self._by_resource.get(detail["resource"])
        if follow:
            follow(company, detail)

    def _record(self, company: Company, detail: Mapping[str, str]) -> None:
        self._records.follow(company, detail["id"], detail["key"], detail.get("client", ""))

    def _client(self, company: Company, detail: Mapping[str, str]) -> None:
        """A deleted client stays: the law's way out is an erasure, which the owner asks for here."""
        file = self._directory.by_crm_id(company, detail["id"])
        fresh = self._crms.crm(company).client(detail["id"])
        if fresh is None:
            return
        file = file or self._directory.file_of(company, fresh)
        entry = self._directory.entry(company, file, fresh)
        if entry.changed:
            self._store.commit(self._directory.saved(company, entry))

    def _offer(self, company: Company, _detail: Mapping[str, str]) -> None:
        self._catalogue.refresh(company)
