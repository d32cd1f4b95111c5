"""Consumes the inbound queue: what clients wrote, pressed and received."""

from collections.abc import Mapping
from typing import Any

from comeback.runtime import sqs, wiring

RECEIVES = 5
"""The queue's maxReceiveCount."""


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    return sqs.process(event, wiring.receive().handle, receives=RECEIVES)
