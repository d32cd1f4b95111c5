"""AWS clients, one per service and process. A call with all its attempts takes less than half of its function's time-out
(tests/architecture/test_time_outs.py; the table is in docs/time-outs.md).

Import-light on purpose: webhooks load it. The clients are botocore's, which boto3's are too: boto3 itself adds resources and
transfers of large files, which nobody here uses, for a fifth of every cold start.
"""

from functools import cache
from threading import Lock
from typing import Any

from botocore.config import Config
from botocore.session import get_session

CONNECT_SECONDS = 1
READ_SECONDS = {"s3": 5}
OTHERS_READ_SECONDS = 2
"""S3 takes and gives files of megabytes, and no pause between two pieces is longer; the others' answers are short, and a
messenger waits for the webhook behind them."""
LINKS = "s3v4"
"""botocore signs links in some regions by the old version, which buckets made since 2020 refuse."""
ATTEMPTS = 2
"""One retry here; the queue or the state machine does the rest."""


_one_at_a_time = Lock()
"""A session makes clients for one thread only; the clients themselves are for all."""


@cache
def session() -> Any:
    """One for all clients: what describes the services is read once. It keeps the keys that it found first."""
    return get_session()


@cache
def client(service: str) -> Any:
    """`Any`: the caller's wrapper gives the types."""
    with _one_at_a_time:
        return session().create_client(
            service,
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS.get(service, OTHERS_READ_SECONDS),
                retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
                signature_version=LINKS if service == "s3" else None,
            ),
        )
