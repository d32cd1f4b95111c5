"""Teaches MiniStack `dynamodb:LeadingKeys`: AWS tells a policy which partition keys a request is about, MiniStack does not,
and so a fence around keys would never be tried before it stands on AWS. Runs on MiniStack's interpreter.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

CONTEXT_KEY = "dynamodb:LeadingKeys"
PARTITION = re.compile(r"(?:^|GSI\d)PK")
"""Of this table and of its indexes."""
EQUALS = re.compile(r"(#?\w+)\s*=\s*(:\w+)")
Body = Mapping[str, Any]


class OfItem(str):
    """The action that one item of a transaction is judged as, and the key it is about."""

    key: str


def leading_keys(body: Body) -> list[str]:
    """Of a request for items, a batch or a Query. A transaction has none: its items have (`of_transaction`)."""
    batches = body.get("RequestItems", {}).values()
    return [
        *_of_item(body),
        *(key for batch in batches for key in _of_batch(batch)),
        *_of_query(body),
    ]


def of_transaction(body: Body) -> list[str]:
    """In the order of its items."""
    parts = (part for item in body.get("TransactItems", ()) for part in item.values())
    return [key for part in parts for key in _of_item(part)]


def _of_item(part: Body) -> Iterator[str]:
    for name in ("Key", "Item"):
        if name in part:
            yield from (v["S"] for attribute, v in part[name].items() if attribute == "PK")


def _of_batch(batch: Any) -> Iterator[str]:
    asked = [{"Key": key} for key in batch["Keys"]] if isinstance(batch, dict) else []
    written = [] if asked else [part for request in batch for part in request.values()]
    for part in (*asked, *written):
        yield from _of_item(part)


def _of_query(body: Body) -> Iterator[str]:
    names = body.get("ExpressionAttributeNames", {})
    for name, value in EQUALS.findall(body.get("KeyConditionExpression", "")):
        if PARTITION.fullmatch(names.get(name, name)):
            yield body["ExpressionAttributeValues"][value]["S"]


def taught(iam_actions: Any, iam_evaluator: Any) -> None:
    """Puts the keys before MiniStack's judgement."""
    context, checks = iam_actions.dynamodb_service_context, iam_actions.dynamodb_transaction_checks
    enforce: Callable[..., Any] = iam_evaluator.enforce

    def with_keys(body: bytes) -> dict[str, Any]:
        keys = leading_keys(json.loads(body or b"{}"))
        return {**context(body), **({CONTEXT_KEY: keys} if keys else {})}

    def item_by_item(action: str, body: bytes, *place: str) -> list[tuple[str, str]]:
        found = checks(action, body, *place)
        keys = of_transaction(json.loads(body)) if found else []
        return [(_about(name, key), arn) for (name, arn), key in zip(found, keys, strict=True)]

    def judged(access_key: str, action: str, *place: str, **more: Any) -> Any:
        if isinstance(action, OfItem):
            more["service_context"] = {**(more["service_context"] or {}), CONTEXT_KEY: [action.key]}
        return enforce(access_key, action, *place, **more)

    iam_actions.dynamodb_service_context = with_keys
    iam_actions.dynamodb_transaction_checks = item_by_item
    iam_evaluator.enforce = judged


def _about(action: str, key: str) -> OfItem:
    about = OfItem(action)
    about.key = key
    return about
