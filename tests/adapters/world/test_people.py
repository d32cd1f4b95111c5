"""Simulated clients: when and how they answer what reaches their phones."""

import json
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from world.people.person import Person

from tests.adapters.conftest import NOW, Receiver, WorldServer
from tests.adapters.world.phone_owners import BUTTONS, CONSENT, EMMA, OFFER, OLGA, Business
from tests.adapters.world.yclients_salon import ANNA, HAIRCUT, PETR, YclientsSalon

MOSCOW = ZoneInfo("Europe/Moscow")
TOMORROW = NOW + timedelta(days=1)
LATE = datetime(2026, 3, 2, 21, 50, tzinfo=MOSCOW)


@pytest.fixture
def business(world: WorldServer, receiver: Receiver) -> Business:
    return Business.open(world, receiver)


def olga(intent: str, **more: Any) -> dict[str, Any]:
    """Olga, who always answers so."""
    return {**OLGA, "answers": {intent: 1.0}, **more}


def bodies(receiver: Receiver, count: int) -> list[dict[str, Any]]:
    return [json.loads(post.body) for post in receiver.wait(count)]


def pressed(receiver: Receiver) -> list[str]:
    updates = [json.loads(post.body) for post in receiver.posts]
    return [u["callback_query"]["data"] for u in updates if "callback_query" in u]


def test_clients_have_names_in_both_messengers(business: Business) -> None:
    business.meet(OLGA, EMMA)
    state = business.server.world
    known = state.telegram.users[1001]
    assert (known.first_name, known.language) == ("Ольга", "ru")
    assert state.whatsapp.names["79990000003"] == "Emma Stone-Lee"


def test_an_answer_comes_within_the_habitual_delay(business: Business, receiver: Receiver) -> None:
    business.meet(olga("no", reply_delay_minutes=[30, 40]))
    business.telegram()
    business.move_clock(NOW + timedelta(minutes=29))
    assert business.said("olga") == []
    business.move_clock(NOW + timedelta(minutes=41))
    assert len(business.said("olga")) == 1
    message = bodies(receiver, 1)[0]["message"]
    assert message["text"] == business.said("olga")[0]
    assert message["from"]["first_name"] == "Ольга"


def test_nobody_answers_at_night(business: Business) -> None:
    business.meet(olga("no", reply_delay_minutes=[30, 240]))
    business.move_clock(LATE)
    business.telegram()
    business.move_clock(LATE + timedelta(hours=11))
    business.move_clock(LATE + timedelta(hours=12))
    answered = datetime.fromisoformat(business.thread("olga")[-1]["at"]).astimezone(MOSCOW)
    assert len(business.said("olga")) == 1
    assert time(9) <= answered.time() < time(9, 30)


@pytest.mark.parametrize("hour", range(24))
def test_waking_hours(hour: int) -> None:
    when = datetime(2026, 3, 2, hour, 40, tzinfo=MOSCOW)
    awake = Person("p", "P").awake(when)
    assert 9 <= awake.astimezone(MOSCOW).hour < 22
    assert when <= awake <= when + timedelta(hours=12)


def conversation(business: Business, seed: int) -> list[dict[str, Any]]:
    """Two weeks of messages to a person of every mood, and what came of them."""
    reset = {"now": NOW.isoformat(), "seed": seed}
    business.server.control.post("/world/reset", json=reset).raise_for_status()
    bot = {"token": "4242:secret-of-the-bot", "username": "salon_bot"}
    business.server.control.post("/world/telegram/bots", json=bot).raise_for_status()
    business.meet(OLGA)
    for day in range(1, 15):
        business.telegram()
        business.move_clock(NOW + timedelta(days=day))
    return business.thread("olga")


def test_the_same_seed_lives_the_same_life(business: Business) -> None:
    first = conversation(business, 1)
    assert any(bubble["mine"] for bubble in first)
    assert conversation(business, 1) == first
    assert conversation(business, 2) != first


def test_those_who_agree_press_a_slot_of_the_message_or_say_one(
    business: Business, receiver: Receiver
) -> None:
    business.meet(*[olga("yes", id=f"o{n}", telegram_user_id=2000 + n) for n in range(12)])
    for n in range(12):
        business.telegram(to=2000 + n)
    business.move_clock(TOMORROW)
    receiver.wait(12)
    presses = pressed(receiver)
    assert {"slot:j1:1:1", "slot:j1:1:2"} == set(presses)
    said = [business.said(f"o{n}")[0] for n in range(12)]
    assert all(said)
    shown = dict(BUTTONS).values()
    assert sum(text in shown for text in said) == len(presses) < 12


def test_a_button_that_is_gone_is_not_pressed(business: Business, receiver: Receiver) -> None:
    business.meet(OLGA)
    message_id = business.telegram(buttons=CONSENT)
    edit = {"chat_id": 1001, "message_id": message_id, "text": "Спасибо"}
    path = "/telegram/bot4242:secret-of-the-bot/editMessageText"
    business.server.control.post(path, json=edit).raise_for_status()
    business.move_clock(TOMORROW)
    assert bodies(receiver, 1)[0]["message"]["text"] == business.said("olga")[0]
    assert pressed(receiver) == []


