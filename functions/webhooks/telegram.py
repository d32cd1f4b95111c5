"""POST /webhooks/telegram/{company}: checks Telegram's secret, enqueues the update, answers."""

import json
import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from comeback.channels.telegram_update import Update, acknowledgement
from comeback.channels.webhook import Enqueued, answer, enqueue, header, raw_body, same
from comeback.runtime.aws import client
from comeback.runtime.secrets import CompanySecrets
from comeback.runtime.settings import InboundSettings, from_env

log = logging.getLogger("comeback")
settings = from_env(InboundSettings)
secrets = CompanySecrets(settings.stage)


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    company_id = event["pathParameters"]["company"]
    expected = secrets.get(company_id).get("telegram_webhook_secret", "")
    if not same(header(event, "X-Telegram-Bot-Api-Secret-Token"), expected):
        log.warning("webhook refused", extra={"company_id": company_id, "channel": "telegram"})
        return answer(403)
    raw = raw_body(event)
    try:
        update = msgspec.json.decode(raw, type=Update)
    except msgspec.MsgspecError:
        return answer(400, "this is no update")
    if update.chat_id is None:
        return answer(200)
    queued = Enqueued(company_id, "telegram", str(update.chat_id), update.event_id, json.loads(raw))
    if not enqueue(client("sqs"), settings.inbound_queue_url, [queued]):
        return answer(500)
    return answer(200, acknowledgement(update), "application/json")
