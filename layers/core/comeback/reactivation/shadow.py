"""Ports that read the real ones and write nowhere: what the steps of a journey decide on them stays in memory.

A dry run takes the same steps as the real run on these, so there is no second set of rules. Nothing here holds a way to send, and
of the real ports reading methods alone are called (`tests/unit/reactivation/test_dry_run.py` fails any other).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from comeback.bookings.model import Lease, Slot
from comeback.changes import (
    Change,
    ClaimClient,
    ReleaseClient,
    RemoveDue,
    SaveDue,
    SaveJourney,
)
from comeback.companies.model import Company
from comeback.conversations.model import Account, ChannelKind
from comeback.errors import NotFound
from comeback.ports import (
    ClientFile,
    Crm,
    Crms,
    JourneyStart,
    Leases,
    Limits,
    Reservation,
    Store,
)
from comeback.reactivation.model import DueService, Journey, Outcome, Proposal
from comeback.reactivation.sending_book import SendingBook


class ShadowStore:
    """What it has read it keeps: the run sees one state of the company, and asks for it once."""

    def __init__(self, store: Store, company: Company) -> None:
        self._store = store
        self._company = company
        self._files: dict[str, ClientFile] = {}
        self.catalogue = cache(store.catalogue)
        self.accounts = cache(store.accounts)
        self.arms = cache(store.arms)
        self.model = cache(store.model)

    def company(self, company_id: str) -> Company:
        return self._company

    def client(self, company_id: str, client_id: str) -> ClientFile:
        if client_id not in self._files:
            self._files[client_id] = self._store.client(company_id, client_id)
        return self._files[client_id]

    def due(self, company_id: str, on: date) -> Iterable[DueService]:
        return self._store.due(company_id, on)

    def proposal(self, company_id: str, on: date) -> Proposal | None:
        return self._store.proposal(company_id, on)

    def commit(self, changes: Sequence[Change]) -> None:
        """Kept as far as a later step reads it again."""
        for change in changes:
            if isinstance(change, SaveJourney):
                self.keep(replace(change.journey, version=change.journey.version + 1))
            elif isinstance(change, ClaimClient | ReleaseClient):
                held = change.journey_id if isinstance(change, ClaimClient) else ""
                file = self._files[change.client_id]
                self._files[change.client_id] = replace(file, active_journey_id=held)
            elif isinstance(change, SaveDue):
                self._dues(change.due.client_id, change.due.service_id, change.due)
            elif isinstance(change, RemoveDue):
                self._dues(change.client_id, change.service_id)

    def keep(self, journey: Journey) -> None:
        file = self._files[journey.client_id]
        others = (j for j in file.journeys if j.journey_id != journey.journey_id)
        self._files[journey.client_id] = replace(file, journeys=(*others, journey))

    def _dues(self, client_id: str, service_id: str, *fresh: DueService) -> None:
        file = self._files[client_id]
        others = tuple(d for d in file.due if d.service_id != service_id)
        self._files[client_id] = replace(file, due=(*others, *fresh))


@dataclass
class ShadowLimits:
    """Minutes after those that are really taken, by the same rules."""

    limits: Limits
    accounts: Mapping[ChannelKind, Account]
    _taken: list[Reservation] | None = None

    def reserve_minute(
        self,
        company: Company,
        channel: ChannelKind,
        key: str,
        now: datetime,
        *,
        zone: ZoneInfo | None = None,
        not_before: datetime | None = None,
    ) -> datetime | None:
        moment = self._book(company, now).next_minute(channel, zone, not_before)
        if moment is not None and self._taken is not None:
            self._taken.append(Reservation(channel, key, moment))
        return moment

    def remaining_today(self, company: Company, now: datetime) -> int:
        return self._book(company, now).remaining()

    def _book(self, company: Company, now: datetime) -> SendingBook:
        if self._taken is None:
            self._taken = list(self.limits.reserved(company, now))
        return SendingBook(company, now, self._taken, self.accounts)


@dataclass
class ShadowLeases:
    """Slots held beside those that are really held."""

    leases: Leases
    _held: list[Lease] = field(default_factory=list)

    def lease(
        self, company_id: str, slots: Sequence[Slot], holder: str, until: datetime, now: datetime
    ) -> tuple[Lease, ...]:
        """The finder has left out what others hold before it asks."""
        others = [lease.slot for lease in self._held if lease.holder != holder]
        free = [slot for slot in slots if not any(slot.overlaps(other) for other in others)]
        won = tuple(Lease(slot, holder, until) for slot in free)
        self._held += won
        return won

    def held_by_others(
        self,
        company_id: str,
        staff_ids: Iterable[str],
        days: Sequence[date],
        holder: str,
        now: datetime,
    ) -> tuple[Lease, ...]:
        real = self.leases.held_by_others(company_id, staff_ids, days, holder, now)
        return (*real, *(lease for lease in self._held if lease.holder != holder))


class RememberedBook:
    """The CRM's free times, each question asked once for the whole run: a campaign asks the same for every client, and
    YCLIENTS takes 200 requests a minute."""

    def __init__(self, crm: Crm, company: Company, begins: datetime) -> None:
        self._crm = crm
        self._company = company
        self._begins = begins
        self._found: dict[tuple[str, tuple[str, ...], int], Sequence[Slot]] = {}

    def free_slots(
        self, service_id: str, staff_ids: Sequence[str], since: datetime, days: int
    ) -> Sequence[Slot]:
        """A day more is asked for: messages of one run leave through a day, each with its own `since`."""
        asked = (service_id, tuple(staff_ids), days)
        if asked not in self._found:
            self._found[asked] = self._crm.free_slots(service_id, staff_ids, self._begins, days + 1)
        last = self._company.local(since).date() + timedelta(days=days - 1)
        local = self._company.local
        return [
            slot
            for slot in self._found[asked]
            if slot.starts_at >= since and local(slot.starts_at).date() <= last
        ]


@dataclass(frozen=True)
class RememberedBooks:
    crms: Crms
    begins: datetime
    _kept: dict[str, RememberedBook] = field(default_factory=dict)

    def crm(self, company: Company) -> RememberedBook:
        if company.company_id not in self._kept:
            book = RememberedBook(self.crms.crm(company), company, self.begins)
            self._kept[company.company_id] = book
        return self._kept[company.company_id]


@dataclass
class Listed:
    """The campaign that would start, as a list."""

    starts: tuple[JourneyStart, ...] = ()

    def start_campaign(
        self, company_id: str, campaign_on: date, journeys: Sequence[JourneyStart], kind: str = ""
    ) -> bool:
        self.starts = tuple(journeys)
        return True

    def finish_wait(self, task_token: str, outcome: Outcome) -> None:
        """Raises NotFound: nobody waits in a dry run."""
        raise NotFound("nobody waits for this")


@dataclass
class MovedClock:
    """Stands where the run has come to."""

    at: datetime

    def now(self) -> datetime:
        return self.at


class NoModels:
    """Templates alone: nothing is asked of the language model, nothing is paid."""

    def model(self, company: Company) -> None:
        return None
