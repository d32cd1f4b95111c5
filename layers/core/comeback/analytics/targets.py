"""What the specification aims at (reactivation.md), and whether a figure keeps to it beyond chance."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from comeback.analytics.model import Roi, Share
from comeback.analytics.results import Results

Interval = tuple[float, float]


class Verdict(StrEnum):
    MET = "met"
    """The whole interval keeps to it."""
    MISSED = "missed"
    """The whole interval does not."""
    UNCLEAR = "unclear"
    """It may be either."""


@dataclass(frozen=True)
class Target:
    """At least `low`; without one, at most `high`. Where there are both, `high` is what good companies reach."""

    low: float | None
    high: float | None
    figure: Callable[[Results], Interval | None]
    """The interval of what is judged, in the units of `limit`."""
    limit: float | None = None
    """What that interval is held against, where it is not the figure itself."""

    def of(self, found: Results) -> Verdict | None:
        """None while nothing is known."""
        interval = self.figure(found)
        if interval is None:
            return None
        least = self.low if self.limit is None else self.limit
        if least is None:
            return _verdict(-interval[1], -interval[0], -(self.high or 0.0))
        return _verdict(*interval, least)


def _verdict(low: float, high: float, least: float) -> Verdict:
    if low >= least:
        return Verdict.MET
    return Verdict.MISSED if high < least else Verdict.UNCLEAR


def _conversion(found: Results) -> Interval | None:
    return _interval(found.overview.conversion)


def _response(found: Results) -> Interval | None:
    return _interval(found.overview.response)


def _opt_out(found: Results) -> Interval | None:
    return _interval(found.overview.opt_out)


def _within_day(found: Results) -> Interval | None:
    """A median under a day: more than half of the answers come within one."""
    return _interval(found.answers.within_day)


def _interval(share: Share | None) -> Interval | None:
    return None if share is None else (share.low, share.high)


def _roi(found: Results) -> Interval | None:
    paid = found.money.roi
    return (paid.low, paid.high) if isinstance(paid, Roi) else None


TARGETS: Mapping[str, Target] = {
    "conversion": Target(0.15, 0.20, _conversion),
    "response": Target(0.30, 0.40, _response),
    "opt_out": Target(None, 0.05, _opt_out),
    "response_hours": Target(None, 24, _within_day, limit=0.5),
    "roi": Target(3, 5, _roi),
}
