"""Parsers of what YCLIENTS, Gemini and the messengers answer to our calls, and Secrets Manager."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any
from unittest.mock import patch

import httpx
import httpx2
from comeback.ai import gemini, wire
from comeback.ai.gemini import GeminiModel
from comeback.ai.wire import EstimatedInterval, ReadAnswer, WrittenText
from comeback.bookings.model import BookingRequest, Slot
from comeback.channels import telegram, whatsapp
from comeback.channels import whatsapp_business as whatsapp_account
from comeback.channels.telegram import TelegramChannel
from comeback.channels.whatsapp import WhatsAppChannel
from comeback.conversations.model import ChannelKind
from comeback.crm.yclients import Yclients
from comeback.crm.yclients_http import Tokens, YclientsHttp
from comeback.reactivation.answers import reading
from comeback.reactivation.fact_check import problems
from comeback.runtime import secrets
from comeback.runtime.letters import Letter
from comeback.runtime.secret_keeper import SecretsManagerKeeper
from comeback.runtime.secrets import CompanySecrets
from telegram import Bot
from telegram.request import BaseRequest

from tests.adapters.channels.messages import message
from tests.fakes.clock import NOON
from tests.fakes.limits import FakeLimits
from tests.fuzz.parser import DOCUMENTED, Parser, documents, headed, text_of
from tests.fuzz.salon import COMPANY
from tests.unit.reactivation.facts import STAFF, answer_facts, message_facts

Answer = tuple[int, bytes]


# ── YCLIENTS ─────────────────────────────────────────────────────────────────────────────────────


class Answering:
    """httpx' client, as far as the door uses it: every call is answered so."""

    def __init__(self, status: int, wait: int, body: bytes) -> None:
        headers = {"retry-after": str(wait)} if wait else {}
        self._answer = httpx.Response(status, headers=headers, content=body)

    def request(self, *_asked: object, **_options: object) -> httpx.Response:
        return self._answer


BOOKING = BookingRequest(
    "j1", Slot("1", "11", NOON + timedelta(days=1), 60), "c1", "102", "Пётр", "+79162190034"
)
ASKED: tuple[Callable[[Yclients], object], ...] = (
    lambda crm: crm.services(),
    lambda crm: crm.staff(),
    lambda crm: crm.clients(1),
    lambda crm: crm.client("101"),
    lambda crm: crm.records(1, NOON),
    lambda crm: crm.record("1001"),
    lambda crm: crm.free_slots("1", ["11"], NOON, 7),
    lambda crm: crm.free_slots("1", (), NOON, 7),
    lambda crm: crm._times("1", "11", NOON.date(), NOON),
    lambda crm: crm.book(BOOKING),
    lambda crm: crm.cancel("1001"),
)


def yclients(data: bytes) -> None:
    told, body = headed(data)
    which, status, wait = (*told, 0, 200, 0)[:3] if told else (0, 200, 0)
    client: Any = Answering(_status(status), wait, body)
    door = YclientsHttp(Tokens("p", "u"), FakeLimits(), client=client)
    found = ASKED[which % len(ASKED)](Yclients(door, COMPANY))
    list(found) if hasattr(found, "__iter__") else str(found)


def _status(told: int) -> int:
    return told if 200 <= told < 600 else 200


SERVICES = {"success": True, "data": [{"id": 1, "title": "Стрижка", "price_min": 1500.5, "active": 1, "duration": 3600,
            "staff": [{"id": 11, "seance_length": 3600}]}], "meta": []}  # fmt: skip
STAFF_LIST = {"data": [{"id": 11, "name": "Анна", "fired": 0, "bookable": True}], "meta": {}}
CLIENTS = {"data": [{"id": 101, "name": "Ирина", "phone": "+79162190033"}], "meta": {"total_count": 1}}  # fmt: skip
RECORD = {"id": 1001, "staff_id": 11, "datetime": "2026-02-03T12:00:00+03:00", "attendance": 1, "deleted": False,
          "services": [{"id": 1, "title": "Стрижка", "cost": 1900}, {"id": 2, "cost": "15.5"}], "api_id": "77",
          "client": {"id": 101, "name": "Ирина", "phone": "79162190033"},
          "last_change_date": "2026-02-03T13:00:00+0300"}  # fmt: skip
DATES = {"success": True, "data": {"booking_dates": ["2026-03-03", "2026-03-04"]}}
TIMES = {"data": [{"time": "12:00", "datetime": "2026-03-03T12:00:00+03:00", "seance_length": 3600}]}  # fmt: skip
BUSY = {"success": False, "data": None, "meta": {"message": "Занято", "errors": {"code": 433}}}
ANSWERS: tuple[tuple[str, object], ...] = (
    ("#0 200", SERVICES),
    ("#1 200", STAFF_LIST),
    ("#1 200", SERVICES),
    ("#2 200", CLIENTS),
    ("#3 200", {"data": CLIENTS["data"][0]}),  # type: ignore[index]
    ("#3 404", {"success": False, "meta": {"message": "нет"}}),
    ("#4 200", {"data": [RECORD], "meta": {"total_count": 1}}),
    ("#5 200", {"data": RECORD}),
    ("#6 200", DATES),
    ("#7 200", STAFF_LIST),
    ("#8 200", TIMES),
    ("#9 201", {"data": [{"id": 1, "record_id": 5, "record_hash": "x"}]}),
    ("#9 422", BUSY),
    ("#9 200", {"data": [RECORD]}),
    ("#0 429 5", {"errors": {"message": "slow"}}),
    ("#0 401", {"error": {"code": "401", "message": "no"}}),
    ("#10 502", {}),
)
ANSWERED = tuple(f"{head}\n".encode() + json.dumps(body).encode() for head, body in ANSWERS)


