"""A clock that stands still until it is moved."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Monday, 12:00 in Moscow."""


class FixedClock:
    def __init__(self, now: datetime = NOON) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def advance(self, **passed: float) -> None:
        """`advance(days=7, hours=1)`."""
        self.time += timedelta(**passed)
