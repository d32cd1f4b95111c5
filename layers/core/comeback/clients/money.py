"""Amounts as integer minor units."""

from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision


def minor(amount: Decimal, currency: str) -> int:
    """Minor units of an ISO currency (CLDR): 15.50 USD is 1550, 700 JPY is 700. Halves go up."""
    scaled = amount.scaleb(get_currency_precision(currency))
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))
