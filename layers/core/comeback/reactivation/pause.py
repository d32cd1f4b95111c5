"""Pause: nobody is written to until the company is resumed; clients' answers are heard all the same."""

from dataclasses import replace

from comeback.changes import Audited, SaveCompany
from comeback.companies.model import Company
from comeback.ports import Clock, Store


class Pause:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def run(self, company_id: str, user_id: str, *, paused: bool) -> Company:
        """The company as it is left. Raises Conflict when its settings were changed in this moment: try again."""
        company = self._store.company(company_id)
        if company.enabled is not paused:
            return company
        operation = "today.pause" if paused else "today.resume"
        noted = Audited(company_id, self._clock.now(), user_id, operation, company_id, ("enabled",))
        self._store.commit([SaveCompany(replace(company, enabled=not paused)), noted])
        return self._store.company(company_id)
