"""Nothing that anybody wrote, is called by, can be reached at, or keeps secret stands in any log line of any function.

A whole journey in each messenger, a stranger, forged webhooks, and every kind of function made to fail with such words in its
hands. Then each word is looked for in every line, as it is and as programs disguise it: escaped, in base64, in hexadecimal.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any
from urllib.parse import parse_qs, quote, quote_plus, unquote

import httpx
import pytest
from botocore.exceptions import ClientError
from cloud import places
from comeback.changes import SaveClient
from comeback.conversations.links import payload
from comeback.conversations.model import ChannelKind
from demo.driver import Driver

from tests.e2e.shop import Shop, buttons_of
from tests.fakes.admin_call import admin_call, claims_of

SERIALS = count(8_642_091)
TELEGRAM, WHATSAPP = ChannelKind.TELEGRAM, ChannelKind.WHATSAPP
NAME, STRANGER = "Ксения Шестопалова-Редкая", "Евстигней Неповторимов"
WORDS = "а синий бегемот на балконе у вас по-прежнему поёт?"
REACHED = ("TelegramWebhook", "WhatsappWebhook", "CrmWebhook", "Receive", "Deliver", "Detect", "Analyse", "Reserve")  # fmt: skip
"""Functions that surely wrote something: without their lines the test would prove nothing."""
EMPTY: Mapping[str, Any] = {
    "headers": {"content-type": "application/json"},
    "multiValueQueryStringParameters": {},
    "pathParameters": {},
    "isBase64Encoded": False,
    "stageVariables": None,
}
"""What else API Gateway sends along."""
pytestmark = pytest.mark.fault(
    "personal data and secrets in logs", "no line holds any, in any form"
)


def disguises(word: str) -> Iterator[str]:
    """In base64 at each of the three places it may begin at, without the letters that its neighbours colour."""
    raw = word.encode()
    yield from (word, json.dumps(word)[1:-1], quote(word), quote_plus(word), repr(raw)[2:-1])
    yield from (raw.hex(), raw.hex().upper())
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):
            letters = encode(bytes(before) + raw).decode().rstrip("=")
            coloured = (before + len(raw)) % 3 != 0
            yield letters[(0, 2, 3)[before] : -1 if coloured else None]


def found(words: Mapping[str, str], lines: str) -> list[str]:
    folded = lines.casefold()
    return [
        f"{what} as {form}: …{lines[at - 200 : at + 200]}…"
        for what, word in words.items()
        for form in disguises(word)
        if (at := folded.find(form.casefold())) >= 0
    ]


@pytest.mark.parametrize("before", ["", "a", "ab", "я"])
@pytest.mark.parametrize("word", [NAME, "79998642091", "8642091:made-up-token"])
def test_a_planted_word_is_found_however_it_is_written(word: str, before: str) -> None:
    told = f"{before}{word}{before}"
    raw = told.encode()
    for line in (told, told.upper(), json.dumps(told), quote(told), raw.hex(), str(raw)):
        assert found({"it": word}, f"some {line} line")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert found({"it": word}, f"some {encode(raw).decode()} line")
    assert not found({"it": word}, "some other line")


def test_no_log_line_holds_personal_data_or_secrets(
    driver: Driver, api: httpx.Client, aws: Callable[[str], Any], company_id: str
) -> None:
    shops = [
        lived(Shop(driver, f"{company_id}-{c.value[0]}", c, next(SERIALS)))
        for c in (TELEGRAM, WHATSAPP)
    ]
    words = {"name": NAME, "stranger": STRANGER, "words": WORDS}
    for shop in shops:
        knock(api, shop)
        manage(driver, shop)
        fail(driver, shop)
        words |= {f"{shop.channel} {k}": v for k, v in told(shop).items()}
    driver.quiet()
    logs = lines(aws)
    for function in REACHED:
        own = "".join(text for name, text in logs.items() if function.lower() in name.lower())
        assert company_id in own, f"{function} wrote nothing, so it proves nothing"
    assert any("unexpected error" in text for text in logs.values())
    assert found(words, "\n".join(logs.values())) == []


# ── living ───────────────────────────────────────────────────────────────────────────────────────


def lived(shop: Shop) -> Shop:
    """Offered, asked back in words for the model, booked, stopped; and a stranger who starts by a link of somebody's."""
    shop.open()
    store, company_id = shop.driver.store, shop.company.company_id
    client = store.client(company_id, shop.client_id).client
    store.commit([SaveClient(replace(client, name=NAME))])
    shop.campaign()
    offer, *_ = shop.wait_for_messages(1)
    shop.say(WORDS)
    shop.press(offer, buttons_of(offer)[0])
    shop.say(f"{NAME}: {WORDS}")
    shop.say("стоп")
    if shop.channel is TELEGRAM:
        user = {"user_id": int(stranger(shop)), "name": STRANGER, "language": "ru"}
        shop.driver.call("/world/telegram/users", {"users": [user], "subscribed_to": shop.bot})
        act = {"bot": shop.bot, "user_id": user["user_id"], "do": "say"}
        shop.driver.call("/world/telegram/act", {**act, "text": f"/start {link(shop)}"})
        shop.driver.call("/world/telegram/act", {**act, "text": WORDS})
    shop.driver.quiet()
    return shop


def stranger(shop: Shop) -> str:
    return str(int(shop.chat) + 50_000_000)


def link(shop: Shop) -> str:
    return payload(shop.company.company_id, shop.client_id, shop.secret["telegram_webhook_secret"])


