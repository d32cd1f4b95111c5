"""What each request to the table costs, in the units that DynamoDB bills.

PynamoDB asks for ReturnConsumedCapacity=TOTAL with every request; indexes are in the total. Answers that tell nothing (every
refusal, which is billed too; moto's transactions) count as one unit, a transaction as two: too few where more items were in it.
"""

from collections.abc import Mapping
from typing import Any

from pynamodb.connection import Connection

from comeback.ports import Note

READS = frozenset({"GetItem", "BatchGetItem", "Query"})
UNTOLD = 1.0
"""Units of the smallest request outside a transaction, and half of the smallest transaction."""


class MeteredConnection(Connection):
    """Tells `used` what each answer says it cost, when there is somebody to tell."""

    def __init__(self, used: Note | None, **options: Any) -> None:
        super().__init__(**options)
        self._used = used
        self._watched: Any = None

    @property
    def client(self) -> Any:
        """PynamoDB makes it at the first request, and anew when it was made before there were credentials."""
        client = super().client
        if self._used and client is not self._watched:
            self._watched = client
            client.meta.events.register("after-call.dynamodb", self._tell)
        return client

    def _tell(self, parsed: Mapping[str, Any], model: Any, **_event: object) -> None:
        """botocore's `after-call`: once per request, however often botocore sent it."""
        name = "read_units" if model.name in READS else "write_units"
        if self._used:
            self._used(name, units(model.name, parsed.get("ConsumedCapacity")))


def units(operation: str, told: Mapping[str, Any] | list[Mapping[str, Any]] | None) -> float:
    """`told`: ConsumedCapacity, of one table or of each."""
    if not told:
        return UNTOLD * (2 if operation == "TransactWriteItems" else 1)
    tables = told if isinstance(told, list) else [told]
    return sum(float(table["CapacityUnits"]) for table in tables)
