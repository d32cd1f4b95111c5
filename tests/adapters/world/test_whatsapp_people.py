"""What happens on the users' side of the simulated WhatsApp, and what the business hears of it."""

import hashlib
import hmac
from datetime import timedelta

import pytest

from tests.adapters.conftest import NOW
from tests.adapters.world.whatsapp_business import ANNA, NUMBER, SECRET, Salon


def test_statuses_come_in_order_signed_priced_and_with_our_mark(salon: Salon) -> None:
    sent = salon.invite("Анна", "завтра", biz_opaque_callback_data="outbox-1")
    message_id = sent.json()["messages"][0]["id"]
    salon.server.world.whatsapp.read(message_id)
    salon.server.world.whatsapp.deliver(message_id)

    statuses = salon.statuses(3)
    assert [s["status"] for s in statuses] == ["sent", "delivered", "read"]
    assert {(s["id"], s["recipient_id"], s["biz_opaque_callback_data"]) for s in statuses} == {
        (message_id, ANNA, "outbox-1")
    }
    assert [s.get("pricing", {}).get("category") for s in statuses] == [
        "marketing",
        "marketing",
        None,
    ]
    for post in salon.receiver.posts:
        expected = "sha256=" + hmac.new(SECRET.encode(), post.body, hashlib.sha256).hexdigest()
        assert post.headers["x-hub-signature-256"] == expected


def test_free_text_needs_the_24_hour_window(salon: Salon) -> None:
    assert salon.say().status_code == 200
    assert salon.statuses(1)[0]["errors"][0]["code"] == 131047

    received = salon.anna_writes()
    inside = salon.say().json()["messages"][0]["id"]
    tomorrow = (NOW + timedelta(hours=24)).isoformat()
    salon.server.control.post("/world/clock", json={"now": tomorrow})
    outside = salon.say().json()["messages"][0]["id"]

    said = salon.values(5)[1]
    assert said["messages"][0] == {
        "from": ANNA,
        "id": received,
        "timestamp": str(int(NOW.timestamp())),
        "type": "text",
        "text": {"body": "Привет"},
    }
    assert said["contacts"][0]["profile"]["name"] == "Анна"
    final = {s["id"]: s["status"] for s in salon.statuses(5)}
    assert (final[inside], final[outside]) == ("delivered", "failed")


def test_a_quick_reply_of_a_template_is_a_button_with_its_payload(salon: Salon) -> None:
    message_id = salon.invite("Анна", "завтра").json()["messages"][0]["id"]
    whatsapp = salon.server.world.whatsapp
    assert whatsapp.press_button(NUMBER, ANNA, message_id, "slot:1")
    assert whatsapp.press_button(NUMBER, ANNA, message_id, "Стоп")
    assert not whatsapp.press_button(NUMBER, ANNA, message_id, "Нет такой")

    pressed = [m for value in salon.values(4) for m in value.get("messages", [])]
    assert [m["button"] for m in pressed] == [
        {"payload": "slot:1", "text": "Да"},
        {"payload": "Стоп", "text": "Стоп"},
    ]
    assert {m["context"]["id"] for m in pressed} == {message_id}


@pytest.mark.parametrize("kind", ["button_reply", "list_reply"])
def test_pressing_what_an_interactive_message_offers(salon: Salon, kind: str) -> None:
    salon.anna_writes()
    body, choice = {"text": "Когда?"}, {"id": "slot:1", "title": "вт 11:00"}
    buttons = {"buttons": [{"type": "reply", "reply": choice}]}
    rows = {"button": "Выбрать", "sections": [{"rows": [choice]}]}
    action = buttons if kind == "button_reply" else rows
    offer = {"type": "button" if kind == "button_reply" else "list", "body": body, "action": action}
    message_id = salon.post(type="interactive", interactive=offer).json()["messages"][0]["id"]

    salon.server.world.whatsapp.press_button(NUMBER, ANNA, message_id, "slot:1")

    pressed = salon.values(4)[3]["messages"][0]
    assert pressed["interactive"] == {"type": kind, kind: choice}


def test_whoever_stopped_marketing_gets_none_until_they_resume(salon: Salon) -> None:
    whatsapp = salon.server.world.whatsapp
    whatsapp.stop_marketing(NUMBER, ANNA)
    salon.invite("Анна", "завтра")
    whatsapp.resume_marketing(NUMBER, ANNA)
    salon.invite("Анна", "завтра")

    values = salon.values(5)
    preferences = [p["value"] for value in values for p in value.get("user_preferences", [])]
    assert preferences == ["stop", "resume"]
    failed, *rest = [s for value in values for s in value.get("statuses", [])]
    assert (failed["status"], failed["errors"][0]["code"]) == ("failed", 131050)
    assert [s["status"] for s in rest] == ["sent", "delivered"]


def test_numbers_that_can_not_be_reached(salon: Salon) -> None:
    users = {"users": [{"phone": "+79990000002", "unreachable": True}]}
    salon.server.control.post("/world/whatsapp/users", json=users).raise_for_status()
    salon.invite("Анна", "завтра", to="79990000002")
    salon.invite("Анна", "завтра", to="12025550123")

    codes = {s["recipient_id"]: s["errors"][0]["code"] for s in salon.statuses(2)}
    assert codes == {"79990000002": 131026, "12025550123": 131049}


def test_marking_a_clients_message_read(salon: Salon) -> None:
    received = salon.anna_writes()
    assert salon.post(status="read", message_id=received).json() == {"success": True}
    assert salon.post(status="read", message_id="wamid.unknown").status_code == 400
