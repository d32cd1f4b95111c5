"""A deployment in mid-flight: journeys that wait for an answer or for their minute go on where they are."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from cloud import stack
from comeback.companies.model import SendingWindow
from comeback.conversations.model import ChannelKind
from comeback.reactivation.model import Completion, JourneyState
from demo.driver import Driver

from tests.e2e.conftest import REAL_RATES
from tests.e2e.shop import EVERY_DAY, Shop, buttons_of
from tests.e2e.transcript import books_another_time, last_slot

Clients = Callable[[str], Any]
CHANGED = {"AnswerBackstopSeconds": "2591999", "YclientsPerMinute": "199", "LogRetentionDays": "60"}
"""Harmless: another definition of the state machine, another environment of functions, another setting of logs."""
IN_THE_EVENING = SendingWindow(time(20), time(20, 59), EVERY_DAY)
WAITING_SERIAL, RESERVED_SERIAL = 5301, 5302


@pytest.mark.fault(
    "a new version deployed while journeys wait", "answers still find them, and book"
)
def test_journeys_survive_a_redeploy(
    driver: Driver, aws: Clients, deployed: Mapping[str, str], company_id: str
) -> None:
    waiting = Shop(driver, f"{company_id}-w", ChannelKind.TELEGRAM, WAITING_SERIAL)
    reserved = Shop(driver, f"{company_id}-r", ChannelKind.WHATSAPP, RESERVED_SERIAL)
    waiting.open()
    waiting.campaign()
    (offer,) = waiting.wait_for_messages(1)
    driver.step(morning(driver.now()))
    reserved.company = replace(reserved.company, sending=IN_THE_EVENING)
    reserved.open()
    reserved.campaign()
    reserved.until(lambda: state(reserved) is JourneyState.RESERVED, "the reserved minute")
    assert reserved.messages() == []
    assert state(waiting) is JourneyState.WAITING
    assert running(aws, deployed, company_id) == 2

    before = definition(aws, deployed)
    outputs = stack.deploy({**REAL_RATES, **CHANGED})
    assert outputs == dict(deployed)
    assert CHANGED["AnswerBackstopSeconds"] in definition(aws, deployed) != before

    books_another_time(waiting, offer)
    driver.step(driver.now() + timedelta(days=2))
    (offer,) = reserved.wait_for_messages(1)
    reserved.press(offer, buttons_of(offer)[0])
    choice = reserved.wait_for_messages(2)[1]
    reserved.press(choice, last_slot(choice))
    for shop in (waiting, reserved):
        shop.until(partial(ended, shop), "the end")
        assert shop.journeys()[0].completion is Completion.CONVERTED
        assert len(shop.booked()) == 1
        assert shop.funnel()["contacted"] == shop.funnel()["booked"] == 1
    assert running(aws, deployed, company_id) == 0


def morning(now: datetime) -> datetime:
    """The next."""
    return (now + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)


def state(shop: Shop) -> JourneyState | None:
    journeys = shop.journeys()
    return journeys[0].state if journeys else None


def ended(shop: Shop) -> bool:
    return state(shop) is JourneyState.FINISHED


def definition(aws: Clients, deployed: Mapping[str, str]) -> str:
    machine = {"stateMachineArn": deployed["JourneyMachineArn"]}
    return str(aws("stepfunctions").describe_state_machine(**machine)["definition"])


def running(aws: Clients, deployed: Mapping[str, str], company_id: str) -> int:
    """Of this test: an execution's name begins with its company."""
    found = aws("stepfunctions").list_executions(
        stateMachineArn=deployed["JourneyMachineArn"], statusFilter="RUNNING"
    )
    return sum(e["name"].startswith(company_id) for e in found["executions"])
