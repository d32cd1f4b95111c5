"""What every messenger's webhook does: check who calls, put each event on the inbound queue, answer.

Imports only boto3, msgspec and the standard library: a webhook's cold start is felt by the messenger (DESIGN §7).
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAX_BATCH = 10
PLAIN_ID = re.compile(r"[\w.\-#+=/:]{1,128}", re.ASCII)


@dataclass(frozen=True)
class Enqueued:
    """One message for inbound.fifo. `address` orders a client's events; `event_id` drops repetitions for five minutes."""

    company_id: str
    channel: str
    address: str
    event_id: str
    body: Mapping[str, Any]

    def entry(self, number: int) -> dict[str, str]:
        """The body in ASCII: SQS refuses some characters, such as U+FFFE, that a client's phone does not."""
        message = {
            "company_id": self.company_id,
            "channel": self.channel,
            "event_id": self.event_id,
            "body": self.body,
        }
        return {
            "Id": str(number),
            "MessageBody": json.dumps(message),
            "MessageGroupId": queue_id(f"{self.company_id}#{self.channel}#{self.address}"),
            "MessageDeduplicationId": queue_id(f"{self.company_id}#{self.event_id}"),
        }


def queue_id(name: str) -> str:
    """SQS takes 128 characters of a plain alphabet."""
    return name if PLAIN_ID.fullmatch(name) else hashlib.sha256(name.encode()).hexdigest()


def enqueue(sqs: Any, queue_url: str, events: Sequence[Enqueued]) -> bool:
    """False when any was not taken: the messenger must send the whole again, and repetitions are dropped.

    A webhook mostly brings one event. It goes by SendMessage: the local cloud asks for an IAM action of its own for
    batches, which AWS does not know (there SendMessage covers both).
    """
    if len(events) == 1:
        entry = events[0].entry(0)
        del entry["Id"]
        sqs.send_message(QueueUrl=queue_url, **entry)
        return True
    for start in range(0, len(events), MAX_BATCH):
        entries = [e.entry(n) for n, e in enumerate(events[start : start + MAX_BATCH])]
        if sqs.send_message_batch(QueueUrl=queue_url, Entries=entries).get("Failed"):
            return False
    return True


def raw_body(event: Mapping[str, Any]) -> bytes:
    """The very bytes that were signed."""
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()


def header(event: Mapping[str, Any], name: str) -> str:
    """Case does not matter; missing is empty."""
    headers = event.get("headers") or {}
    return next((str(v) for k, v in headers.items() if k.lower() == name.lower()), "")


def same(given: str, expected: str) -> bool:
    """In constant time; an empty secret opens nothing."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def signed(raw: bytes, signature: str, app_secret: str) -> bool:
    """Meta's X-Hub-Signature-256 over the raw body."""
    expected = "sha256=" + hmac.new(app_secret.encode(), raw, hashlib.sha256).hexdigest()
    return bool(app_secret) and hmac.compare_digest(signature.encode(), expected.encode())


def challenge(query: Mapping[str, str], verify_token: str) -> dict[str, Any]:
    """Meta's GET when a webhook is registered: whoever knows the token gets the challenge back."""
    subscribing = query.get("hub.mode") == "subscribe"
    if subscribing and same(query.get("hub.verify_token", ""), verify_token):
        return answer(200, query.get("hub.challenge", ""))
    return answer(403)


def answer(status: int, body: str = "", kind: str = "text/plain") -> dict[str, Any]:
    return {"statusCode": status, "headers": {"Content-Type": kind}, "body": body}
