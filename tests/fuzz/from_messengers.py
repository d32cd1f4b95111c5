"""Parsers of what messengers and CRMs send to our webhooks, and of what then lies in the queues."""

import base64
import hashlib
import hmac
import importlib.util
import json
import os
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from typing import Any
from unittest.mock import patch

from comeback.channels import telegram_inbound, whatsapp_inbound
from comeback.conversations.consent import ConsentTalk
from comeback.conversations.receive import Receive
from comeback.runtime import sqs
from comeback.runtime.door import Door

from tests.architecture.template import ROOT
from tests.fakes.clock import NOON, FixedClock
from tests.fakes.dialogue import FakeDialogue
from tests.fakes.queues import FakeOrchestrator, FakeQueue
from tests.fuzz.parser import AND_SHAPE, Parser, documents, text_of
from tests.fuzz.salon import salon
from tests.unit.channels import payloads

SECRET = "secret"
SECRETS = {
    "telegram_webhook_secret": SECRET,
    "whatsapp_app_secret": SECRET,
    "whatsapp_verify_token": SECRET,
    "crm_webhook_secret": SECRET,
}
TAKEN, REFUSED = (200,), (400, 403, 404, 413)
Handler = Callable[[Mapping[str, Any], object], Mapping[str, Any]]


class Kept:
    """The secrets of every company."""

    def get(self, company_id: str) -> Mapping[str, str]:
        return SECRETS

    fresh = get


class Queue:
    """Takes what SQS takes: JSON in ASCII, up to its size, with its plain ids."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def send_message(self, MessageBody: str, **options: str) -> None:  # noqa: N803  # boto3's
        assert MessageBody.isascii()
        for name in ("MessageGroupId", "MessageDeduplicationId"):
            assert 1 <= len(options.get(name, "-")) <= 128
        self.bodies.append(json.loads(MessageBody))

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803  # boto3's
        for entry in Entries:
            self.send_message(**{k: v for k, v in entry.items() if k != "Id"})
        return {}


@cache
def webhook(name: str) -> tuple[Handler, Queue]:
    """The function itself under a name of its own, with a queue and secrets that are no cloud's."""
    file = ROOT / "functions" / "webhooks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"fuzzed_{name}", file)
    assert spec
    assert spec.loader
    module: Any = importlib.util.module_from_spec(spec)
    url = "https://sqs/queue"
    with patch.dict(os.environ, STAGE="test", INBOUND_QUEUE_URL=url, EVENTS_QUEUE_URL=url):
        spec.loader.exec_module(module)
    queue = Queue()
    module.client = lambda _service: queue
    kept: Any = Kept()
    module.door = Door(name, kept)
    return module.handler, queue


