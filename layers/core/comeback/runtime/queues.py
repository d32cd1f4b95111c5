"""SQS behind the OutboundQueue and Events ports."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from comeback.errors import Unavailable


class SqsOutbound:
    """The outbound FIFO queue: one group per client, so that a client's messages leave in order.

    The address is asked for at the first message: some functions are made of parts that could send, and never do.
    """

    def __init__(self, sqs: Any, queue_url: Callable[[], str]) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def enqueue(self, company_id: str, client_id: str, outbox_id: str) -> None:
        body = {"company_id": company_id, "client_id": client_id, "outbox_id": outbox_id}
        _send(
            self._sqs,
            QueueUrl=self._queue_url(),
            MessageBody=json.dumps(body),
            MessageGroupId=f"{company_id}#{client_id}"[:128],
            MessageDeduplicationId=f"{client_id}#{outbox_id}"[-128:],
        )

    def hide(self, receipt_handle: str, seconds: int) -> None:
        """A message in flight is shown again after `seconds` from now."""
        try:
            self._sqs.change_message_visibility(
                QueueUrl=self._queue_url(), ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
            )
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"SQS did not hide the message: {error}") from error


class SqsEvents:
    """The events queue (standard): consumers are idempotent."""

    def __init__(self, sqs: Any, queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def publish(
        self, company_id: str, kind: str, detail: Mapping[str, str], delay: int = 0
    ) -> None:
        body = {"company_id": company_id, "kind": kind, "detail": dict(detail)}
        _send(
            self._sqs,
            QueueUrl=self._queue_url,
            MessageBody=json.dumps(body),
            DelaySeconds=delay,
        )


def _send(sqs: Any, **message: Any) -> None:
    """A lost answer may leave the message twice: FIFO deduplicates it, events' consumers are idempotent."""
    try:
        sqs.send_message(**message)
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(f"SQS did not take the message: {error}") from error
