"""Simulated time: stands still until somebody moves it."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime

Callback = Callable[[], object]
"""What it returns is ignored."""


class Backwards(ValueError):
    """The clock was asked to go back."""


class WorldClock:
    """Aware, UTC. Callbacks fire in time order, and among equal times in the order they were asked for."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._due: list[tuple[datetime, int, Callback]] = []
        self._order = itertools.count()
        self._moving = asyncio.Lock()

    def now(self) -> datetime:
        return self._now

    def at(self, when: datetime, callback: Callback) -> None:
        """Calls back once simulated time reaches `when`; a time already past is due at the next move."""
        heapq.heappush(self._due, (when.astimezone(UTC), next(self._order), callback))

    def next_due(self) -> datetime | None:
        """When the earliest waiting callback is due, so that a driver can step from event to event."""
        return self._due[0][0] if self._due else None

    async def advance_to(self, when: datetime) -> int:
        """Moves to `when`, firing all that falls due, also what callbacks add on the way; returns how many fired.

        While a callback runs, `now()` is its own time. A callback's error stops the move there and is raised.
        Raises Backwards.
        """
        async with self._moving:
            if when < self._now:
                raise Backwards(
                    f"the clock stands at {self._now.isoformat()} and goes forward only"
                )
            fired = 0
            while self._due and self._due[0][0] <= when:
                due, _, callback = heapq.heappop(self._due)
                self._now = max(self._now, due)
                callback()
                fired += 1
                await asyncio.sleep(0)
            self._now = max(self._now, when.astimezone(UTC))
            return fired

    def reset(self, start: datetime | None = None) -> None:
        """Forgets all that was due; only here may time jump back."""
        self._due.clear()
        self._now = (start or self._now).astimezone(UTC)
