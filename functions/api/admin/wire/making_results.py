"""From what is known of a period to what is shown."""

from decimal import Decimal

from api.admin.wire.results import (
    Arm,
    Cell,
    Delay,
    Estimate,
    Experiment,
    Experiments,
    Group,
    Lift,
    Money,
    Results,
    Row,
    ServiceTimes,
    Share,
    Target,
    Targets,
    Time,
)
from comeback.analytics import results
from comeback.analytics.model import Roi
from comeback.analytics.model import Share as Counted
from comeback.analytics.period_figures import Line
from comeback.analytics.results import HeatCell, TimeRate
from comeback.analytics.targets import TARGETS
from comeback.companies.model import Company


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
