"""boto3 clients, one per service and process, with limits well below every function's time-out.

Import-light on purpose: webhooks load it.
"""

from functools import cache
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config

CONNECT_SECONDS = 2
READ_SECONDS = 5
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
                read_timeout=READ_SECONDS,
                retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            ),
        )
