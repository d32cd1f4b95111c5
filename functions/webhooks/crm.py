"""POST /webhooks/crm/{company}/{secret}: checks the secret, enqueues what changed, answers.

YCLIENTS signs nothing, so the secret stands in the address: the one secret in a URL (the access log writes the route,
never the path). The body is not believed either: whoever reads the queue asks the CRM.
"""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
from comeback.channels.webhook import answer, raw_body, same
from comeback.clients.crm_notice import Notice
from comeback.decoding import decoded
from comeback.runtime.aws import client
from comeback.runtime.door import Door
from comeback.runtime.secrets import CompanySecrets
from comeback.runtime.settings import EventsSettings, from_env

settings = from_env(EventsSettings)
door = Door("crm", CompanySecrets(settings.stage))


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    company_id = event["pathParameters"]["company"]
    proves = partial(same, event["pathParameters"]["secret"])
    if refusal := door.refusal(event, company_id, "crm_webhook_secret", proves):
        return refusal
    try:
        notice = decoded(raw_body(event), Notice, strict=False)
    except msgspec.MsgspecError:
        return answer(400, "this is no notice of a change")
    if notice.detail is not None:
        message = {"company_id": company_id, "kind": "crm.changed", "detail": notice.detail}
        client("sqs").send_message(
            QueueUrl=settings.events_queue_url, MessageBody=json.dumps(message)
        )
    return answer(200)
