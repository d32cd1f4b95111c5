"""What is expected of one client, service by service: for the profile that the team looks at. Reads, writes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from comeback.clients.model import completed
from comeback.companies.model import Company
from comeback.ports import Catalogue, ClientFile, Clock, Store
from comeback.reactivation.forecasts import FittedModels, forecast, visit_days
from comeback.reactivation.intervals import rule_for
from comeback.reactivation.model import IntervalSource


@dataclass(frozen=True)
class Outlook:
    """Of one service that the client had. Local days of the company."""

    service_id: str
    visits: int
    last_visit_on: date
    due_on: date
    """By the source that wins for this service."""
    next_on: date | None
    """From when they may be written to; None: not at all, as after an opt-out."""
    low: date
    """With `high`: the next visit falls between with 80 %, if there is one."""
    high: date
    p_active: float
    """Chance that the client is not lost, as of today."""
    source: IntervalSource
    reason: str
    """Of the due date, in the company's language."""


@dataclass(frozen=True)
class Profile:
    company: Company
    catalogue: Catalogue
    file: ClientFile
    outlooks: tuple[Outlook, ...]
    """Most overdue first."""
    now: datetime


class LookAt:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._models = FittedModels(store)

    def client(self, company_id: str, client_id: str) -> Profile:
        """Raises NotFound."""
        file = self._store.client(company_id, client_id)
        company, catalogue = self._store.company(company_id), self._store.catalogue(company_id)
        now = self._clock.now()
        found = self._outlooks(company, catalogue, file, company.local(now).date())
        ordered = tuple(sorted(found, key=lambda outlook: outlook.due_on))
        return Profile(company, catalogue, file, ordered, now)

    def _outlooks(
        self, company: Company, catalogue: Catalogue, file: ClientFile, today: date
    ) -> Iterator[Outlook]:
        """Without a fitted model, by what is assumed of the kind of business."""
        due = {entry.service_id: entry for entry in file.due}
        for service in catalogue.services.values():
            came = completed(file.visits, service.service_id)
            source, interval = rule_for(company, catalogue, service).interval()
            model = self._models.of(company.company_id, service.service_id) if came else None
            told = forecast(model, visit_days(company, came), today, interval.days)
            if told is None:
                continue
            entry = due.get(service.service_id)
            yield Outlook(
                service_id=service.service_id,
                visits=len(came),
                last_visit_on=told.last_visit_on,
                due_on=entry.due_on if entry else told.due_on,
                next_on=entry.next_on if entry else None,
                low=told.low,
                high=told.high,
                p_active=round(told.p_active, 3),
                source=entry.source if entry else source,
                reason=entry.reason if entry else interval.reason,
            )
