"""Results: what the messages of a period brought, what they cost, and what of it they caused."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from comeback.analytics import caused, costs
from comeback.analytics import period_figures as figures
from comeback.analytics.caused import NoRoi
from comeback.analytics.conversions import share
from comeback.analytics.evidence import observations
from comeback.analytics.lift import Lift, lift
from comeback.analytics.model import Cost, Figures, LiftFigures, Roi, SentDay, Share
from comeback.analytics.period_figures import Delay, Line
from comeback.analytics.usage import cost_of
from comeback.bookings.model import Service
from comeback.companies.model import Company
from comeback.conversations.model import ChannelKind
from comeback.errors import InvalidInput
from comeback.ports import Store
from comeback.reactivation.model import Tally

MOST_DAYS = 366
EARLIEST = date(2000, 1, 1)
"""Days are counted back from those asked for, and the calendar begins somewhere."""
FEWEST_IN_CELL = 10
"""Settled messages of one hour of one weekday; of fewer the share is shown as a guess. A judgement."""
FEWEST_OF_SERVICE = 30
"""Settled messages of a service, before any time is called its best."""
BEST = 3


class Period(StrEnum):
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


DAYS: Mapping[Period, int] = {
    Period.WEEK: 7,
    Period.MONTH: 30,
    Period.QUARTER: 91,
    Period.YEAR: 365,
}


class TimeRate(Protocol):
    """The estimated share of messages that bring a booking at an hour of a weekday, with an 80 % interval."""

    @property
    def weekday(self) -> int: ...
    @property
    def hour(self) -> int: ...
    @property
    def tried(self) -> int: ...
    @property
    def rate(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


Rating = Callable[[Mapping[tuple[int, int], Tally]], Sequence[TimeRate]]
"""Of what was tried and won by weekday and hour, the best first."""


@dataclass(frozen=True)
class HeatCell:
    """An hour of a weekday (Monday=0), on the company's clock. `rate` leans on its hour, its day and the whole."""

    weekday: int
    hour: int
    line: Line
    rate: float
    low: float
    high: float

    @property
    def few(self) -> bool:
        return self.line.settled.sent < FEWEST_IN_CELL


@dataclass(frozen=True)
class Money:
    """Minor units of the company's currency. `revenue_minor` is attributed: of every booking that followed a message."""

    revenue_minor: int
    margin_minor: int
    """What is left of it after materials and wages."""
    cost: Cost
    roi: Roi | NoRoi


@dataclass(frozen=True)
class Caused:
    """`since` and `until`: the days of the draws that it is taken of."""

    since: date
    until: date
    lift: Lift
    told: LiftFigures


@dataclass(frozen=True)
class Results:
    since: date
    until: date
    settled_until: date
    stages: Mapping[str, int]
    """The funnel of the campaigns of these days, by clients."""
    skipped: Mapping[str, int]
    overview: Line
    answers: Delay
    bookings: Delay
    by_attempt: tuple[Line, ...]
    by_service: tuple[Line, ...]
    by_channel: tuple[Line, ...]
    heat: tuple[HeatCell, ...]
    best_times: Mapping[str, Sequence[TimeRate]]
    """By service that enough was sent for, the best first."""
    money: Money
    caused: Caused | None
    """None while nobody is held out."""
    services: Mapping[str, Service]


@dataclass(frozen=True)
class Experiment:
    """One arm of a choice that is learnt: all attempts since the company began."""

    dimension: str
    arm: str
    tally: Tally

    @property
    def won(self) -> Share | None:
        return share(self.tally.won, self.tally.tried)


