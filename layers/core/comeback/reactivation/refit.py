"""Refit: nightly, each service's return model from the company's own visits, its rule's sources, and the due dates."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from comeback.bookings.model import Service
from comeback.changes import Change, RemoveDue, SaveDue, SaveRule
from comeback.clients.model import may_market, opted_out
from comeback.companies.model import Company, in_turn
from comeback.errors import ComebackError, Conflict, NotFound
from comeback.ports import Catalogue, ClientFile, Clock, Models, Store
from comeback.reactivation.due import DueDates, keep_rests
from comeback.reactivation.forecasts import visit_days
from comeback.reactivation.gaps import count, historical_interval
from comeback.reactivation.intervals import default_interval, rule_for
from comeback.reactivation.model import Gaps, Interval, IntervalSource
from comeback.reactivation.returns import ReturnModel

WHOLE_COMPANY = "*"
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
            gaps = count(histories, today)
            self._store.save_gaps(company.company_id, service.service_id, gaps)
            learnt = self._learnt(company, catalogue, service, gaps)
            self._save_rule(company, catalogue, service, learnt)

    def _learnt(
        self,
        company: Company,
        catalogue: Catalogue,
        service: Service,
        gaps: Gaps,
    ) -> Mapping[IntervalSource, Interval]:
        """The owner sees all sources side by side: the model is asked even where history speaks."""
        learnt = {IntervalSource.HISTORICAL: historical_interval(gaps)}
        known = rule_for(company, catalogue, service).intervals
        if IntervalSource.AI not in known:
            learnt[IntervalSource.AI] = self._guess(company, service)
        return {source: interval for source, interval in learnt.items() if interval}

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
        """Asked once per service; without a model, or when it fails, the default stands."""
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
            try:
                renewed += self._date(company, catalogue, dues, file)
            except Conflict:
                with suppress(NotFound):
                    again = self._store.client(company.company_id, file.client.client_id)
                    renewed += self._date(company, catalogue, dues, again)
        return renewed

    def _date(
        self, company: Company, catalogue: Catalogue, dues: DueDates, file: ClientFile
    ) -> int:
        """Over what was read alone: files are read long before, and journeys put clients to rest meanwhile. Who said stop is
        due for nothing."""
        before = {entry.service_id: entry for entry in file.due}
        client, changes = file.client, list[Change]()
        if opted_out(file.consents):
            changes += [RemoveDue(client.company_id, client.client_id, name) for name in before]
        else:
            agreed = any(may_market(file.consents, channel) for channel in company.channels)
            fresh = keep_rests(dues.due(company, catalogue, client, file.visits), file.due)
            asked = (replace(entry, agreed=agreed) for entry in fresh)
            changes += [
                SaveDue(entry, over=before.get(entry.service_id))
                for entry in asked
                if entry not in file.due
            ]
        if changes:
            self._store.commit(changes)
        return len(changes)
