"""Detect: the hourly tick that lists who is due, company by company at its campaign hour, and starts the campaign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from comeback.changes import Change, Count, EventSeen
from comeback.companies.model import Company, in_turn
from comeback.errors import AlreadyDone
from comeback.ports import Clock, JourneyStart, Limits, Orchestrator, Store
from comeback.reactivation.holdout import in_holdout
from comeback.reactivation.model import DueService, SkipReason, Stage
from comeback.reactivation.naming import journey_id
from comeback.reactivation.priority import in_order, most_overdue_per_client


@dataclass(frozen=True)
class CampaignStarted:
    company_id: str
    campaign_on: date
    due: int
    started: int


class Detect:
    def __init__(
        self, store: Store, limits: Limits, orchestrator: Orchestrator, clock: Clock
    ) -> None:
        self._store = store
        self._limits = limits
        self._orchestrator = orchestrator
        self._clock = clock

    def tick(self) -> list[CampaignStarted]:
        """Campaigns started by this tick. A second tick of the same hour starts none. Raises ExceptionGroup of what went wrong,
        once every company has had its turn."""
        now = self._clock.now()

        def today(company: Company) -> list[CampaignStarted]:
            campaign = self.campaign(company, now) if is_campaign_hour(company, now) else None
            return [campaign] if campaign else []

        return in_turn(self._store.companies(), today)

    def campaign(self, company: Company, now: datetime) -> CampaignStarted | None:
        """The campaign of the company's local day; None when there is nobody due, or it runs already."""
        on = company.local(now).date()
        due = most_overdue_per_client(self._live(company.company_id, on))
        if not due:
            return None
        room = self._limits.remaining_today(company, now)
        chosen = first(company, in_order(asked(due), on), room)
        self._count_once(company, on, due, len(chosen), now)
        starts = [start(company.company_id, entry, on) for entry in chosen]
        if not starts or not self._orchestrator.start_campaign(company.company_id, on, starts):
            return None
        return CampaignStarted(company.company_id, on, len(due), len(starts))

    def _live(self, company_id: str, on: date) -> list[DueService]:
        """The catalogue is read for those alone who have somebody due."""
        dues = list(self._store.due(company_id, on))
        return list(self._store.catalogue(company_id).live(dues)) if dues else []

    def _count_once(
        self, company: Company, on: date, due: Sequence[DueService], chosen: int, now: datetime
    ) -> None:
        """The day's due and those whom it leaves out, written with the day's own dedupe key before the start, so that a
        crash between the two counts nothing twice and loses nothing."""
        changes: list[Change] = [
            EventSeen(company.company_id, f"campaign.{on.isoformat()}", now),
            Count(company.company_id, on, Stage.DUE, n=len(due)),
        ]
        changes += [
            Count(company.company_id, on, Stage.SKIPPED, reason.value, n)
            for reason, n in left_out(due, chosen).items()
            if n
        ]
        try:
            self._store.commit(changes)
        except AlreadyDone:
            return


def is_campaign_hour(company: Company, now: datetime) -> bool:
    local = company.local(now)
    return (
        company.enabled
        and local.hour == company.campaign_hour
        and local.weekday() in company.sending.days
    )


def asked(dues: Sequence[DueService]) -> list[DueService]:
    """Without those who agreed to nothing: no journey would come of them, and they would take the others' places."""
    return [entry for entry in dues if entry.agreed]


def left_out(dues: Sequence[DueService], chosen: int) -> Mapping[SkipReason, int]:
    """How many of the day's dues no journey begins for, and why, when it does for so many."""
    may_be = len(asked(dues))
    return {SkipReason.DAILY_LIMIT: may_be - chosen, SkipReason.NO_CONSENT: len(dues) - may_be}


def first(company: Company, dues: Sequence[DueService], room: int) -> list[DueService]:
    """As many as the day has messages for. Who is held out takes no message, but is drawn with the others."""
    chosen: list[DueService] = []
    for entry in dues:
        if room <= 0:
            break
        room -= not in_holdout(company.company_id, entry.client_id, company.holdout_percent)
        chosen.append(entry)
    return chosen


def start(company_id: str, entry: DueService, on: date) -> JourneyStart:
    return JourneyStart(
        entry.client_id,
        entry.service_id,
        journey_id(company_id, entry.client_id, entry.service_id, on),
    )
