"""Counts what DynamoDB would bill, from the requests themselves: moto answers no true ConsumedCapacity.

Sizes and rounding: AWS' developer guide, "Item sizes and formats" and "Read and write operations". An index is written to on
its own, not as part of the transaction: once when its entry is new, changed or gone, twice when the entry's key moved.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from comeback.storage.table import FIRST_INDEX, SECOND_INDEX

from tests.bench.prices import CALLS, READS, WRITES, Quantities

Raw = Mapping[str, Mapping[str, Any]]
"""An item as it goes over the wire."""
WRITE_UNIT, READ_UNIT = 1024, 4096


@dataclass
class Meter:
    """`stored`: the item of a key at this moment, asked past the meter. What is not inside a function is not counted."""

    real: Callable[..., Any]
    stored: Callable[[Raw], Raw]
    functions: dict[str, Quantities] = field(default_factory=dict)
    runs: Counter[str] = field(default_factory=Counter)
    _under_way: list[str] = field(default_factory=list)

    @contextmanager
    def run_of(self, function: str) -> Iterator[None]:
        self.runs[function] += 1
        self.functions.setdefault(function, Counter())
        self._under_way.append(function)
        try:
            yield
        finally:
            self._under_way.pop()

    def watch(self, use_case: object, method: str, function: str) -> None:
        """Every call of the use case is a run of that function from now on."""
        real = getattr(use_case, method)

        def run(*args: Any) -> Any:
            with self.run_of(function):
                return real(*args)

        setattr(use_case, method, run)

    def dispatcher(self) -> Callable[..., Any]:
        def dispatch(connection: Any, operation: str, arguments: dict[str, Any]) -> Any:
            if not self._under_way:
                return self.real(connection, operation, arguments)
            count = self.functions[self._under_way[-1]]
            written = [(key, self.stored(key)) for key in _written(operation, arguments)]
            answer = self.real(connection, operation, arguments)
            transaction = 2 if operation == "TransactWriteItems" else 1
            count[CALLS] += 1
            for key, before in written:
                after = self.stored(key)
                units = ceil(max(_size(before), _size(after), 1) / WRITE_UNIT) * transaction
                count[WRITES] += units + _index_units(before, after)
            count.update({READS: _read_units(operation, arguments, answer)})
            return answer

        return dispatch


def _written(operation: str, arguments: Mapping[str, Any]) -> Iterator[Raw]:
    """The keys."""
    if operation == "TransactWriteItems":
        writes = [write for entry in arguments["TransactItems"] for write in entry.values()]
    else:
        writes = [arguments] if operation in ("PutItem", "DeleteItem", "UpdateItem") else []
    for write in writes:
        item = write.get("Key") or write["Item"]
        yield {"PK": item["PK"], "SK": item["SK"]}


def _index_units(before: Raw, after: Raw) -> int:
    units = 0
    for index in (FIRST_INDEX, SECOND_INDEX):
        names = (f"{index}PK", f"{index}SK")
        keys = [
            tuple(item[name]["S"] for name in names if name in item) for item in (before, after)
        ]
        entries = {key for key in keys if len(key) == len(names)}
        units += len(entries) * ceil(max(_size(before), _size(after)) / WRITE_UNIT)
    return units


def _read_units(operation: str, arguments: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    if operation == "GetItem":
        return _rounded(_size(answer.get("Item", {})), arguments)
    if operation == "Query":
        return _rounded(sum(map(_size, answer["Items"])), arguments)
    if operation == "BatchGetItem":
        ((table, asked),) = arguments["RequestItems"].items()
        found = answer["Responses"].get(table, [])
        missing = len(asked["Keys"]) - len(found)
        return sum(_rounded(_size(item), asked) for item in found) + missing * _rounded(0, asked)
    return 0.0


def _rounded(size: int, arguments: Mapping[str, Any]) -> float:
    """What is not there costs a unit, too."""
    return max(1, ceil(size / READ_UNIT)) * (1.0 if arguments.get("ConsistentRead") else 0.5)


def _size(item: Raw) -> int:
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(typed: Mapping[str, Any]) -> int:
    ((kind, value),) = typed.items()
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return (len(value) + 1) // 2 + 1
        case "M":
            return 3 + len(value) + _size(value)
        case "L":
            return 3 + len(value) + sum(map(_value_size, value))
        case "SS":
            return sum(len(element.encode()) for element in value)
        case "NS":
            return sum((len(element) + 1) // 2 + 1 for element in value)
        case "B":
            return len(value)
        case _:
            return 1
