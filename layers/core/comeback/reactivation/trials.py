"""Settle: what became of each client drawn a window ago, written to or held out; the lift and the worth of a message learn
from it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from comeback.changes import CountArm, SaveTrial
from comeback.clients.model import Visit, VisitStatus
from comeback.companies.model import Company
from comeback.errors import Conflict, NotFound
from comeback.ports import Clock, Store
from comeback.reactivation.judgement import CONTROL, TREATED, TRIALS
from comeback.reactivation.model import TRIAL_DAYS, Trial

LOOKED_BACK = timedelta(days=60)
"""A run that failed for weeks is still made up for."""
GRACE = timedelta(days=1)
"""For the last day's visits to be marked in the CRM as come or not."""


@dataclass(frozen=True)
class SettleTrials:
    store: Store
    clock: Clock

    def company(self, company: Company) -> int:
        """How many were settled now. Each is one transaction: a run that breaks off is taken up by the next."""
        today = company.local(self.clock.now()).date()
        until = today - timedelta(days=TRIAL_DAYS) - GRACE
        drawn = list(self.store.trials(company.company_id, until - LOOKED_BACK, until))
        return sum(self._settle(company, trial) for trial in drawn if trial.returned is None)

    def _settle(self, company: Company, trial: Trial) -> bool:
        """Who was erased meanwhile is left out of the count, whichever group they were in."""
        try:
            file = self.store.client(company.company_id, trial.client_id)
        except NotFound:
            return False
        done = outcome(trial, file.visits, company)
        try:
            self.store.commit([SaveTrial(done), *_counted(done, file.trials)])
        except Conflict:
            return False  # another run was first
        return True


def _counted(done: Trial, trials: tuple[Trial, ...]) -> tuple[CountArm, ...]:
    """Of a client's first draw alone: who stays away is drawn again and again while held out, and seldom once written to, so
    later draws are of different people in the two groups."""
    if any(other.on < done.on for other in trials):
        return ()
    arm = TREATED if done.treated else CONTROL
    return (CountArm(done.company_id, TRIALS, arm, tried=1, won=int(bool(done.returned))),)


def outcome(trial: Trial, visits: tuple[Visit, ...], company: Company) -> Trial:
    """Any visit counts, for whatever service, in the TRIAL_DAYS from the day of the draw on; a cancelled or missed one does
    not. A booked one whose hour is past came: the built-in book has nobody to mark it."""
    came = [
        v
        for v in visits
        if v.status in (VisitStatus.COMPLETED, VisitStatus.BOOKED)
        and _within(trial.on, v.starts_at, company)
    ]
    revenue = sum(v.amount_minor for v in came)
    return replace(trial, returned=bool(came), revenue_minor=revenue)


def _within(drawn: date, moment: datetime, company: Company) -> bool:
    days = (company.local(moment).date() - drawn).days
    return 0 <= days < TRIAL_DAYS
