"""Every webhook of a journey many times and in any order, on the deployed cloud: as if each came once."""

import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from random import Random
from typing import Any

import httpx
import msgspec
import pytest
from comeback.channels.telegram_update import Update
from comeback.channels.webhook import Enqueued
from comeback.channels.whatsapp_split import queued
from comeback.conversations.model import ChannelKind, OutboxState
from demo.driver import Driver

from tests.architecture.template import functions
from tests.e2e.shop import Shop, buttons_of, text_of
from tests.e2e.transcript import entries

SERIALS = count(5101)
TELEGRAM = ChannelKind.TELEGRAM
STORM = pytest.mark.fault(
    "every webhook of a journey 1 to 5 times, shuffled", "state and phone as if each came once"
)
WHEN = re.compile(r"\w{3} \d+ \w{3}, \d\d:\d\d")
KINDS = {
    ("post", "/webhooks/telegram/{company}"): "webhook.telegram",
    ("post", "/webhooks/whatsapp/{company}"): "webhook.whatsapp",
    ("post", "/webhooks/crm/{company}/{secret}"): "webhook.yclients",
}
"""Route → the world's name of what comes there."""
NO_EVENT = {("get", "/webhooks/whatsapp/{company}")}
"""Meta's question at registration."""


def webhook_routes() -> set[tuple[str, str]]:
    events = [e["Properties"] for f in functions().values() for e in f.get("Events", {}).values()]
    routes = {(e["Method"], e["Path"]) for e in events if "Path" in e}
    return {(method, path) for method, path in routes if path.startswith("/webhooks/")}


def test_every_webhook_is_stormed() -> None:
    """A new route: say what the world sends there, and have a journey with it, below."""
    assert webhook_routes() - NO_EVENT == set(KINDS)


class Storm:
    """Webhooks of one shop are held back by the world, and brought here: once each, or many times in any order."""

    def __init__(self, shop: Shop, api: httpx.Client, random: Random | None) -> None:
        self.shop, self.api, self.random = shop, api, random
        self.seen: dict[str, set[int]] = {kind: set() for kind in KINDS.values()}
        self.late = count(1)

    def bring(self) -> None:
        """What was held back since, and (in a storm) any of what came before, too."""
        hooks = [(e["seq"], e["kind"], e["request"]) for e in self._held()]
        fresh = [h for h in hooks if h[0] not in self.seen[h[1]]]
        for seq, kind, _ in fresh:
            self.seen[kind].add(seq)
        if self.random is None:
            for _, kind, body in fresh:
                self._door(kind, body)
        else:
            many = [h for h in fresh for _ in range(self.random.randint(1, 5))]
            many += self.random.sample(hooks, min(3, len(hooks)))
            self.random.shuffle(many)
            for _, kind, body in many:
                self.random.choice((self._door, self._after_five_minutes))(kind, body)
        self.shop.driver.quiet()

    def _held(self) -> list[dict[str, Any]]:
        held = [e for kind in KINDS.values() for e in entries(self.shop.driver, kind)]
        mine = [e for e in held if e["response"] == "dropped" and self._is_mine(e["request"])]
        return sorted(mine, key=lambda e: int(e["seq"]))

    def _is_mine(self, body: Mapping[str, Any]) -> bool:
        told = json.dumps(body)
        marks = (
            self.shop.chat,
            self.shop.number_id,
            f'"company_id": {self.shop.company.crm_company_id}',
        )
        return any(mark in told for mark in marks if not mark.endswith(": "))

    def _door(self, kind: str, body: Mapping[str, Any]) -> None:
        company_id, secret, raw = (
            self.shop.company.company_id,
            self.shop.secret,
            json.dumps(body).encode(),
        )
        path, headers = (
            f"/webhooks/telegram/{company_id}",
            {"X-Telegram-Bot-Api-Secret-Token": secret["telegram_webhook_secret"]},
        )
        if kind == "webhook.whatsapp":
            digest = hmac.new(secret["whatsapp_app_secret"].encode(), raw, "sha256").hexdigest()
            path, headers = (
                f"/webhooks/whatsapp/{company_id}",
                {"X-Hub-Signature-256": f"sha256={digest}"},
            )
        elif kind == "webhook.yclients":
            path, headers = f"/webhooks/crm/{company_id}/{secret['crm_webhook_secret']}", {}
        headers |= {"content-type": "application/json"}
        assert self.api.post(path, content=raw, headers=headers).status_code == 200

    def _after_five_minutes(self, kind: str, body: Mapping[str, Any]) -> None:
        """When SQS remembers the first no longer."""
        company_id = self.shop.company.company_id
        if kind == "webhook.yclients":
            self._door(kind, body)
            return
        if kind == "webhook.whatsapp":
            events = queued(company_id, json.dumps(body).encode())
        else:
            update = msgspec.convert(body, Update)
            events = [Enqueued(company_id, "telegram", str(update.chat_id), update.event_id, body)]
        for event in events:
            entry = event.entry(0)
            del entry["Id"]
            entry["MessageDeduplicationId"] = f"late-{company_id}-{next(self.late)}"
            url = self.shop.driver.outputs["InboundQueueUrl"]
            self.shop.driver.sqs.send_message(QueueUrl=url, **entry)

    # ── what came of it ──────────────────────────────────────────────────────────────────────────

    def outcome(self) -> dict[str, Any]:
        """What must not depend on how often and in which order webhooks came. Times apart: those that pass before the answer
        are offered no more."""
        shop = self.shop
        file = shop.driver.store.client(shop.company.company_id, shop.client_id)
        return {
            "journeys": [
                (j.state, j.completion, j.attempt.number, j.attempt.outcome, sorted(j.counted))
                for j in file.journeys
            ],
            "consents": [(c.granted, c.source, c.channel) for c in file.consents],
            "visits": [(v.status, v.service_id, v.staff_id, v.amount_minor) for v in file.visits],
            "client": (file.client.unreachable, file.client.doubtful, file.active_journey_id),
            "due": len(file.due),
            "offered": [self._state(j.attempt.outbox_id) for j in file.journeys],
            "funnel": shop.funnel(),
            "phone": [WHEN.sub("…", text_of(m)).splitlines()[0] for m in shop.messages()[1:]],
            "offers": len(shop.messages()[:1]),
        }

    def _state(self, outbox_id: str) -> OutboxState:
        shop = self.shop
        store, company_id = shop.driver.store, shop.company.company_id
        return store.outbox(company_id, shop.client_id, outbox_id).state


