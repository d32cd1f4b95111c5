"""ManualCampaign: a person asks for one client by name, or for another try of a journey that failed.

The same steps as any journey's decide: consent, opt-out, the caps, the holdout and the sending window hold for everybody. `force`
lifts what only says that it is too early, or does not pay.
"""

import hashlib
from contextlib import suppress

from comeback.changes import Audited, EventSeen
from comeback.errors import AlreadyDone, InvalidInput, NotFound
from comeback.ports import ClientFile, Clock, JourneyStart, Orchestrator, Store
from comeback.reactivation.analyse import not_due
from comeback.reactivation.model import Completion, Journey, JourneyState, SkipReason, Why
from comeback.reactivation.naming import journey_id
from comeback.reactivation.reachability import closed_channels, skip_reason
from comeback.reactivation.refused import REFUSED
from comeback.reactivation.scene import load

MANUAL, RETRY = "manual", "retry"
TRIED_AGAIN = (Completion.FAILED, Completion.UNDELIVERABLE, Completion.CANCELLED)
RETRIED_SKIPS = (
    SkipReason.NO_SLOTS,
    SkipReason.SLOT_LOST,
    SkipReason.NO_TEMPLATE,
    SkipReason.ACCOUNT_STOPPED,
    SkipReason.DAILY_LIMIT,
    SkipReason.COMPANY_DISABLED,
)
"""Reasons of ours, that may be gone now. The client's own (a booking, a no) are looked at anew by whoever asks by name."""


class ManualCampaign:
    def __init__(self, store: Store, orchestrator: Orchestrator, clock: Clock) -> None:
        self._store = store
        self._orchestrator = orchestrator
        self._clock = clock

    def start(
        self,
        company_id: str,
        client_id: str,
        service_id: str,
        *,
        key: str,
        user_id: str,
        force: bool = False,
    ) -> str:
        """The journey's id. The same `key` starts the same journey once. Raises NotFound; InvalidInput with the reason why this
        client can not be written to now."""
        why = Why.MANUAL if force else Why.DUE
        return self._start(
            company_id, client_id, service_id, f"{MANUAL}_{_short(key)}", why, user_id
        )

    def again(self, company_id: str, client_id: str, journey: str, *, user_id: str) -> str:
        """Another journey in the place of one that failed; each is tried again once. Raises NotFound, InvalidInput."""
        failed = self._store.client(company_id, client_id).journey(journey)
        if failed is None:
            raise NotFound(f"journey {journey}")
        if not may_be_tried_again(failed):
            raise InvalidInput("journey", "did not fail", "Only what failed can be tried again")
        kind = f"{RETRY}_{_short(journey)}"
        return self._start(company_id, client_id, failed.service_id, kind, Why.MANUAL, user_id)

    def _start(
        self, company_id: str, client_id: str, service_id: str, kind: str, why: Why, user_id: str
    ) -> str:
        """Noted first, once. Repeated, it starts nothing new: a journey on file has begun, a campaign has its name."""
        now = self._clock.now()
        on = self._store.company(company_id).local(now).date()
        scene = load(self._store, company_id, client_id, service_id)
        begun = _begun(scene.file, company_id, service_id, kind)
        if begun:
            return begun.journey_id
        named = journey_id(company_id, client_id, service_id, on, kind)
        journey = Journey(company_id, client_id, service_id, named, on, now, why=why)
        accounts = self._store.accounts(company_id)
        closed = closed_channels(scene, accounts, journey.attempt, now)
        late = not_due(scene.file, service_id, on, why)
        reason = late or skip_reason(scene, journey, now, closed)
        if scene.file.active_journey_id:
            reason = SkipReason.ACTIVE_JOURNEY
        if reason:
            raise InvalidInput("client_id", *REFUSED[reason])
        operation = f"journeys.{kind.partition('_')[0]}"
        noted = Audited(company_id, now, user_id, operation, named)
        with suppress(AlreadyDone):
            self._store.commit([EventSeen(company_id, f"asked.{kind}", now), noted])
        start = JourneyStart(client_id, service_id, named, why)
        self._orchestrator.start_campaign(company_id, on, [start], kind)
        return named


def may_be_tried_again(journey: Journey) -> bool:
    """Over, and not by the client's own word."""
    if journey.state is not JourneyState.FINISHED:
        return False
    if journey.completion is Completion.SKIPPED:
        return journey.attempt.detail in RETRIED_SKIPS
    return journey.completion in TRIED_AGAIN


def _begun(file: ClientFile, company_id: str, service_id: str, kind: str) -> Journey | None:
    """Started by the same key, today or before."""
    return next(
        (
            j
            for j in file.journeys
            if j.service_id == service_id
            and j.journey_id
            == journey_id(company_id, file.client.client_id, service_id, j.campaign_on, kind)
        ),
        None,
    )


def _short(key: str) -> str:
    """Execution names take so much beside the company's and the day."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]
