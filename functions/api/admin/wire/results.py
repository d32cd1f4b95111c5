"""Results of a period, and what is being learnt, as they are shown."""

from datetime import date
from typing import Annotated

from comeback.analytics.caused import NoRoi
from comeback.analytics.results import Period
from comeback.analytics.targets import Verdict
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