def told(shop: Shop) -> dict[str, str]:
    """What must not be read: whom it reaches, and all that is secret (the id of the company's own number is not)."""
    secrets = {k: v for k, v in shop.secret.items() if k != "whatsapp_phone_number_id"}
    phone = shop.driver.store.client(shop.company.company_id, shop.client_id).client.phone
    ids = {"chat": shop.chat, "phone": phone.removeprefix("+"), "stranger": stranger(shop)}
    return secrets | ids | {"link": link(shop)}


# ── failing ──────────────────────────────────────────────────────────────────────────────────────


def knock(api: httpx.Client, shop: Shop) -> None:
    """Forged, malformed, of nobody; the CRM's secret stands in the address, and a number in the place of a company's id."""
    company_id, secret = shop.company.company_id, shop.secret["telegram_webhook_secret"]
    token = "X-Telegram-Bot-Api-Secret-Token"
    known, guessed = {token: secret}, {token: quote(WORDS)}
    update = {"update_id": 1, "message": {"chat": {"id": int(shop.chat)}, "text": WORDS}}
    for path, headers in (
        (f"telegram/{company_id}", guessed),
        (f"telegram/{company_id}", known),
        (f"telegram/{quote(NAME)}", known),
        (f"telegram/{shop.chat}", known),
        (f"whatsapp/{company_id}", {"X-Hub-Signature-256": f"sha256={secret}"}),
        (f"crm/{company_id}/{shop.secret['crm_webhook_secret']}", known),
        (f"crm/{company_id}/{secret}", known),
    ):
        api.post(f"/webhooks/{path}", json=update, headers=headers)


def manage(driver: Driver, shop: Shop) -> None:
    """The owner looks for a client, types what can not be read, gives a wrong token; and somebody signs in in vain."""
    client, secret = shop.client_id, shop.secret["telegram_webhook_secret"]
    said = {"text": WORDS, "company_name": NAME}
    for method, path, body, status in (
        ("GET", f"clients?q={quote(NAME)}", None, 200),
        ("GET", f"clients/{client}", None, 200),
        ("GET", f"clients/{quote(NAME)}", None, 404),
        ("GET", f"talks/{client}", None, 200),
        ("GET", f"{quote(WORDS)}/{shop.chat}", None, 404),
        ("PATCH", f"clients/{client}", {"name": WORDS, "phone": shop.chat}, 400),
        ("PUT", "company", said, 400),
        ("POST", "channels/telegram/connect", {"telegram_token": f"{secret}:{shop.chat}"}, 400),
    ):
        assert (path, asked(driver, shop, method, path, body)) == (path, status)
    signing = {"body": json.dumps({"email": f"{shop.chat}@example.com", "password": WORDS})}
    route = {"httpMethod": "POST", "path": "/session/sign-in", "resourcePath": "/session/sign-in"}
    call(driver, "SessionApi", {**EMPTY, **signing, "path": route["path"], "requestContext": route})


def asked(driver: Driver, shop: Shop, method: str, path: str, body: object) -> int:
    """The status that the owner is answered with."""
    company_id = shop.company.company_id
    path, _, query = path.partition("?")
    claims = claims_of(company_id, "owner", "owner")
    event = admin_call(
        company_id, method, unquote(path), body, claims=claims, query=parse_qs(query)
    )
    return int(json.loads(call(driver, "AdminApi", event))["statusCode"])


def fail(driver: Driver, shop: Shop) -> None:
    """Every function is called with what it can not take, full of words that must not be told."""
    poison: dict[str, Any] = {
        "company_id": shop.company.company_id,
        "client_id": NAME,
        "channel": NAME,
        "event_id": shop.chat,
        "body": {"text": WORDS},
        "kind": NAME,
        "detail": WORDS,
        "outbox_id": shop.chat,
        "journey_id": "j1",
        "service_id": WORDS,
        "campaign_on": WORDS,
    }
    record = {"messageId": "m1", "body": json.dumps(poison), "receiptHandle": "r"}
    file = {"s3": {"object": {"key": quote(f"imports/{shop.company.company_id}/{NAME}.csv")}}}
    payloads: dict[str, Any] = {
        name: {"Records": [record]} for name in ("Receive", "Deliver", "CrmEvents")
    }
    payloads["VisitsFile"] = {"Records": [file]}
    for output in driver.outputs:
        name = output.removesuffix("Function")
        if name == output or name.endswith("Webhook"):
            continue
        call(driver, name, payloads.get(name, poison))


def call(driver: Driver, name: str, given: object) -> str:
    """Most fail, and are meant to."""
    function = driver.outputs[f"{name}Function"]
    answer = driver.lambdas.invoke(FunctionName=function, Payload=json.dumps(given).encode())
    return str(answer["Payload"].read().decode())


# ── looking ──────────────────────────────────────────────────────────────────────────────────────


def lines(aws: Callable[[str], Any]) -> dict[str, str]:
    """Of every log group, and of the local cloud's own log, where what its workers write to stderr may land."""
    logs = aws("logs")
    pages = logs.get_paginator("describe_log_groups").paginate()
    groups = [group["logGroupName"] for page in pages for group in page["logGroups"]]
    told = {group: "\n".join(events(logs, group)) for group in groups}
    own = places.run_folder() / "ministack.log"
    return told | {"ministack": own.read_text(errors="replace")}


def events(logs: Any, group: str) -> Iterator[str]:
    token: dict[str, str] = {}
    while True:
        try:
            page = logs.filter_log_events(logGroupName=group, **token)
        except ClientError:
            return
        yield from (event["message"] for event in page["events"])
        if not page.get("nextToken"):
            return
        token = {"nextToken": page["nextToken"]}
