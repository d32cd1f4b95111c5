"""Whom to ask about a day's unsold times."""

from datetime import UTC, datetime, time, timedelta

from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute

from comeback.reactivation.model import Candidate, Proposal, ProposalState
from comeback.storage import keys
from comeback.storage.items.base import Choice, Day, Item, Map, SlotMap, Whole

KEPT = timedelta(days=60)
"""After its day, for the owner's questions."""


class CandidateMap(Map):
    client_id = UnicodeAttribute()
    service_id = UnicodeAttribute()
    slot = SlotMap()
    score = NumberAttribute()

    @classmethod
    def of(cls, candidate: Candidate) -> "CandidateMap":
        return cls(
            client_id=candidate.client_id,
            service_id=candidate.service_id,
            slot=SlotMap.of(candidate.slot),
            score=candidate.score,
        )

    def candidate(self) -> Candidate:
        return Candidate(self.client_id, self.service_id, self.slot.slot(), float(self.score))


class UnsoldMap(Map):
    staff_id = UnicodeAttribute()
    minutes = Whole()


class ProposalItem(Item, discriminator="proposal"):
    company_id = UnicodeAttribute()
    on = Day()
    candidates = ListAttribute(of=CandidateMap, default=list)
    free_slots = Whole()
    unsold = ListAttribute(of=UnsoldMap, default=list)
    state = Choice(ProposalState)
    version = Whole()

    @classmethod
    def of(cls, proposal: Proposal) -> "ProposalItem":
        ends = datetime.combine(proposal.on, time(), tzinfo=UTC) + KEPT
        return cls(
            *keys.proposal(proposal.company_id, proposal.on),
            company_id=proposal.company_id,
            on=proposal.on,
            candidates=[CandidateMap.of(candidate) for candidate in proposal.candidates],
            free_slots=proposal.free_slots,
            unsold=[UnsoldMap(staff_id=s, minutes=n) for s, n in proposal.unsold_minutes],
            state=proposal.state,
            version=proposal.version,
            expires_at=int(ends.timestamp()),
        )

    def proposal(self) -> Proposal:
        return Proposal(
            company_id=self.company_id,
            on=self.on,
            candidates=tuple(found.candidate() for found in self.candidates),
            free_slots=self.free_slots,
            unsold_minutes=tuple((found.staff_id, found.minutes) for found in self.unsold),
            state=self.state,
            version=self.version,
        )