# ── Gemini ───────────────────────────────────────────────────────────────────────────────────────


class Read:
    """A language model that answers so."""

    def __init__(self, found: Any) -> None:
        self.found = found

    def read_answer(self, _facts: object) -> Any:
        return self.found


def model_texts(data: bytes) -> None:
    """What the model wrote, decoded and held against the facts."""
    told, body = headed(data)
    text = text_of(body)
    match told[:1]:
        case (1,):
            found = wire.decode(text, ReadAnswer)
            model: Any = GeminiModel.__new__(GeminiModel)
            model._ask = lambda *_: found
            reading(model, answer_facts("а попозже можно?"))
        case (2,):
            wire.decode(text, EstimatedInterval)
        case _:
            written = wire.decode(text, WrittenText).text
            problems(written, message_facts(), STAFF["ru"])


@cache
def _gemini() -> tuple[GeminiModel, list[Answer]]:
    answers: list[Answer] = []

    def answer(_request: httpx2.Request) -> httpx2.Response:
        status, body = answers.pop()
        kind = {"content-type": "application/json"}
        return httpx2.Response(status, headers=kind, content=body)

    transport = httpx2.MockTransport(answer)
    with patch.object(gemini, "bounded", lambda *_, **__: transport):
        model = GeminiModel("fuzzed", "m", "http://gemini.fuzzed")
        answers.append((200, GENERATED[2].partition(b"\n")[2]))
        model.estimate_interval("beauty", "made once, and kept")
    return model, answers


def gemini_answers(data: bytes) -> None:
    told, body = headed(data)
    model, answers = _gemini()
    answers.append((_status(told[1] if len(told) > 1 else 200), body))
    if told[:1] == (1,):
        model.read_answer(answer_facts("да"))
    elif told[:1] == (2,):
        model.estimate_interval("beauty", "Стрижка")
    else:
        model.write_message(message_facts())


def generated(text: str) -> bytes:
    part = {"content": {"parts": [{"text": text}], "role": "model"}, "finishReason": "STOP"}
    used = {"promptTokenCount": 5, "candidatesTokenCount": 7, "thoughtsTokenCount": 1}
    return json.dumps({"candidates": [part], "usageMetadata": used}).encode()


MODEL_TEXTS = (
    '#0\n{"text": "Анна, 1. вт, 24 ноября, 11:00, 10 %, 28 days ago, 1 500 rub"}'.encode(),
    b'#1\n{"intent": "away", "confidence": 0.9, "slot": null, "until": "2026-12-15"}',
    b'#1\n{"intent": "yes", "confidence": 1, "slot": 2, "service": "x", "master": "y", "when": "z"}',
    b'#2\n{"days": 30, "reason": "usual"}',
)
TOO_MANY = {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "slow",
            "details": [{"@type": "google.rpc.RetryInfo", "retryDelay": "34s"}]}}  # fmt: skip
GENERATED = (
    b"#0 200\n" + generated('{"text": "hello"}'),
    b"#1 200\n" + generated('{"intent": "yes", "confidence": 1}'),
    b"#2 200\n" + generated('{"days": 30, "reason": "usual"}'),
    b'#0 200\n{"promptFeedback": {"blockReason": "SAFETY"}}',
    b"#0 429\n" + json.dumps(TOO_MANY).encode(),
    b'#0 500\n{"error": {"code": 500, "message": "x", "status": "INTERNAL"}}',
)


# ── messengers ───────────────────────────────────────────────────────────────────────────────────


class Answered(BaseRequest):
    """python-telegram-bot's door to the network."""

    read_timeout = 1.0

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(self, *_asked: Any, **_options: Any) -> Answer:
        return self.answer


def telegram_answers(data: bytes) -> None:
    told, body = headed(data)
    door = Answered((_status(told[0] if told else 200), body))
    bot = Bot("1:token", request=door, get_updates_request=door)
    with patch.object(telegram, "bot", lambda *_: bot):
        TelegramChannel("1:token", "http://x").send(message(ChannelKind.TELEGRAM, 7))


def whatsapp_answers(data: bytes) -> None:
    told, body = headed(data)

    class Client:
        def post(self, *_asked: object, **_options: object) -> httpx.Response:
            return httpx.Response(_status(told[0] if told else 200), content=body)

    with patch.object(whatsapp, "http_client", Client):
        WhatsAppChannel("t", "1", "http://x").send(message(ChannelKind.WHATSAPP, "79990000001"))


