"""Tomorrow's unsold times, on the deployed cloud: the owner is asked, says yes, and the client gets a time of tomorrow."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import count

from comeback.changes import SaveDue
from comeback.conversations.model import ChannelKind
from comeback.reactivation.empty_chairs import ASKED_AT
from comeback.reactivation.model import Why
from demo.driver import Driver

from tests.e2e.shop import Shop, buttons_of
from tests.e2e.test_accounts import OWNERS_CHAT, connect_owner, sent_to

SERIALS = count(4001)


def test_the_owner_agrees_and_the_chair_is_offered(driver: Driver, company_id: str) -> None:
    salon = Shop(driver, company_id, ChannelKind.TELEGRAM, next(SERIALS))
    salon.open()
    owner = OWNERS_CHAT + next(SERIALS)
    connect_owner(salon, owner)
    _nearly_due(salon)
    _until_the_afternoon(salon)
    driver.invoke("EmptyChairs")
    salon.until(lambda: len(sent_to(salon, owner)) == 2, "the question to the owner")
    question = sent_to(salon, owner)[1]
    (yes,) = [b for b in buttons_of(question) if b.endswith(":yes")]
    act = {"bot": salon.bot, "user_id": owner, "do": "press", "button_id": yes}
    number = question["response"]["result"]["message_id"]
    driver.call("/world/telegram/act", {**act, "message_id": number})
    driver.quiet()
    assert salon.messages() == []
    driver.invoke("EmptyChairs")
    (offer,) = salon.wait_for_messages(1)
    (journey,) = salon.journeys()
    assert journey.why is Why.EMPTY_CHAIR
    tomorrow = salon.company.local(offer_time := datetime.fromisoformat(offer["at"])).date()
    tomorrow += timedelta(days=1)
    assert {s.starts_at.date() for s in journey.attempt.slots} == {tomorrow}, offer_time
    driver.invoke("EmptyChairs")
    driver.quiet()
    assert len(salon.messages()) == 1


def _nearly_due(salon: Shop) -> None:
    """In three days: not yet for the day's campaign."""
    store, company_id = salon.driver.store, salon.company.company_id
    (entry,) = store.client(company_id, salon.client_id).due
    soon = salon.company.local(salon.driver.now()).date() + timedelta(days=4)
    store.commit([SaveDue(replace(entry, due_on=soon, next_on=soon))])


def _until_the_afternoon(salon: Shop) -> None:
    local = salon.company.local(salon.driver.now())
    days = 0 if local.hour < ASKED_AT else 1
    at = datetime.combine(local.date() + timedelta(days=days), time(ASKED_AT), salon.company.zone)
    salon.driver.step(at)
