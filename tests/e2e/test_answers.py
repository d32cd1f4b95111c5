"""What clients answer, on the deployed cloud, read by the simulated Gemini: the specification's edge cases (reactivation.md)."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from comeback.bookings.model import Service, Slot, Staff
from comeback.changes import SaveDue, SaveVisit
from comeback.clients.model import Visit, VisitStatus, opted_out
from comeback.conversations.model import ChannelKind
from comeback.reactivation.model import Completion, JourneyState
from demo.driver import Driver

from tests.e2e.shop import HOURS, Shop, buttons_of, text_of

SERIALS = count(2001)
BOTH = frozenset({"cut", "nails"})


@pytest.fixture
def salon(driver: Driver, company_id: str) -> Shop:
    """Haircuts and manicures, by Olga or Irina; everybody due is written to."""
    shop = Shop(driver, company_id, ChannelKind.TELEGRAM, next(SERIALS))
    shop.company = replace(shop.company, holdout_percent=0)
    shop.open()
    staff = [Staff("1", "Olga", BOTH, HOURS), Staff("2", "Irina", BOTH, HOURS)]
    services = [Service("nails", "Manicure", 60, 150_000)]
    driver.store.save_catalogue(company_id, services, staff)
    return shop


def written_to(salon: Shop) -> dict[str, Any]:
    """The offer, at the hour that suits this client best: up to a day from now."""
    before = len(salon.messages())
    salon.campaign()
    for _ in range(48):
        if len(salon.messages()) > before:
            return salon.messages()[-1]
        salon.driver.step(salon.driver.now() + timedelta(minutes=30))
        salon.driver.quiet()
    raise AssertionError(f"no offer came; {salon.journeys()}")


def ask(salon: Shop, words: str) -> dict[str, Any]:
    """What the client is answered; the offer was sent before."""
    heard = len(salon.messages())
    salon.say(words)
    return salon.wait_for_messages(heard + 1)[-1]


def take(salon: Shop, message: dict[str, Any], n: int = 0) -> Visit:
    """Presses a slot's button under the message."""
    slots = [b for b in buttons_of(message) if b.startswith("slot:")]
    salon.press(message, slots[n])
    salon.until(lambda: bool(salon.booked()), "the booking")
    (visit,) = salon.booked()
    return visit


def offered_last(salon: Shop) -> tuple[Slot, ...]:
    return tuple(slot for _, slot in salon.journeys()[0].attempt.newest)


def ended(salon: Shop) -> Completion | None:
    salon.until(lambda: salon.journeys()[0].state is JourneyState.FINISHED, "the journey's end")
    return salon.journeys()[0].completion


def test_1_another_service_is_booked(salon: Shop) -> None:
    written_to(salon)
    answer = ask(salon, "Can I get a manicure instead?")
    assert text_of(answer).startswith("Of course! Manicure")
    assert take(salon, answer).service_id == "nails"
    assert ended(salon) is Completion.CONVERTED


def test_2_another_master_is_booked_and_remembered(salon: Shop) -> None:
    written_to(salon)
    answer = ask(salon, "Can I go to Irina this time?")
    assert {slot.staff_id for slot in offered_last(salon)} == {"2"}
    assert take(salon, answer).staff_id == "2"
    file = salon.driver.store.client(salon.company.company_id, salon.client_id)
    assert file.client.preferred_staff_id == "2"


def test_3_who_is_away_is_written_to_when_they_are_back(salon: Shop) -> None:
    written_to(salon)
    back = salon.company.local(salon.driver.now()).date() + timedelta(days=5)
    answer = ask(salon, f"I'm on vacation until {back:%B} {back.day}")
    assert f"{back.day} {back:%B}" in text_of(answer)
    assert ended(salon) is Completion.AWAY
    salon.pass_days(3)
    salon.campaign()
    salon.pass_days(2.5)
    assert len(salon.messages()) == 2
    assert "Haircut" in text_of(written_to(salon))


def test_4_who_has_booked_directly_is_not_counted_as_won(salon: Shop) -> None:
    written_to(salon)
    at = salon.driver.now() + timedelta(days=2)
    own = Visit("own", "cut", "2", at, VisitStatus.BOOKED, source="crm")
    salon.driver.store.commit([SaveVisit(salon.company.company_id, salon.client_id, own)])
    assert "see you" in text_of(ask(salon, "I'm already booked"))
    assert ended(salon) is Completion.ALREADY_BOOKED
    assert "booked" not in salon.funnel()


def test_5_several_due_services_are_one_message(salon: Shop) -> None:
    company_id, client_id = salon.company.company_id, salon.client_id
    (haircut,) = salon.driver.store.client(company_id, client_id).due
    nails = replace(haircut, service_id="nails", visits=1)
    salon.driver.store.commit([SaveDue(nails)])
    offer = written_to(salon)
    assert "Haircut" in text_of(offer)
    assert "Manicure" in text_of(offer)
    take(salon, offer)
    ended(salon)
    due = {d.service_id for d in salon.driver.store.client(company_id, client_id).due}
    assert due == {"cut", "nails"}
    assert len(salon.messages()) == 2


def test_7_a_mind_changed_twice_ends_in_what_was_said_last(salon: Shop) -> None:
    written_to(salon)
    ask(salon, "Could I come in the evening, after 6pm?")
    assert all(salon.company.local(s.starts_at).hour >= 18 for s in offered_last(salon))
    answer = ask(salon, "Actually, can I go to Irina?")
    visit = take(salon, answer, n=1)
    assert (visit.staff_id, visit.starts_at) == ("2", offered_last(salon)[1].starts_at)
    assert ended(salon) is Completion.CONVERTED


def test_half_a_demand_to_stop_is_asked_about_and_obeyed(salon: Shop) -> None:
    written_to(salon)
    assert "stop writing" in text_of(ask(salon, "the second one, and no more messages from you"))
    assert "any more offers" in text_of(ask(salon, "yes"))
    assert ended(salon) is Completion.OPTED_OUT
    file = salon.driver.store.client(salon.company.company_id, salon.client_id)
    assert opted_out(file.consents)
    assert salon.booked() == []
