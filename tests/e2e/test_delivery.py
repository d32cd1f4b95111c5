"""Poison among others, on the deployed cloud: what becomes of the others, and what an operator does about it."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from cloud import places
from comeback.changes import PutOutbox
from comeback.conversations.model import Address, ChannelKind, Content, OutboxMessage, Purpose
from demo.driver import Driver

from tests.architecture.template import QUEUE, resources
from tests.e2e.shop import Shop, buttons_of, text_of
from tests.e2e.transcript import another_time, entries, last_slot

Clients = Callable[[str], Any]
SERIALS = count(5001)
TELEGRAM = ChannelKind.TELEGRAM
CONSUMERS = {"Inbound": "Receive", "Outbound": "Deliver", "Events": "CrmEvents"}
SECONDS = 60.0
POISON = pytest.mark.fault(
    "a poison message in a batch of ten, in each queue",
    "nine done once, one dead after its receives, order kept",
)
REDRIVE = pytest.mark.fault("a dead letter's cause mended, then redriven", "done once")


VISIBILITY = {"Inbound": 4, "Outbound": 1, "Events": 12}
"""Seconds. A standard queue has several readers: what is in work must stay hidden. Five receives of Inbound end after the ten of
Outbound: Telegram would refuse what both let go to Anna in one second, and a last receive is not repeated."""
COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]


class Lines:
    """The queues with their consumers held: ten are sent, taken as one batch, and brought back soon when they fail."""

    def __init__(self, aws: Clients, deployed: Mapping[str, str]) -> None:
        self.lambdas, self.sqs = aws("lambda"), aws("sqs")
        self.urls = {queue: deployed[f"{queue}QueueUrl"] for queue in CONSUMERS}
        self.sources = {
            queue: self.lambdas.list_event_source_mappings(
                FunctionName=deployed[f"{consumer}Function"]
            )["EventSourceMappings"][0]
            for queue, consumer in CONSUMERS.items()
        }

    @contextmanager
    def held(self) -> Iterator[None]:
        asked = ["VisibilityTimeout"]
        before = {
            url: self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=asked)["Attributes"]
            for url in self.urls.values()
        }
        for queue, source in self.sources.items():
            self._source(source, Enabled=False, BatchSize=10)
            self.hide(queue, VISIBILITY[queue])
        try:
            yield
        finally:
            for source in self.sources.values():
                self._source(source, Enabled=True, BatchSize=source["BatchSize"])
            for url, as_it_was in before.items():
                self.sqs.set_queue_attributes(QueueUrl=url, Attributes=as_it_was)

    def begin(self) -> None:
        for source in self.sources.values():
            self._source(source, Enabled=True)

    def hide(self, queue: str, seconds: int) -> None:
        """For so long, what is received from now on."""
        attributes = {"VisibilityTimeout": str(seconds)}
        self.sqs.set_queue_attributes(QueueUrl=self.urls[queue], Attributes=attributes)

    def empty(self) -> bool:
        return not any(self._depth(url) for url in self.urls.values())

    def _depth(self, url: str) -> int:
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=COUNTS)["Attributes"]
        return sum(int(found[name]) for name in COUNTS)

    def _source(self, source: Mapping[str, Any], **change: Any) -> None:
        self.lambdas.update_event_source_mapping(UUID=source["UUID"], **change)


def until(came: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not came():
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.1)


def dead_letters(*options: str) -> str:
    """`make dead-letters`, as an operator runs it."""
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "infra/admin/dead_letters.py", *options],
        cwd=places.ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": "layers/core",
            **places.aws_environment(),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(autouse=True)
def no_faults_after(driver: Driver) -> Iterator[None]:
    yield
    driver.world.delete("/world/faults")


class Salon:
    """Six chats of one salon, its book in YCLIENTS; Anna was offered times. Nobody is told more than Telegram lets one chat
    have in a second (three): it would ask for rest, and the last receive of a poison's neighbours might fall into it."""

    def __init__(self, driver: Driver, company_id: str, crm_id: int) -> None:
        self.driver, self.crm_id = driver, crm_id
        self.shop = Shop(driver, company_id, TELEGRAM, next(SERIALS))
        self.shop.open_with_yclients(crm_id)
        self.chats = [str(int(self.shop.chat) + n) for n in range(0, 60_000, 10_000)]
        users = [{"user_id": int(chat), "name": "Client", "language": "en"} for chat in self.chats]
        driver.call("/world/telegram/users", {"users": users, "subscribed_to": self.shop.bot})
        self.numbers = count(9_000_000)
        self.offer = ""

    @property
    def company_id(self) -> str:
        return self.shop.company.company_id

    def heard(self, chat: str) -> list[str]:
        """The texts on that phone, oldest first."""
        kind = {"kind": "telegram.sendMessage"}
        entries = self.driver.world.get("/world/transcript", params=kind).json()["entries"]
        return [
            text_of(e)
            for e in entries
            if str(e["request"].get("chat_id")) == chat and e["status"] == 200
        ]

    def send(self, queue: str, body: Mapping[str, Any], group: str = "", event: str = "") -> None:
        fifo = {"MessageGroupId": group, "MessageDeduplicationId": f"{self.company_id}.{event}"}
        self.driver.sqs.send_message(
            QueueUrl=self.driver.outputs[f"{queue}QueueUrl"],
            MessageBody=json.dumps({"company_id": self.company_id, **body}),
            **(fifo if group else {}),
        )

    # ── ten for each queue, the second of the first group being poison ───────────────────────────

    def inbound(self, presses: Sequence[str], words: Sequence[tuple[str, str]]) -> None:
        """Anna presses and writes; strangers write."""
        anna = self.chats[0]
        press, other = presses
        for what in (other, press, "Is there parking?", other):
            self.update(anna, what, pressed=what in presses)
        for chat, text in words:
            self.update(chat, text)

    def update(self, chat: str, what: str, pressed: bool = False) -> None:
        number, now = next(self.numbers), int(self.driver.now().timestamp())
        user = {"id": int(chat), "first_name": "Client", "is_bot": False}
        message = {"message_id": number, "chat": {"id": int(chat), "type": "private"}, "date": now}
        pushed: dict[str, Any] = {"message": {**message, "from": user, "text": what}}
        if pressed:
            query = {"id": str(number), "from": user, "data": what, "message": message}
            pushed = {"callback_query": query}
        event = f"tg.{number}"
        body = {"channel": "telegram", "event_id": event, "body": {"update_id": number, **pushed}}
        self.send("Inbound", body, f"{self.company_id}#telegram#{chat}", event)

    def outbound(self, n: int, chat: str, *, put: bool = True) -> None:
        if put:
            self.put_outbox(n, chat)
        body = {"client_id": self.shop.client_id, "outbox_id": f"note{n}"}
        self.send("Outbound", body, chat, f"note{n}")

    def put_outbox(self, n: int, chat: str) -> None:
        message = OutboxMessage(
            company_id=self.company_id,
            client_id=self.shop.client_id,
            outbox_id=f"note{n}",
            address=Address(TELEGRAM, chat),
            content=Content(f"note {n}"),
            purpose=Purpose.SERVICE,
            created_at=self.driver.now(),
        )
        self.driver.store.commit([PutOutbox(message)])