def whatsapp_business(data: bytes) -> None:
    """What Meta says of a number, its templates and where it calls."""
    told, body = headed(data)

    class Client:
        def request(self, *_asked: object, **_options: object) -> httpx.Response:
            return httpx.Response(_status(told[0] if told else 200), content=body)

    business = whatsapp_account.WhatsAppBusiness("t", "1", "2", "http://x")
    ask = (business.number, business.templates, business.pointed, business.leave)
    with patch.object(whatsapp_account, "http_client", Client):
        ask[told[1] % len(ask) if len(told) > 1 else 0]()


BUSINESS_ANSWERS = (
    b'#200 0\n{"display_phone_number": "+7", "verified_name": "Salon", "quality_rating": "GREEN"}',
    b'#200 1\n{"data": [{"name": "x", "language": "ru", "status": "APPROVED"}], "paging": {}}',
    b'#200 2\n{"data": [{"override_callback_uri": "https://x"}]}',
    b'#400 0\n{"error": {"message": "x", "code": 100, "error_user_msg": "y"}}',
    b'#401 3\n{"error": {"code": 190, "message": "x"}}',
)
SENT = {"message_id": 5, "date": 1772442000, "chat": {"id": 7, "type": "private"}, "text": "x"}
TELEGRAM_ANSWERS = (
    b"#200\n" + json.dumps({"ok": True, "result": SENT}).encode(),
    b'#403\n{"ok": false, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}',
    b'#429\n{"ok": false, "error_code": 429, "description": "slow", "parameters": {"retry_after": 5}}',
    b'#400\n{"ok": false, "description": "x", "parameters": {"migrate_to_chat_id": -100}}',
    b'#400\n{"ok": false, "error_code": 400, "description": "Bad Request: chat not found"}',
    b'#502\n{"ok": false, "description": "Bad Gateway"}',
)
WHATSAPP_ANSWERS = (
    b'#200\n{"messages": [{"id": "wamid.1", "message_status": "accepted"}]}',
    b'#400\n{"error": {"message": "x", "code": 131026, "error_data": {"details": "y"}}}',
    b'#429\n{"error": {"code": 130429}}',
    b'#401\n{"error": {"code": "190"}}',
    b"#500\n<html>",
)


# ── our own secrets, which people write ──────────────────────────────────────────────────────────


def kept_secrets(data: bytes) -> None:
    """What somebody wrote by hand where the console keeps its own."""

    class Manager:
        def get_secret_value(self, **_asked: str) -> Mapping[str, str]:
            return {"SecretString": text_of(data), "VersionId": "v"}

    SecretsManagerKeeper(Manager(), CompanySecrets("test")).read("salon")


def dead_letters(data: bytes) -> None:
    """Poison, which was too much for its function, is looked at by the operator and on the console."""
    letter = Letter({"MessageId": "m", "Body": text_of(data)})
    assert isinstance(letter.kind, str)
    assert isinstance(letter.company_id, str)
    assert isinstance(letter.is_tick, bool)


def secret_documents(data: bytes) -> None:
    class Manager:
        def get_secret_value(self, SecretId: str) -> Mapping[str, str]:  # noqa: N803  # boto3's
            return {"SecretString": text_of(data)}

    with patch.object(secrets, "client", lambda _: Manager()):
        for name, value in CompanySecrets("test").get("salon").items():
            assert isinstance(name, str)
            assert isinstance(value, str)


KEPT: tuple[dict[str, str], ...] = (
    {"telegram_token": "1:a", "telegram_webhook_secret": "s", "gemini_api_key": "k"},
    {"yclients_partner_token": "p", "yclients_user_token": "u", "crm_webhook_secret": "c"},
    {},
)
LETTERS = (
    {"company_id": "salon", "channel": "telegram", "body": {"update_id": 1, "message": {}}},
    {"company_id": "salon", "kind": "crm.changed", "detail": {"resource": "record"}},
    {"company_id": "salon", "client_id": "c", "outbox_id": "o"},
    {"Records": [{"s3": {"object": {"key": "imports/salon/may+2026.csv"}}}]},
    {"detail-type": "Scheduled Event"},
)
PARSERS = (
    Parser("yclients_answers", yclients, ANSWERED, 14_000, DOCUMENTED),
    Parser("model_texts", model_texts, MODEL_TEXTS, 6_000, DOCUMENTED),
    Parser("gemini_answers", gemini_answers, GENERATED, 400, DOCUMENTED),
    Parser("telegram_answers", telegram_answers, TELEGRAM_ANSWERS, 2_000, DOCUMENTED),
    Parser("whatsapp_answers", whatsapp_answers, WHATSAPP_ANSWERS, 6_000, DOCUMENTED),
    Parser("whatsapp_business", whatsapp_business, BUSINESS_ANSWERS, 3_000, DOCUMENTED),
    Parser("kept_secrets", kept_secrets, documents(KEPT), 3_000, DOCUMENTED),
    Parser("dead_letters", dead_letters, documents(LETTERS), 6_000),
    Parser("secret_documents", secret_documents, documents(KEPT), 6_000, DOCUMENTED),
)
