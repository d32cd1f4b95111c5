"""Rate limits of the simulated services, by token buckets in real time."""

import time
from collections.abc import Callable, Hashable


class Rates:
    """Buckets that hold `burst` tokens and refill at `per_second`."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._buckets: dict[Hashable, tuple[float, float]] = {}

    def take(self, key: Hashable, burst: float, per_second: float) -> float:
        """Takes a token; seconds until there is one again when there was none (0.0: taken)."""
        now = self._seconds()
        tokens, since = self._buckets.get(key, (burst, now))
        tokens = min(burst, tokens + (now - since) * per_second)
        if tokens < 1:
            self._buckets[key] = (tokens, now)
            return (1 - tokens) / per_second
        self._buckets[key] = (tokens - 1, now)
        return 0.0
