"""One day of a campaign on moto: the real use cases, every request to DynamoDB on the meter, the keeping of usage among them.

20 clients are the 20th to the 40th part of an account's hundred a day: the day's limits item starts with 40 reservations, so that
on the average it is as large as it is on the average of a full day. 30 % answer, 15 % book (the specification's targets).
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import boto3
from comeback.changes import SaveVisit
from comeback.conversations.model import Address, ChannelKind
from comeback.ports import Reservation
from comeback.reactivation.scene import JourneyRef
from comeback.runtime.meter import METER
from comeback.storage import keys, transaction
from comeback.storage.items.limits import AccountItem, SendingDayItem
from comeback.storage.keyed_vault import KeyedVault
from comeback.storage.store import DynamoStore
from comeback.storage.table import Put, Update, schema
from moto import mock_aws
from pynamodb.connection import Connection

from tests.bench.units import Meter
from tests.storage.life import ON, TEN, Life

CLIENTS, RESERVED_BEFORE = 20, 40
AGE = timedelta(days=100)
"""Of the messenger's account: old enough for a hundred messages a day."""
BOOKING, ASKING_FIRST = 3, 1
"""Of those who answer, how many book; of these, how many ask for another time first."""
STOP = "STOP"
REFUSALS = ("No, thank you", "I am away until the end of the month", STOP)
TABLE, KEYS = "comeback", "comeback-keys"


@dataclass
class Day(Life):
    meter: Meter = field(kw_only=True)
    delivered: int = 0
    reply: bool = False
    in_words: int = 0
    """Answers that the model would read."""
    ended: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        super().__post_init__()
        for function in ("analyse", "reserve", "find_slots", "generate", "send", "track"):
            name = function.title().replace("_", "")
            self._with_usage(getattr(self, function), "run")
            self.meter.watch(getattr(self, function), "run", name)
        for function in ("detect", "expire"):
            self.meter.watch(getattr(self, function), "tick", function.title())
        self._with_usage(self.receive, "receive")
        self._with_usage(self.deliver, "deliver")
        self.meter.watch(self.receive, "receive", "Receive")
        METER.kept_by(lambda company_id, used: self.store.add_usage(company_id, ON, used))

    def _with_usage(self, use_case: object, method: str) -> None:
        """Every call is an invocation, at the end of which the company's usage is kept."""
        real = getattr(use_case, method)

        def invoked(*args: Any) -> Any:
            with METER.invocation(), METER.of("salon"):
                return real(*args)

        setattr(use_case, method, invoked)

    def deliver_all(self) -> None:
        new, self.delivered = self.queue.enqueued[self.delivered :], len(self.queue.enqueued)
        for message in new:
            with self.meter.run_of("Deliver, reply" if self.reply else "Deliver, offer"):
                self.deliver.deliver(*message)

    def run(self) -> None:
        self.open_salon()
        for n in range(CLIENTS):
            self._regular(f"client{n:02}", ("olga", "ira")[n % 2], _address(n))
        self._age()
        refs = sorted(self.campaign(), key=lambda ref: ref.client_id)
        answered = BOOKING + len(REFUSALS)
        for n, ref in enumerate(refs[:answered]):
            self._talk(ref, n)
        for ref in refs[answered:]:
            assert self.run_until_sent(ref) == "sent"
        self.clock.advance(days=8)
        self.expire.tick()
        silent = self.orchestrator.finished
        for n, ref in enumerate(refs[answered:], answered + 1):
            self.track.run(ref, silent[f"token-{n}"])
            self.ended[silent[f"token-{n}"].value] += 1

    def _talk(self, ref: JourneyRef, n: int) -> None:
        assert self.run_until_sent(ref) == "sent"
        self.reply = True
        address = _address(int(ref.client_id.removeprefix("client")))
        if n < BOOKING:
            offered = len(self.journey(ref).attempt.slots)
            if n < ASKING_FIRST:
                self.says(button=f"other:{ref.journey_id}", address=address)
                offered += 1
            self.says(button=f"slot:{ref.journey_id}:1:{offered}", address=address)
        else:
            self.in_words += REFUSALS[n - BOOKING] != STOP
            self.says(REFUSALS[n - BOOKING], address=address)
        self.reply = False
        self.track.run(ref, self.outcome())
        self.ended[self.outcome().value] += 1

    def _regular(self, client_id: str, staff_id: str, address: Address) -> None:
        self.client(client_id, address)
        visits = self.store.client("salon", client_id).visits
        self.store.commit(
            [SaveVisit("salon", client_id, replace(v, staff_id=staff_id)) for v in visits]
        )

    def _age(self) -> None:
        began = AccountItem.beginning(ChannelKind.TELEGRAM, TEN - AGE)
        before = [
            Reservation(
                channel=ChannelKind.TELEGRAM,
                reserved_by=f"{'0' * 24}{n:02}.1",
                at=TEN - timedelta(hours=2, seconds=30 * n),
            )
            for n in range(RESERVED_BEFORE)
        ]
        day = SendingDayItem.of("salon", ON, before, 1, TEN)
        transaction.apply(
            self.store.table, [Put(day), Update(keys.account("salon", "telegram"), began)]
        )


def _address(n: int) -> Address:
    return Address(ChannelKind.TELEGRAM, str(500_000_000 + n))


@contextmanager
def on_moto() -> Iterator[Day]:
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    region = dict.fromkeys(("AWS_DEFAULT_REGION", "AWS_REGION"), "us-east-1")
    with patch.dict(os.environ, {**dict.fromkeys(names, "made-up"), **region}), mock_aws():
        aws = boto3.client("dynamodb")
        layout: Any = schema(TABLE)
        for index in layout["GlobalSecondaryIndexes"]:
            index["Projection"] = {"ProjectionType": "ALL"}
        aws.create_table(**layout, BillingMode="PAY_PER_REQUEST")

        names_of_keys: Any = [{"AttributeName": n, "AttributeType": "S"} for n in ("PK", "SK")]
        aws.create_table(
            TableName=KEYS,
            KeySchema=layout["KeySchema"],
            AttributeDefinitions=names_of_keys,
            BillingMode="PAY_PER_REQUEST",
        )
        kms = boto3.client("kms")
        vault = KeyedVault(KEYS, lambda: kms, kms.create_key()["KeyMetadata"]["KeyId"], METER.note)

        def stored(key: Any) -> Any:
            return aws.get_item(TableName=TABLE, Key=key).get("Item", {})

        meter = Meter(Connection.dispatch, stored)
        with patch.object(Connection, "dispatch", meter.dispatcher()):
            yield Day(DynamoStore(TABLE, vault, METER.note), meter=meter)
