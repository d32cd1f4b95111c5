"""GET and POST /webhooks/whatsapp/{company}: verification; checks Meta's signature, enqueues each event, answers."""

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from comeback.channels.webhook import Enqueued, answer, enqueue, header, raw_body, same, signed
from comeback.channels.whatsapp_inbound import split
from comeback.runtime.aws import client
from comeback.runtime.secrets import CompanySecrets
from comeback.runtime.settings import InboundSettings, from_env

log = logging.getLogger("comeback")
settings = from_env(InboundSettings)
secrets = CompanySecrets(settings.stage)


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    company_id = event["pathParameters"]["company"]
    known = secrets.get(company_id)
    if event["httpMethod"] == "GET":
        return _verified(event.get("queryStringParameters") or {}, known)
    raw = raw_body(event)
    signature = header(event, "X-Hub-Signature-256")
    if not signed(raw, signature, known.get("whatsapp_app_secret", "")):
        log.warning("webhook refused", extra={"company_id": company_id, "channel": "whatsapp"})
        return answer(403)
    try:
        events = [
            Enqueued(company_id, "whatsapp", s.address, s.event_id, s.body) for s in split(raw)
        ]
    except (msgspec.MsgspecError, KeyError, AttributeError, TypeError):
        return answer(400, "this is no notification")
    taken = enqueue(client("sqs"), settings.inbound_queue_url, events)
    return answer(200 if taken else 500)


def _verified(query: Mapping[str, str], known: Mapping[str, str]) -> dict[str, Any]:
    token = query.get("hub.verify_token", "")
    subscribing = query.get("hub.mode") == "subscribe"
    if subscribing and same(token, known.get("whatsapp_verify_token", "")):
        return answer(200, query.get("hub.challenge", ""))
    return answer(403)
