"""`Store.commit`: a list of changes becomes one DynamoDB transaction (promise 1)."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zlib import crc32

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.transactions import TransactWrite

from comeback import changes as ch
from comeback.changes import Change
from comeback.conversations.model import Conversation
from comeback.errors import AlreadyDone, Conflict, RateLimited, Unavailable
from comeback.reactivation.model import JourneyState
from comeback.storage import items, keys
from comeback.storage.items import Item

EVENT_MEMORY = timedelta(days=30)
FUNNEL_SHARDS = 4
"""A busy company's counters: DynamoDB takes 1,000 write units a second per partition (aws-facts.md)."""
THROTTLED = ("ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded")

Write = Callable[[TransactWrite], None]


def commit(connection: Connection, changes: Sequence[Change]) -> None:
    """Applies all or none. Raises AlreadyDone, Conflict, RateLimited or Unavailable."""
    if not changes:
        return
    token = str(uuid.uuid4())
    plan = Plan(token, changes)
    try:
        with TransactWrite(connection=connection, client_request_token=token) as transaction:
            for write in plan.writes:
                write(transaction)
    except TransactWriteError as error:
        plan.explain(error)
    except PynamoDBException as error:
        raise Unavailable("DynamoDB did not answer in time") from error


class Plan:
    """The writes of one transaction, in the order of the changes; counters merged."""

    def __init__(self, token: str, changes: Sequence[Change]) -> None:
        self._token = token
        self._marked: list[Item] = []
        self.writes: list[Write] = []
        self._events: set[int] = set()
        counts = [c for c in changes if isinstance(c, ch.Count)]
        for change in changes:
            if isinstance(change, ch.EventSeen):
                self._events.add(len(self.writes))
            if not isinstance(change, ch.Count):
                PLANNERS[type(change)](self, change)
        self._count(counts, changes)

    def explain(self, error: TransactWriteError) -> None:
        """Returns when the «failed» transaction was our own, applied, and only its answer was lost."""
        reasons = [reason.code if reason else "" for reason in error.cancellation_reasons]
        failed = {n for n, code in enumerate(reasons) if code == "ConditionalCheckFailed"}
        if failed:
            if self._was_ours():
                return
            if failed & self._events:
                raise AlreadyDone("this event had its effect before") from error
            raise Conflict("changed meanwhile") from error
        if "TransactionConflict" in reasons:
            raise Conflict("another transaction holds the item") from error
        if any(code in THROTTLED for code in reasons):
            raise RateLimited("DynamoDB throttles") from error
        raise Unavailable(f"DynamoDB: {error.cause_response_code}") from error

    def _was_ours(self) -> bool:
        """A retry inside the SDK after a lost answer fails its own condition (aws-facts.md, faults 1 and 2)."""
        for item in self._marked[:1]:
            stored = next(
                iter(Item.query(item.pk, Item.sk == item.sk, consistent_read=True, limit=1)), None
            )
            return stored is not None and stored.written_by == self._token
        return False

    # ── building ─────────────────────────────────────────────────────────────────────────────────

    def put(self, item: Item, condition: Condition | None = None) -> None:
        item.written_by = self._token
        self._marked.append(item)
        self.writes.append(lambda t: t.save(item, condition=condition))

    def update(
        self, item: Item, actions: Iterable[Any], condition: Condition | None = None
    ) -> None:
        listed = list(actions)
        self.writes.append(lambda t: t.update(item, actions=listed, condition=condition))

    def delete(self, item: Item, condition: Condition | None = None) -> None:
        self.writes.append(lambda t: t.delete(item, condition=condition))

    def _count(self, counts: Sequence[ch.Count], changes: Sequence[Change]) -> None:
        sums: Counter[tuple[str, Any, str]] = Counter()
        for count in counts:
            sums[(count.company_id, count.on, items.counter(count.stage, count.reason))] += count.n
        shard = crc32(repr(_subject(changes)).encode()) % FUNNEL_SHARDS
        for company_id, on in {(c.company_id, c.on) for c in counts}:
            item = items.FunnelItem(keys.company(company_id), keys.funnel(on, shard))
            adds = [
                Path(name).add(n)
                for (c, day, name), n in sums.items()
                if (c, day) == (company_id, on)
            ]
            self.update(item, [*adds, items.FunnelItem.kind.set(items.FunnelItem)])


def _subject(changes: Sequence[Change]) -> str:
    """Whose changes these are: spreads the counters of a campaign over the shards."""
    for change in changes:
        if isinstance(change, ch.SaveJourney):
            return change.journey.client_id
    return ""


def _event(plan: Plan, change: ch.EventSeen) -> None:
    item = items.EventItem(
        keys.event(change.company_id, change.event_id),
        keys.ONLY,
        outbox=change.outbox,
        expires_at=int((change.at + EVENT_MEMORY).timestamp()),
    )
    plan.put(item, Item.pk.does_not_exist())


def _client(plan: Plan, change: ch.SaveClient) -> None:
    client = change.client
    item = client_item(replace(client, version=client.version + 1))
    plan.put(item, _version(items.ClientItem, client.version))


def client_item(client: Any) -> items.ClientItem:
    return items.ClientItem(
        keys.client(client.company_id, client.client_id),
        keys.FILE_PROFILE,
        client=client,
        version=client.version,
        second_pk=keys.clients_index(client.company_id),
        second_sk=client.client_id,
    )


