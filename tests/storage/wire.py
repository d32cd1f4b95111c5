"""What happens between PynamoDB and DynamoDB: requests counted, answers lost, refusals made up."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any

from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from pynamodb.exceptions import CancellationReason, VerboseClientError

KEYS = "comeback-keys"
"""The table of keys' name."""
Call = partial[Any]
"""The request under way; `args`: connection, operation, arguments."""
Fault = Callable[[Call], Any]


@dataclass
class Wire:
    """`faults` are used up by coming requests, one each. Requests come one by one, as DynamoDB's writes of one item do:
    moto, run by several threads, lacks even that. The table of keys works without a fault, and is counted apart."""

    real: Callable[..., Any]
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    of_keys: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def dispatcher(self) -> Callable[..., Any]:
        def dispatch(connection: Any, operation: str, arguments: dict[str, Any]) -> Any:
            with self.lock:
                call = partial(self.real, connection, operation, arguments)
                if KEYS in _tables(arguments):
                    self.of_keys.append(operation)
                    return call()
                self.requests.append(operation)
                fault = self.faults.pop(0) if self.faults else None
                return fault(call) if fault else call()

        return dispatch

    def counted(self) -> dict[str, int]:
        """Requests by operation since the last look."""
        return _taken(self.requests)

    def counted_of_keys(self) -> dict[str, int]:
        return _taken(self.of_keys)


def _taken(requests: list[str]) -> dict[str, int]:
    seen = Counter(requests)
    requests.clear()
    return dict(seen)


def _tables(arguments: dict[str, Any]) -> set[str]:
    written = [next(iter(each.values())) for each in arguments.get("TransactItems", ())]
    named = {each["TableName"] for each in (arguments, *written) if "TableName" in each}
    return named | set(arguments.get("RequestItems", ()))


def unreachable(_call: Call) -> Any:
    raise ConnectTimeoutError(endpoint_url="http://dynamodb")


def answer_lost(call: Call) -> Any:
    """Applied; nobody heard."""
    call()
    raise ReadTimeoutError(endpoint_url="http://dynamodb")


def repeated(call: Call) -> Any:
    """The SDK lost an answer and asked again; moto, like AWS after ten minutes, knows no request token."""
    with suppress(VerboseClientError):
        call()
    return call()


def refused(code: str, *reasons: str) -> Fault:
    """An error code; for a cancelled transaction with one reason per write."""

    def fault(_call: Call) -> Any:
        raise VerboseClientError(
            {"Error": {"Code": code, "Message": "on order"}},
            "Operation",
            cancellation_reasons=[CancellationReason(r) if r else None for r in reasons],
        )

    return fault


def contended(*reasons: str) -> Fault:
    return refused("TransactionCanceledException", *(reasons or ("TransactionConflict",)))


def left_over(call: Call) -> Any:
    """A batch of which nothing was done, as under throttling."""
    asked = call.args[2]["RequestItems"]
    return {"Responses": {}, "UnprocessedKeys": asked, "UnprocessedItems": asked}
