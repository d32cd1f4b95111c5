"""Amounts as integer minor units."""

from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision

from comeback.errors import InvalidInput

LARGEST = Decimal(10) ** 13
"""Ten thousand milliards: no visit costs that, whatever the currency; Decimal's own arithmetic ends at 28 digits."""


def minor(amount: Decimal, currency: str) -> int:
    """Minor units of an ISO currency (CLDR): 15.50 USD is 1550, 700 JPY is 700. Halves go up.

    Raises InvalidInput for what is no amount: NaN, infinity, or more than anything costs.
    """
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise InvalidInput("amount", "is no price", "Write it in the currency's main unit")
    scaled = amount.scaleb(get_currency_precision(currency))
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))
