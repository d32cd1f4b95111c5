"""Results of a period, and what is being learnt, as they are shown."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from comeback.analytics import results
from comeback.analytics.caused import NoRoi
from comeback.analytics.model import Roi
from comeback.analytics.model import Share as Counted
from comeback.analytics.period_figures import Line
from comeback.analytics.results import HeatCell, Period, TimeRate
from comeback.analytics.targets import TARGETS, Verdict
from comeback.companies.model import Company
from msgspec import Meta, Struct

Whole = Annotated[int, Meta(ge=0)]
Rate = Annotated[float, Meta(ge=0, le=1)]


class PeriodQuery(Struct, forbid_unknown_fields=True):
    """Which days: a period up to today, or a range of local days, both included, of a year at most."""

    period: Period = Period.MONTH
    since: date | None = None
    until: date | None = None


class Share(Struct):
    """`part` of `of`, with the 80 % interval of the share behind it."""

    part: Whole
    of: Whole
    share: Rate
    low: Rate
    high: Rate


class Row(Struct):
    """Messages, and what became of them. The shares are of those that no booking is expected from any more (`settled`)."""

    key: str
    title: str
    sent: Whole
    delivered: Whole
    read: Whole
    answered: Whole
    booked: Whole
    opted_out: Whole
    revenue_minor: int
    settled: Whole
    response: Share | None
    conversion: Share | None
    opt_out: Share | None


class Delay(Struct):
    """Hours from a message to what it brought. The median is known to the class it was counted in."""

    median_hours: float | None
    within_day: Share | None


class Target(Struct):
    """What the product aims at: not under `low`, or not over `high`. `verdict`: null while nothing is known."""

    low: float | None
    high: float | None
    verdict: Verdict | None


class Targets(Struct):
    """Each figure against its target."""

    conversion: Target
    response: Target
    opt_out: Target
    response_hours: Target
    roi: Target


class Estimate(Struct):
    """A value with its 80 % interval."""

    value: float
    low: float
    high: float


class Group(Struct):
    """Clients drawn, and those who came back within the window."""

    clients: Whole
    returned: Whole
    revenue_minor: int


class Lift(Struct):
    """Those written to beside those held out, of the draws of `since` to `until`."""

    since: date
    until: date
    treated: Group
    control: Group
    difference: Estimate
    extra_returns: Estimate
    extra_revenue_minor: Estimate
    enough: bool
    tells: bool
    more_clients: int | None


class Money(Struct):
    """Minor units of the company's currency. Revenue is attributed to messages; the return is of what they caused."""

    revenue_minor: int
    margin_minor: int
    margin_percent: int
    cost_minor: float
    messages_minor: float
    model_minor: float
    aws_minor: float
    per_message_minor: float | None
    per_booking_minor: float | None
    roi: Estimate | None
    no_roi: NoRoi | None


class Cell(Struct):
    """An hour of a weekday (Monday=0) on the company's clock: its counts, and the estimated share that books."""

    weekday: Annotated[int, Meta(ge=0, le=6)]
    hour: Annotated[int, Meta(ge=0, le=23)]
    sent: Whole
    answered: Whole
    booked: Whole
    settled: Whole
    rate: Rate
    low: Rate
    high: Rate
    few: bool


class Time(Struct):
    """A good time to write, with the estimated share that books and its 80 % interval."""

    weekday: Annotated[int, Meta(ge=0, le=6)]
    hour: Annotated[int, Meta(ge=0, le=23)]
    tried: Whole
    rate: Rate
    low: Rate
    high: Rate


class ServiceTimes(Struct):
    """The best times for one service, the best first; none while too few messages were sent for it."""

    service_id: str
    title: str
    settled: Whole
    times: list[Time]


class Results(Struct):
    """What the messages of some days brought."""

    since: date
    until: date
    settled_until: date
    currency: str
    holdout_percent: int
    funnel: dict[str, int]
    skipped: dict[str, int]
    overview: Row
    answers: Delay
    bookings: Delay
    targets: Targets
    by_attempt: list[Row]
    by_service: list[Row]
    by_channel: list[Row]
    heat: list[Cell]
    best_times: list[ServiceTimes]
    money: Money
    lift: Lift | None


class Arm(Struct):
    """One way of doing it: how often it was tried and how often a booking followed."""

    arm: str
    tried: Whole
    won: Whole
    rate: Share | None


class Experiment(Struct):
    """A choice that is learnt: `style` of the text, `offer`, `time` (weekday-hour)."""

    dimension: str
    arms: list[Arm]


