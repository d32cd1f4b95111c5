"""Fits visits into the masters' working hours, as near as possible to what the client likes."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

Hours = Callable[[date], tuple[time, time] | None]
STEP = timedelta(minutes=30)
SEARCH_DAYS = (0, 1, -1, 2, -2, 3, -3, 4, 5, 6, 7)


@dataclass(frozen=True)
class Habit:
    """How one client lives: `gap_days` ± `gap_sd` between visits; hours are local, [from, to)."""

    client_id: int
    service_id: int
    minutes: int
    gap_days: float
    gap_sd: float
    favourite_staff: int
    other_staff: tuple[int, ...]
    faithful: float
    """Share of visits to the favourite."""
    hours: tuple[int, int]
    weekdays: tuple[int, ...]

    def gap(self, rng: Random) -> float:
        """Days; at least a third of the usual."""
        return max(self.gap_days / 3, rng.gauss(self.gap_days, self.gap_sd))


@dataclass(frozen=True)
class Visit:
    client_id: int
    service_id: int
    staff_id: int
    starts_at: datetime
    minutes: int

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


class Diary:
    """`hours` by staff id."""

    def __init__(self, zone: ZoneInfo, hours: Mapping[int, Hours], now: datetime) -> None:
        self.zone = zone
        self.now = now.astimezone(UTC)
        self.visits: list[Visit] = []
        self._hours = hours
        self._taken: defaultdict[tuple[int, date], list[Visit]] = defaultdict(list)

    def visit(self, habit: Habit, due: datetime, rng: Random) -> Visit | None:
        """Plans a visit and writes it down."""
        found = self.plan(habit, due, rng)
        if found is not None:
            self.visits.append(found)
            self._taken[found.staff_id, found.starts_at.date()].append(found)
        return found

    def plan(self, habit: Habit, due: datetime, rng: Random) -> Visit | None:
        """Near `due`, on a weekday and at an hour they like; never across `now`. None when all is full."""
        staff = [habit.favourite_staff, *habit.other_staff]
        if habit.other_staff and rng.random() > habit.faithful:
            staff = [*habit.other_staff, habit.favourite_staff]
        day = due.astimezone(self.zone).date()
        days = [day + timedelta(days=n) for n in SEARCH_DAYS]
        liked = [d for d in days if d.weekday() in habit.weekdays]
        for choice, candidates in ((staff[:1], liked), (staff[1:], liked), (staff, days)):
            for at in candidates:
                for staff_id in choice:
                    found = self._on(habit, staff_id, at, due, rng)
                    if found is not None:
                        return found
        return None

    def _on(
        self, habit: Habit, staff_id: int, day: date, due: datetime, rng: Random
    ) -> Visit | None:
        hours = self._hours[staff_id](day)
        if hours is None:
            return None
        opens, closes = (datetime.combine(day, at, self.zone) for at in hours)
        begin = max(opens, datetime.combine(day, time(habit.hours[0]), self.zone))
        end = min(closes, datetime.combine(day, time(habit.hours[1]), self.zone))
        times = []
        while begin < end and begin + timedelta(minutes=habit.minutes) <= closes:
            times.append(begin.astimezone(UTC))
            begin += STEP
        rng.shuffle(times)
        for at in times:
            found = Visit(habit.client_id, habit.service_id, staff_id, at, habit.minutes)
            if self._fits(found, due):
                return found
        return None

    def _fits(self, visit: Visit, due: datetime) -> bool:
        """Whether it stays on `due`'s side of now, and nobody else is there."""
        if (due < self.now) != (
            visit.ends_at <= self.now
        ) or visit.starts_at < self.now < visit.ends_at:
            return False
        others = self._taken[visit.staff_id, visit.starts_at.date()]
        return not any(o.starts_at < visit.ends_at and visit.starts_at < o.ends_at for o in others)
