"""A circuit breaker: a book that does not answer is left alone for a growing time, then asked by one call.

Closed, every call goes. After `FAILURES` in a row it is open: calls fail at once and tell when to come back. When that time is
over it is half open: one call probes, the others wait for what it learns. A probe that fails opens it for twice as long; any
answer closes it. State is a short text that `Limits.take` keeps beside the rate's calls, which every call reads and writes
anyway: only a failure, and the first answer after one, cost requests of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from comeback.errors import Unavailable

FAILURES = 3
"""In a row, over all functions: each may have cost a function the ten seconds of its call."""
FIRST_PAUSE, LONGEST_PAUSE = 15.0, 300.0
"""Seconds. Short of the state machine's retries, which go on for half an hour."""
PROBE = 30.0
"""Seconds that a probe may take: its function may have died, so another is let through after that."""
MILLISECONDS = 1_000


@dataclass(frozen=True)
class Circuit:
    """`failures` in a row; `shut_until` Unix milliseconds, before which no call goes."""

    failures: int = 0
    shut_until: int = 0

    @classmethod
    def read(cls, text: str) -> "Circuit":
        failures, _, until = text.partition(" ")
        return cls(int(failures), int(until)) if text else cls()

    def __str__(self) -> str:
        """Empty when there is nothing to remember."""
        return f"{self.failures} {self.shut_until}" if self.failures else ""

    @property
    def tripped(self) -> bool:
        return self.failures >= FAILURES

    def wait(self, now: datetime) -> float:
        """Seconds until a call may go; 0.0: now."""
        left = (self.shut_until - _moment(now)) / MILLISECONDS
        return max(0.0, left) if self.tripped else 0.0

    def admitted(self, now: datetime) -> "Circuit":
        """A call goes. A probe holds back the others; while closed nothing changes."""
        return Circuit(self.failures, _moment(now, PROBE)) if self.tripped else self

    def failed(self, now: datetime, probe: bool) -> "Circuit":
        """Once it is open only probes count: what was asked before then may go on failing for a while."""
        if self.tripped and not probe:
            return self
        failures = self.failures + 1
        return Circuit(failures, _moment(now, pause(failures)) if failures >= FAILURES else 0)

    def answered(self) -> "Circuit":
        return Circuit()


def pause(failures: int) -> float:
    """Seconds, doubled with each failure from the one that opened it."""
    doublings = min(max(0, failures - FAILURES), 16)
    return float(min(LONGEST_PAUSE, FIRST_PAUSE * 2**doublings))


class Passage:
    """One call's way through its circuit. `Limits` runs `admit`, and after the call `answered` or `failed`, on the state
    it keeps."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """`clock` is real time, as the other side's."""
        self._clock = clock
        self._probe = False
        self.remembered = False
        """There is something that an answer should make forgotten."""

    def admit(self, text: str) -> str:
        """Raises Unavailable with `retry_after` while the circuit is open."""
        circuit, now = Circuit.read(text), self._clock()
        if wait := circuit.wait(now):
            raise Unavailable("the book does not answer: it is left alone", retry_after=wait)
        self._probe, self.remembered = circuit.tripped, bool(text)
        return str(circuit.admitted(now))

    def answered(self, text: str) -> str:
        return str(Circuit.read(text).answered())

    def failed(self, text: str) -> str:
        return str(Circuit.read(text).failed(self._clock(), self._probe))


def _moment(now: datetime, later: float = 0.0) -> int:
    return int((now.timestamp() + later) * MILLISECONDS)
