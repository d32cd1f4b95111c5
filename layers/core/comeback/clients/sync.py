"""Brings in a CRM: once all of it, then what changed. Resumable, and harmless to repeat.

full:  catalogue → clients → records        each page is written, then the cursor; a crash between repeats the page
delta: catalogue → records changed since    each record goes the way of a webhook, so a lost webhook is made good

A run ends when its time does, or when the CRM asks to wait, and goes on by a message to the events queue. While it does, ticks
leave it alone: each would add a chain of such messages beside it.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from comeback.clients.catalogue import CatalogueSync
from comeback.clients.crm_records import RecordFollower, as_on_file, kept
from comeback.clients.directory import Directory, client_of, merged
from comeback.clients.model import FULL, SYNC, Client, Consent, Visit
from comeback.companies.model import Company, CrmKind
from comeback.conversations.model import Purpose
from comeback.errors import RateLimited
from comeback.ports import Clock, Crm, CrmRecord, Crms, Events, ImportedClient, Store, VisitFollowUp

DELTA = "delta"
OVERLAP = timedelta(minutes=90)
"""Read again before the last start: longer than the hour that repeats when the clocks go back (`changed_after` is local)."""
TIME_FOR_A_PAGE = 25.0
"""Seconds that must be left to begin another page or record."""
BUSY = timedelta(minutes=15)
"""A sync whose cursor was saved so long ago, and that was not to wait, has died: a function runs for two minutes, and the rest
is for the queue's backlog."""
NEXT_STAGE = {
    FULL: {"catalogue": "clients", "clients": "records", "records": "done"},
    DELTA: {"catalogue": "records", "records": "done"},
}


@dataclass(frozen=True)
class Job:
    """Where a sync stands: what the cursor holds."""

    name: str
    started_at: datetime
    stage: str = "catalogue"
    page: int = 1
    changed_after: datetime | None = None
    asked: str = ""
    """Which message began it: when it comes again, its run has died."""
    busy_until: datetime | None = None
    """Someone is at it, or a continuation is under way."""

    def left_alone_by(self, asked: str, now: datetime) -> bool:
        busy = self.busy_until is not None and now < self.busy_until
        return busy and self.stage != "done" and self.asked != asked

    def after_page(self, last: bool) -> "Job":
        if last:
            return replace(self, stage=NEXT_STAGE[self.name][self.stage], page=1)
        return replace(self, page=self.page + 1)

    def to_cursor(self) -> dict[str, str]:
        after = self.changed_after.isoformat() if self.changed_after else ""
        until = self.busy_until.isoformat() if self.busy_until else ""
        return {
            "stage": self.stage,
            "page": str(self.page),
            "started_at": self.started_at.isoformat(),
            "changed_after": after,
            "asked": self.asked,
            "busy_until": until,
        }


class OutOfTime(Exception):
    """Go on in the next run; nothing of this page is marked done."""


def stored_job(store: Store, company_id: str, name: str) -> Job | None:
    told = store.cursor(company_id, f"crm_{name}")
    if not told:
        return None
    after, until = told["changed_after"], told.get("busy_until")
    return Job(
        name=name,
        started_at=datetime.fromisoformat(told["started_at"]),
        stage=told["stage"],
        page=int(told["page"]),
        changed_after=datetime.fromisoformat(after) if after else None,
        asked=told.get("asked", ""),
        busy_until=datetime.fromisoformat(until) if until else None,
    )


@dataclass(frozen=True)
class SyncTick:
    """Asks for a sync of each company that has a CRM: all of it until that was done once, then what changed."""

    store: Store
    events: Events
    clock: Clock

    def tick(self) -> int:
        """How many were asked for."""
        companies = [c for c in self.store.companies() if c.crm is not CrmKind.NATIVE]
        for company in companies:
            full = stored_job(self.store, company.company_id, FULL)
            name = DELTA if full and full.stage == "done" else FULL
            asked = self.clock.now().isoformat()
            self.events.publish(company.company_id, SYNC, {"name": name, "asked": asked})
        return len(companies)


