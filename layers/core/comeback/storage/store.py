"""The Store port on DynamoDB. Reads are consistent unless they go through an index.

Long on purpose: one method per access pattern of keys.py, a line or two each.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from comeback.analytics.model import SentDay
from comeback.bookings.model import Service, Staff
from comeback.changes import Audited, Change
from comeback.clients.model import Client
from comeback.companies.identity import is_company_id
from comeback.companies.model import Company
from comeback.conversations.model import (
    Account,
    Address,
    ChannelKind,
    Heard,
    OutboxMessage,
    Person,
)
from comeback.errors import Erased, InvalidInput, NotFound
from comeback.ports import Catalogue, ClientFile, FunnelDay, ImportedClient, Note, SeenEvent, Usage
from comeback.reactivation.model import (
    DueService,
    Gaps,
    Journey,
    Proposal,
    SkipReason,
    Stage,
    Tally,
    Trial,
)
from comeback.reactivation.telling import sent_day
from comeback.storage import commit, erasure, imports, keys, transaction
from comeback.storage.items.audit import AuditedItem
from comeback.storage.items.base import Item, sortable
from comeback.storage.items.chairs import ProposalItem
from comeback.storage.items.clients import (
    AddressItem,
    CardItem,
    ClientItem,
    ConsentItem,
    VisitItem,
)
from comeback.storage.items.companies import (
    CompanyItem,
    CursorItem,
    GapsItem,
    ModelItem,
    RuleItem,
    ServiceItem,
    StaffItem,
)
from comeback.storage.items.conversations import (
    ConversationItem,
    EventItem,
    HeardItem,
    OutboxItem,
    PersonItem,
    ProviderItem,
)
from comeback.storage.items.funnel import FunnelItem
from comeback.storage.items.learning import ArmItem, UsageItem
from comeback.storage.items.limits import AccountItem, accounts
from comeback.storage.items.reactivation import ActiveItem, DueItem, JourneyItem, TrialItem
from comeback.storage.table import FIRST_INDEX, SECOND_INDEX, Put, Table
from comeback.storage.vault import ClientRef, Vault

VISITS_KEPT, JOURNEYS_KEPT = 200, 20


class DynamoStore:
    """One per process: its table's connection is shared with leases, limits and the calendar."""

    def __init__(self, table_name: str, vault: Vault, used: Note | None = None) -> None:
        """`used` is told the units of every request."""
        self.table = Table(table_name, used=used, vault=vault)
        self._vault = vault

    def commit(self, changes: Sequence[Change]) -> None:
        transaction.apply(self.table, commit.writes(changes))

    def seen_event(self, company_id: str, event_id: str) -> SeenEvent | None:
        item = self.table.get(EventItem, keys.event(company_id, event_id))
        return SeenEvent(item.outbox()) if item else None

    # ── company ──────────────────────────────────────────────────────────────────────────────────

    def companies(self) -> Sequence[Company]:
        return [item.company() for item in self.table.query(CompanyItem, keys.COMPANIES)]

    def company(self, company_id: str) -> Company:
        item = self.table.get(CompanyItem, keys.company(company_id))
        if item is None:
            raise NotFound(f"company {company_id}")
        return item.company()

    def save_company(self, company: Company) -> None:
        """For itself, and in the registry that ticks read. Raises InvalidInput for an id that would blur keys."""
        if not is_company_id(company.company_id):
            raise InvalidInput("company_id", "is no id", "Use 1 to 64 letters, digits, - and _")
        self._vault.open_company(company.company_id)
        places = (keys.company(company.company_id), keys.registered(company.company_id))
        transaction.apply(self.table, [Put(CompanyItem.of(company, at)) for at in places])

    def catalogue(self, company_id: str) -> Catalogue:
        partition = keys.company_partition(company_id)
        found = list(self.table.query(Item, partition, Item.sk.startswith(keys.CATALOGUE)))
        services = [item.service() for item in found if isinstance(item, ServiceItem)]
        staff = [item.staff() for item in found if isinstance(item, StaffItem)]
        rules = [item.rule() for item in found if isinstance(item, RuleItem)]
        return Catalogue(
            services={s.service_id: s for s in services},
            staff={s.staff_id: s for s in staff},
            rules={r.service_id: r for r in rules},
        )

    def save_catalogue(
        self, company_id: str, services: Iterable[Service], staff: Iterable[Staff]
    ) -> None:
        """Adds and replaces; what is not named stays."""
        self.table.put_all(
            [
                *(ServiceItem.of(company_id, service) for service in services),
                *(StaffItem.of(company_id, member) for member in staff),
            ]
        )

    def save_model(self, company_id: str, service_id: str, model_json: str, at: datetime) -> None:
        self._put(ModelItem.of(company_id, service_id, model_json, at))

    def model(self, company_id: str, service_id: str) -> str | None:
        item = self.table.get(ModelItem, keys.model(company_id, service_id))
        return item.model_json if item else None

    def save_gaps(self, company_id: str, service_id: str, gaps: Gaps) -> None:
        self._put(GapsItem.of(company_id, service_id, gaps))

    def gaps(self, company_id: str, service_id: str) -> Gaps | None:
        item = self.table.get(GapsItem, keys.gaps(company_id, service_id))
        return item.gaps() if item else None

    def cursor(self, company_id: str, name: str) -> Mapping[str, str] | None:
        item = self.table.get(CursorItem, keys.cursor(company_id, name))
        return item.cursor if item else None

    def save_cursor(self, company_id: str, name: str, cursor: Mapping[str, str]) -> None:
        self._put(CursorItem.of(company_id, name, cursor))

    def funnel(self, company_id: str, since: date, until: date) -> Sequence[FunnelDay]:
        days = self._shards(company_id, since, until)
        return [_funnel_day(on, shards) for on, shards in days.items()]

    def _shards(self, company_id: str, since: date, until: date) -> dict[date, list[FunnelItem]]:
        """By day, the oldest first."""
        partition = keys.company_partition(company_id)
        days: dict[date, list[FunnelItem]] = defaultdict(list)
        within = Item.sk.between(*keys.funnel_range(since, until))
        for shard in self.table.query(FunnelItem, partition, within):
            days[date.fromisoformat(shard.sk.split("#")[1])].append(shard)
        return days

    def days(
        self, company_id: str, since: date, until: date
    ) -> Sequence[tuple[FunnelDay, SentDay]]:
        return [
            (_funnel_day(on, shards), _sent_day(on, shards))
            for on, shards in self._shards(company_id, since, until).items()
        ]

    def proposal(self, company_id: str, on: date) -> Proposal | None:
        item = self.table.get(ProposalItem, keys.proposal(company_id, on))
        return item.proposal() if item else None

    def audit(self, company_id: str, before: str, limit: int) -> Sequence[Audited]:
        earlier = AuditedItem.sk < before if before else None
        partition = keys.audit(company_id)
        found = self.table.query(AuditedItem, partition, earlier, page=limit, newest_first=True)
        return [item.audited() for item in islice(found, limit)]

    # ── client ───────────────────────────────────────────────────────────────────────────────────

    def client(self, company_id: str, client_id: str) -> ClientFile:
        by_kind: dict[type[Item], list[Any]] = defaultdict(list)
        partition = keys.client_partition(company_id, client_id)
        for item in self.table.query(Item, partition, Item.sk.startswith(keys.FILE)):
            by_kind[type(item)].append(item)
        profiles: list[ClientItem] = by_kind[ClientItem]
        if not profiles:
            raise self._missing(company_id, client_id, f"client {client_id}")
        visits = sorted((i.visit() for i in by_kind[VisitItem]), key=lambda v: v.starts_at)
        journeys = sorted((i.journey() for i in by_kind[JourneyItem]), key=lambda j: j.started_at)
        return ClientFile(
            client=profiles[0].client(),
            consents=tuple(i.consent() for i in by_kind[ConsentItem]),
            visits=tuple(visits[-VISITS_KEPT:]),
            due=tuple(i.due() for i in by_kind[DueItem]),
            journeys=tuple(journeys[-JOURNEYS_KEPT:]),
            conversations=tuple(i.conversation() for i in by_kind[ConversationItem]),
            trials=tuple(i.trial() for i in by_kind[TrialItem]),
            active_journey_id=next((i.journey_id for i in by_kind[ActiveItem]), ""),
            person=next((i.person() for i in by_kind[PersonItem]), None),
        )

    def client_at(self, company_id: str, address: Address) -> str | None:
        key = keys.address(company_id, address.channel.value, address.value)
        item = self.table.get(AddressItem, key)
        return item.client_id if item else None

    def client_of_card(self, company_id: str, crm_id: str) -> str | None:
        item = self.table.get(CardItem, keys.card(company_id, crm_id))
        return item.client_id if item else None

    def client_by_address(self, company_id: str, address: Address) -> ClientFile | None:
        client_id = self.client_at(company_id, address)
        with suppress(NotFound):
            return self.client(company_id, client_id) if client_id else None
        return None

    def clients(self, company_id: str) -> Iterable[str]:
        found = self.table.query(ClientItem, keys.clients_index(company_id), index=SECOND_INDEX)
        return (item.client_id for item in found)

    def directory(self, company_id: str, after: str, limit: int) -> Sequence[Client]:
        """Their secrets first, in one Query: one by one they would cost more than the profiles."""
        self._vault.recall(ClientRef(company_id, after), limit)
        behind = ClientItem.second_sk > after if after else None
        partition = keys.clients_index(company_id)
        found = self.table.query(ClientItem, partition, behind, SECOND_INDEX, page=limit)
        return [item.client() for item in islice(found, limit)]

    def messages(self, company_id: str, client_id: str) -> Sequence[OutboxMessage]:
        partition = keys.client_partition(company_id, client_id)
        found = self.table.query(OutboxItem, partition, OutboxItem.sk.startswith(keys.OUT))
        return sorted((item.message() for item in found), key=lambda m: m.created_at)

    def outbox(self, company_id: str, client_id: str, outbox_id: str) -> OutboxMessage:
        item = self.table.get(OutboxItem, keys.outbox(company_id, client_id, outbox_id))
        if item is None:
            raise self._missing(company_id, client_id, f"message {outbox_id}")
        return item.message()

    def outbox_by_provider_id(
        self, company_id: str, channel: ChannelKind, provider_id: str
    ) -> tuple[str, str] | None:
        key = keys.provider(company_id, channel.value, provider_id)
        item = self.table.get(ProviderItem, key)
        return (item.client_id, item.outbox_id) if item else None

    # ── indexes ──────────────────────────────────────────────────────────────────────────────────

    def due(self, company_id: str, on: date) -> Iterable[DueService]:
        until = Item.first_sk <= on.isoformat()
        found = self.table.query(DueItem, keys.due_index(company_id), until, FIRST_INDEX)
        return (item.due() for item in found)

    def waiting(self, company_id: str, until: datetime) -> Iterable[Journey]:
        overdue = Item.first_sk <= sortable(until)
        found = self.table.query(JourneyItem, keys.wait_index(company_id), overdue, FIRST_INDEX)
        return (item.journey() for item in found)

    def uncertain(self, company_id: str) -> Iterable[OutboxMessage]:
        found = self.table.query(OutboxItem, keys.uncertain_index(company_id), index=FIRST_INDEX)
        return (item.message() for item in found)

    def people(self, company_id: str) -> Iterable[tuple[str, Person]]:
        found = self.table.query(PersonItem, keys.people_index(company_id), index=FIRST_INDEX)
        return ((item.client_id, item.person()) for item in found)

    def heard(self, company_id: str, client_id: str) -> Sequence[Heard]:
        partition = keys.client_partition(company_id, client_id)
        found = self.table.query(HeardItem, partition, Item.sk.startswith(keys.HEARD))
        return [item.heard() for item in found]

    def journeys_on(self, company_id: str, campaign_on: date, after: str = "") -> Iterable[Journey]:
        partition = keys.campaign_index(company_id, campaign_on)
        behind = Item.second_sk > after if after else None
        found = self.table.query(JourneyItem, partition, behind, SECOND_INDEX)
        return (item.journey() for item in found)

    def profiles(self, company_id: str, client_ids: Sequence[str]) -> Mapping[str, Client]:
        found = self.table.get_all([keys.client(company_id, each) for each in client_ids])
        known = (item.client() for item in found.values() if isinstance(item, ClientItem))
        return {client.client_id: client for client in known}

    def accounts(self, company_id: str) -> Mapping[ChannelKind, Account]:
        partition = keys.limits_partition(company_id)
        return accounts(self.table.query(Item, partition, Item.sk.startswith(keys.ACCOUNT)))

    def quiet_until(self, company_id: str, channel: ChannelKind) -> datetime | None:
        item = self.table.get(AccountItem, keys.account(company_id, channel.value))
        return item.quiet_until if item else None

    # ── what was learnt and used ─────────────────────────────────────────────────────────────────

    def arms(self, company_id: str) -> Mapping[str, Mapping[str, Tally]]:
        partition = keys.company_partition(company_id)
        found: dict[str, dict[str, Tally]] = defaultdict(dict)
        for item in self.table.query(ArmItem, partition, Item.sk.startswith(keys.ARM)):
            found[item.dimension][item.arm] = item.tally()
        return found

    def trials(self, company_id: str, since: date, until: date) -> Iterable[Trial]:
        within = Item.second_sk.between(since.isoformat(), f"{until.isoformat()}~")
        for month in _months(since, until):
            partition = keys.trials_index(company_id, month)
            for item in self.table.query(TrialItem, partition, within, SECOND_INDEX):
                yield item.trial()

    def add_usage(self, company_id: str, on: date, usage: Mapping[str, float]) -> None:
        self.table.add(keys.usage(company_id, on), UsageItem.adding(usage))

    def usage(self, company_id: str, since: date, until: date) -> Sequence[Usage]:
        partition = keys.company_partition(company_id)
        within = Item.sk.between(*keys.usage_range(since, until))
        return [item.usage() for item in self.table.query(UsageItem, partition, within)]

    def import_visits(self, company_id: str, rows: Iterable[ImportedClient]) -> int:
        return imports.import_visits(self.table, self._vault, company_id, rows)

    # ── erasing ──────────────────────────────────────────────────────────────────────────────────

    def erase(self, company_id: str, client_id: str) -> None:
        erasure.erase(self.table, self._vault, ClientRef(company_id, client_id))

    def erased(self, company_id: str) -> Iterable[str]:
        """Everybody who ever was: after a backup is restored, `erase` is due to them again."""
        return (client.client_id for client in self._vault.erased(company_id))

    def _missing(self, company_id: str, client_id: str, what: str) -> NotFound:
        """Says why: whoever asks for an erased client's is done, whoever asks for what never was is wrong."""
        erased = self._vault.is_erased(ClientRef(company_id, client_id))
        return Erased(what) if erased else NotFound(what)

    def pseudonym(self, company_id: str, value: str) -> str:
        return self._vault.blind(company_id, f"PSEUDONYM#{value}")

    def _put(self, item: Item) -> None:
        transaction.apply(self.table, [Put(item)])


def _months(since: date, until: date) -> Iterable[date]:
    """The first day of every month touched."""
    month = since.replace(day=1)
    while month <= until:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def _funnel_day(on: date, shards: Sequence[FunnelItem]) -> FunnelDay:
    reasons = {
        r.value: sum(shard.counted(Stage.SKIPPED, r) for shard in shards) for r in SkipReason
    }
    stages = Counter({s.value: sum(shard.counted(s) for shard in shards) for s in Stage})
    stages[Stage.SKIPPED.value] += sum(reasons.values())
    return FunnelDay(on, dict(stages), {reason: n for reason, n in reasons.items() if n})


def _sent_day(on: date, shards: Sequence[FunnelItem]) -> SentDay:
    sums: Counter[str] = Counter()
    for shard in shards:
        sums.update(shard.messages)
    return sent_day(on, sums)
