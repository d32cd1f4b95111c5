"""A small business on the deployed cloud: one client, a messenger, the built-in book or YCLIENTS."""

import itertools
import json
import time as clock
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from comeback.bookings.model import Service, Staff
from comeback.changes import BindAddress, SaveClient, SaveConsent, SaveDue, SaveVisit
from comeback.clients.model import Client, Consent, Visit, VisitStatus
from comeback.companies.model import BusinessType, Company, CrmKind, Hours, SendingWindow
from comeback.conversations.model import Address, ChannelKind, Purpose
from comeback.reactivation import whatsapp_templates
from comeback.reactivation.model import DueService, IntervalSource, Journey
from demo.driver import Driver

SPEED = 86_400.0
"""Simulated seconds per second of a state machine's wait: a day a second."""
EVERY_DAY = frozenset(range(7))
ENDPOINTS = {
    ChannelKind.TELEGRAM: "telegram.sendMessage",
    ChannelKind.WHATSAPP: "whatsapp.messages",
}
ADDRESSED = {ChannelKind.TELEGRAM: "chat_id", ChannelKind.WHATSAPP: "to"}
"""What a request calls whom it is sent to."""
HOURS = {day: Hours(time(8), time(22)) for day in EVERY_DAY}
CAME_AT = (10, 14, 18, 15, 11)
"""Hours of the client's visits, the last one first: mornings and afternoons alike."""
AT_ONCE = 8
"""Steps of two minutes before time passes faster."""
SECONDS = 90.0
"""How long a test waits for what should happen: a cold worker takes seconds on two cores."""


