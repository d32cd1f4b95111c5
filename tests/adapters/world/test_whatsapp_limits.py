"""Rates in real time, the messaging limit in simulated time."""

from datetime import timedelta

from tests.adapters.conftest import NOW
from tests.adapters.world.whatsapp_business import ANNA, NUMBER, Salon


def test_too_many_messages_to_one_user(salon: Salon) -> None:
    salon.anna_writes()
    answers = [salon.say(f"{n}") for n in range(46)]

    assert [a.status_code for a in answers] == [200] * 45 + [400]
    assert answers[-1].json()["error"]["code"] == 131056


def test_too_many_messages_a_second(salon: Salon) -> None:
    salon.server.world.settings.whatsapp_per_second = 2
    codes = [salon.invite("Анна", "завтра", to=f"7999000010{n}") for n in range(3)]
    assert codes[-1].json()["error"]["code"] == 130429


def test_new_users_a_day_are_limited_by_the_tier(salon: Salon) -> None:
    account = salon.server.world.whatsapp.account(NUMBER)
    account.tier = 2
    salon.server.world.whatsapp.user_sends(NUMBER, ANNA, "Я сама пишу")
    for user in ("79990000011", "79990000012", "79990000011", "79990000013", ANNA):
        assert salon.invite("Анна", "завтра", to=user).status_code == 200

    refused = [s for s in salon.statuses(10) if s["status"] == "failed"]
    assert [(s["recipient_id"], s["errors"][0]["code"]) for s in refused] == [
        ("79990000013", 131048)
    ]

    tomorrow = (NOW + timedelta(hours=24)).isoformat()
    salon.server.control.post("/world/clock", json={"now": tomorrow})
    salon.invite("Анна", "завтра", to="79990000013")
    assert salon.statuses(12)[-1]["status"] == "delivered"
