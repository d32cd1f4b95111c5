"""Refit: nightly, each service's return model from the company's own visits, its rule's sources, and the due dates."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from comeback.bookings.model import Service
from comeback.changes import Change, SaveDue
from comeback.companies.model import Company, in_turn
from comeback.errors import ComebackError, NotFound
from comeback.ports import Catalogue, ClientFile, Clock, Models, Store
from comeback.reactivation.due import DueDates, keep_rests
from comeback.reactivation.forecasts import visit_days
from comeback.reactivation.intervals import default_interval, rule_for
from comeback.reactivation.model import Interval, IntervalSource, ServiceRule
from comeback.reactivation.returns import ReturnModel

WHOLE_COMPANY = "*"
GAPS_NEEDED = 20
"""Returns seen, over all clients of a service, before history outranks the model's guess and the default."""


@dataclass(frozen=True)
class Refitted:
    company_id: str
    renewed: int
    """Due entries that changed."""


class Refit:
    def __init__(self, store: Store, models: Models, clock: Clock) -> None:
        self._store = store
        self._models = models
        self._clock = clock

    def tick(self) -> list[Refitted]:
        """Raises ExceptionGroup of what went wrong, once every company has had its turn."""
        return in_turn(self._store.companies(), lambda company: [self.company(company)])

    def company(self, company: Company) -> Refitted:
        files = [*self._files(company)]
        catalogue = self._store.catalogue(company.company_id)
        self._fit(company, catalogue, files)
        catalogue = self._store.catalogue(company.company_id)
        return Refitted(company.company_id, self._renew(company, catalogue, files))

    def _files(self, company: Company) -> Iterator[ClientFile]:
        """Without those who were erased since the list was read."""
        for client_id in self._store.clients(company.company_id):
            with suppress(NotFound):
                yield self._store.client(company.company_id, client_id)

    def _fit(self, company: Company, catalogue: Catalogue, files: Sequence[ClientFile]) -> None:
        """Company first, then each service shrunk towards it (client ← service ← company ← vertical)."""
        now = self._clock.now()
        today = company.local(now).date()
        everything = [days for file in files if (days := visit_days(company, file.visits))]
        usual = default_interval(company.business_type, "").days
        whole = ReturnModel.fit(everything, as_of=today, prior=ReturnModel.default(usual))
        self._store.save_model(company.company_id, WHOLE_COMPANY, whole.to_json(), now)
        for service in catalogue.services.values():
            histories = [
                days
                for file in files
                if (days := visit_days(company, file.visits, service.service_id))
            ]
            model = ReturnModel.fit(histories, as_of=today, prior=whole)
            self._store.save_model(company.company_id, service.service_id, model.to_json(), now)
            self._store.save_rule(
                company.company_id, self._rule(company, catalogue, service, histories)
            )

    def _rule(
        self,
        company: Company,
        catalogue: Catalogue,
        service: Service,
        histories: Sequence[Sequence[date]],
    ) -> ServiceRule:
        rule = rule_for(company, catalogue, service)
        sources: dict[IntervalSource, Interval] = dict(rule.intervals)
        historical = historical_interval(histories)
        if historical:
            sources[IntervalSource.HISTORICAL] = historical
        elif IntervalSource.AI not in sources and (guess := self._guess(company, service)):
            sources[IntervalSource.AI] = guess
        return replace(rule, intervals=sources)

    def _guess(self, company: Company, service: Service) -> Interval | None:
        """Asked once per service that has no history; without a model, or when it fails, the default stands."""
        model = self._models.model(company)
        if model is None:
            return None
        try:
            days, reason = model.estimate_interval(company.business_type.value, service.title)
        except ComebackError:
            return None
        return Interval(days, reason)

    def _renew(self, company: Company, catalogue: Catalogue, files: Sequence[ClientFile]) -> int:
        dues = DueDates(self._store, self._clock)
        renewed = 0
        for file in files:
            fresh = keep_rests(dues.due(company, catalogue, file.client, file.visits), file.due)
            changes: list[Change] = [SaveDue(entry) for entry in fresh if entry not in file.due]
            if changes:
                self._store.commit(changes)
                renewed += len(changes)
        return renewed


def historical_interval(histories: Sequence[Sequence[date]]) -> Interval | None:
    """The median gap between visits, when enough were seen to mean something."""
    gaps = sorted(gap for days in histories for gap in _gaps(days))
    if len(gaps) < GAPS_NEEDED:
        return None
    middle = gaps[len(gaps) // 2]
    return Interval(middle, f"half of {len(gaps)} returns came within {middle} days")


def _gaps(days: Sequence[date]) -> list[int]:
    ordered = sorted(set(days))
    return [(b - a).days for a, b in itertools.pairwise(ordered)]
