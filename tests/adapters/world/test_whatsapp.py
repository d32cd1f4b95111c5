"""What the simulated WhatsApp accepts and refuses."""

from datetime import timedelta
from typing import Any

import pytest

from tests.adapters.conftest import NOW, Receiver, WorldServer
from tests.adapters.world.whatsapp_business import ANNA, NUMBER, TOKEN, WABA, Salon, register


def reply(button_id: str, title: str) -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": button_id, "title": title}}


def interactive(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": "button", "body": {"text": "Когда?"}, "action": {"buttons": list(buttons)}}


def rows(count: int, title: str = "вт 11:00") -> dict[str, Any]:
    listed = [{"id": f"slot:{n}", "title": title} for n in range(count)]
    action = {"button": "Выбрать", "sections": [{"rows": listed}]}
    return {"type": "list", "body": {"text": "Когда?"}, "action": action}


def test_an_accepted_message_is_answered_as_the_graph_api_does(salon: Salon) -> None:
    answer = salon.invite("Анна", "завтра", to="+7 999 000-00-01")

    body = answer.json()
    assert answer.status_code == 200
    assert body["contacts"] == [{"input": "+7 999 000-00-01", "wa_id": ANNA}]
    assert body["messages"][0]["id"].startswith("wamid.")
    assert body["messages"][0]["message_status"] == "accepted"


def test_a_foreign_token_is_refused(salon: Salon) -> None:
    answer = salon.say(token="someone-else")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, 190)


def test_another_number_is_not_found(salon: Salon) -> None:
    headers = {"authorization": f"Bearer {TOKEN}"}
    answer = salon.server.control.post("/whatsapp/v25.0/999/messages", json={}, headers=headers)
    assert (answer.status_code, answer.json()["error"]["error_subcode"]) == (400, 33)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"messaging_product": ""}, 100),
        ({"to": ""}, 100),
        ({"to": "Анна"}, 131009),
        ({"type": "text"}, 100),
        ({"type": "text", "text": "Привет"}, 100),
        ({"type": "text", "text": {"body": "x" * 4097}}, 100),
        ({"type": "text", "text": {"body": "x"}, "biz_opaque_callback_data": "x" * 513}, 100),
        ({"type": "hologram"}, 131051),
        ({"type": "interactive", "interactive": interactive()}, 100),
        ({"type": "interactive", "interactive": interactive(reply("a", "x" * 21))}, 131009),
        ({"type": "interactive", "interactive": interactive(reply("a" * 257, "x"))}, 100),
        (
            {"type": "interactive", "interactive": interactive(*(reply(c, c) for c in "abcd"))},
            131009,
        ),
        (
            {"type": "interactive", "interactive": interactive(reply("a", "x"), reply("a", "y"))},
            131009,
        ),
        ({"type": "interactive", "interactive": rows(11)}, 131009),
        ({"type": "interactive", "interactive": rows(1, "x" * 25)}, 100),
    ],
)
def test_messages_it_refuses(salon: Salon, message: dict[str, Any], code: int) -> None:
    salon.anna_writes()
    answer = salon.post(**message)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["type"]) == (400, code, "OAuthException")
    assert error["error_data"]["messaging_product"] == "whatsapp"
    assert error["fbtrace_id"]


@pytest.mark.parametrize(
    "message",
    [interactive(reply("yes", "Да"), reply("no", "Нет")), rows(10)],
    ids=["buttons", "list"],
)
def test_buttons_and_lists_are_taken_in_the_window(salon: Salon, message: dict[str, Any]) -> None:
    salon.anna_writes()
    assert salon.post(type="interactive", interactive=message).status_code == 200


@pytest.mark.parametrize(
    ("values", "name", "language", "code", "status"),
    [
        (("Анна",), "come_back", "ru", 132000, 400),
        (("Анна", ""), "come_back", "ru", 131008, 400),
        (("Анна", "завтра\nв 9"), "come_back", "ru", 100, 400),
        (("Анна", "x" * 1024), "come_back", "ru", 132005, 400),
        (("Анна", "завтра"), "come_back", "en", 132001, 404),
        (("Анна", "завтра"), "no_such", "ru", 132001, 404),
        ((), "tired", "ru", 132015, 400),
        ((), "dead", "ru", 132016, 400),
    ],
)
def test_templates_it_refuses(
    salon: Salon, values: tuple[str, ...], name: str, language: str, code: int, status: int
) -> None:
    answer = salon.invite(*values, name=name, language=language)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_template_is_reviewed_before_it_can_be_used(salon: Salon) -> None:
    path, headers = (
        f"/whatsapp/v25.0/{WABA}/message_templates",
        {"authorization": f"Bearer {TOKEN}"},
    )
    body = {"type": "BODY", "text": "{{1}}, ждём!", "example": {"body_text": [["Анна"]]}}
    template = {"name": "soon", "language": "ru", "category": "UTILITY", "components": [body]}
    control = salon.server.control

    refused = control.post(path, json=template, headers=headers)
    good = {**template, "components": [{**body, "text": "Ждём вас, {{1}}!"}]}
    created = control.post(path, json=good, headers=headers)
    twice = control.post(path, json=good, headers=headers)

    assert refused.json()["error"]["code"] == 100
    assert created.json()["status"] == "PENDING"
    assert twice.json()["error"]["error_subcode"] == 2388024
    parameters = [{"type": "body", "parameters": [{"type": "text", "text": "Анна"}]}]
    named = {"name": "soon", "language": {"code": "ru"}, "components": parameters}
    assert salon.post(type="template", template=named).status_code == 404

    later = (NOW + timedelta(minutes=5)).isoformat()
    control.post("/world/clock", json={"now": later}).raise_for_status()
    found = control.get(path, headers=headers, params={"name": "soon"}).json()["data"]
    assert [t["status"] for t in found] == ["APPROVED"]
    assert salon.values(1)[0]["event"] == "APPROVED"
    assert salon.post(type="template", template=named).status_code == 200


def test_templates_are_listed_page_by_page(salon: Salon) -> None:
    headers, query = {"authorization": f"Bearer {TOKEN}"}, {"limit": "2"}
    url, seen = f"/whatsapp/v25.0/{WABA}/message_templates", []
    while url:
        page = salon.server.control.get(url, headers=headers, params=query).json()
        seen += [t["name"] for t in page["data"]]
        url, query = page["paging"].get("next", ""), {}
        query = {} if not url else {"limit": "2", "after": page["paging"]["cursors"]["after"]}
    assert seen == ["come_back", "tired", "dead"]


def test_a_numbers_fields(salon: Salon) -> None:
    headers = {"authorization": f"Bearer {TOKEN}"}
    number = salon.server.control.get(f"/whatsapp/v25.0/{NUMBER}", headers=headers).json()
    assert number["whatsapp_business_manager_messaging_limit"] == "TIER_250"


def test_a_webhook_must_echo_the_challenge(world: WorldServer, receiver: Receiver) -> None:
    forbidden = register(world, receiver)
    receiver.on_get = lambda _path: (200, "not the challenge")
    wrong = register(world, receiver)
    nobody = register(world, webhook_url="http://127.0.0.1:9/x")

    assert [a.status_code for a in (forbidden, wrong, nobody)] == [422, 422, 422]
    assert "404" in forbidden.json()["error"]
    assert "hub.challenge" in wrong.json()["error"]
    assert "did not answer" in nobody.json()["error"]
