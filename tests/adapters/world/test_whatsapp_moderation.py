"""What Meta does to an account in the simulated world, as the product hears of it."""

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest
from comeback.channels.whatsapp import WhatsAppChannel
from comeback.channels.whatsapp_account import UNLIMITED
from comeback.channels.whatsapp_inbound import parse
from comeback.channels.whatsapp_split import split
from comeback.conversations.model import AccountChanged, ChannelKind, Quality, Refusal
from comeback.conversations.refusals import refusal
from comeback.errors import Undeliverable

from tests.adapters.channels.messages import message
from tests.adapters.conftest import NOW
from tests.adapters.world.whatsapp_business import ANNA, NUMBER, SECRET, TOKEN, WABA, Salon


def moderate(salon: Salon, do: str, **what: Any) -> AccountChanged:
    """The one thing that the product takes of the webhook."""
    ordered(salon, do, **what).raise_for_status()
    [post] = salon.receiver.wait(1)
    expected = "sha256=" + hmac.new(SECRET.encode(), post.body, hashlib.sha256).hexdigest()
    assert post.headers["x-hub-signature-256"] == expected
    [single] = split(post.body)
    [event] = parse(single.event_id, single.body)
    assert isinstance(event, AccountChanged)
    assert (event.address.value, event.at) == (WABA, NOW)
    salon.receiver.posts.clear()
    return event


def ordered(salon: Salon, do: str, **what: Any) -> httpx.Response:
    order = {"account": NUMBER, "do": do, **what}
    return salon.server.control.post("/world/whatsapp/moderate", json=order)


def number(salon: Salon) -> dict[str, Any]:
    answer = salon.server.control.get(
        f"/whatsapp/v25.0/{NUMBER}", headers={"authorization": f"Bearer {TOKEN}"}
    )
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


@pytest.mark.parametrize(
    ("event", "quality"), [("FLAGGED", Quality.RED), ("UNFLAGGED", Quality.GREEN)]
)
def test_the_number_is_rated(salon: Salon, event: str, quality: Quality) -> None:
    heard = moderate(salon, "rate", event=event)
    assert (heard.quality, heard.tier) == (quality, 250)
    assert number(salon)["quality_rating"] == quality.value.upper()


@pytest.mark.parametrize(("tier", "heard"), [(2000, 2000), (100_000, 100_000), (0, UNLIMITED)])
def test_the_limit_is_another(salon: Salon, tier: int, heard: int) -> None:
    assert moderate(salon, "limit", tier=tier).tier == heard
    assert salon.server.world.whatsapp.account(NUMBER).tier == tier


def test_a_template_is_paused_and_comes_back(salon: Salon) -> None:
    named = {"name": "come_back", "language": "ru"}
    assert moderate(salon, "template", **named, event="PAUSED").template_out == "come_back.ru"
    assert salon.invite("Анна", "завтра").json()["error"]["code"] == 132015
    assert moderate(salon, "template", **named, event="REINSTATED").template_back == "come_back.ru"
    assert salon.invite("Анна", "завтра").status_code == 200


def test_a_restriction_stops_messages_until_reinstated(salon: Salon) -> None:
    kinds = ["RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_ADD_PHONE_NUMBER_ACTION"]
    assert moderate(salon, "restrict", kinds=kinds).stopped == "account_restriction"
    assert refused(salon) == (368, Refusal.STOPPED)
    ordered(salon, "ban", state="REINSTATE").raise_for_status()
    assert salon.say().status_code == 200


def test_a_ban_stops_messages(salon: Salon) -> None:
    assert moderate(salon, "ban", state="SCHEDULE_FOR_DISABLE").stopped == "disabled_update"
    assert salon.say().status_code == 200
    salon.receiver.wait(1)
    salon.receiver.posts.clear()
    assert moderate(salon, "ban", state="DISABLE").stopped == "disabled_update"
    assert refused(salon) == (131031, Refusal.STOPPED)


def test_a_warning_stops_us_not_the_messages(salon: Salon) -> None:
    assert moderate(salon, "warn", violation="SPAM").stopped == "account_violation"
    assert salon.say().status_code == 200


def test_other_restrictions_are_of_no_consequence(salon: Salon) -> None:
    ordered(salon, "restrict", kinds=["RESTRICTED_UTILITY_TEMPLATES"]).raise_for_status()
    [post] = salon.receiver.wait(1)
    [single] = split(post.body)
    assert parse(single.event_id, single.body) == []
    assert json.loads(post.body)["entry"][0]["time"] == int(NOW.timestamp())
    assert salon.say().status_code == 200


@pytest.mark.parametrize(
    "order", [{"do": "bless"}, {"do": "rate", "account": "9"}, {"do": "template", "name": "x"}]
)
def test_orders_that_can_not_be_done(salon: Salon, order: dict[str, Any]) -> None:
    do = order.pop("do")
    assert ordered(salon, do, **order).status_code == 422
    assert salon.receiver.posts == []


def refused(salon: Salon) -> tuple[int, Refusal]:
    """Our own channel's word for it."""
    channel = WhatsAppChannel(TOKEN, NUMBER, f"{salon.server.url}/whatsapp")
    with pytest.raises(Undeliverable) as told:
        channel.send(message(ChannelKind.WHATSAPP, ANNA))
    return int(told.value.code), refusal(ChannelKind.WHATSAPP, told.value.code)
