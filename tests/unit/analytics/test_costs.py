from decimal import Decimal

import pytest
from comeback.analytics.costs import cost
from comeback.analytics.model import CostOf, Figures
from comeback.analytics.prices import TOKENS_IN_USD, TOKENS_OUT_USD, USD_PER_MILLION, Item
from comeback.conversations.model import ChannelKind

from tests.bench import prices as bench


def test_a_bill_by_hand() -> None:
    """At 80 roubles a dollar: 4 M write units 2.5 $, 2 M transitions 50 $, tokens 0.5 + 1.5 $; 100 WhatsApp at 5.60."""
    used = CostOf(
        {Item.WRITE_UNITS: 4_000_000, Item.TRANSITIONS: 2_000_000},
        tokens_in=2_000_000,
        tokens_out=1_000_000,
        messages={ChannelKind.TELEGRAM: 400, ChannelKind.WHATSAPP: 100},
        message_minor={ChannelKind.TELEGRAM: 0, ChannelKind.WHATSAPP: 560},
    )
    found = cost(used, Figures(sent=500, booked=50), minor_per_usd=8000)
    parts = [found.aws_minor, found.model_minor, found.messages_minor]
    assert parts == [Decimal(420_000), Decimal(16_000), Decimal(56_000)]
    assert [found.per_message_minor, found.per_booking_minor] == [Decimal(984), Decimal(9840)]


def test_the_cloud_of_one_message_is_a_part_of_a_kopeck_and_not_lost() -> None:
    used = CostOf({Item.READ_UNITS: 10, Item.GB_SECONDS: Decimal("0.5")})
    found = cost(used, Figures(sent=1), minor_per_usd=8000)
    assert found.exact_minor == Decimal("0.06332")
    assert found.per_booking_minor is None


def test_a_channel_without_a_price_is_not_free() -> None:
    with pytest.raises(KeyError):
        cost(CostOf(messages={ChannelKind.WHATSAPP: 1}), Figures(sent=1), minor_per_usd=8000)


def test_prices_are_those_of_the_bench() -> None:
    same = {
        Item.WRITE_UNITS: bench.WRITES,
        Item.READ_UNITS: bench.READS,
        Item.SQS_FIFO: bench.FIFO,
        Item.TRANSITIONS: bench.TRANSITIONS,
        Item.INVOCATIONS: bench.INVOCATIONS,
        Item.GB_SECONDS: bench.GB_SECONDS,
        Item.API_CALLS: bench.API_CALLS,
    }
    for item, name in same.items():
        assert float(USD_PER_MILLION[item]) == bench.DOLLARS_PER_MILLION[name]
    assert USD_PER_MILLION.keys() == set(Item)
    tokens = [bench.DOLLARS_PER_MILLION[i] for i in (bench.TOKENS_IN, bench.TOKENS_OUT)]
    assert [float(TOKENS_IN_USD), float(TOKENS_OUT_USD)] == tokens
