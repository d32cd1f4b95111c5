"""Empty chairs: tomorrow's unsold times, offered to those most likely to take them, if the owner agrees.

One proposal a company and day: asked about in the afternoon, then declined, or carried out by the next tick as a campaign
beside the day's own. Whatever a crash leaves undone the next tick does: the word to the owner is looked after until it has
left, and a campaign that was started before is not started again.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from comeback.changes import Change, Count, PutOutbox, SaveProposal
from comeback.companies.model import Company, in_turn
from comeback.companies.model import EmptyChairs as Setting
from comeback.conversations.model import OWNER, OutboxMessage, OutboxState
from comeback.errors import Conflict, NotFound
from comeback.ports import (
    Catalogue,
    Clock,
    Crms,
    JourneyStart,
    Leases,
    Limits,
    Orchestrator,
    OutboundQueue,
    Store,
)
from comeback.reactivation.chairs_rank import AHEAD_DAYS, likeliest, near_due, resting
from comeback.reactivation.model import Candidate, DueService, Proposal, ProposalState, Stage, Why
from comeback.reactivation.naming import CHAIRS, journey_id
from comeback.reactivation.prospects import Free, Prospects
from comeback.reactivation.unsold import chairs, minutes_by_staff

ASKED_AT = 15
"""Local hour: the day's own bookings have mostly come in, and there is time to ask, answer and write. When the CRM fails
then, whenever it answers again."""
ASKED_PER_CHAIR = 2
"""Not everybody who is asked comes: a judgement."""
SERVICES_AT_MOST = 8
"""Whose free times are looked for: each costs YCLIENTS up to 11 requests, of 200 a minute."""
UNTOLD = (ProposalState.ASKED, ProposalState.APPROVED)

Tell = Callable[[Company, Proposal, Mapping[str, str], datetime], OutboxMessage | None]
"""The word to the owner, with the names of staff by id; None when no owner is connected."""


class EmptyChairs:
    def __init__(
        self,
        store: Store,
        crms: Crms,
        limits: Limits,
        leases: Leases,
        orchestrator: Orchestrator,
        outbound: OutboundQueue,
        tell: Tell,
        clock: Clock,
    ) -> None:
        self._store = store
        self._crms = crms
        self._limits = limits
        self._leases = leases
        self._orchestrator = orchestrator
        self._outbound = outbound
        self._tell = tell
        self._clock = clock

    def tick(self) -> list[Proposal]:
        """What it made or moved on. Raises ExceptionGroup of what went wrong, once every company has had its turn."""
        now = self._clock.now()
        return in_turn(self._store.companies(), lambda company: self._unless_raced(company, now))

    def _unless_raced(self, company: Company, now: datetime) -> Sequence[Proposal]:
        try:
            return self._company(company, now)
        except Conflict:
            return ()  # another tick was first

    def _company(self, company: Company, now: datetime) -> Sequence[Proposal]:
        if not _has_turn(company, now):
            return ()
        proposal = self._store.proposal(company.company_id, _tomorrow(company, now))
        if proposal is None:
            return (self._propose(company, now),)
        if proposal.state in UNTOLD:
            self._tell_again(proposal)
        if proposal.state is ProposalState.APPROVED:
            return (self._start(proposal),)
        return ()

    # ── the proposal ─────────────────────────────────────────────────────────────────────────────

    def _propose(self, company: Company, now: datetime) -> Proposal:
        """Also an empty one is kept, so that it is looked for once a day."""
        catalogue = self._store.catalogue(company.company_id)
        proposal = self._proposal(company, catalogue, now)
        names = {member.staff_id: member.name for member in catalogue.staff.values()}
        word = self._tell(company, proposal, names, now) if proposal.candidates else None
        changes: list[Change] = [SaveProposal(proposal)]
        self._store.commit([*changes, PutOutbox(word)] if word else changes)
        if word:
            self._outbound.enqueue(word.company_id, word.client_id, word.outbox_id)
        return proposal

    def _proposal(self, company: Company, catalogue: Catalogue, now: datetime) -> Proposal:
        company_id, on = company.company_id, _tomorrow(company, now)
        most = min(company.empty_chairs_limit, self._limits.remaining_today(company, now))
        if most <= 0:
            return Proposal(company_id, on)
        today = company.local(now).date()
        dues = self._store.due(company_id, today + timedelta(days=AHEAD_DAYS))
        near = [due for due in catalogue.live(dues) if due.agreed and not resting(due, today)]
        free = self._free(company, _most_wanted(near, catalogue), now)
        times = [slot for slots in free.values() for slot in slots]
        prospects = Prospects(self._store, company, catalogue, now)
        asked = near_due(near, today, [service for service, slots in free.items() if slots])
        found = prospects.among(asked, free)
        candidates = likeliest(found, min(most, chairs(times) * ASKED_PER_CHAIR))
        minutes = sorted(minutes_by_staff(times).items(), key=lambda free: (-free[1], free[0]))
        state = _first_state(company, candidates)
        return Proposal(company_id, on, candidates, chairs(times), tuple(minutes), state)

    def _free(self, company: Company, services: Sequence[str], now: datetime) -> Free:
        """Tomorrow's times that are neither sold nor held for somebody else."""
        since = datetime.combine(_tomorrow(company, now), time(), tzinfo=company.zone)
        since = since.astimezone(UTC)
        crm = self._crms.crm(company)
        free = {service: crm.free_slots(service, (), since, 1) for service in services}
        times = [slot for slots in free.values() for slot in slots]
        days = sorted({moment.date() for s in times for moment in (s.starts_at, s.ends_at)})
        staff = {slot.staff_id for slot in times}
        leases = self._leases.held_by_others(company.company_id, staff, days, CHAIRS, now)
        held = [lease.slot for lease in leases]
        return {
            service: [slot for slot in slots if not any(map(slot.overlaps, held))]
            for service, slots in free.items()
        }

    # ── what follows ─────────────────────────────────────────────────────────────────────────────

    def _tell_again(self, proposal: Proposal) -> None:
        """The word to the owner may not have been enqueued."""
        company_id, outbox_id = proposal.company_id, f"{OWNER}.{proposal.cause}"
        try:
            word = self._store.outbox(company_id, OWNER, outbox_id)
        except NotFound:
            return
        if word.state is OutboxState.NEW:
            self._outbound.enqueue(company_id, OWNER, outbox_id)

    def _start(self, proposal: Proposal) -> Proposal:
        """Started first, then noted: started again it is the same campaign by its name."""
        company_id, on = proposal.company_id, proposal.campaign_on
        starts = [_start(company_id, candidate, on) for candidate in proposal.candidates]
        self._orchestrator.start_campaign(company_id, on, starts, CHAIRS)
        started = replace(proposal, state=ProposalState.STARTED)
        due = Count(company_id, on, Stage.DUE, n=len(starts))
        self._store.commit([SaveProposal(started), due])
        return started


