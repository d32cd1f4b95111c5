"""Rate limits judged in real time: the caller's real speed is what a real service would see."""

import time
from collections import defaultdict, deque


class Rate:
    """At most `limit` calls per `seconds` for each key, as a sliding window."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def wait(self, key: str) -> float:
        """0.0: counted and let through; else the seconds until the next call would be."""
        now, calls = time.monotonic(), self._calls[key]
        while calls and calls[0] <= now - self._seconds:
            calls.popleft()
        if len(calls) >= self._limit:
            return calls[0] + self._seconds - now
        calls.append(now)
        return 0.0