def called(name: str, event: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the webhook put on the queue. Its answer says yes or no; an error would be API Gateway's 502."""
    handler, queue = webhook(name)
    queue.bodies.clear()
    with redirect_stdout(StringIO()):
        answer = handler(event, None)
    assert answer["statusCode"] in (*TAKEN, *REFUSED), answer
    json.dumps(answer)
    return queue.bodies


def signature(raw: bytes) -> str:
    return "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()


def request(raw: bytes, **headers: str) -> dict[str, Any]:
    return {
        "httpMethod": "POST",
        "pathParameters": {"company": "salon", "secret": SECRET},
        "headers": headers,
        "body": base64.b64encode(raw).decode(),
        "isBase64Encoded": True,
    }


def telegram(raw: bytes) -> None:
    event = request(raw, **{"X-Telegram-Bot-Api-Secret-Token": SECRET})
    for queued in called("telegram", event):
        telegram_inbound.parse(queued["body"], NOON)


def whatsapp(raw: bytes) -> None:
    for queued in called("whatsapp", request(raw, **{"X-Hub-Signature-256": signature(raw)})):
        whatsapp_inbound.parse(queued["event_id"], queued["body"])


def crm(raw: bytes) -> None:
    for queued in called("crm", request(raw)):
        assert all(isinstance(value, str) for value in queued["detail"].values())


def callers(raw: bytes) -> None:
    """Who can not prove who they are: any header, path, query or encoding."""
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        told = {}
    event: dict[str, Any] = {
        "httpMethod": "POST",
        "pathParameters": {"company": "salon", "secret": text_of(raw)},
    }
    if isinstance(told, dict):
        texts = {k: v for k, v in told.items() if isinstance(v, str)}
        event |= {"headers": texts, "queryStringParameters": texts, "body": told.get("body") or ""}
        event |= {"isBase64Encoded": bool(told.get("encoded"))}
        event["httpMethod"] = "GET" if told.get("get") else "POST"
    if not isinstance(event.get("body", ""), str):
        event["body"] = text_of(raw)
    for name in ("telegram", "whatsapp", "crm"):
        assert called(name, event) == []


def received(raw: bytes) -> None:
    """A record of the inbound queue. Whatever it holds, the batch's other records must not suffer."""
    record = {"messageId": "1", "body": text_of(raw), "attributes": {"MessageGroupId": "a"}}
    fine = {"messageId": "2", "body": json.dumps(INBOUND[0]), "attributes": {"MessageGroupId": "b"}}
    answer = sqs.process({"Records": [record, fine]}, receive().handle)
    assert {"itemIdentifier": "2"} not in answer["batchItemFailures"]


def receive() -> Receive:
    store = salon()
    return Receive(
        store=store,
        outbound=FakeQueue(),
        orchestrator=FakeOrchestrator(),
        dialogue=FakeDialogue(),
        consent=ConsentTalk(store, lambda _: SECRETS),
        clock=FixedClock(),
        parsers={
            "telegram": lambda _id, body, at: telegram_inbound.parse(dict(body), at),
            "whatsapp": lambda event_id, body, _at: whatsapp_inbound.parse(event_id, dict(body)),
        },
    )


UPDATES = [
    payloads.update(message=payloads.tg_message()),
    payloads.update(message=payloads.tg_message("/start YW5uYQ-abc", reply_to_message=payloads.tg_message())),
    payloads.update(message=payloads.tg_message("", caption="фото", photo=[{"file_id": "1"}])),
    payloads.update(callback_query=payloads.tg_press()),
    payloads.update(my_chat_member=payloads.tg_member("kicked")),
]  # fmt: skip
NOTIFICATIONS = [
    payloads.notification(payloads.value(messages=[payloads.wa_message()])),
    payloads.notification(
        payloads.value(
            messages=[
                payloads.wa_message(
                    "interactive", interactive={"button_reply": {"id": "slot:1", "title": "вт"}}
                ),
                payloads.wa_message("button", button={"payload": "stop:j1", "text": "Стоп"}),
            ],
            statuses=[payloads.wa_status("failed", errors=[{"code": 131026, "title": "x"}])],
        )
    ),
    payloads.notification(payloads.value(statuses=[payloads.wa_status("delivered")])),
    payloads.notification(payloads.value(user_preferences=[payloads.wa_preference("stop")])),
    payloads.notification(
        {"display_phone_number": "7495", "event": "FLAGGED", "current_limit": "TIER_2K"},
        field="phone_number_quality_update",
    ),
    payloads.notification(
        {"event": "PAUSED", "message_template_name": "back", "message_template_language": "ru"},
        field="message_template_status_update",
    ),
    payloads.notification(
        {"event": "x", "ban_info": {"waba_ban_state": "DISABLE"}, "restriction_info": []},
        field="account_update",
    ),
    payloads.notification(
        {"max_daily_conversations_per_business": -1}, field="business_capability_update"
    ),
]
NOTICES = [
    {
        "company_id": 77,
        "resource": resource,
        "resource_id": 5,
        "status": "update",
        "data": {"last_change_date": "2026-03-02T12:00:00+0300", "client": {"id": 101}},
    }
    for resource in ("record", "client", "service", "staff", "master", "goods_operations")
]
INBOUND = [
    {"company_id": "salon", "channel": "telegram", "event_id": "tg.7", "body": body}
    for body in UPDATES
] + [
    {
        "company_id": "salon",
        "channel": "whatsapp",
        "event_id": "wa.1",
        "body": payloads.value(messages=[payloads.wa_message()]),
    }
]
CALLERS = [
    {"get": 1, "hub.mode": "subscribe", "hub.verify_token": "no", "hub.challenge": "1"},
    {"X-Hub-Signature-256": "sha256=00", "body": "{}"},
    {"X-Telegram-Bot-Api-Secret-Token": "no", "body": "e30=", "encoded": True},
]
PARSERS = (
    Parser("telegram_webhook", telegram, documents(UPDATES), 14_000, AND_SHAPE),
    Parser("whatsapp_webhook", whatsapp, documents(NOTIFICATIONS), 12_000, AND_SHAPE),
    Parser("crm_webhook", crm, documents(NOTICES), 14_000),
    Parser("webhook_callers", callers, documents(CALLERS), 6_000),
    Parser("inbound_record", received, documents(INBOUND), 3_000),
)
