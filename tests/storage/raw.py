"""What a thief of the table would hold: its items as DynamoDB has them, and everything that flowed through its stream."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from moto.backends import get_backend

Raw = Mapping[str, Any]
ACCOUNT = "123456789012"
"""Moto's."""


def items(aws: Any, table: str) -> list[Raw]:
    pages = aws.get_paginator("scan").paginate(TableName=table)
    return [item for page in pages for item in page["Items"]]


def put_back(aws: Any, table: str, snapshot: Iterable[Raw]) -> None:
    for item in snapshot:
        aws.put_item(TableName=table, Item=item)


def watch(aws: Any, table: str) -> None:
    """Its stream, as the template has it."""
    images = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    aws.update_table(TableName=table, StreamSpecification=images)


def streamed(table: str) -> list[Raw]:
    """As moto keeps it; its DescribeStream does not answer."""
    backend: Any = get_backend("dynamodb")[ACCOUNT]["us-east-1"]
    return [record.record["dynamodb"] for record in backend.tables[table].stream_shard.items]


def holds(stolen: Any, wanted: str) -> bool:
    """Anywhere in it: in keys, texts, numbers, and as bytes in what is binary."""
    return any(wanted.encode() in part for part in _bytes(stolen))


def _bytes(found: Any) -> Iterator[bytes]:
    if isinstance(found, bytes):
        yield found
    elif isinstance(found, Mapping):
        for name, value in found.items():
            yield str(name).encode()
            yield from _bytes(value)
    elif isinstance(found, (list, tuple, set, frozenset)):
        for value in found:
            yield from _bytes(value)
    else:
        yield str(found).encode()
