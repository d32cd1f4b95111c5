"""FindSlots: free times in the book that this client would like, held for them by leases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from comeback.bookings.model import Slot
from comeback.changes import SaveJourney
from comeback.ports import Clock, Crms, Leases, Store
from comeback.reactivation.journey import Ending
from comeback.reactivation.model import Journey, JourneyState, Preferences, SkipReason
from comeback.reactivation.offers import discount_percent
from comeback.reactivation.preferences import preferences
from comeback.reactivation.scene import READY, SKIPPED, Answer, JourneyRef, Scene, early, load_ref
from comeback.reactivation.slots import DAYS_AHEAD, LEASE, NOTICE, best, offerable

EARLY_BY = timedelta(seconds=60)
"""A step this little before its minute goes on: Step Functions' waits are whole seconds, clocks differ."""


class SlotFinder:
    """Free, unheld, liked and leased: used by the step and by the dialogue."""

    def __init__(self, crms: Crms, leases: Leases) -> None:
        self._crms = crms
        self._leases = leases

    def find(
        self, scene: Scene, holder: str, now: datetime, without: Sequence[Slot] = ()
    ) -> tuple[Slot, ...]:
        """Up to `company.max_slots`, leased to `holder` for `LEASE`; `without`: already offered and refused.

        Raises what the CRM raises.
        """
        company = scene.company
        likes = preferences(scene.file.visits, company.zone, scene.file.client.preferred_staff_id)
        free = [slot for slot in self._free(scene, likes, now) if slot not in without]
        days = sorted({moment.date() for s in free for moment in (s.starts_at, s.ends_at)})
        staff = {slot.staff_id for slot in free}
        held = self._leases.held_by_others(company.company_id, staff, days, holder, now)
        ranked = best(offerable(free, held, likes, company.zone), likes, company.zone, len(free))
        return self._lease(scene, ranked, holder, now)

    def _free(self, scene: Scene, likes: Preferences, now: datetime) -> Sequence[Slot]:
        """The favourite's and the alternatives' times; anybody's when they have none."""
        crm = self._crms.crm(scene.company)
        liked = [s for s in (likes.staff_id, *likes.alternatives) if s in scene.catalogue.staff]
        if not scene.company.prefer_favourite_staff:
            liked = []
        service, since = scene.service.service_id, now + NOTICE
        staff_ids = [s for s in liked if s is not None]
        free = crm.free_slots(service, staff_ids, since, DAYS_AHEAD) if staff_ids else ()
        return free or crm.free_slots(service, (), since, DAYS_AHEAD)

    def _lease(
        self, scene: Scene, ranked: Sequence[Slot], holder: str, now: datetime
    ) -> tuple[Slot, ...]:
        """Best first until enough are ours: another journey may take one between the look and the lease."""
        wanted, ours = scene.company.max_slots, list[Slot]()
        queue = list(ranked)
        while queue and len(ours) < wanted:
            batch = queue[: wanted - len(ours)]
            queue = queue[len(batch) :]
            company_id = scene.company.company_id
            leases = self._leases.lease(company_id, batch, holder, now + LEASE, now)
            ours += [lease.slot for lease in leases]
        return tuple(ours)


class FindSlots:
    def __init__(self, store: Store, finder: SlotFinder, clock: Clock) -> None:
        self._store = store
        self._finder = finder
        self._clock = clock

    def run(self, ref: JourneyRef) -> Answer:
        now = self._clock.now()
        scene = load_ref(self._store, ref)
        journey = scene.journey(ref)
        if journey.state is JourneyState.FINISHED:
            return SKIPPED
        if journey.state is not JourneyState.RESERVED:
            return READY
        reserved_for = journey.attempt.reserved_for
        if reserved_for and reserved_for - now > EARLY_BY:
            return early((reserved_for - now).total_seconds())
        slots: tuple[Slot, ...] = ()
        if scene.company.slots_in_message:
            slots = self._finder.find(scene, journey.journey_id, now)
            if not slots:
                return self._no_slots(journey, scene, now)
        self._store.commit([SaveJourney(_prepared(journey, scene, slots))])
        return READY

    def _no_slots(self, journey: Journey, scene: Scene, now: datetime) -> Answer:
        ending = Ending(scene.company, scene.file, scene.rule, now)
        self._store.commit(ending.skip(journey, SkipReason.NO_SLOTS))
        return SKIPPED


def _prepared(journey: Journey, scene: Scene, slots: tuple[Slot, ...]) -> Journey:
    discount = discount_percent(
        scene.rule.discounts, journey.attempt.number, scene.company.discount_cap_percent
    )
    attempt = replace(journey.attempt, slots=slots, discount_percent=discount)
    return replace(journey, state=JourneyState.PREPARED, attempt=attempt)