class CrmSync:
    def __init__(
        self,
        store: Store,
        crms: Crms,
        directory: Directory,
        records: RecordFollower,
        catalogue: CatalogueSync,
        follow_up: VisitFollowUp,
        events: Events,
        clock: Clock,
        deadline: Callable[[], float],
    ) -> None:
        """`deadline`: seconds left for this run."""
        self._store = store
        self._crms = crms
        self._directory = directory
        self._records = records
        self._catalogue = catalogue
        self._follow_up = follow_up
        self._events = events
        self._clock = clock
        self._deadline = deadline

    def handle(self, company_id: str, detail: Mapping[str, str]) -> None:
        """The events queue's `crm.sync`: begins, or goes on where the cursor stands. A late continuation (`job`) of a
        sync that is over does nothing, nor does a message other than the one that began (`asked`) while it runs.
        `consent_source`, `consent_text_version`: the owner's statement, as in `run`."""
        job = stored_job(self._store, company_id, detail["name"])
        if "job" in detail and (not job or detail["job"] != job.started_at.isoformat()):
            return
        if "job" in detail and job and job.stage == "done":
            return
        asked = job.asked if "job" in detail and job else detail.get("asked", "")
        if job and job.left_alone_by(asked, self._clock.now()):
            self._remember(self._store.company(company_id), self._stated(detail))
            return
        self.run(company_id, detail["name"], self._stated(detail), asked)

    def run(
        self, company_id: str, name: str, consent: Consent | None = None, asked: str = ""
    ) -> bool:
        """Whether it is through. `consent`: the owner's statement for clients that this brings in (kept for later runs);
        without one they are on file, and skipped for marketing as no_consent. Raises what the CRM raises."""
        company = self._store.company(company_id)
        if company.crm is CrmKind.NATIVE:
            return True
        self._remember(company, consent)
        job = stored_job(self._store, company_id, name)
        if job is None or job.stage == "done":
            job = self._begin(company_id, name)
        job = replace(job, asked=asked)
        self._save(company_id, job)
        try:
            while job.stage != "done":
                self._require_time()
                job = job.after_page(self._page(company, job))
                self._save(company_id, job)
        except OutOfTime:
            self._go_on(company_id, job)
            return False
        except RateLimited as limited:
            self._go_on(company_id, job, math.ceil(limited.retry_after or 5))
            return False
        return True

    # ── the job ──────────────────────────────────────────────────────────────────────────────────

    def _begin(self, company_id: str, name: str) -> Job:
        before = stored_job(self._store, company_id, DELTA) or stored_job(
            self._store, company_id, FULL
        )
        after = before.started_at - OVERLAP if before and name == DELTA else None
        return Job(name, self._clock.now(), changed_after=after)

    def _save(self, company_id: str, job: Job, waits: int = 0) -> None:
        """`waits`: seconds."""
        until = self._clock.now() + timedelta(seconds=waits) + BUSY
        cursor = replace(job, busy_until=until).to_cursor()
        self._store.save_cursor(company_id, f"crm_{job.name}", cursor)

    def _remember(self, company: Company, consent: Consent | None) -> None:
        if consent:
            self._directory.remember_consent(company, consent)

    def _stated(self, detail: Mapping[str, str]) -> Consent | None:
        if not detail.get("consent_source"):
            return None
        now, version = self._clock.now(), detail.get("consent_text_version", "")
        return Consent(Purpose.MARKETING, True, now, detail["consent_source"], version)

    def _go_on(self, company_id: str, job: Job, delay: int = 0) -> None:
        self._save(company_id, job, delay)
        detail = {"name": job.name, "job": job.started_at.isoformat()}
        self._events.publish(company_id, SYNC, detail, delay)

    def _require_time(self) -> None:
        if self._deadline() < TIME_FOR_A_PAGE:
            raise OutOfTime

    # ── a page ───────────────────────────────────────────────────────────────────────────────────

    def _page(self, company: Company, job: Job) -> bool:
        """Whether it was the stage's last."""
        crm = self._crms.crm(company)
        if job.stage == "catalogue":
            self._catalogue.refresh(company)
            return True
        if job.stage == "clients":
            return self._clients(company, crm, job.page)
        page = crm.records(job.page, job.changed_after)
        if job.name == DELTA:
            self._follow(company, page.items)
        else:
            rows = self._histories(company, page.items)
            self._store.import_visits(company.company_id, rows)
        return page.last

    def _clients(self, company: Company, crm: Crm, number: int) -> bool:
        page = crm.clients(number)
        agreed = self._agreed(company)
        rows = (ImportedClient(self._on_file(company, client), (), agreed) for client in page.items)
        self._store.import_visits(company.company_id, rows)
        return page.last

    def _on_file(self, company: Company, fresh: Client) -> Client:
        return merged(self._directory.file_of(company, fresh).client, fresh)

    def _agreed(self, company: Company) -> tuple[Consent, ...]:
        consent = self._directory.consent(company)
        return (consent,) if consent else ()

    def _histories(
        self, company: Company, records: tuple[CrmRecord, ...]
    ) -> Iterator[ImportedClient]:
        """The page's visits by client, with due dates from all that is on file of them."""
        catalogue = self._store.catalogue(company.company_id)
        agreed = self._agreed(company)
        by_client: dict[str, list[CrmRecord]] = {}
        for record in records:
            by_client.setdefault(record.client_id, []).append(record)
        for told in by_client.values():
            file = self._directory.file_of(company, client_of(company, told[-1]))
            before = {v.visit_id: v for v in file.visits}
            visits = {
                v.visit_id: kept(v, before.get(v.visit_id))
                for record in told
                for v in (record.visit, *record.others)
            }
            client = merged(file.client, client_of(company, told[-1]))
            known: tuple[Visit, ...] = tuple((before | visits).values())
            due = self._follow_up.due(company, catalogue, client, known)
            yield ImportedClient(client, tuple(visits.values()), agreed, due)

    def _follow(self, company: Company, records: tuple[CrmRecord, ...]) -> None:
        """Records that the file already has cost no request."""
        for record in records:
            self._require_time()
            file = self._directory.file_of(company, client_of(company, record))
            record_id = record.visit.visit_id
            if as_on_file(file, record_id, (record.visit, *record.others)):
                event_id = f"crm_sync:{record_id}:{record.changed_at.isoformat()}"
                self._records.follow(company, record_id, event_id, record.client_id)
