"""What attempts teach: the arms of each choice, how a settled attempt counts for them, and the choices themselves. Pure.

Only settled attempts count, together with the write that settles them, so that each counts once.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

from comeback.changes import CountArm
from comeback.companies.model import SendingWindow
from comeback.reactivation import bandit, timing, worth
from comeback.reactivation.bandit import BOOKED, seeded
from comeback.reactivation.model import Journey, Outcome, Tally, Why
from comeback.reactivation.styles import Style
from comeback.reactivation.worth import Case

STYLE, OFFER, TIME = "style", "later_offer", "time"
"""An offer is chosen from the second attempt on; sums of older releases, named `offer`, count first ones as plain."""
PLAIN, DISCOUNT = "plain", "discount"
TAUGHT_BY = (
    Outcome.BOOKED,
    Outcome.DECLINED,
    Outcome.OPTED_OUT,
    Outcome.NO_RESPONSE,
    Outcome.AWAY,
)
"""Outcomes that say something about the message; who had booked already, or was not reached, says nothing."""
Arms = Mapping[str, Mapping[str, Tally]]


def settled(journey: Journey, zone: ZoneInfo) -> tuple[CountArm, ...]:
    """What the attempt that has just been settled adds. `zone`: the client's."""
    attempt = journey.attempt
    if attempt.outcome not in TAUGHT_BY:
        return ()
    return _counts(journey, zone, tried=1, won=int(attempt.outcome is Outcome.BOOKED))


def won_late(journey: Journey, zone: ZoneInfo) -> tuple[CountArm, ...]:
    """A booking after the attempt had been settled as silence: it was counted as tried then."""
    return _counts(journey, zone, tried=0, won=1)


def _counts(journey: Journey, zone: ZoneInfo, *, tried: int, won: int) -> tuple[CountArm, ...]:
    """A question about tomorrow's chair says little about a reminder's hour, words and offer; nor does an attempt about a
    choice that it did not have."""
    attempt = journey.attempt
    if attempt.sent_at is None or journey.why is Why.EMPTY_CHAIR:
        return ()
    sent = attempt.sent_at.astimezone(zone)
    chosen = {
        OFFER: attempt.offer,
        TIME: f"{sent.weekday()}-{sent.hour:02}",
        STYLE: attempt.style,
    }
    return tuple(
        CountArm(journey.company_id, dimension, arm, tried, won)
        for dimension, arm in chosen.items()
        if arm
    )


# ── the choices ──────────────────────────────────────────────────────────────────────────────────


def style(arms: Arms, journey: Journey, usable: Collection[Style]) -> Style:
    """Raises ValueError when none is usable."""
    known = arms.get(STYLE, {})
    rng = seeded(journey.journey_id, journey.attempt.number, STYLE)
    return Style(bandit.choose({s: known.get(s, Tally()) for s in usable}, rng))


def offer(
    arms: Arms, journey: Journey, percent: int, margin_percent: int, case: Case | None
) -> str:
    """The arm, or nothing where there is no choice: on a first attempt, and where the discount would not pay.

    `case`: the message without a discount; None where the price is not known, then only the margin bounds the discount.
    """
    known = arms.get(OFFER, {})
    seen = known.get(PLAIN, Tally()), known.get(DISCOUNT, Tally())
    number = journey.attempt.number
    if number <= 1 or not 0 < percent < margin_percent:
        return ""
    if case and not worth.discount_pays(case, percent, *seen):
        return ""
    rng = seeded(journey.journey_id, number, OFFER)
    given = worth.offer(*seen, rng, discount_percent=percent, margin_percent=margin_percent)
    return DISCOUNT if given else PLAIN


def wished_moment(
    arms: Arms, journey: Journey, window: SendingWindow, zone: ZoneInfo, now: datetime
) -> datetime | None:
    """When today, on the client's clock, this message had best leave; None: there is no whole hour left to choose."""
    local = now.astimezone(zone)
    hours = [h for h in range(window.start.hour, window.end.hour) if h >= local.hour]
    if not hours:
        return None
    rng = seeded(journey.journey_id, journey.attempt.number, TIME)
    times = cells(arms.get(TIME, {}))
    hour = timing.preferred_hour(times, hours, local.weekday(), rng, default=BOOKED.mean)
    return max(now, datetime.combine(local.date(), time(hour), tzinfo=zone))


def cells(arms: Mapping[str, Tally]) -> dict[timing.Cell, Tally]:
    """The arms of time as (weekday, hour)."""
    found = {}
    for name, tally in arms.items():
        weekday, hour = name.split("-")
        found[int(weekday), int(hour)] = tally
    return found