class Experiments(Struct):
    """Of all attempts since the company began."""

    experiments: list[Experiment]


# ── from what is known to what is shown ──────────────────────────────────────────────────────────


def shown(found: results.Results, company: Company) -> Results:
    return Results(
        since=found.since,
        until=found.until,
        settled_until=found.settled_until,
        currency=company.currency,
        holdout_percent=company.holdout_percent,
        funnel=dict(found.stages),
        skipped=dict(found.skipped),
        overview=_row(found.overview, ""),
        answers=Delay(found.answers.median_hours, _share(found.answers.within_day)),
        bookings=Delay(found.bookings.median_hours, _share(found.bookings.within_day)),
        targets=Targets(**{n: Target(t.low, t.high, t.of(found)) for n, t in TARGETS.items()}),
        by_attempt=[_row(line, line.key) for line in found.by_attempt],
        by_service=[_row(line, _title(found, line.key)) for line in found.by_service],
        by_channel=[_row(line, line.key) for line in found.by_channel],
        heat=[_cell(cell) for cell in found.heat],
        best_times=[
            ServiceTimes(
                line.key,
                _title(found, line.key),
                line.settled.sent,
                [_time(rate) for rate in found.best_times.get(line.key, ())],
            )
            for line in found.by_service
        ],
        money=_money(found.money, company),
        lift=_lift(found.caused) if found.caused else None,
    )


def experiments(found: tuple[results.Experiment, ...]) -> Experiments:
    arms: dict[str, list[Arm]] = {}
    for one in found:
        arm = Arm(one.arm, one.tally.tried, one.tally.won, _share(one.won))
        arms.setdefault(one.dimension, []).append(arm)
    return Experiments([Experiment(dimension, tried) for dimension, tried in arms.items()])


def _row(line: Line, title: str) -> Row:
    sums = line.sums
    return Row(
        key=line.key,
        title=title,
        sent=sums.sent,
        delivered=sums.delivered,
        read=sums.read,
        answered=sums.answered,
        booked=sums.booked,
        opted_out=sums.opted_out,
        revenue_minor=sums.revenue_minor,
        settled=line.settled.sent,
        response=_share(line.response),
        conversion=_share(line.conversion),
        opt_out=_share(line.opt_out),
    )


def _title(found: results.Results, service_id: str) -> str:
    service = found.services.get(service_id)
    return service.title if service else service_id


def _share(share: Counted | None) -> Share | None:
    if share is None:
        return None
    return Share(share.part, share.of, share.point, share.low, share.high)


def _cell(cell: HeatCell) -> Cell:
    sums = cell.line.sums
    return Cell(
        weekday=cell.weekday,
        hour=cell.hour,
        sent=sums.sent,
        answered=sums.answered,
        booked=sums.booked,
        settled=cell.line.settled.sent,
        rate=cell.rate,
        low=cell.low,
        high=cell.high,
        few=cell.few,
    )


def _time(rate: TimeRate) -> Time:
    return Time(rate.weekday, rate.hour, rate.tried, rate.rate, rate.low, rate.high)


def _money(money: results.Money, company: Company) -> Money:
    cost, paid = money.cost, money.roi
    return Money(
        revenue_minor=money.revenue_minor,
        margin_minor=money.margin_minor,
        margin_percent=company.margin_percent,
        cost_minor=float(cost.exact_minor),
        messages_minor=float(cost.messages_minor),
        model_minor=float(cost.model_minor),
        aws_minor=float(cost.aws_minor),
        per_message_minor=_number(cost.per_message_minor),
        per_booking_minor=_number(cost.per_booking_minor),
        roi=Estimate(paid.point, paid.low, paid.high) if isinstance(paid, Roi) else None,
        no_roi=None if isinstance(paid, Roi) else paid,
    )


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def _lift(found: results.Caused) -> Lift:
    told, lift = found.told, found.lift
    extra, revenue = lift.extra_returns, lift.extra_revenue
    treated, control = lift.treated, lift.control
    return Lift(
        since=found.since,
        until=found.until,
        treated=Group(treated.clients, treated.returned, treated.revenue_minor),
        control=Group(control.clients, control.returned, control.revenue_minor),
        difference=Estimate(told.difference, told.low, told.high),
        extra_returns=Estimate(extra.value, extra.low, extra.high),
        extra_revenue_minor=Estimate(revenue.value, revenue.low, revenue.high),
        enough=told.enough,
        tells=told.tells,
        more_clients=told.more_clients,
    )
