"""A table: every request to DynamoDB goes through here, so that time-outs, paging and errors are said once, and so that what is
personal goes through the vault: items as they are written and read, and keys that hold a contact.

Its key schema is written down, not asked for: no DescribeTable at a cold start, and none in any role's policy. There is no
Scan. Raises RateLimited and Unavailable wherever it reads or writes.
"""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from pynamodb.connection.base import MetaTable
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from comeback.errors import RateLimited
from comeback.ports import Note
from comeback.storage.faults import answering
from comeback.storage.items.base import Item
from comeback.storage.keys import Key
from comeback.storage.sealing import Sealing, in_raw, raw_key
from comeback.storage.units import MeteredConnection
from comeback.storage.vault import Raw, Vault

Kind = TypeVar("Kind", bound=Item)
Element = TypeVar("Element")

CONNECT_SECONDS, READ_SECONDS, RETRIES = 1, 3, 1
"""Well below every function's time-out; the queue or the state machine does the rest (PynamoDB's own: 15, 30 and 3)."""
READ_AT_ONCE, WRITTEN_AT_ONCE = 100, 25
"""Limits of BatchGetItem and BatchWriteItem."""
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds before what a batch left over is asked for again."""
FIRST_INDEX, SECOND_INDEX = "GSI1", "GSI2"


@dataclass
class Put:
    """`optional`: when its condition fails the others go ahead without it."""

    item: Item
    condition: Condition | None = None
    optional: bool = False

    @property
    def key(self) -> Key:
        return self.item.key


@dataclass
class Update:
    """May count, so is never repeated: it goes inside a transaction, with its token (`Table.add` is for estimates)."""

    key: Key
    actions: Sequence[Action]
    condition: Condition | None = None
    optional: bool = False


@dataclass
class Delete:
    key: Key
    condition: Condition | None = None
    optional: bool = False


Write = Put | Update | Delete
SENT_ORDER = (Delete, Put, Update)
"""The order in which PynamoDB sends a transaction's writes, whatever the order they are given in."""


