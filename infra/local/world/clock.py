"""Simulated time: moved forward by a driver, firing what is due on the way, in order."""

import asyncio
import heapq
import inspect
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import count

Callback = Callable[[], Awaitable[None] | None]


class WorldClock:
    """Stands still between moves, unless `real_time`."""

    def __init__(self, start: datetime, real_time: bool = False) -> None:
        self._now = start.astimezone(UTC)
        self._real_time = real_time
        self._due: list[tuple[datetime, int, Callback]] = []
        self._order = count()
        self._moving = asyncio.Lock()

    def now(self) -> datetime:
        return datetime.now(UTC) if self._real_time else self._now

    def at(self, when: datetime, callback: Callback) -> None:
        """Runs `callback` once simulated time reaches `when`; at the next move when that has passed."""
        heapq.heappush(self._due, (when.astimezone(UTC), next(self._order), callback))

    async def advance_to(self, when: datetime) -> int:
        """Moves forward to `when`; answers how many callbacks ran. Raises ValueError for a step back."""
        async with self._moving:
            if not self._real_time and when < self._now:
                raise ValueError(f"time moves forward only: it is {self._now.isoformat()}")
            fired = 0
            while self._due and self._due[0][0] <= when:
                moment, _, callback = heapq.heappop(self._due)
                self._now = max(self._now, moment)
                result = callback()
                if inspect.isawaitable(result):
                    await result
                fired += 1
            self._now = max(self._now, when.astimezone(UTC))
            return fired

    def forget(self) -> None:
        self._due.clear()
