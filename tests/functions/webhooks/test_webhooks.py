"""A webhook checks who calls, puts each event on the queue once, and answers; it loads nothing heavy."""

import base64
import hashlib
import hmac
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from comeback.channels.webhook import Enqueued, queue_id
from comeback.channels.whatsapp_split import digest
from comeback.runtime import aws
from hypothesis import given
from hypothesis import strategies as st

from tests.functions.webhooks.conftest import OF_ITS_OWN, Hooks
from tests.unit.channels.payloads import (
    ANNA,
    PHONE,
    WAMID,
    notification,
    tg_message,
    tg_press,
    update,
    value,
    wa_message,
    wa_status,
)

HEAVY = ("telegram", "google", "pynamodb", "httpx", "babel", "aws_lambda_powertools")
TELEGRAM_SECRET, APP_SECRET = "t-secret", "app-secret"
ROOT = Path(__file__).parents[3]


def request(
    body: Any, headers: dict[str, str], company: str = "salon", encoded: bool = False
) -> dict[str, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return {
        "httpMethod": "POST",
        "pathParameters": {"company": company},
        "queryStringParameters": None,
        "headers": headers,
        "body": base64.b64encode(raw).decode() if encoded else raw.decode(),
        "isBase64Encoded": encoded,
    }


def telegram(body: Any, secret: str = TELEGRAM_SECRET, **more: Any) -> dict[str, Any]:
    return request(body, {"x-telegram-bot-api-secret-token": secret}, **more)


def whatsapp(body: Any, secret: str = APP_SECRET, **more: Any) -> dict[str, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    signature = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return request(raw, {"X-Hub-Signature-256": f"sha256={signature}"}, **more)


def challenge(**query: str) -> dict[str, Any]:
    return {
        "httpMethod": "GET",
        "pathParameters": {"company": "salon"},
        "queryStringParameters": {f"hub.{k}": v for k, v in query.items()} or None,
        "headers": {},
        "body": None,
    }


def status(hooks: Hooks, name: str, event: dict[str, Any]) -> int:
    return int(hooks.handler(name)(event, None)["statusCode"])


@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize("what", [{"message": tg_message()}, {"callback_query": tg_press()}])
def test_a_telegram_update_is_queued_whole(
    hooks: Hooks, what: dict[str, Any], encoded: bool
) -> None:
    before = int(time.time())
    assert status(hooks, "telegram", telegram(update(**what), encoded=encoded)) == 200
    (found,) = hooks.queued()
    assert before <= found["message"].pop("arrived_at") <= time.time()
    message = {
        "company_id": "salon",
        "channel": "telegram",
        "event_id": "tg.7",
        "body": update(**what),
    }
    assert found == {
        "group": f"salon#telegram#{ANNA}",
        "dedup": "salon#tg.7",
        "message": message,
    }


def test_real_time_is_not_written_down_where_time_is_simulated(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nobody is asked for the simulated: nothing listens at that address."""
    monkeypatch.setenv("CLOCK_URL", "http://127.0.0.1:9/world/clock")
    assert status(hooks, "telegram", telegram(update(callback_query=tg_press()))) == 200
    (found,) = hooks.queued()
    assert "arrived_at" not in found["message"]


def test_each_event_of_a_whatsapp_notification_is_queued_for_itself(hooks: Hooks) -> None:
    body = notification(value(messages=[wa_message()]), value(statuses=[wa_status("read")]))
    assert status(hooks, "whatsapp", whatsapp(body)) == 200
    found = hooks.queued()
    assert [m["message"]["event_id"] for m in found] == [
        f"wa.{digest(WAMID)}",
        f"wa.{digest(WAMID)}.read",
    ]
    assert {m["group"] for m in found} == {f"salon#whatsapp#{PHONE}"}
    assert [len(m["message"]["body"]) for m in found] == [2, 1]


def test_news_of_the_account_keep_their_order(hooks: Hooks) -> None:
    news = [{"event": event, "display_phone_number": "1"} for event in ("FLAGGED", "UNFLAGGED")]
    body = notification(*news, field="phone_number_quality_update")
    assert status(hooks, "whatsapp", whatsapp(body)) == 200
    found = hooks.queued()
    assert {m["group"] for m in found} == {"salon#whatsapp#account"}
    assert [m["message"]["body"]["account"]["value"] for m in found] == news


def test_more_than_a_batch_is_queued(hooks: Hooks) -> None:
    many = [wa_message() | {"id": f"wamid.{n}", "from": str(n)} for n in range(23)]
    assert status(hooks, "whatsapp", whatsapp(notification(value(messages=many)), encoded=True))
    attributes = ["ApproximateNumberOfMessages"]
    found = hooks.sqs.get_queue_attributes(QueueUrl=hooks.queue_url, AttributeNames=attributes)
    assert found["Attributes"]["ApproximateNumberOfMessages"] == "23"


def test_what_comes_twice_is_queued_once(hooks: Hooks) -> None:
    for _ in range(2):
        assert status(hooks, "telegram", telegram(update(message=tg_message()))) == 200
    assert len(hooks.queued()) == 1


@pytest.mark.parametrize("secret", ["wrong", "", "пароль", "t-secret "])
def test_the_forged_is_refused(hooks: Hooks, secret: str) -> None:
    good = update(message=tg_message()), notification(value(messages=[wa_message()]))
    assert status(hooks, "telegram", telegram(good[0], secret)) == 404
    assert status(hooks, "whatsapp", whatsapp(good[1], secret)) == 404
    assert status(hooks, "telegram", request(good[0], {})) == 404
    assert status(hooks, "whatsapp", request(good[1], {})) == 404
    assert hooks.queued() == []


def test_a_changed_body_is_refused(hooks: Hooks) -> None:
    event = whatsapp(notification(value(messages=[wa_message()])))
    event["body"] = event["body"].replace("Привет", "Отмена")
    assert status(hooks, "whatsapp", event) == 404


@pytest.mark.parametrize("secret", ["", "t-secret", "app-secret"])
def test_a_company_that_is_not_connected_takes_nothing(hooks: Hooks, secret: str) -> None:
    hooks.keep("other", {"gemini_api_key": "key"})
    assert status(hooks, "telegram", telegram(update(), secret, company="other")) == 404
    assert status(hooks, "whatsapp", whatsapp(notification(), secret, company="other")) == 404


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"update_id": "x"}', b'{"entry": [1]}'])
def test_the_malformed_is_a_bad_request(hooks: Hooks, body: bytes) -> None:
    assert status(hooks, "telegram", telegram(body)) == 400
    if body != b'{"update_id": "x"}':
        assert status(hooks, "whatsapp", whatsapp(body)) == 400
    assert hooks.queued() == []


def test_what_no_client_caused_is_answered_and_left(hooks: Hooks) -> None:
    assert status(hooks, "telegram", telegram(update(edited_message=tg_message()))) == 200
    news = notification({"display_phone_number": "1"}, field="phone_number_name_update")
    assert status(hooks, "whatsapp", whatsapp(news)) == 200
    assert hooks.queued() == []


def test_the_challenge_is_echoed_to_who_knows_the_token(hooks: Hooks) -> None:
    handler = hooks.handler("whatsapp")
    known = {"mode": "subscribe", "verify_token": "verify-me", "challenge": "1158201444"}
    answer = handler(challenge(**known), None)
    assert (answer["statusCode"], answer["body"]) == (200, "1158201444")
    for wrong in ({**known, "verify_token": "x"}, {**known, "mode": "other"}, {}):
        answer = handler(challenge(**wrong), None)
        assert (answer["statusCode"], answer["body"]) == (404, "")


class PartlyTaken:
    def send_message_batch(self, **_: Any) -> dict[str, Any]:
        return {"Successful": [], "Failed": [{"Id": "0", "SenderFault": False, "Code": "Busy"}]}


def test_what_the_queue_did_not_take_must_come_again(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = aws.client
    handler = hooks.handler("whatsapp")
    fake = lambda service: PartlyTaken() if service == "sqs" else ours(service)  # noqa: E731
    monkeypatch.setattr(sys.modules["webhooks.whatsapp"], "client", fake)
    two = value(messages=[wa_message(), wa_message()])
    assert handler(whatsapp(notification(two)), None)["statusCode"] == 500


def test_characters_that_sqs_does_not_take_do_not_stop_an_update(hooks: Hooks) -> None:
    """SQS refuses U+FFFE and most control characters; a client's phone does not."""
    text = "a\x00b\x0b \ufffe \U0001f600 \x7f"
    assert status(hooks, "telegram", telegram(update(message=tg_message(text)))) == 200
    body = hooks.sqs.receive_message(QueueUrl=hooks.queue_url)["Messages"][0]["Body"]
    assert body.isascii()
    assert json.loads(body)["body"]["message"]["text"] == text


@given(st.text(), st.text())
def test_ids_are_what_sqs_takes(company: str, address: str) -> None:
    entry = Enqueued(company, "telegram", address, "tg.1", {}).entry(0)
    for name in ("MessageGroupId", "MessageDeduplicationId"):
        assert re.fullmatch(r"[!-~]{1,128}", entry[name])
    assert queue_id(company) == queue_id(company)


@pytest.mark.parametrize("name", ["telegram", "whatsapp", "crm"])
def test_a_webhook_loads_nothing_heavy(name: str) -> None:
    code = (
        f"import sys, webhooks.{name}\n"
        f"print([m for m in {HEAVY} if m in sys.modules and m != 'webhooks.{name}'])"
    )
    done = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", code], env=OF_ITS_OWN, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
