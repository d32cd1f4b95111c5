"""GET and POST /webhooks/whatsapp/{company}: verification; checks Meta's signature, enqueues each event, answers."""

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from comeback.channels.webhook import answer, challenge, enqueue, header, raw_body, signed
from comeback.channels.whatsapp_split import queued
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
        query = event.get("queryStringParameters") or {}
        return challenge(query, known.get("whatsapp_verify_token", ""))
    raw = raw_body(event)
    signature = header(event, "X-Hub-Signature-256")
    if not signed(raw, signature, known.get("whatsapp_app_secret", "")):
        log.warning("webhook refused", extra={"company_id": company_id, "channel": "whatsapp"})
        return answer(403)
    try:
        events = queued(company_id, raw)
    except msgspec.MsgspecError:
        return answer(400, "this is no notification")
    taken = enqueue(client("sqs"), settings.inbound_queue_url, events)
    return answer(200 if taken else 500)