def _version(kind: Any, version: int) -> Condition:
    return Item.pk.does_not_exist() if version == 0 else kind.version == version


def _consent(plan: Plan, change: ch.SaveConsent) -> None:
    plan.put(consent_item(change))


def consent_item(change: ch.SaveConsent) -> items.ConsentItem:
    consent = change.consent
    channel = consent.channel.value if consent.channel else "all"
    return items.ConsentItem(
        keys.client(change.company_id, change.client_id),
        keys.consent(consent.at.isoformat(), consent.purpose.value, channel),
        consent=consent,
    )


def _bind(plan: Plan, change: ch.BindAddress) -> None:
    plan.put(address_item(change))


def address_item(change: ch.BindAddress) -> items.PointerItem:
    address = change.address
    return items.PointerItem(
        keys.address(change.company_id, address.channel.value, address.value),
        keys.ONLY,
        client_id=change.client_id,
    )


def _touch(plan: Plan, change: ch.TouchConversation) -> None:
    """No condition: an older message must not fail the whole transaction, so `receive` sends only newer ones."""
    item = items.ConversationItem(
        keys.client(change.company_id, change.client_id),
        keys.conversation(change.address.channel.value),
        conversation=Conversation(change.address, change.at),
        last_inbound_at=change.at.isoformat(),
    )
    plan.put(item)


def _visit(plan: Plan, change: ch.SaveVisit) -> None:
    plan.put(visit_item(change.company_id, change.client_id, change.visit))


def visit_item(company_id: str, client_id: str, visit: Any) -> items.VisitItem:
    return items.VisitItem(
        keys.client(company_id, client_id), keys.visit(visit.visit_id), visit=visit
    )


def _due(plan: Plan, change: ch.SaveDue) -> None:
    plan.put(due_item(change.due))


def due_item(due: Any) -> items.DueItem:
    return items.DueItem(
        keys.client(due.company_id, due.client_id),
        keys.due(due.service_id),
        due=due,
        first_pk=keys.due_index(due.company_id),
        first_sk=due.next_on.isoformat(),
    )


def _no_due(plan: Plan, change: ch.RemoveDue) -> None:
    client = keys.client(change.company_id, change.client_id)
    plan.delete(items.DueItem(client, keys.due(change.service_id)))


def _journey(plan: Plan, change: ch.SaveJourney) -> None:
    journey = change.journey
    item = items.JourneyItem(
        keys.client(journey.company_id, journey.client_id),
        keys.journey(journey.journey_id),
        journey=replace(journey, version=journey.version + 1),
        version=journey.version + 1,
        second_pk=keys.campaign_index(journey.company_id, journey.campaign_on),
        second_sk=journey.journey_id,
    )
    if journey.state is JourneyState.WAITING and journey.attempt.deadline:
        item.first_pk = keys.wait_index(journey.company_id)
        item.first_sk = journey.attempt.deadline.isoformat()
    plan.put(item, _version(items.JourneyItem, journey.version))


def _claim(plan: Plan, change: ch.ClaimClient) -> None:
    item = items.ActiveItem(
        keys.client(change.company_id, change.client_id),
        keys.FILE_ACTIVE,
        journey_id=change.journey_id,
    )
    held = items.ActiveItem.journey_id
    plan.put(item, held.does_not_exist() | (held == change.journey_id))


def _release(plan: Plan, change: ch.ReleaseClient) -> None:
    item = items.ActiveItem(keys.client(change.company_id, change.client_id), keys.FILE_ACTIVE)
    held = items.ActiveItem.journey_id
    plan.delete(item, held.does_not_exist() | (held == change.journey_id))


def _put_outbox(plan: Plan, change: ch.PutOutbox) -> None:
    plan.put(_outbox_item(change.message), Item.pk.does_not_exist())


def _move_outbox(plan: Plan, change: ch.MoveOutbox) -> None:
    message = change.message
    unchanged = (items.OutboxItem.state == change.expected.value) & (
        items.OutboxItem.version == message.version
    )
    plan.put(_outbox_item(replace(message, version=message.version + 1)), unchanged)
    if message.provider_id:
        pointer = items.PointerItem(
            keys.provider(message.company_id, message.address.channel.value, message.provider_id),
            keys.ONLY,
            client_id=message.client_id,
            outbox_id=message.outbox_id,
        )
        plan.put(pointer)


def _outbox_item(message: Any) -> items.OutboxItem:
    return items.OutboxItem(
        keys.client(message.company_id, message.client_id),
        keys.outbox(message.outbox_id),
        message=message,
        state=message.state.value,
        version=message.version,
    )


PLANNERS: Mapping[type[Any], Callable[[Plan, Any], None]] = {
    ch.EventSeen: _event,
    ch.SaveClient: _client,
    ch.SaveConsent: _consent,
    ch.BindAddress: _bind,
    ch.TouchConversation: _touch,
    ch.SaveVisit: _visit,
    ch.SaveDue: _due,
    ch.RemoveDue: _no_due,
    ch.SaveJourney: _journey,
    ch.ClaimClient: _claim,
    ch.ReleaseClient: _release,
    ch.PutOutbox: _put_outbox,
    ch.MoveOutbox: _move_outbox,
}
