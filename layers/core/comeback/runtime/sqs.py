"""The SQS answer to our errors, mapped once.

Retryable and unknown errors leave the record in the queue (after its receives it goes to the DLQ with an alarm);
`AlreadyDone` is success; any other `Permanent` can not be mended by repeating, and so goes the same way to the DLQ,
where an operator sees it: nothing is dropped in silence (promise 3). FIFO order within a group is kept: after the
first failure of a group the rest of that group in the batch is returned untried.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from comeback.errors import AlreadyDone, Permanent, Retryable
from comeback.runtime.logs import correlate, forget, logger

Record = Mapping[str, Any]


def process(
    event: Mapping[str, Any],
    handle: Callable[[Mapping[str, Any]], None],
) -> dict[str, list[dict[str, str]]]:
    """Runs `handle` on the JSON body of every record; answers which failed (ReportBatchItemFailures)."""
    failed: list[dict[str, str]] = []
    broken_groups: set[str] = set()
    for record in event["Records"]:
        group = record.get("attributes", {}).get("MessageGroupId", "")
        if group and group in broken_groups:
            failed.append({"itemIdentifier": record["messageId"]})
        elif not _done(record, handle):
            failed.append({"itemIdentifier": record["messageId"]})
            broken_groups.add(group)
    return {"batchItemFailures": failed}


def _done(record: Record, handle: Callable[[Mapping[str, Any]], None]) -> bool:
    forget()
    correlate(message_id=record["messageId"])
    try:
        body = json.loads(record["body"])
        correlate(company_id=str(body.get("company_id", "")))
        handle(body)
    except AlreadyDone:
        logger.info("already done")
    except Retryable as error:
        logger.warning("to be retried", extra={"error": type(error).__name__})
        return False
    except Permanent as error:
        logger.error("can not be done", extra={"error": type(error).__name__})
        return False
    except Exception:
        logger.exception("unexpected error")
        return False
    return True
