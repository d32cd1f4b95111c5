"""Accounts under real limits, on the deployed cloud: what does not arrive goes elsewhere, what stops is told to the owner."""

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from comeback.changes import BindAddress, SaveClient, SaveConsent
from comeback.clients.model import Consent
from comeback.conversations import links
from comeback.conversations.model import OWNER, Address, ChannelKind, Purpose, Signal
from comeback.reactivation.account_health import standing
from comeback.reactivation.model import JourneyState
from demo.driver import Driver

from tests.e2e.shop import Shop

SERIALS = count(3001)
TELEGRAM, WHATSAPP = ChannelKind.TELEGRAM, ChannelKind.WHATSAPP
OWNERS_CHAT = 799_000_000


@pytest.fixture
def salon(driver: Driver, company_id: str) -> Shop:
    """Anna can be reached in WhatsApp, which is preferred, and in Telegram."""
    serial = next(SERIALS)
    phone = Shop(driver, company_id, WHATSAPP, serial)
    phone.company = replace(phone.company, channels=(WHATSAPP, TELEGRAM))
    phone.open()
    chat = Shop(driver, company_id, TELEGRAM, serial)
    chat._connect()
    client = driver.store.client(company_id, phone.client_id).client
    address = Address(TELEGRAM, chat.chat)
    agreed = Consent(Purpose.MARKETING, True, driver.now(), "test", "v1", TELEGRAM)
    driver.store.commit(
        [
            SaveClient(replace(client, addresses=(*client.addresses, address))),
            BindAddress(company_id, phone.client_id, address),
            SaveConsent(company_id, phone.client_id, agreed),
        ]
    )
    return phone


def refused(salon: Shop, code: int) -> None:
    """WhatsApp refuses the next message of this salon."""
    error = {"message": f"(#{code})", "code": code, "type": "OAuthException"}
    fault = {
        "target": "whatsapp.messages",
        "kind": "error",
        "times": 1,
        "status": 400,
        "body": {"error": error},
        "match": {"to": salon.chat},
    }
    salon.driver.call("/world/faults", fault)


def connect_owner(salon: Shop, chat: int) -> None:
    """By the link that `make links` prints."""
    users = {"users": [{"user_id": chat, "name": "Owner", "language": "en"}]}
    salon.driver.call("/world/telegram/users", users)
    key = salon.secret["telegram_webhook_secret"]
    payload = links.payload(salon.company.company_id, OWNER, key)
    act = {"bot": salon.bot, "user_id": chat, "do": "start", "payload": payload}
    salon.driver.call("/world/telegram/act", act)
    salon.driver.quiet()


def sent_to(salon: Shop, chat: str | int, kind: str = "telegram.send") -> list[dict[str, Any]]:
    entries = salon.driver.world.get("/world/transcript", params={"kind": kind}).json()["entries"]
    return [e for e in entries if str(e["request"].get("chat_id")) == str(chat)]


def test_what_whatsapp_can_not_deliver_goes_to_telegram_once(salon: Shop) -> None:
    chat = str(700_000_000 + int(salon.chat[4:]))
    refused(salon, 131026)
    salon.campaign()
    salon.until(lambda: bool(sent_to(salon, chat)), "the message in Telegram")
    assert salon.messages() == []
    assert len(sent_to(salon, chat)) == 1
    (journey,) = salon.journeys()
    assert (journey.attempt.number, journey.attempt.again) == (1, 1)
    assert journey.state is JourneyState.WAITING
    assert salon.funnel()["contacted"] == 1
    client = salon.driver.store.client(salon.company.company_id, salon.client_id).client
    assert client.doubtful == (WHATSAPP,)


def test_a_stopped_account_is_told_to_the_owner_and_goes_on_when_she_says_so(salon: Shop) -> None:
    owner = OWNERS_CHAT + next(SERIALS)
    connect_owner(salon, owner)
    refused(salon, 131048)
    salon.campaign()
    salon.until(lambda: len(sent_to(salon, owner)) == 2, "the word to the owner")
    told = sent_to(salon, owner)[1]
    assert "131048" in told["request"]["text"]
    company_id, store = salon.company.company_id, salon.driver.store
    stopped = standing(store.accounts(company_id)[WHATSAPP], salon.driver.now())
    assert stopped.stopped_by == "131048"
    act = {"bot": salon.bot, "user_id": owner, "do": "press", "button_id": "owner:resume:whatsapp"}
    number = told["response"]["result"]["message_id"]
    salon.driver.call("/world/telegram/act", {**act, "message_id": number})
    salon.driver.quiet()
    resumed = standing(store.accounts(company_id)[WHATSAPP], salon.driver.now())
    assert (resumed.stopped_by, resumed.level.name) == ("", "cold")


def test_a_messenger_that_asks_to_slow_down_gets_the_message_later_and_once(
    driver: Driver, company_id: str
) -> None:
    salon = Shop(driver, company_id, TELEGRAM, next(SERIALS))
    salon.open()
    body = {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 2",
        "parameters": {"retry_after": 2},
    }
    fault = {
        "target": "telegram.sendMessage",
        "kind": "error",
        "times": 1,
        "status": 429,
        "body": body,
        "match": {"chat_id": int(salon.chat)},
    }
    driver.call("/world/faults", fault)
    salon.campaign()
    (_,) = salon.wait_for_messages(1)
    tries = [e["status"] for e in sent_to(salon, salon.chat)]
    assert tries == [429, 200]
    days = driver.store.accounts(company_id)[TELEGRAM].days
    assert sum(day.count(Signal.THROTTLED) for day in days) == 1


def test_the_owner_gets_a_report_with_its_chart(driver: Driver, company_id: str) -> None:
    salon = Shop(driver, company_id, TELEGRAM, next(SERIALS))
    salon.open()
    owner = OWNERS_CHAT + next(SERIALS)
    connect_owner(salon, owner)
    salon.campaign()
    salon.wait_for_messages(1)
    hour = driver.now().hour
    stored = driver.store.company(company_id)
    driver.store.save_company(replace(stored, report_hour=hour))
    driver.invoke("Report")
    driver.quiet()
    salon.until(lambda: bool(sent_to(salon, owner, "telegram.sendPhoto")), "the chart")
    driver.invoke("Report")
    driver.quiet()
    assert len(sent_to(salon, owner, "telegram.sendPhoto")) == 1
