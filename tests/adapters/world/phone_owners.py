"""Simulated clients with phones, and a salon's bot and WhatsApp number that write to them. Made-up people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from comeback.analytics.canvas import Canvas

from tests.adapters.conftest import Receiver, WorldServer
from tests.adapters.world import whatsapp_business

BOT_TOKEN, BOT = "4242:secret-of-the-bot", "salon_bot"
OLGA: dict[str, Any] = {
    "id": "olga",
    "name": "Ольга",
    "language": "ru",
    "telegram_user_id": 1001,
    "phone": "+79990000002",
}
EMMA: dict[str, Any] = {
    "id": "emma",
    "name": "Emma Stone-Lee",
    "language": "en",
    "phone": "+79990000003",
    "whatsapp": True,
}
OFFER = "Ольга, здравствуйте! Есть окна:\n1. вт, 3 марта, 11:00\n2. ср, 4 марта, 15:30"
BUTTONS = (
    ("slot:j1:1:1", "вт 11:00"),
    ("slot:j1:1:2", "ср 15:30"),
    ("other:j1", "Другое время"),
    ("stop:j1", "Не писать мне"),
)
ENGLISH_OFFER = "Hi Emma! We have:\n1. Tue 3 Mar, 11:00\n2. Wed 4 Mar, 15:30"
ENGLISH_BUTTONS = (("slot:j2:1:1", "Tue 11:00"), ("slot:j2:1:2", "Wed 15:30"))
CONSENT = (("consent:yes", "Да, пишите"), ("consent:no", "Нет, спасибо"))


@dataclass
class Business:
    server: WorldServer

    @classmethod
    def open(cls, server: WorldServer, receiver: Receiver) -> "Business":
        """Both channels' webhooks lead to the receiver; rate limits, which run in real time, are off."""
        server.world.settings.__dict__["limits"] = False
        webhook = {"url": f"{receiver.url}/telegram", "secret_token": "s"}
        bot = {"token": BOT_TOKEN, "username": BOT, "webhook": webhook}
        server.control.post("/world/telegram/bots", json=bot).raise_for_status()
        receiver.on_get = whatsapp_business.echo
        whatsapp_business.register(server, receiver).raise_for_status()
        return cls(server)

    def meet(self, *people: dict[str, Any], **world: Any) -> None:
        """They are in the world, have started the bot, and have written to the number within 24 hours."""
        self.server.control.post(
            "/world/people", json={"people": people, **world}
        ).raise_for_status()
        state = self.server.world
        for person in people:
            if "telegram_user_id" in person:
                state.telegram.subscribed(BOT, person["telegram_user_id"])
            if person.get("whatsapp"):
                account = state.whatsapp.account(whatsapp_business.NUMBER)
                account.last_inbound[person["phone"].lstrip("+")] = state.clock.now()

    def telegram(
        self, text: str = OFFER, buttons: tuple[tuple[str, str], ...] = BUTTONS, to: int = 1001
    ) -> int:
        """By the real Bot API's request; returns the message's id."""
        rows = [[{"text": title, "callback_data": i}] for i, title in buttons]
        body = {"chat_id": to, "text": text, "reply_markup": {"inline_keyboard": rows}}
        sent = self.server.control.post(f"/telegram/bot{BOT_TOKEN}/sendMessage", json=body)
        return int(self._ok(sent)["result"]["message_id"])

    def photo(self, caption: str, to: int = 1001) -> None:
        """A white chart of 900 × 500."""
        files = {"photo": ("chart.png", Canvas(900, 500, ["#000000"]).png())}
        sent = self.server.control.post(
            f"/telegram/bot{BOT_TOKEN}/sendPhoto",
            data={"chat_id": to, "caption": caption},
            files=files,
        )
        self._ok(sent)

    def whatsapp(
        self,
        text: str = ENGLISH_OFFER,
        buttons: tuple[tuple[str, str], ...] = ENGLISH_BUTTONS,
        to: str = EMMA["phone"],
    ) -> str:
        """By the real Cloud API's request; returns the message's id."""
        replies = [{"type": "reply", "reply": {"id": i, "title": t}} for i, t in buttons]
        interactive = {"type": "button", "body": {"text": text}, "action": {"buttons": replies}}
        body = {
            "messaging_product": "whatsapp",
            "to": to.lstrip("+"),
            "type": "interactive",
            "interactive": interactive,
        }
        headers = {"authorization": f"Bearer {whatsapp_business.TOKEN}"}
        path = f"/whatsapp/v25.0/{whatsapp_business.NUMBER}/messages"
        sent = self.server.control.post(path, json=body, headers=headers)
        return str(self._ok(sent)["messages"][0]["id"])

    def move_clock(self, when: datetime) -> None:
        body = {"now": when.isoformat()}
        self.server.control.post("/world/clock", json=body).raise_for_status()

    def thread(self, person: str) -> list[dict[str, Any]]:
        """As the phones page gets it."""
        answer = self.server.control.get(f"/phones/api/phones/{person}").raise_for_status()
        found: list[dict[str, Any]] = answer.json()["thread"]
        return found

    def said(self, person: str) -> list[str]:
        return [bubble["text"] for bubble in self.thread(person) if bubble["mine"]]

    def _ok(self, answer: httpx.Response) -> dict[str, Any]:
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found
