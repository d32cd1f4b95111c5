"""DryRun: what the next campaign would do, client by client, and what one client would be written. Sends nothing, writes nothing.

Detect, Analyse, Reserve, FindSlots and Generate themselves run, on the ports of `shadow.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import cast

from comeback.companies.model import Company
from comeback.conversations.model import Address
from comeback.errors import NotFound, Permanent, Retryable
from comeback.ports import (
    ClientFile,
    Clock,
    Crms,
    JourneyStart,
    Leases,
    Limits,
    Models,
    Orchestrator,
    Store,
)
from comeback.reactivation.analyse import Analyse
from comeback.reactivation.detect import Detect, left_out
from comeback.reactivation.find_slots import FindSlots, SlotFinder
from comeback.reactivation.generate import Generate
from comeback.reactivation.model import (
    Attempt,
    DueService,
    Journey,
    JourneyState,
    SkipReason,
    Why,
)
from comeback.reactivation.naming import journey_id
from comeback.reactivation.priority import most_overdue_per_client
from comeback.reactivation.reserve import Reserve
from comeback.reactivation.scene import JourneyRef
from comeback.reactivation.shadow import (
    Listed,
    MovedClock,
    NoModels,
    RememberedBooks,
    ShadowLeases,
    ShadowLimits,
    ShadowStore,
)

PREVIEW = "preview"
"""In ids of journeys that nobody starts."""
PREPARED_AT_MOST = 50
"""Messages written in one run: each asks the book, and the language model when it is to write."""


@dataclass(frozen=True)
class Preview:
    """What would become of one client. `skipped`: why nothing; else `journey` is the attempt as it would leave.

    `unprepared`: everything speaks for a message, but its slots and words were not looked for (`PREPARED_AT_MOST`), or the book
    did not answer.
    """

    file: ClientFile
    journey: Journey
    due: DueService | None = None
    skipped: SkipReason | None = None
    unprepared: bool = False


@dataclass(frozen=True)
class CampaignPreview:
    """`at`: when it would start (UTC). `due`: clients; `over_limit` of them are left to another day, `no_consent` have agreed to
    nothing."""

    at: datetime
    on: date
    paused: bool
    due: int
    over_limit: int
    no_consent: int
    previews: tuple[Preview, ...]


class DryRun:
    def __init__(
        self,
        store: Store,
        limits: Limits,
        leases: Leases,
        crms: Crms,
        models: Models,
        clock: Clock,
    ) -> None:
        self._store = store
        self._limits = limits
        self._leases = leases
        self._crms = crms
        self._models = models
        self._clock = clock

    def campaign(
        self, company_id: str, *, most: int = PREPARED_AT_MOST, by_model: bool = False
    ) -> CampaignPreview:
        """The next one that has not started, as if it were its hour; of a paused company, as if it were resumed. The first
        `most` messages are prepared to the end. Raises NotFound for a company that is none."""
        company = self._store.company(company_id)
        at = self._next(company, self._clock.now())
        on = company.local(at).date()
        stage = self._stage(replace(company, enabled=True), at, by_model=by_model)
        stage.detect.campaign(stage.company, at)
        catalogue = self._store.catalogue(company_id)
        dues = most_overdue_per_client(catalogue.live(self._store.due(company_id, on)))
        entries = {d.client_id: d for d in dues}
        starts = stage.listed.starts
        found = [
            replace(preview, due=entries.get(start.client_id))
            for start in starts
            if (preview := stage.decided(start, on))
        ]
        prepared = stage.prepared_in_order(found, most)
        without = left_out(dues, len(starts))
        return CampaignPreview(
            at=at,
            on=on,
            paused=not company.enabled,
            due=len(dues),
            over_limit=without[SkipReason.DAILY_LIMIT],
            no_consent=without[SkipReason.NO_CONSENT],
            previews=tuple(prepared),
        )

    def message(
        self, company_id: str, client_id: str, service_id: str, *, by_model: bool = False
    ) -> Preview:
        """What this client would be written now if somebody asked for it by name, also where a rule forbids it: `skipped` says
        which. Without any address there are no words. Raises NotFound."""
        company, now = self._store.company(company_id), self._clock.now()
        stage = self._stage(company, now, by_model=by_model)
        on = company.local(now).date()
        named = journey_id(company_id, client_id, service_id, on, PREVIEW)
        start = JourneyStart(client_id, service_id, named, Why.MANUAL)
        file = stage.store.client(company_id, client_id)
        if service_id not in stage.store.catalogue(company_id).services:
            raise NotFound(f"service {service_id}")
        decided = stage.decided(start, on) or Preview(file, _unsent(start, company_id, on, now))
        if decided.skipped is None:
            return stage.prepared(decided)
        return stage.prepared_all_the_same(decided)

    def _next(self, company: Company, now: datetime) -> datetime:
        """Now, on a sending day whose campaign is due and has not started; else the next campaign hour."""
        local = company.local(now)
        hour, until = time(company.campaign_hour), company.sending.end
        for days in range(9):
            day = local.date() + timedelta(days=days)
            begins = datetime.combine(day, hour, tzinfo=company.zone)
            if day.weekday() not in company.sending.days or (not days and local.time() >= until):
                continue
            if not days and self._store.seen_event(
                company.company_id, f"campaign.{day.isoformat()}"
            ):
                continue
            return max(begins, local).astimezone(now.tzinfo)
        return now

    def _stage(self, company: Company, at: datetime, *, by_model: bool) -> "_Stage":
        store = ShadowStore(self._store, company)
        clock, listed = MovedClock(at), Listed()
        accounts = store.accounts(company.company_id)
        limits = cast(Limits, ShadowLimits(self._limits, accounts))
        as_store = cast(Store, store)
        crms = cast(Crms, RememberedBooks(self._crms, at))
        finder = SlotFinder(crms, cast(Leases, ShadowLeases(self._leases)))
        models = self._models if by_model else NoModels()
        return _Stage(
            company=company,
            store=store,
            clock=clock,
            listed=listed,
            detect=Detect(as_store, limits, cast(Orchestrator, listed), clock),
            analyse=Analyse(as_store, clock),
            reserve=Reserve(as_store, limits, clock),
            find_slots=FindSlots(as_store, finder, clock),
            generate=Generate(as_store, models, clock),
        )


@dataclass(frozen=True)
class _Stage:
    """The steps on shadows, for one run."""

    company: Company
    store: ShadowStore
    clock: MovedClock
    listed: Listed
    detect: Detect
    analyse: Analyse
    reserve: Reserve
    find_slots: FindSlots
    generate: Generate

    def decided(self, start: JourneyStart, on: date) -> Preview | None:
        """Whether, where and when; None for a client or service that is gone."""
        ref = self._ref(start, on)
        try:
            for step in (self.analyse, self.reserve):
                if step.run(ref)["status"] != "ready":
                    break
            return self._preview(ref)
        except NotFound:
            return None

    def prepared_in_order(self, found: Sequence[Preview], most: int) -> list[Preview]:
        """As the day would go: who leaves first takes the first slot."""
        leaving = [p for p in found if p.skipped is None]
        leaving.sort(key=lambda p: p.journey.attempt.reserved_for or self.clock.at)
        done = [self.prepared(p) for p in leaving[:most]]
        left = [replace(p, unprepared=True) for p in leaving[most:]]
        return [*done, *left, *(p for p in found if p.skipped)]

    def prepared(self, decided: Preview) -> Preview:
        """With slots and words."""
        journey = decided.journey
        self.clock.at = journey.attempt.reserved_for or self.clock.at
        ref = _ref_of(journey)
        try:
            for step in (self.find_slots, self.generate):
                step.run(ref)
        except (Retryable, Permanent):
            return replace(decided, unprepared=True)
        return replace(self._preview(ref), due=decided.due)

    def prepared_all_the_same(self, decided: Preview) -> Preview:
        """The words that a rule keeps from leaving."""
        address = self._any_address(decided.file)
        if address is None:
            return decided
        attempt = Attempt(1, address=address, reserved_for=self.clock.at)
        journey = replace(
            decided.journey, state=JourneyState.RESERVED, attempt=attempt, completion=None
        )
        self.store.keep(journey)
        return replace(self.prepared(replace(decided, journey=journey)), skipped=decided.skipped)

    def _any_address(self, file: ClientFile) -> Address | None:
        """In the company's order of channels."""
        known = {address.channel: address for address in file.client.addresses}
        return next((known[c] for c in self.company.channels if c in known), None)

    def _preview(self, ref: JourneyRef) -> Preview:
        file = self.store.client(ref.company_id, ref.client_id)
        journey = file.journey(ref.journey_id)
        if journey is None:
            raise NotFound(f"journey {ref.journey_id}")
        over = journey.state is JourneyState.FINISHED
        reason = SkipReason(journey.attempt.detail) if over else None
        return Preview(file, journey, skipped=reason)

    def _ref(self, start: JourneyStart, on: date) -> JourneyRef:
        return JourneyRef(
            self.company.company_id,
            start.client_id,
            start.service_id,
            start.journey_id,
            on,
            start.why,
        )


def _ref_of(journey: Journey) -> JourneyRef:
    return JourneyRef(
        journey.company_id,
        journey.client_id,
        journey.service_id,
        journey.journey_id,
        journey.campaign_on,
        journey.why,
    )


def _unsent(start: JourneyStart, company_id: str, on: date, now: datetime) -> Journey:
    return Journey(company_id, start.client_id, start.service_id, start.journey_id, on, now)