def changed(crm_client: int) -> dict[str, Any]:
    detail = {"resource": "client", "id": str(crm_client), "status": "update", "key": "k"}
    return {"kind": "crm.changed", "detail": detail}


@POISON
@REDRIVE
def test_poison_is_set_apart_and_done_once_when_its_cause_is_mended(
    driver: Driver, aws: Clients, deployed: Mapping[str, str], company_id: str
) -> None:
    """Inbound: a booking that the book refuses. Events: a company that is not there yet. Outbound: a message that is not."""
    salon = Salon(driver, company_id, crm_id=9101)
    shop, (anna, *strangers, dora, emil) = salon.shop, salon.chats
    later = replace(shop.company, company_id=f"{company_id}-later")
    driver.secret(later.company_id, shop.secret)
    shop.campaign()
    (offer,) = shop.wait_for_messages(1)
    choice = another_time(shop, offer)
    salon.offer, slot = text_of(offer), last_slot(choice)
    other = next(b for b in buttons_of(offer) if b.startswith("other:"))
    refused = {"target": "yclients.book_record", "kind": "error", "status": 403, "times": 1000}
    driver.call("/world/faults", refused)
    reads = len(entries(driver, "yclients.client"))
    lines = Lines(aws, deployed)
    with lines.held():
        salon.inbound((slot, other), [(c, "Hello") for c in strangers for _ in range(2)])
        for n, chat in enumerate([*[anna] * 4, *[dora] * 3, *[emil] * 3], start=1):
            company = later.company_id if n == 2 else company_id
            salon.send("Events", {**changed(77), "company_id": company})
            salon.outbound(n, chat, put=n != 2)
        lines.begin()
        until(lambda: len(entries(driver, "yclients.client")) - reads >= 9, "the first nine events")
        lines.hide("Events", 1)
        until(lines.empty, "the end of the poison")
    driver.quiet()
    _, offered, parking, offered_again = [t.split("\n")[0] for t in answers(salon, anna)]
    assert offered == offered_again != parking
    assert [answers(salon, c).count(parking) for c in strangers] == [2, 2, 2]
    assert notes(salon, anna) == [1, 3, 4]
    assert notes(salon, dora) == [5, 6, 7]
    assert notes(salon, emil) == [8, 9, 10]
    assert len(entries(driver, "yclients.client")) - reads == 9
    told = dead_letters()
    assert told.count("\n") == 4 + 3, told
    for line in ("telegram callback_query  Refused", "crm.changed client  NotFound"):
        assert line in told
    for private in (anna, "parking", "Anna", slot, "note"):
        assert private not in told

    driver.world.delete("/world/faults")
    driver.store.save_company(later)
    salon.put_outbox(2, anna)
    for queue in CONSUMERS:
        assert "1 put back" in dead_letters("--queue", queue, "--redrive")
    driver.quiet()
    (booked,) = shop.booked()
    number = int(slot.split(":")[-1])
    assert booked.starts_at == shop.journeys()[0].attempt.slots[number - 1].starts_at
    assert "booked" in answers(salon, anna)[-1].lower()
    assert notes(salon, anna) == [1, 3, 4, 2]
    assert driver.store.client(later.company_id, "yc77").client.version == 1
    assert dead_letters().split() == [
        w for n in sorted([*CONSUMERS, "Schedule"]) for w in (f"{n}:", "empty")
    ]


def answers(salon: Salon, chat: str) -> list[str]:
    """What was said there, but notes, the offer, and the question for consent."""
    others = ("note ", "Hello! This is Salon.", salon.offer)
    return [t for t in salon.heard(chat) if not t.startswith(others)]


def notes(salon: Salon, chat: str) -> list[int]:
    return [int(t.split()[1]) for t in salon.heard(chat) if t.startswith("note ")]


@pytest.mark.fault("messages in the dead letters of any queue", "an alarm for each")
def test_every_queue_of_dead_letters_has_its_alarm(
    aws: Clients, deployed: Mapping[str, str]
) -> None:
    alarms = aws("cloudwatch").describe_alarms()["MetricAlarms"]
    watched = {
        d["Value"]
        for alarm in alarms
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
        and (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
        for d in alarm["Dimensions"]
        if d["Name"] == "QueueName"
    }
    urls = {n: url for n, url in deployed.items() if n.endswith("DeadLettersUrl")}
    assert {f"{q}Url" for q in resources(QUEUE) if q.endswith("DeadLetters")} == set(urls)
    assert {url.rpartition("/")[2] for url in urls.values()} == watched
