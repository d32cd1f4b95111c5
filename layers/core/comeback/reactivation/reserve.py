"""Reserve: takes a minute inside the sending window and the account's limits; the state machine waits until then."""

from dataclasses import replace
from datetime import datetime, timedelta

from comeback.changes import SaveJourney
from comeback.conversations.model import ChannelKind
from comeback.ports import Clock, Limits, Store
from comeback.reactivation.client_zone import client_zone
from comeback.reactivation.journey import outbox_id
from comeback.reactivation.learning import wished_moment
from comeback.reactivation.model import Journey, JourneyState, SkipReason, Why
from comeback.reactivation.reachability import closed_channels, skip_reason
from comeback.reactivation.scene import READY, SKIPPED, Answer, JourneyRef, Scene, early, load_ref

AT_ONCE: Answer = {**SKIPPED, "wait_seconds": 0}


class Reserve:
    def __init__(self, store: Store, limits: Limits, clock: Clock) -> None:
        self._store = store
        self._limits = limits
        self._clock = clock

    def run(self, ref: JourneyRef) -> Answer:
        """The machine waits for `wait_seconds` whatever the status: until the minute, until the next sending day, or not."""
        now = self._clock.now()
        scene = load_ref(self._store, ref)
        journey = scene.journey(ref)
        if journey.state is JourneyState.FINISHED or journey.attempt.address is None:
            return AT_ONCE
        if journey.state is not JourneyState.ANALYSED and journey.attempt.reserved_for:
            return _ready(journey.attempt.reserved_for, now)
        moment = self._reserved(journey, journey.attempt.address.channel, scene, now)
        if moment is None:
            return self._day_is_full(journey, scene, now)
        attempt = replace(journey.attempt, reserved_for=moment)
        reserved = replace(journey, state=JourneyState.RESERVED, attempt=attempt)
        self._store.commit([SaveJourney(reserved)])
        return _ready(moment, now)

    def _reserved(
        self, journey: Journey, channel: ChannelKind, scene: Scene, now: datetime
    ) -> datetime | None:
        """At the hour that has done best, on the client's clock, if there is room; else whenever there is. Who is asked to
        fill tomorrow's chair is asked now, and so is whom this attempt did not reach elsewhere."""
        company, zone = scene.company, client_zone(scene.file.client, scene.company)
        wish = None
        if journey.why is not Why.EMPTY_CHAIR and not journey.attempt.failed:
            arms = self._store.arms(company.company_id)
            wish = wished_moment(arms, journey, company.sending, zone, now)
        return self._limits.reserve_minute(
            company, channel, outbox_id(journey), now, zone=zone, not_before=wish
        )

    def _day_is_full(self, journey: Journey, scene: Scene, now: datetime) -> Answer:
        """A first message leaves its client to tomorrow's campaign; a later one waits for the next sending day, but not for an
        account that is stopped, nor for a client who may not be written to any more."""
        accounts = self._store.accounts(journey.company_id)
        closed = closed_channels(scene, accounts, journey.attempt, now)
        reason = skip_reason(scene, journey, now, closed)
        address = journey.attempt.address
        if reason is None and address and address.channel in closed:
            reason = SkipReason.ACCOUNT_STOPPED
        if reason is None and journey.earlier:
            return early((_next_opening(scene, now) - now).total_seconds())
        self._store.commit(scene.ending(now).skip(journey, reason or SkipReason.DAILY_LIMIT))
        return AT_ONCE


def _ready(moment: datetime, now: datetime) -> Answer:
    return {**READY, "wait_seconds": max(0, int((moment - now).total_seconds()))}


def _next_opening(scene: Scene, now: datetime) -> datetime:
    """The start of the sending window on the next sending day (UTC inside, company's zone on the wall)."""
    company = scene.company
    local = company.local(now)
    for days in range(1, 9):
        day = (local + timedelta(days=days)).date()
        if day.weekday() in company.sending.days:
            return datetime.combine(day, company.sending.start, tzinfo=company.zone)
    return now + timedelta(days=1)
