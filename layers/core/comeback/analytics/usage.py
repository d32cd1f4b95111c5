"""From what the functions counted to what is priced."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from comeback.analytics.model import CostOf
from comeback.analytics.prices import Item
from comeback.conversations.model import ChannelKind
from comeback.ports import Usage

COUNTED: Mapping[Item, str] = {
    Item.WRITE_UNITS: "write_units",
    Item.READ_UNITS: "read_units",
    Item.SQS_FIFO: "queue_requests",  # two of the three queues are; the events' would be a fifth cheaper
    Item.TRANSITIONS: "state_transitions",
    Item.INVOCATIONS: "function_calls",
}
"""Item → the name in `Usage`. Webhooks count nothing, so API Gateway's requests are not in it (runtime/meter.py)."""
GB_MS = 1024 * 1000
"""MB-milliseconds in a GB-second."""


def cost_of(
    usage: Sequence[Usage],
    messages: Mapping[ChannelKind, int],
    prices: Mapping[ChannelKind, int],
    memory_mb: int = 512,
) -> CostOf:
    """Of all these days together. `messages` and `prices` (minor units for one message) by channel; `memory_mb`:
    what `function_ms` is told at."""
    requests: dict[Item, int | Decimal] = {
        item: sum((Decimal(str(getattr(day, name))) for day in usage), Decimal(0))
        for item, name in COUNTED.items()
    }
    requests[Item.GB_SECONDS] = Decimal(sum(d.function_ms for d in usage) * memory_mb) / GB_MS
    return CostOf(
        aws_requests=requests,
        tokens_in=sum(day.tokens_in for day in usage),
        tokens_out=sum(day.tokens_out for day in usage),
        messages=messages,
        message_minor=prices,
    )
