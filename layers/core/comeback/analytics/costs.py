"""What the messages cost, and what they leave for it. Money in minor units of the company's currency."""

from decimal import Decimal

from comeback.analytics.lift import Lift
from comeback.analytics.model import Cost, CostOf, Figures, Roi
from comeback.analytics.prices import TOKENS_IN_USD, TOKENS_OUT_USD, USD_PER_MILLION

MILLION = 1_000_000


def cost(used: CostOf, figures: Figures, *, minor_per_usd: int) -> Cost:
    """Raises KeyError for a channel without a price: what is free has to be said to cost 0."""
    aws = sum((USD_PER_MILLION[i] * n for i, n in used.aws_requests.items()), Decimal(0))
    model = used.tokens_in * TOKENS_IN_USD + used.tokens_out * TOKENS_OUT_USD
    messages = sum(used.message_minor[channel] * n for channel, n in used.messages.items())
    rate = Decimal(minor_per_usd) / MILLION
    whole = Cost(aws * rate, model * rate, Decimal(messages))
    return Cost(
        whole.aws_minor,
        whole.model_minor,
        whole.messages_minor,
        per_message_minor=whole.exact_minor / figures.sent if figures.sent else None,
        per_booking_minor=whole.exact_minor / figures.booked if figures.booked else None,
    )


def roi(found: Lift, spent_minor: Decimal, *, margin_percent: int) -> Roi | None:
    """What the revenue caused leaves after materials and wages, per unit spent on those written to; 1.0 has paid for itself.

    None while chance alone may be the reason of either difference, when it is no gain, and when nothing was spent.
    """
    gain = found.extra_revenue
    if not found.significant or gain.low <= 0 or not spent_minor:
        return None
    left = margin_percent / 100 / float(spent_minor)
    return Roi(gain.value * left, gain.low * left, gain.high * left)
