"""Twenty who want the same hour at the same moment."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import combinations
from threading import Barrier
from typing import Any

import pytest
from cloud import places
from comeback.bookings.model import Slot
from comeback.changes import BindAddress, ClaimClient, SaveClient, SaveJourney
from comeback.clients.model import Client
from comeback.conversations.model import Address, ChannelKind
from comeback.errors import Retryable
from comeback.reactivation.model import Attempt, Journey, JourneyState
from comeback.runtime import wiring
from comeback.runtime.aws import client, session
from demo.driver import Driver

from tests.e2e.shop import Shop, text_of
from tests.e2e.transcript import entries

Clients = Callable[[str], Any]
SERIAL = 5201
TELEGRAM = ChannelKind.TELEGRAM
TOGETHER = 20


@pytest.fixture
def receive(
    deployed: Mapping[str, str], aws: Clients, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """The function's own parts, in this process: MiniStack reads a FIFO queue with one worker, AWS with many."""
    found = aws("lambda").get_function_configuration(FunctionName=deployed["ReceiveFunction"])
    for name, value in found["Environment"]["Variables"].items():
        monkeypatch.setenv(name, value)
    for name, value in places.aws_environment().items():
        monkeypatch.setenv(name, value)
    kept = [f for f in vars(wiring).values() if hasattr(f, "cache_clear")]
    for made in (*kept, client, session):
        made.cache_clear()
    yield wiring.receive
    for made in (*kept, client, session):
        made.cache_clear()


@pytest.mark.fault(
    "20 clients say yes to one slot at once, leases lapsed", "one booking, 19 next-best offers"
)
def test_twenty_yes_to_one_slot_are_one_booking(
    driver: Driver, receive: Callable[[], Any], company_id: str
) -> None:
    shop = Shop(driver, company_id, TELEGRAM, SERIAL)
    shop.open()
    slot = Slot("cut", "1", (driver.now() + timedelta(days=2)).replace(minute=0, second=0), 60)
    chats = [str(int(shop.chat) + 100_000 * n) for n in range(1, TOGETHER + 1)]
    users = [{"user_id": int(chat), "name": "Client", "language": "en"} for chat in chats]
    driver.call("/world/telegram/users", {"users": users, "subscribed_to": shop.bot})
    for n, chat in enumerate(chats):
        offered(shop, f"client{n}", chat, slot)
    start = Barrier(TOGETHER)

    def yes(n: int) -> None:
        start.wait()
        said_yes(receive, shop, n, chats[n], driver.now())

    with ThreadPoolExecutor(TOGETHER) as pool:
        list(pool.map(yes, range(TOGETHER)))
    driver.quiet()
    files = [driver.store.client(company_id, f"client{n}") for n in range(TOGETHER)]
    winners = [f for f in files if any(v.starts_at == slot.starts_at for v in f.visits)]
    (winner,) = winners
    assert len(winner.visits) == 1
    said = {chat: last_said(driver, chat) for chat in chats}
    won = [chat for chat, text in said.items() if "booked" in text]
    assert won == [winner.client.addresses[0].value]
    others = [f.journeys[0].attempt.slots[1:] for f in files if f is not winner]
    assert all("just been taken" in said[chat] for chat in chats if chat not in won)
    free = [s for slots in others for s in slots]
    assert all(others)
    assert not any(a.overlaps(b) for a, b in combinations(free, 2))


def offered(shop: Shop, client_id: str, chat: str, slot: Slot) -> None:
    """A client who was written to two days ago; the lease is over."""
    company_id, now = shop.company.company_id, shop.driver.now()
    address, journey_id = Address(TELEGRAM, chat), f"j{client_id}"
    sent = now - timedelta(days=2)
    attempt = Attempt(
        1, address, slots=(slot,), sent_at=sent, deadline=now + timedelta(days=5), task_token="gone"
    )
    journey = Journey(
        company_id, client_id, "cut", journey_id, sent.date(), sent, JourneyState.WAITING, attempt
    )
    client = Client(company_id, client_id, "Client", f"+{chat}", "en", (address,))
    shop.driver.store.commit(
        [
            SaveClient(client),
            BindAddress(company_id, client_id, address),
            SaveJourney(journey),
            ClaimClient(company_id, client_id, journey_id),
        ]
    )


def said_yes(receive: Callable[[], Any], shop: Shop, n: int, chat: str, at: datetime) -> None:
    """As the queue does: brought back while it fails."""
    user = {"id": int(chat), "first_name": "Client"}
    message = {
        "message_id": 1,
        "chat": {"id": int(chat), "type": "private"},
        "date": int(at.timestamp()),
    }
    query = {"id": str(n), "from": user, "data": f"slot:jclient{n}:1:1", "message": message}
    update = {"update_id": 7_000_000 + n, "callback_query": query}
    record = {"company_id": shop.company.company_id, "channel": "telegram"}
    for _ in range(10):
        try:
            receive().handle({**record, "event_id": f"tg.{7_000_000 + n}", "body": update})
        except Retryable:
            time.sleep(0.3)
        else:
            return
    raise AssertionError(f"client {n} was not answered")


def last_said(driver: Driver, chat: str) -> str:
    sent = entries(driver, "telegram.sendMessage")
    mine = [text_of(e) for e in sent if str(e["request"]["chat_id"]) == chat and e["status"] == 200]
    (answer,) = mine
    return answer
