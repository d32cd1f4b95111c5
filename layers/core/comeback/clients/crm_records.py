"""Follows one record of the CRM: whatever told of it, its state is read anew, and the effect happens once.

The client's file is read before the record and locked by its version, so that of two readers at a time the one with
the older state loses and reads again. What equals the file has had its effect; then only what follows a commit is done
again (a crash may have come between), and that is idempotent.
"""

from collections.abc import Sequence
from dataclasses import replace

from comeback.changes import EventSeen, PutOutbox, SaveVisit
from comeback.clients.directory import Directory, Entry, client_of
from comeback.clients.model import Client, Visit, VisitStatus
from comeback.companies.model import Company
from comeback.errors import AlreadyDone, Conflict, Erased
from comeback.ports import (
    ClientFile,
    Clock,
    Crm,
    CrmRecord,
    Crms,
    Effects,
    Orchestrator,
    OutboundQueue,
    SeenEvent,
    Store,
    VisitFollowUp,
)
from comeback.reactivation.model import Outcome

ATTEMPTS = 4
"""Lost races are run again here at once; after that the queue brings the event back."""


class RecordFollower:
    def __init__(
        self,
        store: Store,
        crms: Crms,
        directory: Directory,
        follow_up: VisitFollowUp,
        outbound: OutboundQueue,
        orchestrator: Orchestrator,
        clock: Clock,
    ) -> None:
        self._store = store
        self._crms = crms
        self._directory = directory
        self._follow_up = follow_up
        self._outbound = outbound
        self._orchestrator = orchestrator
        self._clock = clock

    def follow(
        self, company: Company, record_id: str, event_id: str, crm_client_id: str = ""
    ) -> bool:
        """Whether it changed anything. `crm_client_id`: whose it is said to be; saves a request when true.

        Two events may share an id (YCLIENTS' times have whole seconds): the file decides what is new, not the id.
        Who was erased here stays so, though the CRM knows them. Raises what the CRM raises, and Conflict when others kept
        changing the client.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self._once(company, record_id, event_id, crm_client_id)
            except Erased:
                return False
            except (Conflict, AlreadyDone):
                if attempt == ATTEMPTS - 1:
                    raise
        return False

    def _once(self, company: Company, record_id: str, event_id: str, crm_client_id: str) -> bool:
        crm = self._crms.crm(company)
        file = self._directory.by_crm_id(company, crm_client_id)
        record = crm.record(record_id)
        if record is None:
            return file is not None and self._apply(
                company, Entry(file, file.client), event_id, as_on_file(file, record_id, ())
            )
        if file is None or file.client.crm_id != record.client_id:
            file, record = self._locked(company, crm, record, record_id)
        entry = self._directory.entry(company, file, client_of(company, record))
        fresh = as_on_file(file, record_id, (record.visit, *record.others))
        return self._apply(company, entry, event_id, fresh)

    def _locked(
        self, company: Company, crm: Crm, record: CrmRecord, record_id: str
    ) -> tuple[ClientFile, CrmRecord]:
        """The file, and the record as it is after the file was read. A new client's lock is that there is none."""
        file = self._directory.file_of(company, client_of(company, record))
        return file, (crm.record(record_id) or record) if file.client.version else record

    def _apply(self, company: Company, entry: Entry, event_id: str, fresh: Sequence[Visit]) -> bool:
        file, client = entry.file, entry.client
        seen = self._store.seen_event(company.company_id, event_id)
        if not fresh and not entry.changed:
            self._tell(client, seen, _untold(file))
            return False
        effects = self._effects(company, file, client, fresh)
        refs = tuple((m.client_id, m.outbox_id) for m in effects.replies)
        event = EventSeen(company.company_id, event_id, self._clock.now(), refs)
        self._store.commit(
            [
                *(() if seen else (event,)),
                *self._directory.saved(company, entry),
                *(SaveVisit(company.company_id, client.client_id, visit) for visit in fresh),
                *effects.changes,
                *(PutOutbox(reply) for reply in effects.replies),
            ]
        )
        self._tell(client, SeenEvent(refs), effects.finished)
        return True

    def _effects(
        self, company: Company, file: ClientFile, client: Client, fresh: Sequence[Visit]
    ) -> Effects:
        """Services of one appointment land together: they share its time and state."""
        if not fresh:
            return Effects()
        ids = {visit.visit_id for visit in fresh}
        kept = [v for v in file.visits if v.visit_id not in ids]
        return self._follow_up.landed(
            company, replace(file, client=client, visits=(*kept, *fresh)), fresh[0]
        )

    def _tell(
        self, client: Client, seen: SeenEvent | None, finished: Sequence[tuple[str, Outcome]]
    ) -> None:
        for client_id, outbox_id in seen.outbox if seen else ():
            self._outbound.enqueue(client.company_id, client_id, outbox_id)
        for token, outcome in finished:
            self._orchestrator.finish_wait(token, outcome)


def as_on_file(file: ClientFile, record_id: str, told: Sequence[Visit]) -> tuple[Visit, ...]:
    """The visits that differ from the file: new, changed, or gone from the record (then cancelled)."""
    before = {v.visit_id: v for v in file.visits}
    visits = [kept(visit, before.get(visit.visit_id)) for visit in told]
    ids = {visit.visit_id for visit in told}
    gone = [
        replace(visit, status=VisitStatus.CANCELLED)
        for visit in file.visits
        if visit.visit_id.split(".")[0] == record_id and visit.visit_id not in ids
    ]
    return tuple(v for v in (*visits, *gone) if v != before.get(v.visit_id))


def kept(fresh: Visit, stored: Visit | None) -> Visit:
    """The CRM does not know which journey won a visit; we do."""
    if stored is None or not stored.journey_id:
        return fresh
    return replace(fresh, source=stored.source, journey_id=stored.journey_id)


def _untold(file: ClientFile) -> tuple[tuple[str, Outcome], ...]:
    """The wait that has an outcome; telling it again is no error."""
    journey = file.journey(file.active_journey_id) if file.active_journey_id else None
    if journey is None or journey.attempt.outcome is None or not journey.attempt.task_token:
        return ()
    return ((journey.attempt.task_token, journey.attempt.outcome),)
