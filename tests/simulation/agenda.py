"""Virtual time: what happens when. Nothing sleeps; the time is that of the latest thing that happened."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta

Action = Callable[[], None]


class Agenda:
    """`run` may be called while an action runs: whatever is due by then happens in its middle, as another invocation would."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._coming: list[tuple[datetime, int, Action]] = []
        self._added = 0

    def at(self, moment: datetime, action: Action) -> None:
        """Of two things at one moment the one that was added first happens first. The past is now."""
        self._added += 1
        heapq.heappush(self._coming, (max(moment, self.now), self._added, action))

    def after(self, seconds: float, action: Action) -> None:
        self.at(self.now + timedelta(seconds=seconds), action)

    def run(self, until: datetime) -> None:
        while self._coming and self._coming[0][0] <= until:
            moment, _, action = heapq.heappop(self._coming)
            self.now = max(self.now, moment)
            action()
        self.now = max(self.now, until)

    def __len__(self) -> int:
        return len(self._coming)