class Shop:
    """`serial` keeps tokens, chats and numbers of different tests apart."""

    def __init__(self, driver: Driver, company_id: str, channel: ChannelKind, serial: int) -> None:
        self.driver = driver
        self.channel = channel
        self.serial = serial
        self.book_id = 500_000 + serial
        """Its number at YCLIENTS'."""
        self.bot = f"bot_{company_id.replace('-', '_')}"
        self.number_id = f"1065{serial:08d}"
        self.chat = (
            str(700_000_000 + serial) if channel is ChannelKind.TELEGRAM else f"7999{serial:07d}"
        )
        self.owners_chat = str(790_000_000 + serial)
        self.secret = {
            "telegram_token": f"{serial}:made-up-token-of-a-bot",
            "telegram_webhook_secret": f"made-up-{company_id}",
            "whatsapp_access_token": f"made-up-token-{serial}",
            "whatsapp_app_secret": f"made-up-app-{serial}",
            "whatsapp_verify_token": f"made-up-verify-{serial}",
            "whatsapp_phone_number_id": self.number_id,
            "yclients_partner_token": f"partner-{serial}",
            "yclients_user_token": f"user-{serial}",
            "crm_webhook_secret": f"crm-secret-{serial}",
            "gemini_api_key": "made-up-gemini-key",
        }
        self.company = Company(
            company_id=company_id,
            title="Salon",
            time_zone="UTC",
            business_type=BusinessType.BEAUTY,
            language="en",
            sending=SendingWindow(time(0), time(23, 59), EVERY_DAY),
            opening=HOURS,
            channels=(channel,),
            holdout_percent=0,
        )

    # ── setting up ───────────────────────────────────────────────────────────────────────────────

    def open(self) -> None:
        store, company_id = self.driver.store, self.company.company_id
        store.save_company(self.company)
        self.driver.secret(company_id, self.secret)
        staff = [Staff(s, n, frozenset({"cut"}), HOURS) for s, n in (("1", "Olga"), ("2", "Irina"))]
        store.save_catalogue(company_id, [Service("cut", "Haircut", 60, 200_000)], staff)
        self._client()
        self._connect()

    def open_with_yclients(self, crm_id: int) -> None:
        """The same salon, its book kept in YCLIENTS; the client there is number 77."""
        self.company = replace(
            self.company,
            crm=CrmKind.YCLIENTS,
            crm_company_id=str(crm_id),
            time_zone="Europe/Moscow",
        )
        self.known_to_yclients(crm_id)
        store, company_id = self.driver.store, self.company.company_id
        store.save_company(self.company)
        self.driver.secret(company_id, self.secret)
        staff = [Staff("1", "Olga", frozenset({"101"}))]
        store.save_catalogue(company_id, [Service("101", "Haircut", 60, 200_000)], staff)
        self._client(client_id="yc77", service_id="101", crm_id="77", phone="+79990000077")
        self._connect()

    def known_to_yclients(self, crm_id: int) -> None:
        """YCLIENTS has a company of that number, which knows nothing of us."""
        schedule = {str(day): ["09:00", "21:00"] for day in EVERY_DAY}
        salon = {
            "id": crm_id,
            "title": "Salon",
            "timezone": "Europe/Moscow",
            "partner_token": self.secret["yclients_partner_token"],
            "user_token": self.secret["yclients_user_token"],
            "services": [{"id": 101, "title": "Haircut", "length": 3600, "price_min": 2000}],
            "staff": [{"id": 1, "name": "Olga", "services": [101], "schedule": schedule}],
            "clients": [{"id": 77, "name": "Anna", "phone": "+79990000077"}],
        }
        self.driver.call("/world/yclients/companies", salon)

    def _client(
        self, client_id: str = "anna", service_id: str = "cut", crm_id: str = "", phone: str = ""
    ) -> None:
        """Agreed to be written to; came five times, last seven weeks ago, on no day or hour more than on others: whenever
        a test runs, there is enough to offer."""
        company_id, now = self.company.company_id, self.driver.now()
        address = Address(self.channel, self.chat)
        phone = phone or f"+7999{int(self.secret['telegram_token'].split(':')[0]):07d}"
        client = Client(company_id, client_id, "Anna", phone, "en", (address,), crm_id=crm_id)
        consent = Consent(
            Purpose.MARKETING, True, now - timedelta(days=200), "test", "v1", self.channel
        )
        today = self.company.local(now).date()
        visits = []
        for n, hour in enumerate(CAME_AT):
            on = today - timedelta(days=49 + 29 * n)
            at = datetime.combine(on, time(hour), self.company.zone)
            visits.append(Visit(f"v{n}", service_id, "1", at, VisitStatus.COMPLETED))
        due = DueService(
            company_id, client_id, service_id, today, today, today - timedelta(days=49), 5, 0, False,
            IntervalSource.MANUAL, "test",
        )  # fmt: skip
        self.client_id, self.service_id = client_id, service_id
        self.driver.store.commit(
            [
                SaveClient(client),
                BindAddress(company_id, client_id, address),
                SaveConsent(company_id, client_id, consent),
                *(SaveVisit(company_id, client_id, visit) for visit in visits),
                SaveDue(due),
            ]
        )

    def _connect(self) -> None:
        hooks = f"{self.driver.api}/webhooks"
        company_id = self.company.company_id
        if self.channel is ChannelKind.TELEGRAM:
            webhook = {
                "url": f"{hooks}/telegram/{company_id}",
                "secret_token": self.secret["telegram_webhook_secret"],
            }
            bot = {"token": self.secret["telegram_token"], "username": self.bot, "webhook": webhook}
            self.driver.call("/world/telegram/bots", bot)
            users = [{"user_id": int(self.chat), "name": "Anna", "language": "en"}]
            self.driver.call("/world/telegram/users", {"users": users, "subscribed_to": self.bot})
            return
        account = {
            "waba_id": f"waba{self.number_id}",
            "phone_number_id": self.number_id,
            "display_phone_number": "+7 495 000-00-00",
            "access_token": self.secret["whatsapp_access_token"],
            "app_secret": self.secret["whatsapp_app_secret"],
            "verify_token": self.secret["whatsapp_verify_token"],
            "webhook_url": f"{hooks}/whatsapp/{company_id}",
            "tier": 2000,
            "templates": [
                {**whatsapp_templates.registration(t), "status": "APPROVED"}
                for t in whatsapp_templates.TEMPLATES.values()
            ],
        }
        self.driver.call("/world/whatsapp/accounts", account)
        users = [{"phone": self.chat, "name": "Anna"}]
        self.driver.call("/world/whatsapp/users", {"users": users})

    # ── living ───────────────────────────────────────────────────────────────────────────────────

    def campaign(self) -> None:
        """The hourly tick finds that it is this company's campaign hour."""
        hour = self.company.local(self.driver.now()).hour
        stored = self.driver.store.company(self.company.company_id)
        self.company = replace(self.company, campaign_hour=hour, owner=stored.owner)
        self.driver.store.save_company(self.company)
        self.driver.invoke("Detect")

    def pass_days(self, days: float) -> None:
        """Time passes in steps of half a day; the hourly expire runs after each."""
        ends = self.driver.now() + timedelta(days=days)
        while self.driver.now() < ends:
            self.driver.step(min(ends, self.driver.now() + timedelta(hours=12)))
            self.driver.invoke("Expire")
            self.driver.quiet()

    def messages(self) -> list[dict[str, Any]]:
        """What has come to the client's phone, oldest first, as the messenger's API was called."""
        return [e for e in self.sendings() if e["status"] == 200]

    def sendings(self) -> list[dict[str, Any]]:
        """Every try to send the client something."""
        asked = {"kind": ENDPOINTS[self.channel]}
        found = self.driver.world.get("/world/transcript", params=asked).json()["entries"]
        return [e for e in found if str(e["request"].get(ADDRESSED[self.channel])) == self.chat]

    def wait_for_messages(self, count: int) -> list[dict[str, Any]]:
        self.until(lambda: len(self.messages()) >= count, f"message {count}")
        self.driver.quiet()
        return self.messages()

    def until(self, came: Callable[[], bool], what: str) -> None:
        """While waiting, time passes a little: journeys wait for their reserved minute."""
        deadline = clock.monotonic() + SECONDS
        for n in itertools.count():
            if came():
                return
            assert clock.monotonic() < deadline, f"{what} did not come; {self.journeys()}"
            step = timedelta(minutes=2 if n < AT_ONCE else 30)  # a message waits for its best hour
            self.driver.step(self.driver.now() + step)

    def press(self, message: dict[str, Any], button_id: str) -> None:
        if self.channel is ChannelKind.TELEGRAM:
            number = message["response"]["result"]["message_id"]
            act = {"bot": self.bot, "user_id": int(self.chat), "do": "press"}
            self.driver.call(
                "/world/telegram/act", {**act, "message_id": number, "button_id": button_id}
            )
        else:
            number = message["response"]["messages"][0]["id"]
            act = {"account": self.number_id, "phone": self.chat, "do": "press"}
            self.driver.call(
                "/world/whatsapp/act", {**act, "message_id": number, "button_id": button_id}
            )
        self.driver.quiet()

    def say(self, words: str) -> None:
        if self.channel is ChannelKind.TELEGRAM:
            act = {"bot": self.bot, "user_id": int(self.chat), "do": "say", "text": words}
            self.driver.call("/world/telegram/act", act)
        else:
            act = {"account": self.number_id, "phone": self.chat, "do": "say", "text": words}
            self.driver.call("/world/whatsapp/act", act)
        self.driver.quiet()

    # ── looking ──────────────────────────────────────────────────────────────────────────────────

    def journeys(self) -> list[Journey]:
        file = self.driver.store.client(self.company.company_id, self.client_id)
        return list(file.journeys)

    def funnel(self) -> dict[str, int]:
        now = self.company.local(self.driver.now()).date()
        days = self.driver.store.funnel(self.company.company_id, now - timedelta(days=60), now)
        sums: dict[str, int] = {}
        for day in days:
            for stage, count in day.stages.items():
                sums[stage] = sums.get(stage, 0) + count
        return {stage: count for stage, count in sums.items() if count}

    def booked(self) -> list[Visit]:
        file = self.driver.store.client(self.company.company_id, self.client_id)
        return [v for v in file.visits if v.status is VisitStatus.BOOKED]