class Table:
    """`endpoint` None: botocore's own choice, which honours AWS_ENDPOINT_URL. `used` is told the units of every request.

    Without a vault, as the table of keys is, it stores everything as it is.
    """

    def __init__(
        self,
        name: str,
        region: str | None = None,
        endpoint: str | None = None,
        used: Note | None = None,
        vault: Vault | None = None,
    ) -> None:
        self.name = name
        self._sealing = Sealing(vault)
        self.connection = MeteredConnection(
            used,
            region=region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"),
            host=endpoint,
            connect_timeout_seconds=CONNECT_SECONDS,
            read_timeout_seconds=READ_SECONDS,
            max_retry_attempts=RETRIES,
        )
        self.connection.add_meta_table(MetaTable(schema(name)))

    def places(self, key: Key) -> Sequence[Key]:
        """Where an item of this key may stand, as `Stored` keys."""
        return self._sealing.places(key)

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def get(self, kind: type[Kind], key: Key) -> Kind | None:
        """None, too, when its client was erased."""
        for place in self._sealing.places(key):
            with answering():
                data = self.connection.get_item(self.name, *place, consistent_read=True)
            if "Item" in data:
                return next(self._sealing.opened(kind, [data["Item"] | in_raw(key)]), None)
        return None

    def get_all(self, wanted: Iterable[Key]) -> dict[Key, Item]:
        """Those that exist, and whose clients were not erased."""
        found: dict[Key, Item] = {}
        asked = {self._sealing.place(key): key for key in wanted}
        for part in parts(asked, READ_AT_ONCE):
            left = [{"PK": key.pk, "SK": key.sk} for key in part]
            for pause in (0.0, *PAUSES):
                time.sleep(pause)
                data = self._batch_get(left)
                raws = data["Responses"].get(self.name, ())
                raws = [raw | in_raw(asked[raw_key(raw)]) for raw in raws]
                found |= {item.key: item for item in self._sealing.opened(Item, raws)}
                left = data.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
                if not left:
                    break
            else:
                raise RateLimited("DynamoDB leaves keys unread", retry_after=1)
        return found

    def _batch_get(self, wanted: list[dict[str, Any]]) -> dict[str, Any]:
        with answering():
            return self.connection.batch_get_item(self.name, wanted, consistent_read=True)  # type: ignore[arg-type]  # keys are maps

    def query(
        self,
        kind: type[Kind],
        pk: str,
        sort: Condition | None = None,
        index: str | None = None,
        page: int | None = None,
        newest_first: bool = False,
    ) -> Iterator[Kind]:
        """Oldest key first, without what is sealed of erased clients. Consistent, unless it goes through an index. `page`:
        items per request."""
        start: Any = None
        while True:
            with answering():
                data = self.connection.query(
                    self.name,
                    pk,
                    range_key_condition=sort,
                    consistent_read=index is None,
                    exclusive_start_key=start,
                    index_name=index,
                    limit=page,
                    scan_index_forward=not newest_first,
                )
            yield from self._sealing.opened(kind, data["Items"])
            start = data.get("LastEvaluatedKey")
            if not start:
                return

    def keys_in(self, pk: str) -> Iterator[Key]:
        """All of a partition, whatever is sealed there."""
        start: Any = None
        while True:
            with answering():
                data = self.connection.query(
                    self.name,
                    pk,
                    consistent_read=True,
                    exclusive_start_key=start,
                    attributes_to_get=["PK", "SK"],
                )
            yield from (raw_key(raw) for raw in data["Items"])
            start = data.get("LastEvaluatedKey")
            if not start:
                return

    # ── writing ──────────────────────────────────────────────────────────────────────────────────

    def write(self, writes: Sequence[Write], token: str) -> None:
        """All or none. `writes` in SENT_ORDER. Raises ConditionsFailed and Contended, too.

        A lone write that may be repeated goes as itself: it costs half of a transaction.
        """
        raws = self._sealing.sealed([write.item for write in writes if isinstance(write, Put)])
        with answering():
            if len(writes) > 1 or isinstance(writes[0], Update):
                self._transact(writes, raws, token)
                return
            place, condition = self._sealing.place(writes[0].key), writes[0].condition
            if raws:
                self.connection.put_item(self.name, *place, raws[0], condition=condition)
            else:
                self.connection.delete_item(self.name, *place, condition=condition)

    def _transact(self, writes: Sequence[Write], raws: Sequence[Raw], token: str) -> None:
        """`raws`: of the puts among `writes`."""
        puts = [write for write in writes if isinstance(write, Put)]
        self.connection.transact_write_items(
            condition_check_items=[],
            delete_items=[self._arguments(w) for w in writes if isinstance(w, Delete)],
            put_items=[
                self._arguments(w, key="Item", attributes=raw)
                for w, raw in zip(puts, raws, strict=True)
            ],
            update_items=[
                self._arguments(w, actions=w.actions) for w in writes if isinstance(w, Update)
            ],
            client_request_token=token,
        )

    def _arguments(self, write: Write, **more: Any) -> dict[str, Any]:
        place = self._sealing.place(write.key)
        return self.connection.get_operation_kwargs(
            self.name, *place, condition=write.condition, **more
        )

    def add(self, key: Key, actions: Sequence[Action]) -> None:
        """Outside any transaction, at half its price: for counters that a repeated request may count twice."""
        with answering():
            self.connection.update_item(self.name, *self._sealing.place(key), actions=actions)

    def put_all(self, items: Iterable[Item]) -> None:
        """Unconditionally, in batches, each batch on its own; of two with the same key the later stands."""
        last = {item.key: item for item in items}
        for part in parts(last.values(), WRITTEN_AT_ONCE):
            self._write_all("PutRequest", "Item", self._sealing.sealed(part))

    def delete_all(self, wanted: Iterable[Key]) -> None:
        """As `put_all`. What is not there is no error."""
        for part in parts(dict.fromkeys(wanted), WRITTEN_AT_ONCE):
            self._write_all(
                "DeleteRequest", "Key", [in_raw(self._sealing.place(key)) for key in part]
            )

    def _write_all(self, request: str, part: str, left: Sequence[Raw]) -> None:
        into = "put_items" if request == "PutRequest" else "delete_items"
        for pause in (0.0, *PAUSES):
            time.sleep(pause)
            batch: dict[str, Any] = {into: left}
            with answering():
                data = self.connection.batch_write_item(self.name, **batch)
            again = data.get("UnprocessedItems", {}).get(self.name, [])
            left = [each[request][part] for each in again]
            if not left:
                return
        raise RateLimited("DynamoDB leaves items unwritten", retry_after=1)


def parts(elements: Iterable[Element], size: int) -> Iterator[list[Element]]:
    iterator = iter(elements)
    while part := list(islice(iterator, size)):
        yield part


def schema(name: str) -> dict[str, Any]:
    """The table's keys and indexes, in CreateTable's words."""
    names = ("PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK")
    return {
        "TableName": name,
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n in names],
        "KeySchema": _keys(""),
        "GlobalSecondaryIndexes": [
            {"IndexName": index, "KeySchema": _keys(index)} for index in (FIRST_INDEX, SECOND_INDEX)
        ],
    }


def _keys(prefix: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": f"{prefix}PK", "KeyType": "HASH"},
        {"AttributeName": f"{prefix}SK", "KeyType": "RANGE"},
    ]
