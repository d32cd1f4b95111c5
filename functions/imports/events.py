"""Consumes the events queue: what the CRM told, syncs that begin or go on, dates that a rule has moved."""

from collections.abc import Callable, Mapping
from typing import Any

from comeback.errors import InvalidInput
from comeback.runtime import sqs, wiring

Follow = Callable[[str, Mapping[str, str]], None]
KEPT_FOR_THE_REST = 30.0
"""Seconds of the invocation that a sync leaves to the other messages of its batch."""


def handler(event: Mapping[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    def seconds_left() -> float:
        return float(context.get_remaining_time_in_millis()) / 1000 - KEPT_FOR_THE_REST

    by_kind: Mapping[str, Callable[[], Follow]] = {
        "crm.changed": lambda: wiring.crm_changed().handle,
        "crm.sync": lambda: wiring.crm_sync(seconds_left).handle,
        "rule.saved": lambda: wiring.rule_change(seconds_left).handle,
    }

    def handle(body: Mapping[str, Any]) -> None:
        follow = by_kind.get(body["kind"])
        if follow is None:
            raise InvalidInput("kind", "is unknown", f"Use one of {', '.join(by_kind)}")
        follow()(body["company_id"], body["detail"])

    return sqs.process(event, handle)
