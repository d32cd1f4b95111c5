"""A salon's WhatsApp account in the simulated world, for the tests of this folder."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.adapters.conftest import Receiver, WorldServer

NUMBER, WABA, TOKEN, SECRET, ANNA = "100200", "300400", "EAAG-token", "app-secret", "79990000001"
TEMPLATES = [
    {
        "name": "come_back",
        "language": "ru",
        "category": "MARKETING",
        "components": [
            {"type": "BODY", "text": "Здравствуйте, {{1}}! Ждём вас {{2}} :)"},
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "QUICK_REPLY", "text": "Да"},
                    {"type": "QUICK_REPLY", "text": "Стоп"},
                ],
            },
        ],
    },
    {"name": "tired", "language": "ru", "status": "PAUSED", "components": []},
    {"name": "dead", "language": "ru", "status": "DISABLED", "components": []},
]


def register(
    world: WorldServer, receiver: Receiver | None = None, **changed: Any
) -> httpx.Response:
    account = {
        "waba_id": WABA,
        "phone_number_id": NUMBER,
        "display_phone_number": "+7 495 000-00-00",
        "access_token": TOKEN,
        "app_secret": SECRET,
        "verify_token": "verify-me",
        "webhook_url": f"{receiver.url}/webhooks/whatsapp" if receiver else "",
        "templates": TEMPLATES,
        **changed,
    }
    return world.control.post("/world/whatsapp/accounts", json=account)


def echo(path: str) -> tuple[int, str]:
    """A webhook as it should be: echoes the challenge to whoever knows the verify token."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    if query.get("hub.mode") != "subscribe" or query.get("hub.verify_token") != "verify-me":
        return 403, ""
    return 200, query["hub.challenge"]


@dataclass
class Salon:
    server: WorldServer
    receiver: Receiver

    def post(self, token: str = TOKEN, **message: Any) -> httpx.Response:
        path = f"/whatsapp/v25.0/{NUMBER}/messages"
        body = {"messaging_product": "whatsapp", "to": ANNA, **message}
        headers = {"authorization": f"Bearer {token}"}
        return self.server.control.post(path, json=body, headers=headers)

    def say(self, text: str = "Здравствуйте", **more: Any) -> httpx.Response:
        return self.post(type="text", text={"body": text}, **more)

    def invite(
        self, *values: str, name: str = "come_back", language: str = "ru", **more: Any
    ) -> httpx.Response:
        parameters = [{"type": "text", "text": value} for value in values]
        button = {"type": "button", "sub_type": "quick_reply", "index": "0"}
        payload = {**button, "parameters": [{"type": "payload", "payload": "slot:1"}]}
        components = [{"type": "body", "parameters": parameters}, payload]
        named = {"name": name, "language": {"code": language}, "components": components}
        return self.post(type="template", template=named, **more)

    def anna_writes(self, text: str = "Привет") -> str:
        return self.server.world.whatsapp.user_sends(NUMBER, ANNA, text)

    def values(self, count: int) -> list[dict[str, Any]]:
        """The `value` objects of the first webhooks, once `count` have come."""
        posts = self.receiver.wait(count)
        return [json.loads(p.body)["entry"][0]["changes"][0]["value"] for p in posts]

    def statuses(self, count: int) -> list[dict[str, Any]]:
        return [status for value in self.values(count) for status in value.get("statuses", [])]
