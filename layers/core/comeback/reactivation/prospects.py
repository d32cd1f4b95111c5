"""Who of those nearly due may be asked about a free time, and how likely they would take it. Reads files, writes nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from comeback.bookings.model import Slot
from comeback.companies.model import Company
from comeback.errors import NotFound
from comeback.ports import Catalogue, ClientFile, Store
from comeback.reactivation.chairs_rank import Prospect, best_slot, fit
from comeback.reactivation.forecasts import FittedModels, forecast_of
from comeback.reactivation.holdout import in_holdout
from comeback.reactivation.judgement import TRIALS, judge
from comeback.reactivation.model import DueService, Journey, Why
from comeback.reactivation.naming import CHAIRS, journey_id
from comeback.reactivation.preferences import preferences
from comeback.reactivation.reachability import choose_address, closed_channels, skip_reason
from comeback.reactivation.scene import set_up

WITHIN_DAYS = 14
"""Who would come within so long might as well come tomorrow: a judgement, half the usual month between visits."""
Free = Mapping[str, Sequence[Slot]]
"""Free times by service."""


class Prospects:
    """Of one company at one moment: what all its clients share is read once."""

    def __init__(self, store: Store, company: Company, catalogue: Catalogue, now: datetime) -> None:
        self._store = store
        self._company = company
        self._catalogue = catalogue
        self._now = now
        self._accounts = store.accounts(company.company_id)
        self._trials = store.arms(company.company_id).get(TRIALS, {})
        self._models = FittedModels(store)

    def among(self, dues: Iterable[DueService], free: Free) -> Iterator[Prospect]:
        """One file is read for each of `dues`; whoever may not be written to is left out, as Analyse would."""
        for due in dues:
            try:
                file = self._store.client(due.company_id, due.client_id)
            except NotFound:
                continue
            if prospect := self._prospect(due, file, free.get(due.service_id, ())):
                yield prospect

    def _prospect(self, due: DueService, file: ClientFile, free: Sequence[Slot]) -> Prospect | None:
        company, now = self._company, self._now
        if file.active_journey_id or in_holdout(
            company.company_id, due.client_id, company.holdout_percent
        ):
            return None
        scene = set_up(company, self._catalogue, file, due.service_id)
        journey = self._journey(due)
        closed = closed_channels(scene, self._accounts, journey.attempt, now)
        address = choose_address(scene, closed)
        if address is None or skip_reason(scene, journey, now, closed):
            return None
        told = forecast_of(scene, self._models.of(due.company_id, due.service_id), now)
        likes = preferences(file.visits, company.zone, file.client.preferred_staff_id)
        slot = best_slot(free, likes, company.zone)
        if told is None or slot is None:
            return None
        account = self._accounts.get(address.channel)
        judged = judge(scene, address, told, self._trials, account, now, journey.chair_on)
        chance = told.p_return_within(WITHIN_DAYS) * fit(slot, likes, company.zone)
        return Prospect(due.client_id, due.service_id, slot, chance, judged.gain)

    def _journey(self, due: DueService) -> Journey:
        """The one that would be started, for the checks that a journey goes through."""
        on = self._company.local(self._now).date()
        return Journey(
            company_id=due.company_id,
            client_id=due.client_id,
            service_id=due.service_id,
            journey_id=journey_id(due.company_id, due.client_id, due.service_id, on, CHAIRS),
            campaign_on=on,
            started_at=self._now,
            why=Why.EMPTY_CHAIR,
        )
