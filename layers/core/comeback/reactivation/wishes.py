"""What a client asked of a slot in a dialogue, beside what is known of their likes: a day, a time, a master."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from comeback.bookings.model import Slot
from comeback.reactivation.absence import until
from comeback.reactivation.answer_words import simple
from comeback.reactivation.mentions import Mention, Moment
from comeback.reactivation.slot_check import Pair
from comeback.reactivation.slot_choice import fits, said


@dataclass(frozen=True)
class Wish:
    """`wanted`: one of these days and times. `refused`: none of these. `since`, `until`: not before, not after these local
    days."""

    today: date
    zone: ZoneInfo
    wanted: tuple[Pair, ...] = ()
    refused: tuple[Mention, ...] = ()
    since: date | None = None
    until: date | None = None
    staff_id: str = ""
    not_staff: frozenset[str] = frozenset()

    def fits(self, slot: Slot) -> bool:
        if slot.staff_id in self.not_staff or self.staff_id not in ("", slot.staff_id):
            return False
        local = slot.starts_at.astimezone(self.zone)
        if self.until and local.date() > self.until:
            return False
        moment = _moment(local)
        if any(mention.fits(moment, self.today) for mention in self.refused):
            return False
        return not self.wanted or any(fits(pair, moment, self.today) for pair in self.wanted)

    def any_time(self) -> "Wish":
        """The same master, whenever."""
        return Wish(self.today, self.zone, staff_id=self.staff_id, not_staff=self.not_staff)

    @property
    def timed(self) -> bool:
        return bool(self.wanted or self.refused or self.since)


def wish_for(words: str, now: datetime, zone: ZoneInfo) -> Wish:
    """Read from the client's own words about when; `now` in the company's zone."""
    today, text = now.date(), simple(words)
    wanted, refused = said(text)
    return Wish(today, zone, _narrowest(wanted), refused, _since(text, today, refused))


def _narrowest(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """«Вечером, после 19» is after 19; «утром или вечером» is either."""
    return tuple(p for p in pairs if not any(_within(other, p) for other in pairs))


def _within(inner: Pair, outer: Pair) -> bool:
    spans = [pair.time.span if pair.time else None for pair in (inner, outer)]
    if spans[0] is None or spans[1] is None or spans[0] == spans[1]:
        return False
    return spans[1][0] <= spans[0][0] and spans[0][1] <= spans[1][1]


def _since(text: str, today: date, refused: tuple[Mention, ...]) -> date | None:
    """«На следующей неделе», «25 декабря»: where to begin to look; a day that is refused is no beginning."""
    return None if refused else until(text, today)


def _moment(local: datetime) -> Moment:
    return Moment(local.month, local.day, local.weekday(), local.hour * 60 + local.minute)
