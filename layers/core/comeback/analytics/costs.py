"""What the messages cost, and what they leave for it. Money in minor units of the company's currency."""

from decimal import Decimal

from comeback.analytics.model import Cost, CostOf, Figures, LiftFigures, Roi
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


def roi(
    lift: LiftFigures | None, spent: Cost, *, visit_minor: int, margin_percent: int
) -> Roi | None:
    """What extra visits of `visit_minor` (a mean, after discounts) leave after materials and wages, per unit spent.

    None while the lift may be chance, or is no gain, or nothing was spent. The interval is of the lift alone.
    """
    if lift is None or not lift.tells or lift.low <= 0 or not spent.exact_minor:
        return None
    left = visit_minor * margin_percent / 100 / float(spent.exact_minor)
    return Roi(lift.extra_returns * left, lift.extra_low * left, lift.extra_high * left)
