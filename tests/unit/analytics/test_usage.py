from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal

import pytest
from comeback.analytics.costs import cost
from comeback.analytics.model import CostOf, Figures
from comeback.analytics.prices import USD_PER_MILLION, Item
from comeback.analytics.usage import COUNTED, cost_of
from comeback.conversations.model import ChannelKind
from comeback.ports import Usage
from hypothesis import given
from hypothesis import strategies as st

from tests.architecture.template import template

ON = date(2026, 3, 2)
COUNTS = st.integers(0, 10**6)
UNITS = st.integers(0, 10**6).map(lambda halves: halves / 2)
DAYS = st.lists(
    st.builds(
        Usage,
        st.integers(0, 27).map(lambda n: ON + timedelta(days=n)),
        *(UNITS, UNITS, UNITS, COUNTS, UNITS, COUNTS, COUNTS, COUNTS),
    ),
    max_size=6,
)


def rubles_at_hundred(used: CostOf) -> Decimal:
    """Minor units, at 100.00 for a dollar."""
    return cost(used, Figures(), minor_per_usd=10_000).exact_minor


def test_a_days_bill() -> None:
    day = Usage(
        ON,
        write_units=1_000_000,
        read_units=2_000_000,
        queue_requests=100_000.4,
        state_transitions=10_000,
        function_calls=50_000,
        function_ms=2_000,
        tokens_in=7,
        tokens_out=3,
    )
    used = cost_of([day, Usage(ON, function_ms=2_000, tokens_in=1)], {}, {}, memory_mb=256)
    assert used.aws_requests == {
        Item.WRITE_UNITS: 1_000_000,
        Item.READ_UNITS: 2_000_000,
        Item.SQS_FIFO: Decimal("100000.4"),
        Item.TRANSITIONS: 10_000,
        Item.INVOCATIONS: 50_000,
        Item.GB_SECONDS: 1,
    }
    assert (used.tokens_in, used.tokens_out) == (8, 3)


def test_messages_are_priced_as_told() -> None:
    used = cost_of([], {ChannelKind.WHATSAPP: 3}, {ChannelKind.WHATSAPP: 650})
    assert rubles_at_hundred(used) == 1950


def test_nothing_used_costs_nothing() -> None:
    assert rubles_at_hundred(cost_of([], {}, {})) == 0


@given(DAYS, DAYS)
def test_days_add_up(some: list[Usage], more: list[Usage]) -> None:
    apart = rubles_at_hundred(cost_of(some, {}, {})) + rubles_at_hundred(cost_of(more, {}, {}))
    assert rubles_at_hundred(cost_of([*some, *more], {}, {})) == pytest.approx(apart)


def test_whatever_is_counted_is_priced() -> None:
    """A new field of Usage has to be told its price."""
    priced = {*COUNTED.values(), "function_ms", "tokens_in", "tokens_out"}
    assert priced == {field.name for field in fields(Usage)} - {"on"}
    assert COUNTED.keys() <= USD_PER_MILLION.keys()


def test_the_usual_memory_is_the_templates() -> None:
    second = cost_of([Usage(ON, function_ms=1000)], {}, {}).aws_requests[Item.GB_SECONDS]
    assert second == Decimal(template()["Globals"]["Function"]["MemorySize"]) / 1024
