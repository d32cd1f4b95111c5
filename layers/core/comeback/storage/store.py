"""The Store port on DynamoDB. Reads are consistent unless they go through an index."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, TypeVar

from pynamodb.connection import Connection
from pynamodb.exceptions import DoesNotExist, PynamoDBException

from comeback.bookings.model import Service, Staff
from comeback.changes import Change
from comeback.companies.model import Company
from comeback.conversations.model import Address, ChannelKind, OutboxMessage
from comeback.errors import NotFound, Unavailable
from comeback.ports import Catalogue, ClientFile, FunnelDay, ImportedClient, SeenEvent
from comeback.reactivation.model import DueService, Journey, ServiceRule
from comeback.storage import commit, imports, items, keys
from comeback.storage.items import Item

Kind = TypeVar("Kind", bound=Item)
VISITS_KEPT, JOURNEYS_KEPT = 200, 20


class DynamoStore:
    """One per process and table."""

    def __init__(self, table_name: str) -> None:
        items.bind(table_name)
        meta = Item.Meta
        self.connection = Connection(
            region=meta.region,
            connect_timeout_seconds=meta.connect_timeout_seconds,
            read_timeout_seconds=meta.read_timeout_seconds,
            max_retry_attempts=meta.max_retry_attempts,
        )

    def commit(self, changes: Sequence[Change]) -> None:
        commit.commit(self.connection, changes)

    def seen_event(self, company_id: str, event_id: str) -> SeenEvent | None:
        item = get(items.EventItem, keys.event(company_id, event_id), keys.ONLY)
        return SeenEvent(item.outbox) if item else None

    # ── company ──────────────────────────────────────────────────────────────────────────────────

    def companies(self) -> Sequence[Company]:
        return [item.company for item in query(items.CompanyItem, keys.COMPANIES)]

    def company(self, company_id: str) -> Company:
        item = get(items.CompanyItem, keys.company(company_id), keys.PROFILE)
        if item is None:
            raise NotFound(f"company {company_id}")
        return item.company

    def save_company(self, company: Company) -> None:
        """Twice: for itself, and in the registry that ticks read. Saving again mends a crash between."""
        with answering():
            own = keys.company(company.company_id)
            items.CompanyItem(own, keys.PROFILE, company=company).save()
            items.CompanyItem(keys.COMPANIES, own, company=company).save()

    def catalogue(self, company_id: str) -> Catalogue:
        found = list(query(Item, keys.company(company_id), Item.sk.startswith(keys.CATALOGUE)))
        services = [i.service for i in found if isinstance(i, items.ServiceItem)]
        staff = [i.staff for i in found if isinstance(i, items.StaffItem)]
        rules = [i.rule for i in found if isinstance(i, items.RuleItem)]
        return Catalogue(
            services={s.service_id: s for s in services},
            staff={s.staff_id: s for s in staff},
            rules={r.service_id: r for r in rules},
        )

    def save_catalogue(
        self, company_id: str, services: Iterable[Service], staff: Iterable[Staff]
    ) -> None:
        own = keys.company(company_id)
        with answering(), Item.batch_write() as batch:
            for service in services:
                batch.save(
                    items.ServiceItem(own, keys.service(service.service_id), service=service)
                )
            for member in staff:
                batch.save(items.StaffItem(own, keys.staff(member.staff_id), staff=member))

    def save_rule(self, company_id: str, rule: ServiceRule) -> None:
        with answering():
            items.RuleItem(keys.company(company_id), keys.rule(rule.service_id), rule=rule).save()

    def save_model(self, company_id: str, service_id: str, model_json: str, at: datetime) -> None:
        with answering():
            items.ModelItem(
                keys.company(company_id),
                keys.model(service_id),
                model_json=model_json,
                fitted_at=at.isoformat(),
            ).save()

    def model(self, company_id: str, service_id: str) -> str | None:
        item = get(items.ModelItem, keys.company(company_id), keys.model(service_id))
        return item.model_json if item else None

    def cursor(self, company_id: str, name: str) -> Mapping[str, str] | None:
        item = get(items.CursorItem, keys.company(company_id), keys.cursor(name))
        return item.cursor if item else None

    def save_cursor(self, company_id: str, name: str, cursor: Mapping[str, str]) -> None:
        with answering():
            own = keys.company(company_id)
            items.CursorItem(own, keys.cursor(name), cursor=dict(cursor)).save()

    def funnel(self, company_id: str, since: date, until: date) -> Sequence[FunnelDay]:
        within = Item.sk.between(*keys.funnel_range(since, until))
        days: dict[str, Counter[str]] = defaultdict(Counter)
        for item in query(items.FunnelItem, keys.company(company_id), within):
            day = item.sk.split("#")[1]
            days[day].update({n: int(getattr(item, n) or 0) for n in items.COUNTERS})
        return [_funnel_day(date.fromisoformat(day), days[day]) for day in sorted(days)]

    # ── client ───────────────────────────────────────────────────────────────────────────────────

    def client(self, company_id: str, client_id: str) -> ClientFile:
        own = keys.client(company_id, client_id)
        by_kind: dict[type[Item], list[Any]] = defaultdict(list)
        for item in query(Item, own, Item.sk.startswith(keys.FILE), consistent=True):
            by_kind[type(item)].append(item)
        profile = by_kind[items.ClientItem]
        if not profile:
            raise NotFound(f"client {client_id}")
        visits = sorted((i.visit for i in by_kind[items.VisitItem]), key=lambda v: v.starts_at)
        journeys = sorted(
            (i.journey for i in by_kind[items.JourneyItem]), key=lambda j: j.started_at
        )
        active = by_kind[items.ActiveItem]
        return ClientFile(
            client=profile[0].client,
            consents=tuple(i.consent for i in by_kind[items.ConsentItem]),
            visits=tuple(visits[-VISITS_KEPT:]),
            due=tuple(i.due for i in by_kind[items.DueItem]),
            journeys=tuple(journeys[-JOURNEYS_KEPT:]),
            conversations=tuple(i.conversation for i in by_kind[items.ConversationItem]),
            active_journey_id=active[0].journey_id if active else "",
        )

    def client_at(self, company_id: str, address: Address) -> str | None:
        own = keys.address(company_id, address.channel.value, address.value)
        item = get(items.PointerItem, own, keys.ONLY)
        return item.client_id if item else None

    def clients(self, company_id: str) -> Iterable[str]:
        return (i.second_sk or "" for i in query_index(Item.second, keys.clients_index(company_id)))

    def outbox(self, company_id: str, client_id: str, outbox_id: str) -> OutboxMessage:
        own = keys.client(company_id, client_id)
        item = get(items.OutboxItem, own, keys.outbox(outbox_id))
        if item is None:
            raise NotFound(f"message {outbox_id}")
        return item.message

    def outbox_by_provider_id(
        self, company_id: str, channel: ChannelKind, provider_id: str
    ) -> tuple[str, str] | None:
        own = keys.provider(company_id, channel.value, provider_id)
        item = get(items.PointerItem, own, keys.ONLY)
        return (item.client_id, item.outbox_id or "") if item else None

    def due(self, company_id: str, on: date) -> Iterable[DueService]:
        until = items.FirstIndex.sk <= on.isoformat()
        found = query_index(Item.first, keys.due_index(company_id), until)
        return (i.due for i in found if isinstance(i, items.DueItem))

    def waiting(self, company_id: str, until: datetime) -> Iterable[Journey]:
        before = items.FirstIndex.sk <= until.isoformat()
        found = query_index(Item.first, keys.wait_index(company_id), before)
        return (i.journey for i in found if isinstance(i, items.JourneyItem))

    def journeys_on(self, company_id: str, campaign_on: date) -> Iterable[Journey]:
        found = query_index(Item.second, keys.campaign_index(company_id, campaign_on))
        return (i.journey for i in found if isinstance(i, items.JourneyItem))

    def import_visits(self, company_id: str, rows: Iterable[ImportedClient]) -> int:
        with answering():
            return imports.import_visits(company_id, rows)


def _funnel_day(on: date, counts: Counter[str]) -> FunnelDay:
    skipped = {n.split("_", 1)[1]: c for n, c in counts.items() if n.startswith("skipped_") and c}
    stages = {n: c for n, c in counts.items() if not n.startswith("skipped_")}
    return FunnelDay(on, {**stages, "skipped": sum(skipped.values())}, skipped)


@contextmanager
def answering() -> Iterator[None]:
    """DynamoDB's own failures, as Unavailable."""
    try:
        yield
    except PynamoDBException as error:
        raise Unavailable(f"DynamoDB: {type(error).__name__}") from error


def get(kind: type[Kind], pk: str, sk: str) -> Kind | None:
    with answering():
        try:
            return kind.get(pk, sk, consistent_read=True)
        except DoesNotExist:
            return None


def query(
    kind: type[Kind], pk: str, condition: Any = None, consistent: bool = False
) -> Iterator[Kind]:
    with answering():
        yield from kind.query(pk, condition, consistent_read=consistent)


def query_index(index: Any, pk: str, condition: Any = None) -> Iterator[Item]:
    with answering():
        yield from index.query(pk, condition)
