"""Analyse: opens the journey (or its next attempt) if the client may be written to, and says where."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from comeback.changes import Change, ClaimClient, SaveDue, SaveJourney, SaveTrial
from comeback.conversations.model import Account, ChannelKind
from comeback.ports import ClientFile, Clock, Store
from comeback.reactivation.forecasts import FittedModels, forecast_of
from comeback.reactivation.holdout import in_holdout
from comeback.reactivation.journey import COMPLETIONS, NOT_ARRIVED, SILENCE, next_attempt
from comeback.reactivation.judgement import TRIALS, Judgement, explores, judge
from comeback.reactivation.model import TRIAL_DAYS, Journey, JourneyState, SkipReason, Trial, Why
from comeback.reactivation.reachability import (
    choose_address,
    closed_channels,
    goes_on_at,
    skip_reason,
)
from comeback.reactivation.scene import READY, SKIPPED, Answer, JourneyRef, Scene, early, load_ref


class Analyse:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def run(self, ref: JourneyRef) -> Answer:
        """Raises Conflict when another step wrote the client meanwhile: run again."""
        now = self._clock.now()
        scene = load_ref(self._store, ref)
        journey = scene.file.journey(ref.journey_id)
        if journey is None:
            return self._open(ref, scene, now)
        if journey.state is JourneyState.FINISHED:
            return SKIPPED
        if journey.state is JourneyState.RESTING:
            return self._next_attempt(journey, scene, now)
        return READY

    def _open(self, ref: JourneyRef, scene: Scene, now: datetime) -> Answer:
        fresh = Journey(
            company_id=ref.company_id,
            client_id=ref.client_id,
            service_id=ref.service_id,
            journey_id=ref.journey_id,
            campaign_on=ref.campaign_on,
            started_at=now,
            why=ref.why,
        )
        accounts = self._store.accounts(ref.company_id)
        closed = closed_channels(scene, accounts, fresh.attempt, now)
        reason = not_due(scene.file, ref.service_id, ref.campaign_on, ref.why) or skip_reason(
            scene, fresh, now, closed
        )
        if scene.file.active_journey_id not in ("", ref.journey_id):
            reason = SkipReason.ACTIVE_JOURNEY
        if reason:
            return self._skip(fresh, scene, reason, now)
        return self._draw(_addressed(fresh, scene, closed), scene, accounts, now)

    def _draw(
        self,
        journey: Journey,
        scene: Scene,
        accounts: Mapping[ChannelKind, Account],
        now: datetime,
    ) -> Answer:
        """Everything speaks for a message but its worth and the holdout; the trial is written with what was drawn."""
        told = self._judge(journey, scene, accounts, now)
        unpaid = told is not None and not told.worth and not explores(journey.journey_id)
        if unpaid and journey.why is not Why.MANUAL:
            return self._skip(journey, scene, SkipReason.NOT_WORTH, now)
        journey = replace(journey, p_return=round(told.p_return, 4) if told else None)
        company, client_id = scene.company, journey.client_id
        held_out = in_holdout(company.company_id, client_id, company.holdout_percent)
        trial = _trial(journey, scene.file, treated=not held_out)
        if held_out:
            return self._skip(journey, scene, SkipReason.HOLDOUT, now, trial)
        claim = ClaimClient(company.company_id, client_id, journey.journey_id)
        waits = _dues_wait(scene, journey.campaign_on)
        self._store.commit([SaveJourney(journey), claim, *waits, *trial])
        return READY

    def _judge(
        self,
        journey: Journey,
        scene: Scene,
        accounts: Mapping[ChannelKind, Account],
        now: datetime,
    ) -> Judgement | None:
        """None without an address or a visit to judge by."""
        company_id, address = journey.company_id, journey.attempt.address
        model = FittedModels(self._store).of(company_id, journey.service_id)
        told = forecast_of(scene, model, now)
        if told is None or address is None:
            return None
        trials = self._store.arms(company_id).get(TRIALS, {})
        account = accounts.get(address.channel)
        return judge(scene, address, told, trials, account, now, journey.chair_on)

    def _next_attempt(self, journey: Journey, scene: Scene, now: datetime) -> Answer:
        """Unless an answer came while the journey rested."""
        outcome = journey.attempt.outcome
        if outcome and outcome not in (*SILENCE, *NOT_ARRIVED):
            self._store.commit(scene.ending(now).finish(journey, COMPLETIONS[outcome]))
            return SKIPPED
        wait = (goes_on_at(journey, scene, now) - now).total_seconds()
        if wait > 0:
            return early(wait)
        following = next_attempt(journey)
        accounts = self._store.accounts(journey.company_id)
        closed = closed_channels(scene, accounts, following.attempt, now)
        reason = skip_reason(scene, following, now, closed)
        if reason:
            return self._skip(following, scene, reason, now)
        following = _addressed(following, scene, closed)
        anew = following.attempt.again == 0
        told = self._judge(following, scene, accounts, now) if anew else None
        if told and not told.worth:
            return self._skip(following, scene, SkipReason.NOT_WORTH, now)
        today = scene.company.local(now).date()
        saved = SaveJourney(following)
        self._store.commit([saved, *_dues_wait(scene, today)])
        return READY

    def _skip(
        self,
        journey: Journey,
        scene: Scene,
        reason: SkipReason,
        now: datetime,
        trial: Sequence[Change] = (),
    ) -> Answer:
        self._store.commit([*scene.ending(now).skip(journey, reason), *trial])
        return SKIPPED


def _addressed(journey: Journey, scene: Scene, closed: Collection[ChannelKind]) -> Journey:
    address = choose_address(scene, closed)
    return replace(journey, attempt=replace(journey.attempt, address=address))


def _trial(journey: Journey, file: ClientFile, *, treated: bool) -> tuple[SaveTrial, ...]:
    """Nothing to learn from a journey the owner asked for by name, nor without a forecast; nor twice from one window: whoever
    was drawn within it, for whatever service, is on trial already."""
    since = journey.campaign_on - timedelta(days=TRIAL_DAYS)
    on_trial = any(trial.on > since for trial in file.trials)
    if journey.why is not Why.DUE or journey.p_return is None or on_trial:
        return ()
    trial = Trial(
        company_id=journey.company_id,
        client_id=journey.client_id,
        trial_id=journey.journey_id,
        service_id=journey.service_id,
        on=journey.campaign_on,
        treated=treated,
        baseline=journey.p_return,
    )
    return (SaveTrial(trial),)


def not_due(file: ClientFile, service_id: str, on: date, why: Why) -> SkipReason | None:
    """A visit may have landed since the campaign's list was drawn. Who is asked for another reason need not be due."""
    if why is not Why.DUE:
        return None
    entry = next((d for d in file.due if d.service_id == service_id), None)
    return SkipReason.NOT_DUE if entry is None or entry.next_on > on else None


def _dues_wait(scene: Scene, on: date) -> tuple[Change, ...]:
    """One journey per client across services: all the client's due entries rest until after the next attempt."""
    until = on + timedelta(days=scene.rule.retry_interval_days + 1)
    return tuple(SaveDue(d.resting(max(until, d.rest or until))) for d in scene.file.due)
