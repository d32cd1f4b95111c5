"""The main job on the deployed cloud, both messengers: found, written to, answered, booked."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from comeback.changes import CountArm
from comeback.conversations.model import ChannelKind
from comeback.reactivation.model import Completion, JourneyState
from comeback.reactivation.styles import TEMPLATES
from demo.driver import Driver

from tests.e2e.shop import Shop, buttons_of, text_of

SERIALS = count(1001)
TELEGRAM, WHATSAPP = ChannelKind.TELEGRAM, ChannelKind.WHATSAPP


@pytest.fixture
def shop(driver: Driver, company_id: str) -> Callable[[ChannelKind], Shop]:
    def opened(channel: ChannelKind) -> Shop:
        made = Shop(driver, company_id, channel, next(SERIALS))
        made.open()
        return made

    return opened


def test_telegram_a_yes_is_a_booking_in_the_crm(driver: Driver, company_id: str) -> None:
    salon = Shop(driver, company_id, TELEGRAM, next(SERIALS))
    salon.open_with_yclients(crm_id=9001)
    salon.campaign()
    (offer,) = salon.wait_for_messages(1)
    assert "%" not in text_of(offer)  # a discount is the last arm
    slots = [b for b in buttons_of(offer) if b.startswith("slot:")]
    salon.press(offer, slots[-1])  # days ahead: while cold workers start, simulated hours pass
    salon.until(lambda: bool(salon.booked()), "the booking")
    (booked,) = salon.booked()
    (journey,) = salon.journeys()
    assert booked.starts_at == journey.attempt.slots[len(slots) - 1].starts_at
    calls = driver.world.get("/world/transcript", params={"kind": "yclients.book_record"}).json()
    assert [e["status"] for e in calls["entries"]][-1:] == [201]
    salon.until(lambda: salon.journeys()[0].state is JourneyState.FINISHED, "the journey's end")
    assert salon.journeys()[0].completion is Completion.CONVERTED
    assert salon.funnel() == dict.fromkeys(
        ("due", "contacted", "delivered", "read", "answered", "booked"), 1
    )
    assert "booked" in text_of(salon.wait_for_messages(2)[1]).lower()


def test_whatsapp_outside_its_window_a_template_then_a_free_dialogue(
    shop: Callable[[ChannelKind], Shop],
) -> None:
    salon = shop(WHATSAPP)
    salon.campaign()
    (offer,) = salon.wait_for_messages(1)
    assert offer["request"]["type"] == "template"
    assert offer["request"]["template"]["name"] in TEMPLATES.values()
    salon.press(offer, buttons_of(offer)[0])
    _, choice = salon.wait_for_messages(2)
    assert choice["request"]["type"] == "interactive", text_of(choice)
    slot = next(b for b in buttons_of(choice) if b.startswith("slot:"))
    salon.press(choice, slot)
    salon.until(lambda: bool(salon.booked()), "the booking")
    assert salon.funnel()["booked"] == 1
    assert salon.funnel()["read"] == 1


@pytest.mark.parametrize(("channel", "words"), [(TELEGRAM, "Стоп"), (WHATSAPP, "STOP")])
def test_stop_ends_it_at_once(
    shop: Callable[[ChannelKind], Shop], channel: ChannelKind, words: str
) -> None:
    salon = shop(channel)
    salon.campaign()
    salon.wait_for_messages(1)
    salon.say(words)
    salon.until(lambda: salon.journeys()[0].state is JourneyState.FINISHED, "the journey's end")
    assert salon.journeys()[0].completion is Completion.OPTED_OUT
    assert salon.funnel()["opted_out"] == 1
    assert len(salon.wait_for_messages(2)) == 2  # the offer, and the confirmation of the stop
    assert list(salon.driver.store.due(salon.company.company_id, salon.driver.now().date())) == []


def test_silence_leads_to_a_second_attempt(shop: Callable[[ChannelKind], Shop]) -> None:
    """With the discount that has proved itself, but for the one in twenty whom chance leaves without."""
    salon = shop(TELEGRAM)
    won = {"plain": 2, "discount": 50}
    arms = [CountArm(salon.company.company_id, "later_offer", a, 60, n) for a, n in won.items()]
    salon.driver.store.commit(arms)
    salon.campaign()
    salon.wait_for_messages(1)
    salon.pass_days(7.5)
    salon.until(lambda: salon.journeys()[0].state is JourneyState.RESTING, "the rest")
    salon.pass_days(7)
    first, second = salon.wait_for_messages(2)
    assert "%" not in text_of(first)
    attempt = salon.journeys()[0].attempt
    assert (attempt.number, bool(attempt.offer)) == (2, True)
    assert ("15%" in text_of(second).replace(" ", "")) is (attempt.offer == "discount")
    assert salon.funnel()["contacted"] == 1


def test_duplicates_change_nothing(shop: Callable[[ChannelKind], Shop]) -> None:
    """The webhook twice, the outbound message twice, the tick twice: one offer, one booking, one answer."""
    salon = shop(TELEGRAM)
    salon.campaign()
    salon.driver.invoke("Detect")
    (offer,) = salon.wait_for_messages(1)
    (journey,) = salon.journeys()
    body = {
        "company_id": salon.company.company_id,
        "client_id": salon.client_id,
        "outbox_id": journey.attempt.outbox_id,
    }
    salon.driver.sqs.send_message(
        QueueUrl=salon.driver.outputs["OutboundQueueUrl"],
        MessageBody=json.dumps(body),
        MessageGroupId="again",
        MessageDeduplicationId=f"again-{journey.journey_id}",
    )
    salon.driver.quiet()
    assert len(salon.messages()) == 1
    fault = {"target": "webhooks.telegram", "kind": "duplicate", "times": 1}
    salon.driver.call("/world/faults", fault)
    salon.press(offer, next(b for b in buttons_of(offer) if b.startswith("slot:")))
    salon.until(lambda: bool(salon.booked()), "the booking")
    salon.driver.quiet()
    assert len(salon.booked()) == 1
    assert len(salon.messages()) == 2
    assert salon.funnel()["booked"] == 1


@pytest.mark.fault(
    "AWS throttles a step in all its tries",
    "the journey ends; its client is due a retry interval later",
)
def test_a_journey_that_can_not_be_sent_ends_and_frees_its_client(
    shop: Callable[[ChannelKind], Shop],
    aws: Callable[[str], Any],
    deployed: Mapping[str, str],
) -> None:
    salon, send = shop(TELEGRAM), {"FunctionName": deployed["SendFunction"]}
    aws("lambda").put_function_concurrency(**send, ReservedConcurrentExecutions=0)
    try:
        salon.campaign()
        ended = [JourneyState.FINISHED]
        salon.until(lambda: [j.state for j in salon.journeys()] == ended, "the journey's end")
    finally:
        aws("lambda").delete_function_concurrency(**send)
    assert salon.journeys()[0].completion is Completion.FAILED
    assert salon.messages() == []
    salon.driver.step(salon.driver.now() + timedelta(days=15))  # the retry interval, and a day
    salon.campaign()
    salon.wait_for_messages(1)