def test_consent_is_given_by_its_button(business: Business, receiver: Receiver) -> None:
    business.meet(olga("silence"))
    business.telegram("Можно писать вам?", CONSENT)
    business.move_clock(TOMORROW)
    receiver.wait(1)
    assert (pressed(receiver), business.said("olga")) == (["consent:yes"], ["Да, пишите"])


def test_silent_people_may_read_but_say_nothing(business: Business) -> None:
    people = [olga("silence", id=f"o{n}", telegram_user_id=2000 + n) for n in range(20)]
    business.meet(*people)
    for n in range(20):
        business.telegram(to=2000 + n)
    business.move_clock(TOMORROW)
    threads = [business.thread(f"o{n}") for n in range(20)]
    assert [len(thread) for thread in threads] == [1] * 20
    assert 10 < sum(thread[0]["status"] == "read" for thread in threads) < 20


def test_a_held_phone_keeps_silent_until_it_is_given_back(business: Business) -> None:
    business.meet(olga("no"))
    business.telegram()
    act = business.server.control.post
    act("/phones/api/phones/olga/hold", json={}).raise_for_status()
    business.move_clock(TOMORROW)
    business.telegram()
    business.move_clock(TOMORROW + timedelta(days=1))
    assert business.said("olga") == []
    act("/phones/api/phones/olga/release", json={}).raise_for_status()
    business.telegram()
    business.move_clock(TOMORROW + timedelta(days=2))
    assert len(business.said("olga")) == 1


def test_a_second_offer_is_taken_by_most(business: Business) -> None:
    business.meet(*[olga("other_time", id=f"o{n}", telegram_user_id=2000 + n) for n in range(12)])
    for n in range(12):
        business.telegram(to=2000 + n)
    business.move_clock(TOMORROW)
    for n in range(12):
        business.telegram(
            "Есть ещё:\n1. чт, 5 марта, 19:00", (("slot:j1:2:1", "чт 19:00"),), 2000 + n
        )
    business.move_clock(TOMORROW + timedelta(days=1))
    taken = [n for n in range(12) if "19:00" in business.said(f"o{n}")[1]]
    assert len(taken) >= 5


def test_an_opt_out_is_said_in_plain_words(business: Business) -> None:
    business.meet(olga("stop"))
    business.telegram()
    business.move_clock(TOMORROW)
    assert business.said("olga")[0].lower().startswith(("стоп", "отпишите", "не пишите", "хватит"))


def test_who_says_booked_has_booked(business: Business, receiver: Receiver) -> None:
    salon = YclientsSalon.open(business.server, receiver)
    habits = {"service_id": HAIRCUT, "favourite_staff": ANNA, "hours": [10, 13]}
    told = olga("already_booked", companies={"77": PETR}, habits=habits)
    business.meet(told)
    business.telegram()
    business.move_clock(TOMORROW)

    records = salon.server.world.yclients.company(77).records.of_client(PETR)
    assert [(r.staff_id, r.starts_at > NOW + timedelta(days=1)) for r in records] == [(ANNA, True)]
    said = datetime.fromisoformat(business.thread("olga")[-1]["at"])
    assert timedelta() < said - records[0].created_at <= timedelta(minutes=10)
    hooks = [json.loads(p.body) for p in receiver.wait(3) if p.path == "/hook"]
    assert ("create", records[0].record_id) in [(h["status"], h["resource_id"]) for h in hooks]


@pytest.mark.parametrize("companies", [{}, {"77": 999}, {"5": 1}])
def test_unknown_salons_do_not_stop_the_clock(
    business: Business, companies: dict[str, int]
) -> None:
    YclientsSalon.open(business.server)
    business.meet(olga("already_booked", companies=companies))
    business.telegram()
    business.move_clock(TOMORROW)
    assert len(business.said("olga")) == 1


def test_whatsapp_tells_delivery_reading_and_the_answer(
    business: Business, receiver: Receiver
) -> None:
    business.meet({**EMMA, "answers": {"yes": 1.0}})
    message_id = business.whatsapp()
    receiver.wait(2)
    business.move_clock(TOMORROW)
    values = [body["entry"][0]["changes"][0]["value"] for body in bodies(receiver, 4)]
    statuses = [(s["id"], s["status"]) for v in values for s in v.get("statuses", ())]
    assert statuses == [(message_id, s) for s in ("sent", "delivered", "read")]
    messages = [m for v in values for m in v.get("messages", ())]
    assert [m["from"] for m in messages] == ["79990000003"]
    assert values[-1]["contacts"][0]["profile"]["name"] == "Emma Stone-Lee"


def test_without_known_services_and_masters_another_time_is_asked(business: Business) -> None:
    business.meet(
        olga("other_service"),
        {**OLGA, "id": "two", "telegram_user_id": 1002, "answers": {"other_master": 1}},
    )
    business.telegram()
    business.telegram(OFFER, BUTTONS, 1002)
    business.move_clock(TOMORROW)
    for person in ("olga", "two"):
        assert "  " not in business.said(person)[0]
        assert not business.said(person)[0].endswith(" ")
