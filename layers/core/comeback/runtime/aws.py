"""boto3 clients, one per service and process. A call with all its attempts takes less than half of its function's time-out
(tests/architecture/test_time_outs.py; the table is in docs/time-outs.md).

Import-light on purpose: webhooks load it.
"""

from functools import cache
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config

CONNECT_SECONDS = 1
READ_SECONDS = {"s3": 5}
OTHERS_READ_SECONDS = 2
"""S3 takes and gives files of megabytes, and no pause between two pieces is longer; the others' answers are short, and a
messenger waits for the webhook behind them."""
LINKS = "s3v4"
"""boto3 signs links in some regions by the old version, which buckets made since 2020 refuse."""
ATTEMPTS = 2
"""One retry here; the queue or the state machine does the rest."""


_one_at_a_time = Lock()
"""boto3's default session makes clients for one thread only; the clients themselves are for all."""


@cache
def client(service: str) -> Any:
    """A boto3 client. `Any`: the caller's wrapper gives the types."""
    create: Any = boto3.client  # its stubs know services by literal names only
    with _one_at_a_time:
        return create(
            service,
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS.get(service, OTHERS_READ_SECONDS),
                retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
                signature_version=LINKS if service == "s3" else None,
            ),
        )
