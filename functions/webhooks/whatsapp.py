"""GET and POST /webhooks/whatsapp/{company}: verification; checks Meta's signature, enqueues each event, answers."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
from comeback.channels.webhook import answer, enqueue, header, raw_body, signed, subscribes
from comeback.channels.whatsapp_split import queued
from comeback.runtime.aws import client
from comeback.runtime.door import Door
from comeback.runtime.secrets import CompanySecrets
from comeback.runtime.settings import InboundSettings, from_env

settings = from_env(InboundSettings)
door = Door("whatsapp", CompanySecrets(settings.stage))


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    company_id = event["pathParameters"]["company"]
    return (_verified if event["httpMethod"] == "GET" else _notified)(company_id, event)


def _verified(company_id: str, event: Mapping[str, Any]) -> dict[str, Any]:
    query = event.get("queryStringParameters") or {}
    refusal = door.refusal(event, company_id, "whatsapp_verify_token", partial(subscribes, query))
    return refusal or answer(200, query.get("hub.challenge", ""))


def _notified(company_id: str, event: Mapping[str, Any]) -> dict[str, Any]:
    raw = raw_body(event)
    proves = partial(signed, raw, header(event, "X-Hub-Signature-256"))
    if refusal := door.refusal(event, company_id, "whatsapp_app_secret", proves):
        return refusal
    try:
        events = [e for e in queued(company_id, raw) if door.fits(e)]
    except msgspec.MsgspecError:
        return answer(400, "this is no notification")
    taken = enqueue(client("sqs"), settings.inbound_queue_url, events)
    return answer(200 if taken else 500)