def hold_back(driver: Driver) -> None:
    driver.call("/world/faults", {"target": "webhooks.*", "kind": "drop", "times": 10_000})


def pressed(storm: Storm, verb: str) -> None:
    """A button of the newest message that has such."""
    carrying = [m for m in storm.shop.messages() if any(verb in b for b in buttons_of(m))]
    button = next(b for b in reversed(buttons_of(carrying[-1])) if verb in b)
    storm.shop.press(carrying[-1], button)


def telegram_journey(storms: Sequence[Storm]) -> None:
    """Written to, asks for another time, booked in the CRM, which tells of it; then the bot is blocked."""
    step(storms, lambda storm: pressed(storm, "other:"))
    step(storms, lambda storm: pressed(storm, "slot:"))
    step(storms, lambda storm: None)
    act = {"do": "block"}
    step(storms, lambda storm: told(storm, "telegram", act | {"user_id": int(storm.shop.chat)}))


def whatsapp_journey(storms: Sequence[Storm]) -> None:
    """Written to, read, answered, booked; then marketing is switched off in the messenger."""
    step(storms, read_and_answered)
    step(storms, lambda storm: pressed(storm, "slot:"))
    step(storms, lambda storm: told(storm, "whatsapp", {"do": "stop", "phone": storm.shop.chat}))


def step(storms: Sequence[Storm], act: Callable[[Storm], object]) -> None:
    for storm in storms:
        act(storm)
    for storm in storms:
        storm.bring()


def read_and_answered(storm: Storm) -> None:
    (offer,) = storm.shop.messages()
    number = offer["response"]["messages"][0]["id"]
    for do in ("deliver", "read"):
        told(storm, "whatsapp", {"do": do, "message_id": number})
    storm.shop.press(offer, buttons_of(offer)[0])


def told(storm: Storm, messenger: str, act: Mapping[str, Any]) -> None:
    where = {"bot": storm.shop.bot, "account": storm.shop.number_id}
    storm.shop.driver.call(f"/world/{messenger}/act", {**where, **act})


@STORM
@pytest.mark.parametrize(
    ("channel", "journey"),
    [(TELEGRAM, telegram_journey), (ChannelKind.WHATSAPP, whatsapp_journey)],
)
def test_webhooks_many_times_in_any_order_are_as_each_once(
    driver: Driver,
    api: httpx.Client,
    company_id: str,
    channel: ChannelKind,
    journey: Callable[[Sequence[Storm]], None],
) -> None:
    storms: list[Storm] = []
    for name, random in (("once", None), ("storm", Random(4))):
        shop = Shop(driver, f"{company_id}-{name}", channel, next(SERIALS))
        if channel is TELEGRAM:
            crm_id = 9200 + len(storms)
            shop.open_with_yclients(crm_id)
            hear_of_changes(shop, crm_id)
        else:
            shop.open()
        storms.append(Storm(shop, api, random))
    hold_back(driver)
    try:
        for storm in storms:
            storm.shop.campaign()
        shop.until(lambda: all(storm.shop.messages() for storm in storms), "both offers")
        driver.quiet()
        journey(storms)
        for storm in storms:
            storm.bring()
    finally:
        driver.world.delete("/world/faults")
    once, stormed = (storm.outcome() for storm in storms)
    assert once["funnel"].get("booked") == 1, once
    assert stormed == once
    came = {kind for storm in storms for kind, seen in storm.seen.items() if seen}
    expected = (
        {"webhook.whatsapp"}
        if channel is not TELEGRAM
        else {"webhook.telegram", "webhook.yclients"}
    )
    assert came == expected


def hear_of_changes(shop: Shop, crm_id: int) -> None:
    """The salon switches its CRM's webhooks on."""
    secret = shop.secret
    url = f"{shop.driver.api}/webhooks/crm/{shop.company.company_id}/{secret['crm_webhook_secret']}"
    asked = {"urls": [url], "active": 1, "record": 1, "client": 1}
    bearer = f"Bearer {secret['yclients_partner_token']}, User {secret['yclients_user_token']}"
    answer = shop.driver.world.post(
        f"/yclients/api/v1/hooks_settings/{crm_id}",
        json=asked,
        headers={"Authorization": bearer, "Accept": "application/vnd.yclients.v2+json"},
    )
    assert answer.status_code == 201, answer.text
