"""When a client is due for a service: written when a visit lands, so that detect reads an index and no client base."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from comeback.changes import Change, RemoveDue, SaveDue, SaveJourney
from comeback.clients.model import Client, Visit, VisitStatus, completed
from comeback.companies.model import Company
from comeback.ports import Catalogue, ClientFile, Clock, Effects, Store
from comeback.reactivation.forecasts import FittedModels, visit_days
from comeback.reactivation.intervals import rule_for
from comeback.reactivation.journey import conclude
from comeback.reactivation.model import (
    DueService,
    IntervalSource,
    JourneyState,
    Outcome,
    ServiceRule,
)
from comeback.reactivation.reasons import why

OURS = "comeback"
"""`Visit.source` of what we booked ourselves."""


@dataclass
class DueDates:
    """The VisitFollowUp port. One per job: the fitted models it reads are kept for its life."""

    store: Store
    clock: Clock
    _models: FittedModels = field(init=False)

    def __post_init__(self) -> None:
        self._models = FittedModels(self.store)

    def due(
        self, company: Company, catalogue: Catalogue, client: Client, visits: Sequence[Visit]
    ) -> tuple[DueService, ...]:
        """Of paused rules, too: `live` leaves them out, so that a rule can be taken up again at once."""
        entries = (
            self._entry(company, rule_for(company, catalogue, service), client, visits)
            for service in catalogue.services.values()
            if service.active
        )
        return tuple(entry for entry in entries if entry)

    def landed(self, company: Company, file: ClientFile, visit: Visit) -> Effects:
        catalogue = self.store.catalogue(company.company_id)
        visits = [v for v in file.visits if v.visit_id != visit.visit_id] + [visit]
        fresh = self.due(company, catalogue, file.client, visits)
        resting = keep_rests(fresh, file.due)
        changes: list[Change] = [SaveDue(entry) for entry in resting if entry not in file.due]
        left = {entry.service_id for entry in fresh}
        changes += [
            RemoveDue(old.company_id, old.client_id, old.service_id)
            for old in file.due
            if old.service_id not in left
        ]
        return _end_pointless(file, visit, self.clock.now(), tuple(changes))

    def _entry(
        self, company: Company, rule: ServiceRule, client: Client, visits: Sequence[Visit]
    ) -> DueService | None:
        came = completed(visits, rule.service_id)
        if not came:
            return None
        source, interval = rule.interval()
        days = visit_days(company, came)
        last = max(days)
        entry = DueService(
            company_id=company.company_id,
            client_id=client.client_id,
            service_id=rule.service_id,
            due_on=last,
            next_on=last,
            last_visit_on=last,
            visits=len(came),
            spend_minor=sum(v.amount_minor for v in came),
            vip=client.vip,
            source=source,
            reason=interval.reason,
        )
        return self._forecast(company, dated(entry, rule), rule, days)

    def _forecast(
        self, company: Company, entry: DueService, rule: ServiceRule, days: Sequence[date]
    ) -> DueService:
        """The band and the chance of return always; the due date itself only where history is the winning source."""
        model = self._models.of(company.company_id, entry.service_id)
        if model is None:
            return entry
        today = company.local(self.clock.now()).date()
        forecast = model.forecast(days, as_of=max(today, entry.last_visit_on))
        entry = replace(
            entry,
            low=forecast.low,
            high=forecast.high,
            p_active=round(forecast.p_active, 3),
            forecast_on=forecast.due_on,
        )
        if entry.source is not IntervalSource.HISTORICAL:
            return entry
        return replace(dated(entry, rule), reason=why(forecast.basis, company.language))


def dated(entry: DueService, rule: ServiceRule) -> DueService:
    """As the rule's winning source dates it. A rest stands; so does what a forecast said of this very client."""
    source, interval = rule.interval()
    due_on = entry.last_visit_on + timedelta(days=interval.days)
    historical = source is IntervalSource.HISTORICAL
    if historical and entry.forecast_on:
        due_on = entry.forecast_on
    said = entry.reason if historical and entry.source is source else interval.reason
    fresh = replace(
        entry, due_on=due_on, next_on=due_on, rests_until=None, source=source, reason=said
    )
    return fresh.resting(entry.rest) if entry.rest else fresh


def keep_rests(fresh: Sequence[DueService], stored: Sequence[DueService]) -> tuple[DueService, ...]:
    """A rest decided by a journey stands until the client comes again."""
    before = {d.service_id: d for d in stored}
    return tuple(
        entry.resting(old.rest)
        if (old := before.get(entry.service_id))
        and old.rest
        and old.last_visit_on == entry.last_visit_on
        else entry
        for entry in fresh
    )


def _end_pointless(
    file: ClientFile, visit: Visit, now: datetime, changes: tuple[Change, ...]
) -> Effects:
    """Who books or comes by themselves needs no message; what we booked ourselves ends its journey elsewhere.

    Before the message left, its last look finds the visit; while resting, the next Analyse does.
    """
    journey = file.journey(file.active_journey_id) if file.active_journey_id else None
    if journey is None or journey.state is not JourneyState.WAITING or journey.attempt.outcome:
        return Effects(changes=changes)
    coming = visit.status is VisitStatus.BOOKED and visit.starts_at > now
    came = visit.status is VisitStatus.COMPLETED and visit.starts_at > journey.started_at
    if visit.source == OURS or not (coming or came):
        return Effects(changes=changes)
    ended = conclude(journey, Outcome.ALREADY_BOOKED, visit.visit_id)
    token = (journey.attempt.task_token, Outcome.ALREADY_BOOKED)
    return Effects(changes=(*changes, SaveJourney(ended)), finished=(token,))
