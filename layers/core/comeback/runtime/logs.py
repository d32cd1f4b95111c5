"""Structured logs and metrics of every function but the webhooks (those use Lambda's own JSON format).

Log ids, never names, numbers, addresses or texts.
"""

import hashlib

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

logger = Logger()
"""Service and level come from POWERTOOLS_SERVICE_NAME and LOG_LEVEL."""


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
