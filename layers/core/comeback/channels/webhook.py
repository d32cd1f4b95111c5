"""What every messenger's webhook does: check who calls, put each event on the inbound queue, answer.

Imports only botocore, msgspec and the standard library: a webhook's cold start is felt by the messenger (DESIGN §7).
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MAX_BATCH, MAX_BATCH_BYTES = 10, 256 * 1024
"""Of SQS: a batch is as large as a message may be. A queue may be set to more, ours are not."""
MAX_BODY = 4 * 1024 * 1024
"""Characters. Meta's notifications have up to 3 MB (its webhooks' overview), in base64 a third more; Telegram's are smaller."""
PLAIN_ID = re.compile(r"[\w.\-#+=/:]{1,128}", re.ASCII)


@dataclass(frozen=True)
class Enqueued:
    """One message for inbound.fifo. `address` orders a client's events; `event_id` drops repetitions for five minutes.
    `arrived_at`: for what the messenger does not date (`arrival`)."""

    company_id: str
    channel: str
    address: str
    event_id: str
    body: Mapping[str, Any]
    arrived_at: datetime | None = None

    @property
    def message(self) -> dict[str, Any]:
        """`arrived_at` in whole Unix seconds, as the messengers' own dates: a stop said in the same second is not older."""
        message = {
            "company_id": self.company_id,
            "channel": self.channel,
            "event_id": self.event_id,
            "body": self.body,
        }
        at = self.arrived_at
        return message if at is None else {**message, "arrived_at": int(at.timestamp())}

    def entry(self, number: int) -> dict[str, str]:
        """The body in ASCII: SQS refuses some characters, such as U+FFFE, that a client's phone does not."""
        return {
            "Id": str(number),
            "MessageBody": json.dumps(self.message),
            "MessageGroupId": queue_id(f"{self.company_id}#{self.channel}#{self.address}"),
            "MessageDeduplicationId": queue_id(f"{self.company_id}#{self.event_id}"),
        }

    @property
    def fits(self) -> bool:
        """Whether SQS takes it at all."""
        return len(self.entry(0)["MessageBody"]) <= MAX_BATCH_BYTES


def arrival(clock_url: str) -> datetime | None:
    """Written into the message: it may wait for days in the queue and its dead letters, and SQS dates anew what is put back.

    None where time is simulated: it stands still there while real seconds pass, so a real time, or a real age, would put a
    press before what was seen on the phone; and to ask what time it is there would cost a call. It is dated when read.
    """
    return None if clock_url else datetime.now(UTC)


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
    for entries in _batches([e.entry(n) for n, e in enumerate(events)]):
        if sqs.send_message_batch(QueueUrl=queue_url, Entries=entries).get("Failed"):
            return False
    return True


def _batches(entries: Sequence[Mapping[str, str]]) -> Iterator[list[Mapping[str, str]]]:
    """In order, each within SQS' limits of messages and of bytes (bodies are ASCII)."""
    batch: list[Mapping[str, str]] = []
    for entry in entries:
        together = sum(len(e["MessageBody"]) for e in (*batch, entry))
        if batch and (len(batch) == MAX_BATCH or together > MAX_BATCH_BYTES):
            yield batch
            batch = []
        batch.append(entry)
    if batch:
        yield batch


def raw_body(event: Mapping[str, Any]) -> bytes:
    """The very bytes that were signed; none when base64 is announced and something else comes."""
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return _bytes(body)
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        return b""


def header(event: Mapping[str, Any], name: str) -> str:
    """Case does not matter; missing is empty."""
    headers = event.get("headers") or {}
    return next((str(v) for k, v in headers.items() if k.lower() == name.lower()), "")


def same(given: str, expected: str) -> bool:
    """In constant time; an empty secret opens nothing."""
    return bool(expected) and hmac.compare_digest(_bytes(given), _bytes(expected))


def signed(raw: bytes, signature: str, app_secret: str) -> bool:
    """Meta's X-Hub-Signature-256 over the raw body."""
    expected = "sha256=" + hmac.new(app_secret.encode(), raw, hashlib.sha256).hexdigest()
    return bool(app_secret) and same(signature, expected)


def subscribes(query: Mapping[str, str], verify_token: str) -> bool:
    """Meta's GET when a webhook is registered: whoever knows the token gets the challenge back."""
    known = same(query.get("hub.verify_token", ""), verify_token)
    return query.get("hub.mode") == "subscribe" and known


def _bytes(text: str) -> bytes:
    """Half a surrogate pair, which no real caller sends, is refused like anything wrong: it must not raise."""
    return text.encode(errors="surrogatepass")


def answer(status: int, body: str = "", kind: str = "text/plain") -> dict[str, Any]:
    return {"statusCode": status, "headers": {"Content-Type": kind}, "body": body}