@dataclass(frozen=True)
class ShowResults:
    store: Store
    rating: Rating

    def company(self, company_id: str, since: date, until: date, now: datetime) -> Results:
        """Of the local days `since` to `until`, both included. Raises InvalidInput and NotFound."""
        _checked(since, until)
        company = self.store.company(company_id)
        days = self.store.days(company_id, since, until)
        sent = [messages for _, messages in days]
        today = company.local(now).date()
        settled = figures.settled_until(today, company.attribution_days)
        overview = figures.whole(sent, settled)
        by_attempt = figures.lines(sent, settled, figures.by_attempt)
        by_service = figures.lines(sent, settled, figures.by_service)
        by_channel = figures.lines(sent, settled, figures.by_channel)
        found = self._caused(company, *caused.lift_days(today, since, until))
        spent = self._cost(company, since, until, overview, by_channel)
        clients = next((line.sums.sent for line in by_attempt if line.key == "1"), 0)
        revenue = overview.sums.revenue_minor
        return Results(
            since=since,
            until=until,
            settled_until=settled,
            stages=_added(day.stages for day, _ in days),
            skipped=_added(day.skipped for day, _ in days),
            overview=overview,
            answers=figures.delay(day.answers for day in sent),
            bookings=figures.delay(day.bookings for day in sent),
            by_attempt=by_attempt,
            by_service=tuple(sorted(by_service, key=_most_sent)),
            by_channel=tuple(sorted(by_channel, key=_most_sent)),
            heat=self._heat(figures.lines(sent, settled, figures.by_time)),
            best_times=self._best_times(sent, settled, by_service),
            money=Money(
                revenue,
                round(revenue * company.margin_percent / 100),
                spent,
                caused.roi(found.lift if found else None, clients, spent, company),
            ),
            caused=found,
            services=self.store.catalogue(company_id).services,
        )

    def experiments(self, company_id: str) -> tuple[Experiment, ...]:
        """Arm by arm, the most tried first within each choice."""
        arms = self.store.arms(company_id)
        return tuple(
            Experiment(dimension, arm, tally)
            for dimension, tallies in sorted(arms.items())
            for arm, tally in sorted(tallies.items(), key=lambda item: (-item[1].tried, item[0]))
        )

    def _caused(self, company: Company, since: date, until: date) -> Caused | None:
        if not company.holdout_percent:
            return None
        found = lift(observations(self.store.trials(company.company_id, since, until)))
        return Caused(since, until, found, caused.told(found, company))

    def _cost(
        self, company: Company, since: date, until: date, overview: Line, channels: Sequence[Line]
    ) -> Cost:
        used = self.store.usage(company.company_id, since, until)
        sent = {ChannelKind(line.key): line.sums.sent for line in channels}
        prices = {channel: company.message_price(channel) for channel in sent}
        counted = Figures(sent=overview.sums.sent, booked=overview.sums.booked)
        return costs.cost(cost_of(used, sent, prices), counted, minor_per_usd=company.usd)

    def _heat(self, cells: Sequence[Line]) -> tuple[HeatCell, ...]:
        """In the order of the week."""
        rates = {(rate.weekday, rate.hour): rate for rate in self.rating(_tallies(cells))}
        found = ((*_place(line), line, rates[_place(line)]) for line in cells)
        return tuple(
            HeatCell(weekday, hour, line, rate.rate, rate.low, rate.high)
            for weekday, hour, line, rate in found
        )

    def _best_times(
        self, days: Sequence[SentDay], settled: date, services: Sequence[Line]
    ) -> Mapping[str, Sequence[TimeRate]]:
        return {
            service.key: self.rating(
                _tallies(figures.lines(days, settled, figures.by_time_of(service.key)))
            )[:BEST]
            for service in services
            if service.settled.sent >= FEWEST_OF_SERVICE
        }


def days_of(period: Period, until: date) -> tuple[date, date]:
    """The days up to that one, both included. Raises InvalidInput."""
    if until < EARLIEST:
        raise InvalidInput("until", "is before anything happened", "Send a later day")
    return until - timedelta(days=DAYS[period] - 1), until


def _checked(since: date, until: date) -> None:
    if since < EARLIEST - timedelta(days=MOST_DAYS):
        raise InvalidInput("since", "is before anything happened", "Send a later day")
    if since > until:
        raise InvalidInput("since", "is after until", "Begin with the earlier day")
    if (until - since).days >= MOST_DAYS:
        raise InvalidInput("since", "is not within a year before until", "Ask for fewer days")


def _added(counts: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    sums: Counter[str] = Counter()
    for day in counts:
        sums.update(day)
    return sums


def _most_sent(line: Line) -> tuple[int, str]:
    return -line.sums.sent, line.key


def _place(line: Line) -> tuple[int, int]:
    weekday, hour = line.key.split("-")
    return int(weekday), int(hour)


def _tallies(cells: Sequence[Line]) -> dict[tuple[int, int], Tally]:
    return {_place(line): Tally(line.settled.sent, line.settled.booked) for line in cells}
