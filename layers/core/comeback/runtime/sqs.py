"""The SQS answer to our errors, mapped once.

Retryable and unknown errors leave the record in the queue (after its receives it goes to the DLQ with an alarm);
`AlreadyDone` and `Erased` are success; any other `Permanent` can not be mended by repeating, and so goes the same way to the DLQ,
where an operator sees it: nothing is dropped in silence (promise 3). FIFO order within a group is kept: after the
first failure of a group the rest of that group in the batch is returned untried. A receive is counted for the untried, too, so
the last receive of what fails is its neighbours' turn: it goes to the DLQ, and would take them along.

Who asks to come back in n seconds is obeyed, where the caller can hide messages: they are shown again after n seconds, not
after the queue's visibility time-out, and never sooner, up to the longest that SQS takes. Asked again, we wait twice as long
each time, up to a quarter of an hour: ten receives that are asked for 10 seconds each last for 50 minutes, not for two. The
untried rest of the group is hidden as long: a message in flight holds back its whole group.

Where a record waits for the language model, several groups of a batch are handled at once: the waits overlap.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from typing import Any

from comeback.errors import AlreadyDone, Erased, Permanent, Retryable
from comeback.runtime.logs import correlate, forget, logger
from comeback.runtime.meter import METER

Record = Mapping[str, Any]
Handle = Callable[[Mapping[str, Any]], None]
Hide = Callable[[str, int], None]
"""Takes a receipt handle and the seconds, 1 to `LONGEST`, after which its message is shown again."""
LONGEST = 42_000
"""Seconds. A message is hidden for 12 hours (43,200 s) from its receipt at most, and SQS refuses what goes beyond: the rest is
for what has passed of the invocation."""
DOUBLED_TO = 900
"""Seconds. Beyond it nobody waits longer than was asked."""
RECEIVED_AND_DELETED = 2
"""Requests for a batch, whoever asks them for us."""


@dataclass(frozen=True)
class Failure:
    """`seconds` to hide for; None: as long as the queue does."""

    seconds: int | None = None


@METER.invocation(queue_requests=RECEIVED_AND_DELETED)
def process(
    event: Mapping[str, Any],
    handle: Handle,
    hide: Hide | None = None,
    receives: int | None = None,
    at_once: int = 1,
) -> dict[str, list[dict[str, str]]]:
    """Runs `handle` on the JSON body of every record; answers which failed (ReportBatchItemFailures). `receives`: how often a
    FIFO queue delivers a message before it goes to the dead letters (maxReceiveCount). `at_once`: groups handled side by side,
    by threads."""

    def in_order(group: Sequence[Record]) -> list[str]:
        return [*_failed(group, handle, hide, receives)]

    groups = _groups(event["Records"])
    if at_once == 1 or len(groups) == 1:
        failed = [*map(in_order, groups)]
    else:
        with ThreadPoolExecutor(at_once) as threads:
            failed = [*threads.map(in_order, groups)]
    return {"batchItemFailures": [{"itemIdentifier": m} for group in failed for m in group]}


def _groups(records: Sequence[Record]) -> list[list[Record]]:
    """Each in its order; a record of a standard queue is alone."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        group = record.get("attributes", {}).get("MessageGroupId", "")
        groups.setdefault(group or record["messageId"], []).append(record)
    return [*groups.values()]


def _failed(
    group: Sequence[Record], handle: Handle, hide: Hide | None, receives: int | None
) -> Iterator[str]:
    """Ids of those to bring back."""
    broken: Failure | None = None
    for record in group:
        failure = broken or _failure(record, handle)
        if failure is None:
            continue
        yield record["messageId"]
        broken = None if _is_last(record, receives) else failure
        if hide and failure.seconds is not None:
            _hide(record, failure.seconds, hide)


def _failure(record: Record, handle: Handle) -> Failure | None:
    """None: it is done."""
    forget()
    correlate(message_id=record["messageId"])
    try:
        body = json.loads(record["body"])
        company_id = str(body.get("company_id", ""))
        correlate(company_id=company_id)
        with METER.of(company_id):
            handle(body)
    except (AlreadyDone, Erased) as nothing_to_do:
        logger.info("nothing to do", extra={"reason": type(nothing_to_do).__name__})
    except Retryable as error:
        logger.warning("to be retried", extra={"error": type(error).__name__})
        return Failure(_seconds(record, error.retry_after))
    except Permanent as error:
        logger.error("can not be done", extra={"error": type(error).__name__})
        return Failure()
    except Exception:
        logger.exception("unexpected error")
        return Failure()
    return None


def _seconds(record: Record, asked: float | None) -> int | None:
    """What was asked; less than `DOUBLED_TO`, doubled for each time that the record had come before."""
    if asked is None:
        return None
    doubled = min(DOUBLED_TO, asked * 2.0 ** (_receives(record) - 1))
    return max(1, ceil(min(LONGEST, max(asked, doubled))))


def _receives(record: Record) -> int:
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))


def _is_last(record: Record, receives: int | None) -> bool:
    return receives is not None and _receives(record) >= receives


def _hide(record: Record, seconds: int, hide: Hide) -> None:
    """Without it the record comes back too, only later."""
    try:
        hide(record["receiptHandle"], seconds)
    except Exception:
        logger.exception("visibility not changed")
