"""FindSlots: free times in the book that this client would like, held for them by leases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from comeback.bookings.model import Slot
from comeback.changes import SaveJourney
from comeback.companies.model import Company, CrmKind
from comeback.ports import Clock, Crms, Leases, Store
from comeback.reactivation.forecasts import FittedModels, forecast_of
from comeback.reactivation.judgement import TRIALS, judge
from comeback.reactivation.learning import DISCOUNT, offer
from comeback.reactivation.model import Journey, JourneyState, Preferences, SkipReason
from comeback.reactivation.offers import discount_percent
from comeback.reactivation.preferences import preferences
from comeback.reactivation.scene import READY, SKIPPED, Answer, JourneyRef, Scene, early, load_ref
from comeback.reactivation.slots import DAYS_AHEAD, LEASE, NOTICE, best, offerable
from comeback.reactivation.wishes import Wish

EARLY_BY = timedelta(seconds=60)
"""A step this little before its minute goes on: Step Functions' waits are whole seconds, clocks differ."""
UNRESERVED: Answer = {"status": "unreserved"}
"""The day was full, and another has come: Reserve is asked again."""


class SlotFinder:
    """Free, unheld, liked and leased: used by the step and by the dialogue."""

    def __init__(self, crms: Crms, leases: Leases) -> None:
        self._crms = crms
        self._leases = leases

    def find(
        self,
        scene: Scene,
        holder: str,
        now: datetime,
        without: Sequence[Slot] = (),
        wish: Wish | None = None,
    ) -> tuple[Slot, ...]:
        """Up to `company.max_slots`, leased to `holder` for `LEASE`; `without`: already offered and refused; `wish`: only
        what fits it.

        Raises what the CRM raises.
        """
        company = scene.company
        likes = preferences(scene.file.visits, company.zone, scene.file.client.preferred_staff_id)
        free = [slot for slot in self._free(scene, likes, now, wish) if slot not in without]
        days = sorted({moment.date() for s in free for moment in (s.starts_at, s.ends_at)})
        staff = {slot.staff_id for slot in free}
        held = self._leases.held_by_others(company.company_id, staff, days, holder, now)
        ranked = best(offerable(free, held, likes, company.zone), likes, company.zone, len(free))
        return self._lease(scene, ranked, holder, now)

    def keep(self, company: Company, slot: Slot, holder: str, now: datetime) -> bool:
        """Ours until it is booked? A CRM knows nothing of what is offered to others; the built-in book looks at leases itself,
        and takes no lease on what is booked already."""
        if company.crm is CrmKind.NATIVE:
            return True
        return bool(self._leases.lease(company.company_id, [slot], holder, now + LEASE, now))

    def _free(
        self, scene: Scene, likes: Preferences, now: datetime, wish: Wish | None
    ) -> Sequence[Slot]:
        """The favourite's and the alternatives' times; anybody's when they have none that will do."""
        crm, service = self._crms.crm(scene.company), scene.service.service_id
        since = _since(scene.company, now, wish)
        days = _days(scene.company, since, wish)
        for staff_ids in _asked_of(scene, likes, wish):
            found = crm.free_slots(service, staff_ids, since, days) if days > 0 else ()
            if free := [slot for slot in found if wish is None or wish.fits(slot)]:
                return free
        return ()

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
        if journey.state is JourneyState.ANALYSED:
            return UNRESERVED
        if journey.state is not JourneyState.RESERVED:
            return READY
        reserved_for = journey.attempt.reserved_for
        if reserved_for and reserved_for - now > EARLY_BY:
            return early((reserved_for - now).total_seconds())
        slots: tuple[Slot, ...] = ()
        if scene.shows_slots(journey):
            slots = self._slots(journey, scene, now)
            if not slots:
                return self._no_slots(journey, scene, now)
        self._store.commit([SaveJourney(self._prepared(journey, scene, slots, now))])
        return READY

    def _slots(self, journey: Journey, scene: Scene, now: datetime) -> tuple[Slot, ...]:
        """For an empty chair of that day alone, and of what is free no more than this message's share, so that something
        is left for everybody who is asked."""
        day, company = journey.chair_on, scene.company
        if day is None:
            return self._finder.find(scene, journey.journey_id, now)
        proposal = self._store.proposal(company.company_id, day)
        asked = len(proposal.candidates) if proposal else 0
        share = proposal.free_slots // asked if proposal and asked else company.max_slots
        fewer = replace(company, max_slots=max(1, min(share, company.max_slots)))
        wish = Wish(company.local(now).date(), company.zone, since=day, until=day)
        scene = replace(scene, company=fewer)
        return self._finder.find(scene, journey.journey_id, now, wish=wish)

    def _prepared(
        self, journey: Journey, scene: Scene, slots: tuple[Slot, ...], now: datetime
    ) -> Journey:
        """The discount is drawn here, so that the message's words and its price agree. What the client was offered in the chat
        since the attempt began stays before the message's own slots, so that those buttons keep their meaning."""
        company, number = scene.company, journey.attempt.number
        before = journey.attempt
        most = discount_percent(scene.rule.discounts, number, company.discount_cap_percent)
        chosen = self._offer(journey, scene, most, now) if most and number > 1 else ""
        percent = most if chosen == DISCOUNT else 0
        attempt = replace(
            before,
            slots=(*before.slots, *slots),
            offered_last=len(slots) if before.slots and slots else before.offered_last,
            offer=chosen,
            discount_percent=percent,
        )
        return replace(journey, state=JourneyState.PREPARED, attempt=attempt)

    def _offer(self, journey: Journey, scene: Scene, most: int, now: datetime) -> str:
        """By what Analyse judged the message by, now with the discount; its reads are made for later attempts alone."""
        company, address = scene.company, journey.attempt.address
        arms = self._store.arms(company.company_id)
        model = FittedModels(self._store).of(company.company_id, journey.service_id)
        told, case = forecast_of(scene, model, now), None
        if told and address:
            account = self._store.accounts(company.company_id).get(address.channel)
            case = judge(scene, address, told, arms.get(TRIALS, {}), account, now).case
        return offer(arms, journey, most, company.margin_percent, case)

    def _no_slots(self, journey: Journey, scene: Scene, now: datetime) -> Answer:
        self._store.commit(scene.ending(now).skip(journey, SkipReason.NO_SLOTS))
        return SKIPPED


def _asked_of(scene: Scene, likes: Preferences, wish: Wish | None) -> list[list[str]]:
    """Whose times to look at, one after the other until there are some; empty: anybody's."""
    if wish and wish.staff_id:
        return [[wish.staff_id]]
    refused = wish.not_staff if wish else frozenset[str]()
    staff = scene.catalogue.staff
    anybody = [s for s in staff if s not in refused] if refused else []
    liked = [s for s in (likes.staff_id, *likes.alternatives) if s in staff and s not in refused]
    favourites = [s for s in liked if s and scene.company.prefer_favourite_staff]
    return [favourites, anybody] if favourites else [anybody]


def _since(company: Company, now: datetime, wish: Wish | None) -> datetime:
    earliest = now + NOTICE
    if wish is None or wish.since is None:
        return earliest
    return max(earliest, datetime.combine(wish.since, time(), tzinfo=company.zone))


def _days(company: Company, since: datetime, wish: Wish | None) -> int:
    """Local days to look through; none when it is too late for the last that is wished for."""
    if wish is None or wish.until is None:
        return DAYS_AHEAD
    return min(DAYS_AHEAD, (wish.until - company.local(since).date()).days + 1)
