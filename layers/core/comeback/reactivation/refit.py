"""Refit: nightly, each service's return model from the company's own visits, its rule's sources, and the due dates."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from comeback.bookings.model import Service
from comeback.changes import Change, SaveDue, SaveRule
from comeback.companies.model import Company, in_turn
from comeback.errors import ComebackError, Conflict, NotFound
from comeback.ports import Catalogue, ClientFile, Clock, Models, Store
from comeback.reactivation.due import DueDates, keep_rests
from comeback.reactivation.forecasts import visit_days
from comeback.reactivation.intervals import default_interval, rule_for
from comeback.reactivation.model import Interval, IntervalSource
from comeback.reactivation.returns import ReturnModel

WHOLE_COMPANY = "*"
GAPS_NEEDED = 20
"""Returns seen, over all clients of a service, before history outranks the model's guess and the default."""
ATTEMPTS = 5
"""Lost races for one rule before the company's refit gives up with Conflict."""


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
            learnt = self._learnt(company, catalogue, service, histories)
            self._save_rule(company, catalogue, service, learnt)

    def _learnt(
        self,
        company: Company,
        catalogue: Catalogue,
        service: Service,
        histories: Sequence[Sequence[date]],
    ) -> Mapping[IntervalSource, Interval]:
        historical = historical_interval(histories)
        if historical:
            return {IntervalSource.HISTORICAL: historical}
        known = rule_for(company, catalogue, service).intervals
        guess = None if IntervalSource.AI in known else self._guess(company, service)
        return {IntervalSource.AI: guess} if guess else {}

    def _save_rule(
        self,
        company: Company,
        catalogue: Catalogue,
        service: Service,
        learnt: Mapping[IntervalSource, Interval],
    ) -> None:
        """What was learnt is put into the rule as it stands now: whatever the owner saved meanwhile stays. Raises Conflict
        when others kept being first."""
        for _ in range(ATTEMPTS):
            rule = rule_for(company, catalogue, service)
            fresh = replace(rule, intervals={**rule.intervals, **learnt})
            if fresh == catalogue.rules.get(service.service_id):
                return
            try:
                self._store.commit([SaveRule(company.company_id, fresh)])
            except Conflict:
                catalogue = self._store.catalogue(company.company_id)
            else:
                return
        raise Conflict(f"the rule of {service.service_id} kept being changed by others")

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
