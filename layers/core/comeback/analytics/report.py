"""The owner's daily report, in words for Telegram. Plain text: nothing in it is read as markup."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import get_currency_precision

from comeback.analytics.model import (
    AccountLine,
    AccountState,
    Figures,
    Grade,
    LiftFigures,
    LowConversion,
    Report,
)
from comeback.analytics.numbers import (
    between,
    duration,
    hour,
    money,
    percent,
    weekday,
    with_interval,
)
from comeback.conversations.model import NAMES
from comeback.texts import counted, supported, text

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
"""Telegram's, in UTF-16 code units."""
TITLE_LIMIT = 80
STATES = {
    AccountState.FREE: "",
    AccountState.SLOWED: "slowed down",
    AccountState.STOPPED: "sending is stopped",
}
SPENT_UNITS = 100
"""Return is told for so many units of the currency."""

SENT = ("{n} message sent", "{n} messages sent")
ANSWERED = ("{n} answer", "{n} answers")
BOOKED = ("{n} booking", "{n} bookings")
LEFT = ("{n} client asked not to be written to", "{n} clients asked not to be written to")
COUNTED = (
    "Counted over {n} message that a booking is no longer expected from",
    "Counted over {n} messages that a booking is no longer expected from",
)
CAME_BACK = (
    "{n} client of those written to came back",
    "{n} clients of those written to came back",
)
ANYWAY = ("About {n} of them would have come anyway",) * 2
BECAUSE = ("About {n} came because of the messages",) * 2
TO_TELL = ("About {n} more client is needed to tell", "About {n} more clients are needed to tell")
WARN = "⚠️ Few bookings after messages: {share}. Your limit is {threshold}. This is not chance."
WATCH = "Booked after a message: {share}. That is under your limit of {threshold}, but it may be chance."

Section = Iterable[str]


def words(report: Report, language: str) -> str:
    """The whole report, at most `TEXT_LIMIT`: what would not fit is left out from the end."""
    return _fitted(
        [
            [_title(report, language)],
            _warning(report.warning, language),
            [text(language, "Yesterday"), *_counts(report.yesterday, report, language)],
            [
                text(language, "Last 28 days"),
                *_counts(report.month, report, language),
                *_rates(report.month, language),
            ],
            [text(language, "What the messages changed"), *_lift(report.lift, language)],
            [text(language, "Money, last 28 days"), *_money(report, language)],
            [text(language, "When to write"), *_best(report, language)],
            _accounts(report.accounts, language),
        ],
        TEXT_LIMIT,
    )


def caption(report: Report, language: str) -> str:
    """The essence under the chart, at most `CAPTION_LIMIT`."""
    return _fitted(
        [
            [_title(report, language)],
            _warning(report.warning, language),
            [text(language, "Yesterday"), *_counts(report.yesterday, report, language)],
            [text(language, "Last 28 days"), *_rates(report.month, language)],
            [*_lift(report.lift, language)],
        ],
        CAPTION_LIMIT,
    )


def _title(report: Report, language: str) -> str:
    known = supported(language)
    company = " ".join(report.company.split())[:TITLE_LIMIT]
    day = format_date(report.day, "d MMMM", locale=known)
    return text(language, "{company}: report for {day}", company=company, day=day)


def _warning(low: LowConversion | None, language: str) -> Section:
    if low is None:
        return ()
    share = with_interval(low.conversion, language)
    threshold = percent(low.threshold, language)
    message = WARN if low.grade is Grade.WARN else WATCH
    return [text(language, message, share=share, threshold=threshold)]


def _counts(figures: Figures, report: Report, language: str) -> Iterator[str]:
    if not figures.sent:
        yield text(language, "Nobody was written to")
        return
    yield counted(language, *SENT, figures.sent)
    yield counted(language, *ANSWERED, figures.answered)
    yield counted(language, *BOOKED, figures.booked)
    if figures.revenue_minor:
        amount = money(Decimal(figures.revenue_minor), report.currency, language)
        yield text(language, "Worth {amount}", amount=amount)
    if figures.opted_out:
        yield counted(language, *LEFT, figures.opted_out)


def _rates(figures: Figures, language: str) -> Iterator[str]:
    if figures.conversion is None or figures.response is None:
        yield text(language, "It is too early to tell how many messages lead to a booking")
        return
    share = with_interval(figures.conversion, language)
    yield text(language, "Booked after a message: {share}", share=share)
    share = with_interval(figures.response, language)
    yield text(language, "Answered a message: {share}", share=share)
    yield counted(language, *COUNTED, figures.settled)
    if figures.response_hours is not None:
        time = duration(figures.response_hours, language)
        yield text(language, "Half of the answers come within {time}", time=time)
    if figures.conversion_hours is not None:
        time = duration(figures.conversion_hours, language)
        yield text(language, "Half of the bookings come within {time}", time=time)


