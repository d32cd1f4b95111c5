"""Numbers as an owner reads them: shares with their interval, money, how long, when."""

from decimal import Decimal

from babel.numbers import (
    format_currency,
    format_decimal,
    get_currency_precision,
    get_currency_symbol,
)

from comeback.analytics.model import Share
from comeback.texts import counted, supported, text

WEEKDAYS = (
    "On Mondays",
    "On Tuesdays",
    "On Wednesdays",
    "On Thursdays",
    "On Fridays",
    "On Saturdays",
    "On Sundays",
)
MONEY = {"ru": "#,##0{cents}\N{NO-BREAK SPACE}¤", "en": "¤{apart}#,##0{cents}"}
WHOLE_FROM = 100
"""Units of a currency from which its cents are left out."""


def percent(share: float, language: str) -> str:
    return text(language, "{n}%", n=_hundredths(share, 0 if share >= 0.02 else 1, language))


def with_interval(share: Share, language: str) -> str:
    """«16 % (скорее всего от 14 до 18 %)»."""
    digits = 0 if share.high - share.low >= 0.02 else 1
    point, low, high = (
        _hundredths(x, digits, language) for x in (share.point, share.low, share.high)
    )
    message = "{point}% (most likely {low} to {high}%)"
    return text(language, message, point=point, low=low, high=high)


def between(low: float, high: float, language: str) -> str:
    """Of whole things."""
    first, last = (format_decimal(round(x), locale=supported(language)) for x in (low, high))
    return text(language, "(most likely {low} to {high})", low=first, high=last)


def money(minor: Decimal, currency: str, language: str) -> str:
    """«1 234 ₽», «2,45 ₽», «меньше 0,01 ₽»."""
    known, precision = supported(language), get_currency_precision(currency)
    if 0 < minor < 1:
        return text(language, "under {amount}", amount=money(Decimal(1), currency, language))
    amount = minor.scaleb(-precision)
    cents = "." + "0" * precision if precision and amount % 1 and amount < WHOLE_FROM else ""
    symbol = get_currency_symbol(currency, known)
    apart = "\N{NO-BREAK SPACE}" if symbol[-1].isalpha() else ""
    shape = MONEY[known].format(cents=cents, apart=apart)
    return format_currency(amount, currency, shape, locale=known, currency_digits=False)


def duration(hours: float, language: str) -> str:
    """After «за», "within"."""
    if hours < 1:
        return counted(language, "{n} minute", "{n} minutes", max(1, round(hours * 60)))
    if hours < 48:
        return counted(language, "{n} hour", "{n} hours", round(hours))
    return counted(language, "{n} day", "{n} days", round(hours / 24))


def weekday(day: int, language: str) -> str:
    """Monday=0: «По понедельникам»."""
    return text(language, WEEKDAYS[day])


def hour(of_day: int, language: str) -> str:
    """«С 18 до 19 часов»."""
    start, end = str(of_day), str(of_day + 1)
    return text(language, "Between {start}:00 and {end}:00", start=start, end=end)


def _hundredths(share: float, digits: int, language: str) -> str:
    return format_decimal(round(share * 100, digits), locale=supported(language))
