"""Consumes the outbound queue: the only code that talks to a messenger."""

from collections.abc import Mapping
from typing import Any

from comeback.runtime import sqs, wiring

RECEIVES = 10
"""The queue's maxReceiveCount."""


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    return sqs.process(event, wiring.deliver().handle, wiring.hide_outbound, receives=RECEIVES)