def _lift(lift: LiftFigures | None, language: str) -> Iterator[str]:
    if lift is None:
        yield text(
            language, "Everybody is written to, so nobody can tell who would have come anyway"
        )
    elif not lift.tells:
        yield text(
            language, "Not known yet: how many came because of the messages and how many anyway"
        )
        if lift.more_clients:
            yield counted(language, *TO_TELL, lift.more_clients)
    elif lift.high < 0:
        fewer = between(-100 * lift.high, -100 * lift.low, language)
        n = f"{-100 * lift.difference:.0f}"
        message = "Of every 100 clients written to, about {n} fewer come back than of the others"
        yield f"{text(language, message, n=n)} {fewer}"
        yield text(language, "This is not chance: better stop writing and change the texts")
    else:
        because = round(lift.extra_returns)
        yield counted(language, *CAME_BACK, lift.returned)
        yield counted(language, *ANYWAY, max(0, lift.returned - because))
        interval = between(lift.extra_low, lift.extra_high, language)
        yield f"{counted(language, *BECAUSE, because)} {interval}"


def _money(report: Report, language: str) -> Iterator[str]:
    def told(minor: Decimal) -> str:
        return money(minor, report.currency, language)

    spent = report.cost
    yield text(language, "Spent: {amount}", amount=told(spent.exact_minor))
    parts = {
        "Messengers: {amount}": spent.messages_minor,
        "Writing the texts: {amount}": spent.model_minor,
        "Cloud: {amount}": spent.aws_minor,
    }
    yield from (text(language, name, amount=told(minor)) for name, minor in parts.items() if minor)
    if spent.per_message_minor:
        yield text(language, "One message: {amount}", amount=told(spent.per_message_minor))
    if spent.per_booking_minor:
        yield text(language, "One booking: {amount}", amount=told(spent.per_booking_minor))
    yield _roi(report, language)


def _roi(report: Report, language: str) -> str:
    """Never a number while the lift may be chance (promise 9), whatever was handed in."""
    lift = report.lift
    if lift is None or not lift.tells:
        return text(
            language, "No return on it is told until it is known who would have come anyway"
        )
    if lift.high < 0:
        return text(language, "The messages did not pay for themselves")
    if report.roi is None:
        return text(language, "Nothing was spent, so there is no return to tell")
    unit = Decimal(SPENT_UNITS).scaleb(get_currency_precision(report.currency))
    ends = [Decimal(x) * unit for x in (report.roi.point, report.roi.low, report.roi.high)]
    earned, low, high = (money(x.quantize(Decimal(1)), report.currency, language) for x in ends)
    spent = money(unit, report.currency, language)
    message = "Every {spent} spent earned {earned} (most likely {low} to {high})"
    return text(language, message, spent=spent, earned=earned, low=low, high=high)


def _best(report: Report, language: str) -> Iterator[str]:
    days = [(weekday(int(row.key), language), row) for row in report.best_weekdays]
    hours = [(hour(int(row.key), language), row) for row in report.best_hours]
    for when, row in [*days, *hours]:
        if row.figures.conversion:
            yield f"{when}: {with_interval(row.figures.conversion, language)}"
    if not days and not hours:
        yield text(language, "No day or hour is clearly better than the others yet")


def _accounts(accounts: Sequence[AccountLine], language: str) -> Iterator[str]:
    if accounts:
        yield text(language, "Messages used of the day's limit")
    for line in accounts:
        used = text(language, "{sent} of {limit}", sent=str(line.sent), limit=str(line.limit))
        state = STATES[line.state]
        note = f", {text(language, state)}" if state else ""
        yield f"{text(language, NAMES[line.channel])}: {used}{note}"


def units(told: str) -> int:
    """As Telegram counts: UTF-16 code units."""
    return len(told.encode("utf-16-le")) // 2


def _fitted(sections: Iterable[Section], limit: int) -> str:
    """Whole sections as long as they fit; empty ones are no sections."""
    told = ""
    for lines in sections:
        longer = "\n\n".join(filter(None, (told, "\n".join(lines))))
        if units(longer) > limit:
            break
        told = longer
    return told