def _has_turn(company: Company, now: datetime) -> bool:
    """From the hour to the end of the sending window, when tomorrow is a working day and somebody could agree."""
    if not company.enabled or company.empty_chairs is Setting.OFF:
        return False
    if company.empty_chairs is Setting.ASK and company.owner is None:
        return False
    opens = not company.opening or _tomorrow(company, now).weekday() in company.opening
    return opens and time(ASKED_AT) <= company.local(now).time() < company.sending.end


def _tomorrow(company: Company, now: datetime) -> date:
    return company.local(now).date() + timedelta(days=1)


def _most_wanted(near: Sequence[DueService], catalogue: Catalogue) -> list[str]:
    """Active services of those nearly due: nobody would be asked about the others."""
    services = catalogue.services
    wanted = Counter(
        due.service_id
        for due in near
        if due.service_id in services and services[due.service_id].active
    )
    return [service_id for service_id, _ in wanted.most_common(SERVICES_AT_MOST)]


def _first_state(company: Company, candidates: Sequence[Candidate]) -> ProposalState:
    if not candidates:
        return ProposalState.EMPTY
    auto = company.empty_chairs is Setting.AUTO
    return ProposalState.APPROVED if auto else ProposalState.ASKED


def _start(company_id: str, candidate: Candidate, on: date) -> JourneyStart:
    client_id, service_id = candidate.client_id, candidate.service_id
    journey = journey_id(company_id, client_id, service_id, on, CHAIRS)
    return JourneyStart(client_id, service_id, journey, Why.EMPTY_CHAIR)
