"""What DynamoDB's refusals and silences mean, in the one error tree. Said once, here.

What is not named here (a missing permission, a malformed request) stays PynamoDB's own error: it is a bug, and loud.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError
from pynamodb.exceptions import PynamoDBException, TransactWriteError

from comeback.errors import RateLimited, Retryable, Unavailable

THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingError",
        "ThrottlingException",
    }
)
DOWN = frozenset({"InternalServerError", "InternalFailure", "ServiceUnavailable"})
CONTENDED = frozenset(
    {"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"}
)
REFUSED = frozenset({"ConditionalCheckFailed", "ConditionalCheckFailedException"})
CANCELLED = "TransactionCanceledException"


class ConditionsFailed(Exception):
    """`failed`: positions, among the writes as they were sent, of those whose condition did not hold."""

    def __init__(self, failed: frozenset[int]) -> None:
        super().__init__(f"conditions of writes {sorted(failed)} did not hold")
        self.failed = failed


class Contended(Retryable):
    """Another transaction holds one of the items at this moment; nothing was written."""


@contextmanager
def answering() -> Iterator[None]:
    """Around every call: DynamoDB's answers as ConditionsFailed, Contended, RateLimited or Unavailable."""
    try:
        yield
    except PynamoDBException as error:
        found = meaning(error)
        if found is error:
            raise
        raise found from error


def meaning(error: PynamoDBException) -> Exception:
    codes = _codes(error)
    if refused := frozenset(n for n, code in enumerate(codes) if code in REFUSED):
        return ConditionsFailed(refused)
    if CONTENDED.intersection(codes):
        return Contended("another transaction holds the item")
    if THROTTLED.intersection(codes):
        return RateLimited("DynamoDB throttles", retry_after=1)
    if DOWN.intersection(codes) or isinstance(error.cause, BotoCoreError):
        return Unavailable(f"DynamoDB does not answer: {type(error.cause).__name__}")
    return error


def _codes(error: PynamoDBException) -> list[str]:
    """One per write of a cancelled transaction; else the one code of the call.

    Not by `cause_response_code`: it breaks on a read time-out, whose `response` is None.
    """
    response = getattr(error.cause, "response", None) or {}
    code = response.get("Error", {}).get("Code", "")
    if isinstance(error, TransactWriteError) and code == CANCELLED:
        return [reason.code if reason else "" for reason in error.cancellation_reasons]
    return [code]
