"""The Store port in memory, with the same conditions as the table; `tests/storage/test_fake_store.py` holds the two together."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, TypeVar

from comeback import changes as ch
from comeback.analytics.model import SentDay
from comeback.bookings.model import Service, Staff
from comeback.clients.directory import imported
from comeback.clients.identity import card, foreign
from comeback.clients.model import Client, Visit
from comeback.companies.model import Company
from comeback.conversations.model import (
    Account,
    Address,
    ChannelKind,
    Conversation,
    Heard,
    OutboxMessage,
    OutboxState,
    Person,
)
from comeback.conversations.outbox import claimed_at
from comeback.errors import AlreadyDone, Conflict, Erased, NotFound, Unavailable
from comeback.ports import Catalogue, ClientFile, FunnelDay, ImportedClient, SeenEvent, Usage
from comeback.reactivation.model import (
    DueService,
    Gaps,
    Journey,
    JourneyState,
    Proposal,
    ServiceRule,
    Stage,
    Tally,
    Trial,
)
from comeback.reactivation.telling import sent_day, telling

from tests.fakes import noted
from tests.fakes.writes import WRITES, Key

Kind = TypeVar("Kind")
PERSONAL = (("profile",), ("conversation",), ("journey",), ("out",), ("heard",))
"""What is not written any more of a client who was erased."""


class FakeStore:
    """`faults` names what the next commits do: `refused` = Unavailable, nothing written; `lost` = written, then
    Unavailable; `conflict` = Conflict, nothing written; `` = as usual. `commits` keeps those that were applied."""

    def __init__(self) -> None:
        self.commits: list[tuple[ch.Change, ...]] = []
        self.faults: list[str] = []
        self.before_commit: Callable[[Sequence[ch.Change]], None] | None = None
        self._items: dict[Key, dict[Key, Any]] = defaultdict(dict)
        """Partition → sort key → item."""
        self._funnel: dict[tuple[str, date], Counter[tuple[str, str]]] = defaultdict(Counter)
        self._companies: dict[str, Company] = {}
        self._catalogues: dict[str, Catalogue] = {}
        self._models: dict[tuple[str, str], str] = {}
        self._gaps: dict[tuple[str, str], Gaps] = {}
        self._noted: list[ch.Change] = []
        self._usage: dict[tuple[str, date], dict[str, Any]] = defaultdict(lambda: defaultdict(int))
        self._cursors: dict[tuple[str, str], Mapping[str, str]] = {}
        self._erased: set[Key] = set()

    # ── commit ───────────────────────────────────────────────────────────────────────────────────

    def commit(self, changes: Sequence[ch.Change]) -> None:
        if not changes:
            return
        if self.before_commit:
            hook, self.before_commit = self.before_commit, None
            hook(changes)
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "refused":
            raise Unavailable("refused on order")
        if fault == "conflict":
            raise Conflict("lost on order")
        self._apply(changes)
        self.commits.append(tuple(changes))
        if fault == "lost":
            raise Unavailable("the answer was lost on order")

    def _apply(self, changes: Sequence[ch.Change]) -> None:
        writes = [
            write
            for change in changes
            if not isinstance(change, (ch.Count, ch.SetOwner, *noted.NOTED))
            for write in WRITES[type(change)](change)
        ]
        places = Counter(write.at for write in writes)
        twice = [at for at, n in places.items() if n > 1]
        assert not twice, f"DynamoDB refuses two writes of one item in a transaction: {twice}"
        assert len(writes) <= 100, "a transaction takes 100 writes"
        if any(w.at[:3] in self._erased and w.at[3:4] in PERSONAL and w.item for w in writes):
            raise Erased("an erased client")
        broken = [write for write in writes if not write.holds(self._get(write.at))]
        if any(write.at[0] == "event" for write in broken):
            raise AlreadyDone("this event had its effect before")
        if broken:
            raise Conflict(f"changed meanwhile: {[write.at for write in broken]}")
        for write in writes:
            self._put(write.at, write.item)
        for change in changes:
            if isinstance(change, ch.SetOwner):
                company = self._companies[change.company_id]
                later = company.version + 1
                self.save_company(replace(company, owner=change.address, version=later))
            if isinstance(change, noted.NOTED):
                self._noted.append(change)
            if isinstance(change, ch.Count):
                day = self._funnel[change.company_id, change.on]
                day[change.stage.value, change.reason] += change.n

    def _get(self, at: Key) -> Any:
        if at[0] == "company":
            return self._companies.get(at[1])
        if at[0] == "rule":
            return self.catalogue(at[1]).rules.get(at[2])
        if at[0] == "service":
            return self.catalogue(at[1]).services.get(at[2])
        if at[0] == "staff":
            return self.catalogue(at[1]).staff.get(at[2])
        return self._items[at[:3]].get(at[3:])

    def _put(self, at: Key, item: Any) -> None:
        if item is None:
            self._items[at[:3]].pop(at[3:], None)
        elif isinstance(item, Company):
            self._companies[item.company_id] = item
        elif isinstance(item, ServiceRule):
            known = self.catalogue(at[1])
            self._catalogues[at[1]] = replace(known, rules={**known.rules, item.service_id: item})
        elif isinstance(item, Service):
            self.save_catalogue(at[1], [item], [])
        elif isinstance(item, Staff):
            self.save_catalogue(at[1], [], [item])
        elif isinstance(item, Conversation):
            before = self._get(at)
            older = before and before.last_inbound_at > item.last_inbound_at
            self._items[at[:3]][at[3:]] = before if older else item
        else:
            self._items[at[:3]][at[3:]] = item

    # ── company ──────────────────────────────────────────────────────────────────────────────────

    def companies(self) -> Sequence[Company]:
        return list(self._companies.values())

    def company(self, company_id: str) -> Company:
        if company_id not in self._companies:
            raise NotFound(f"company {company_id}")
        return self._companies[company_id]

    def save_company(self, company: Company) -> None:
        self._companies[company.company_id] = company

    def catalogue(self, company_id: str) -> Catalogue:
        return self._catalogues.get(company_id, Catalogue({}, {}, {}))

    def save_catalogue(
        self, company_id: str, services: Iterable[Service], staff: Iterable[Staff]
    ) -> None:
        known = self.catalogue(company_id)
        self._catalogues[company_id] = Catalogue(
            {**known.services, **{s.service_id: s for s in services}},
            {**known.staff, **{s.staff_id: s for s in staff}},
            known.rules,
        )

    def save_model(self, company_id: str, service_id: str, model_json: str, at: datetime) -> None:
        self._models[company_id, service_id] = model_json

    def model(self, company_id: str, service_id: str) -> str | None:
        return self._models.get((company_id, service_id))

    def save_gaps(self, company_id: str, service_id: str, gaps: Gaps) -> None:
        self._gaps[company_id, service_id] = gaps

    def gaps(self, company_id: str, service_id: str) -> Gaps | None:
        return self._gaps.get((company_id, service_id))

    def cursor(self, company_id: str, name: str) -> Mapping[str, str] | None:
        return self._cursors.get((company_id, name))

    def save_cursor(self, company_id: str, name: str, cursor: Mapping[str, str]) -> None:
        self._cursors[company_id, name] = dict(cursor)

    def funnel(self, company_id: str, since: date, until: date) -> Sequence[FunnelDay]:
        return [
            _funnel_day(on, counts)
            for (company, on), counts in sorted(self._funnel.items())
            if company == company_id and since <= on <= until
        ]

    def audit(self, company_id: str, before: str, limit: int) -> Sequence[ch.Audited]:
        found = [a for a in self._all(company_id, ch.Audited) if not before or a.entry < before]
        return sorted(found, key=lambda audited: audited.entry, reverse=True)[:limit]

    def days(
        self, company_id: str, since: date, until: date
    ) -> Sequence[tuple[FunnelDay, SentDay]]:
        """Of messages as the journeys stand now; the table adds them up as they happen."""
        told: dict[date, Counter[str]] = defaultdict(Counter)
        for journey in self._all(company_id, Journey):
            for on, counters in telling(untold(journey))[1].items():
                told[on].update(counters)
        funnel = {day.on: day for day in self.funnel(company_id, since, until)}
        every = sorted({*funnel, *(on for on in told if since <= on <= until)})
        return [
            (funnel.get(on) or _funnel_day(on, Counter()), sent_day(on, told[on])) for on in every
        ]

    # ── client ───────────────────────────────────────────────────────────────────────────────────

    def client(self, company_id: str, client_id: str) -> ClientFile:
        items = self._items["client", company_id, client_id]
        if ("profile",) not in items:
            raise self._missing(company_id, client_id)
        visits = sorted(_of(items, "visit", Visit), key=lambda v: v.starts_at)
        journeys = sorted(_of(items, "journey", Journey), key=lambda j: j.started_at)
        return ClientFile(
            client=items["profile",],
            consents=tuple(item for key, item in sorted(items.items()) if key[0] == "consent"),
            visits=tuple(visits[-200:]),
            due=tuple(_of(items, "due", DueService)),
            journeys=tuple(journeys[-20:]),
            conversations=tuple(_of(items, "conversation", Conversation)),
            trials=tuple(sorted(_of(items, "trial", Trial), key=lambda trial: trial.on)),
            active_journey_id=items.get(("active",), ""),
            person=items.get(("person",)),
        )

    def client_at(self, company_id: str, address: Address) -> str | None:
        found: str | None = self._get(("address", company_id, address.channel, address.value))
        return found

    def client_of_card(self, company_id: str, crm_id: str) -> str | None:
        found: str | None = self._get(("card", company_id, crm_id))
        return found

    def client_by_address(self, company_id: str, address: Address) -> ClientFile | None:
        client_id = self.client_at(company_id, address)
        with suppress(NotFound):
            return self.client(company_id, client_id) if client_id else None
        return None

    def clients(self, company_id: str) -> Iterable[str]:
        return [client.client_id for client in self._all(company_id, Client)]

    def seen_event(self, company_id: str, event_id: str) -> SeenEvent | None:
        found: ch.EventSeen | None = self._get(("event", company_id, event_id))
        return SeenEvent(found.outbox) if found else None

    def outbox(self, company_id: str, client_id: str, outbox_id: str) -> OutboxMessage:
        found: OutboxMessage | None = self._get(("client", company_id, client_id, "out", outbox_id))
        if found is None:
            raise self._missing(company_id, client_id)
        return found

    def directory(self, company_id: str, after: str, limit: int) -> Sequence[Client]:
        found = sorted(self._all(company_id, Client), key=lambda client: client.client_id)
        return [client for client in found if client.client_id > after][:limit]

    def messages(self, company_id: str, client_id: str) -> list[OutboxMessage]:
        found = _of(self._items["client", company_id, client_id], "out", OutboxMessage)
        return sorted(found, key=lambda message: message.created_at)

    def outbox_by_provider_id(
        self, company_id: str, channel: ChannelKind, provider_id: str
    ) -> tuple[str, str] | None:
        found: tuple[str, str] | None = self._get(("provider", company_id, channel, provider_id))
        return found

    def due(self, company_id: str, on: date) -> Iterable[DueService]:
        found = [d for d in self._all(company_id, DueService) if d.next_on <= on]
        return sorted(found, key=lambda d: d.next_on)

    def waiting(self, company_id: str, until: datetime) -> Iterable[Journey]:
        return [
            j
            for j in self._all(company_id, Journey)
            if j.state is JourneyState.WAITING
            and j.attempt.deadline
            and j.attempt.deadline <= until
        ]

    def uncertain(self, company_id: str) -> Iterable[OutboxMessage]:
        found = [
            m for m in self._all(company_id, OutboxMessage) if m.state is OutboxState.UNCERTAIN
        ]
        return sorted(found, key=claimed_at)

    def people(self, company_id: str) -> Iterable[tuple[str, Person]]:
        found = [
            (at[2], items["person",])
            for at, items in self._items.items()
            if at[:2] == ("client", company_id) and ("person",) in items
        ]
        return sorted(found, key=lambda each: each[1].since)

    def heard(self, company_id: str, client_id: str) -> Sequence[Heard]:
        items = self._items["client", company_id, client_id]
        return sorted(_of(items, "heard", Heard), key=lambda heard: heard.at)

    def journeys_on(self, company_id: str, campaign_on: date, after: str = "") -> Iterable[Journey]:
        days = [j for j in self._all(company_id, Journey) if j.campaign_on == campaign_on]
        behind = (j for j in days if j.journey_id > after)
        return sorted(behind, key=lambda journey: journey.journey_id)

    def profiles(self, company_id: str, client_ids: Sequence[str]) -> Mapping[str, Client]:
        known = {client.client_id: client for client in self._all(company_id, Client)}
        return {each: known[each] for each in client_ids if each in known}

    def proposal(self, company_id: str, on: date) -> Proposal | None:
        found: Proposal | None = self._get(("proposal", company_id, on.isoformat()))
        return found

    def accounts(self, company_id: str) -> Mapping[ChannelKind, Account]:
        return noted.accounts(company_id, self._noted)

    def quiet_until(self, company_id: str, channel: ChannelKind) -> datetime | None:
        account = self.accounts(company_id).get(channel)
        return account.quiet_until if account else None

    def arms(self, company_id: str) -> Mapping[str, Mapping[str, Tally]]:
        return noted.arms(company_id, self._noted)

    def trials(self, company_id: str, since: date, until: date) -> Iterable[Trial]:
        found = [t for t in self._all(company_id, Trial) if since <= t.on <= until]
        return sorted(found, key=lambda trial: (trial.on, trial.client_id))

    def add_usage(self, company_id: str, on: date, usage: Mapping[str, float]) -> None:
        counts = self._usage[company_id, on]
        for name, n in usage.items():
            counts[name] += n

    def usage(self, company_id: str, since: date, until: date) -> Sequence[Usage]:
        return [
            Usage(on, **counts)
            for (company, on), counts in sorted(self._usage.items())
            if company == company_id and since <= on <= until
        ]

    def import_visits(self, company_id: str, rows: Iterable[ImportedClient]) -> int:
        left = [r for r in rows if ("client", company_id, r.client.client_id) not in self._erased]
        for row in left:
            self._import(company_id, row)
        return len(left)

    def erase(self, company_id: str, client_id: str) -> None:
        stored: Client | None = self._get(("client", company_id, client_id, "profile"))
        aliases = foreign(stored.crm_id) if stored and stored.crm_id else ()
        self._erased |= {("client", company_id, each) for each in (client_id, *aliases)}
        self._items.pop(("client", company_id, client_id), None)
        for at, pointers in self._items.items():
            if at[:2] in (("address", company_id), ("card", company_id)):
                for value in [v for v, whose in pointers.items() if whose == client_id]:
                    del pointers[value]

    def _missing(self, company_id: str, client_id: str) -> NotFound:
        erased = ("client", company_id, client_id) in self._erased
        return Erased(client_id) if erased else NotFound(client_id)

    def pseudonym(self, company_id: str, value: str) -> str:
        return sha256(f"{company_id}|{value}".encode()).hexdigest()

    def _import(self, company_id: str, row: ImportedClient) -> None:
        client_id = row.client.client_id
        items = self._items["client", company_id, client_id]
        stored: Client | None = items.get(("profile",))
        for address in row.client.addresses:
            if self.client_at(company_id, address) is None:
                self._put(("address", company_id, address.channel, address.value), client_id)
        own = [a for a in row.client.addresses if self.client_at(company_id, a) == client_id]
        client = imported(row.client, own, stored)
        if client != stored:
            items["profile",] = replace(client, version=client.version + 1)
            if crm_id := card(client):
                self._apply([ch.BindCard(company_id, client_id, crm_id)])
        for consent in row.consents if stored is None else ():
            self._apply([ch.SaveConsent(company_id, client_id, consent)])
        for visit in row.visits:
            items["visit", visit.visit_id] = visit
        for due in row.due:
            items["due", due.service_id] = _rested(due, items.get(("due", due.service_id)))

    def _all(self, company_id: str, kind: type[Kind]) -> list[Kind]:
        return [
            item
            for (_, company, *_), items in list(self._items.items())
            if company == company_id
            for item in items.values()
            if isinstance(item, kind)
        ]


def _of(items: Mapping[Key, Any], name: str, kind: type[Kind]) -> list[Kind]:
    return [item for key, item in items.items() if key[0] == name and isinstance(item, kind)]


def untold(journey: Journey) -> Journey:
    """As if none of it stood in any figures."""
    earlier = tuple(replace(attempt, told=frozenset()) for attempt in journey.earlier)
    return replace(journey, earlier=earlier, attempt=replace(journey.attempt, told=frozenset()))


def _funnel_day(on: date, counts: Counter[tuple[str, str]]) -> FunnelDay:
    skipped = {reason: n for (stage, reason), n in counts.items() if stage == Stage.SKIPPED}
    stages = {stage.value: counts[stage.value, ""] for stage in Stage}
    return FunnelDay(on, {**stages, "skipped": sum(skipped.values())}, skipped)


def _rested(fresh: DueService, stored: DueService | None) -> DueService:
    """A rest decided by a journey stands until the client comes again."""
    if stored is None or stored.last_visit_on != fresh.last_visit_on or stored.rest is None:
        return fresh
    return fresh.resting(stored.rest)