def text_of(message: dict[str, Any]) -> str:
    request = message["request"]
    if "text" in request and isinstance(request["text"], str):
        return str(request["text"])
    if request.get("type") == "interactive":
        return str(request["interactive"]["body"]["text"])
    return str(request.get("text", {}).get("body", ""))


def buttons_of(message: dict[str, Any]) -> list[str]:
    """The ids of a message's buttons, whatever the messenger."""
    request = message["request"]
    markup = request.get("reply_markup")
    if markup:
        keyboard = json.loads(markup) if isinstance(markup, str) else markup
        return [b["callback_data"] for row in keyboard["inline_keyboard"] for b in row]
    if request.get("type") == "template":
        components = request["template"]["components"]
        return [c["parameters"][0]["payload"] for c in components if c["type"] == "button"]
    action = request.get("interactive", {}).get("action", {})
    rows = [row for section in action.get("sections", []) for row in section["rows"]]
    return [b["reply"]["id"] for b in action.get("buttons", [])] + [row["id"] for row in rows]


def says_nothing(salon: Shop) -> None:
    """The messenger takes the next message to this client, and hangs up."""
    match = {ADDRESSED[salon.channel]: salon.chat}
    fault = {"kind": "lost_response", "seconds": 0.01, "match": match}
    salon.driver.call("/world/faults", {"target": ENDPOINTS[salon.channel], **fault})
