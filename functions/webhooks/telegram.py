"""POST /webhooks/telegram/{company}: checks Telegram's secret, enqueues the update, answers."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
from comeback.channels.telegram_update import Update, acknowledgement
from comeback.channels.webhook import Enqueued, answer, arrival, enqueue, header, raw_body, same
from comeback.decoding import decoded
from comeback.runtime.aws import client
from comeback.runtime.door import Door
from comeback.runtime.secrets import CompanySecrets
from comeback.runtime.settings import InboundSettings, StageSettings, from_env

settings = from_env(InboundSettings)
clock_url = from_env(StageSettings).clock_url
door = Door("telegram", CompanySecrets(settings.stage))


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    company_id = event["pathParameters"]["company"]
    proves = partial(same, header(event, "X-Telegram-Bot-Api-Secret-Token"))
    if refusal := door.refusal(event, company_id, "telegram_webhook_secret", proves):
        return refusal
    raw = raw_body(event)
    try:
        update, body = decoded(raw, Update), decoded(raw, dict[str, Any])
    except msgspec.MsgspecError:
        return answer(400, "this is no update")
    if update.chat_id is None:
        return answer(200)
    chat, arrived = str(update.chat_id), arrival(clock_url)
    queued = Enqueued(company_id, "telegram", chat, update.event_id, body, arrived)
    if door.fits(queued):
        enqueue(client("sqs"), settings.inbound_queue_url, [queued])
    return answer(200, acknowledgement(update), "application/json")
