"""Consumes the inbound queue: what clients wrote, pressed and received."""

from collections.abc import Mapping
from typing import Any

from comeback.runtime import sqs, wiring

RECEIVES = 5
"""The queue's maxReceiveCount."""
AT_ONCE = 5
"""The event source's BatchSize: clients whose answers the model reads side by side."""


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    return sqs.process(event, wiring.receive().handle, receives=RECEIVES, at_once=AT_ONCE)
