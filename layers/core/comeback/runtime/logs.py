"""Structured logs and metrics of every function but the webhooks (those use Lambda's own JSON format).

Log ids, never names, numbers, addresses or texts. So errors are told by kind and place: their words may quote anything. And
libraries are heard from WARNING on: httpx tells at INFO every address it calls, and Telegram's hold the bot's token.
"""

import hashlib
import logging
import traceback
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
from botocore.exceptions import ClientError

LIBRARIES = ("httpx", "httpx2", "httpcore", "httpcore2", "telegram", "google_genai", "botocore", "boto3", "urllib3")  # fmt: skip
Asked = ParamSpec("Asked")
Answered = TypeVar("Answered")


class Discreet(logging.Filter):
    """Puts an error's kind and place where its words would stand."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1]:
            record.exception = [_told(error) for error in _chain(record.exc_info[1])]
            record.exc_info = None
        return True


class Unexpected(Exception):
    """Of what ended an invocation, the kind: Lambda logs an error's words by itself."""


logger = Logger()
"""Service and level come from POWERTOOLS_SERVICE_NAME and LOG_LEVEL."""
logger.addFilter(Discreet())
for library in LIBRARIES:
    logging.getLogger(library).setLevel(logging.WARNING)


def discreet(handler: Callable[Asked, Answered]) -> Callable[Asked, Answered]:
    """For a handler whose errors nobody else maps."""

    @wraps(handler)
    def handling(*arguments: Asked.args, **named: Asked.kwargs) -> Answered:
        try:
            return handler(*arguments, **named)
        except Exception as error:
            logger.exception("unexpected error")
            raise Unexpected(type(error).__name__) from None

    return handling


def correlate(**ids: str) -> None:
    """Puts the ids of the thing at hand on every following line of this thread's work."""
    logger.thread_safe_append_keys(**{name: value for name, value in ids.items() if value})


def forget() -> None:
    logger.thread_safe_clear_keys()


def count(metric: str, company_id: str, n: int = 1, **labels: str) -> None:
    """One EMF line: a metric without an API call. Labels are metadata, not dimensions (dimensions cost money)."""
    metrics = EphemeralMetrics()
    metrics.add_metric(name=metric, unit=MetricUnit.Count, value=n)
    metrics.add_metadata(key="company_id", value=company_id)
    for name, value in labels.items():
        metrics.add_metadata(key=name, value=value)
    metrics.flush_metrics(raise_on_empty_metrics=False)


def skipped(metric: str, company_id: str, event_id: str) -> None:
    """Counts an event that was let go, and names it by a digest: WhatsApp's own ids hold the client's number."""
    digest = hashlib.sha256(event_id.encode()).hexdigest()[:16]
    count(metric, company_id, event=digest)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, those in it where it is a group, then what it came of."""
    found: BaseException | None = error
    while found is not None:
        yield found
        for one in found.exceptions if isinstance(found, BaseExceptionGroup) else ():
            yield from _chain(one)
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)


def _told(error: BaseException) -> str:
    """`KeyError at receive.py:120 in handle, consent.py:31 in ask`; of AWS' errors the code, which quotes nothing."""
    code = f" {error.response['Error']['Code']}" if isinstance(error, ClientError) else ""
    places = [
        f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    return f"{type(error).__name__}{code} at {', '.join(places)}"
