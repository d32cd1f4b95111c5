"""In place of the statistics, which take most of a journey's time and have tests of their own: the usual gap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class PlainForecast:
    as_of: date
    last_visit_on: date
    usual_days: int

    @property
    def due_on(self) -> date:
        return self.last_visit_on + timedelta(days=self.usual_days)

    def p_return_within(self, days: int) -> float:
        return min(0.9, 0.2 * days / self.usual_days)

    def expected_visits(self, days: int) -> float:
        return 0.3 * days / self.usual_days

    def next_visit(self, within: int | None = None) -> tuple[date, date, date]:
        coming = max(self.due_on, self.as_of + timedelta(days=1))
        return coming, coming, coming


def forecast(
    model: object, days: Sequence[date], today: date, usual_days: int
) -> PlainForecast | None:
    """As `comeback.reactivation.forecasts.forecast`."""
    past = [day for day in days if day <= today]
    return PlainForecast(today, max(past), usual_days) if past else None


def no_chart(*_: object) -> bytes:
    return b"png"
