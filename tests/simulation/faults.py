"""What goes wrong, drawn from the seed: each seed has its own weather, and each kind of fault its own rate in it.

A fault strikes at a port's call (`tests/fakes/watched.py`), so a port that is added tomorrow is struck too.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from itertools import accumulate
from random import Random

from comeback.errors import Conflict, RateLimited, Unavailable, UnknownOutcome

from tests.fakes.watched import Call, Side
from tests.simulation.agenda import Agenda
from tests.simulation.trace import Trace


class Fault(StrEnum):
    CRASH = "crash"
    UNAVAILABLE = "unavailable"
    """Nothing happened."""
    LOST = "lost response"
    """It happened, and nobody heard."""
    SILENCE = "no answer"
    """From outside: it happened or not, and nobody knows."""
    THROTTLE = "throttle"
    CONFLICT = "conflict"
    MEANWHILE = "meanwhile"
    """Other invocations run in the middle of this one."""
    DUPLICATE = "duplicate"
    LATE = "late duplicate"
    """After the queue has forgotten the first."""
    REORDER = "reorder"
    BURIED = "to the dead letters"
    """All its receives failed; an operator puts it back, hours later."""
    FORGOTTEN = "not deleted"
    """The batch was done, and comes again."""
    SKEW = "clock skew"
    MISSED = "missed tick"
    LYING_CRM = "lying CRM"
    SLOW_CRM = "slow CRM"
    LYING_MODEL = "lying model"
    LYING_MESSENGER = "lying messenger"
    REFUSED = "messenger refuses"
    DENIED = "status: not delivered"
    NEWS = "account news"


LIKELY = {
    Fault.CRASH: 0.003,
    Fault.UNAVAILABLE: 0.003,
    Fault.LOST: 0.004,
    Fault.SILENCE: 0.06,
    Fault.THROTTLE: 0.05,
    Fault.CONFLICT: 0.02,
    Fault.MEANWHILE: 0.015,
    Fault.DUPLICATE: 0.15,
    Fault.LATE: 0.05,
    Fault.REORDER: 0.2,
    Fault.BURIED: 0.1,
    Fault.FORGOTTEN: 0.05,
    Fault.SKEW: 0.2,
    Fault.MISSED: 0.1,
    Fault.LYING_CRM: 0.3,
    Fault.SLOW_CRM: 0.1,
    Fault.LYING_MODEL: 0.5,
    Fault.LYING_MESSENGER: 0.1,
    Fault.REFUSED: 0.08,
    Fault.DENIED: 0.12,
    Fault.NEWS: 0.15,
}
"""Chance at each opportunity, where the seed has this fault at all."""
OUTSIDE = ("channel", "crm", "model")
UNKNOWN = {("channel", "send"), ("crm", "book"), ("crm", "cancel")}
"""Calls outside that change something: whoever gets no answer knows nothing."""
SLOW = timedelta(seconds=20)
DEPTH = 3
"""Invocations in the middle of invocations."""


class Crash(BaseException):
    """The process is gone: nothing may catch this but whoever started it."""


RAISED: Mapping[Fault, type[BaseException]] = {
    Fault.CRASH: Crash,
    Fault.UNAVAILABLE: Unavailable,
    Fault.LOST: Unavailable,
    Fault.SILENCE: UnknownOutcome,
    Fault.CONFLICT: Conflict,
}


@dataclass
class Weather:
    """The rates of one seed. `over`: everything works again."""

    rng: Random
    rates: dict[Fault, float]
    trace: Trace
    injected: Counter[Fault] = field(default_factory=Counter)
    over: bool = False

    @classmethod
    def drawn(cls, seed: int, trace: Trace) -> "Weather":
        """One seed in ten has none; else about two kinds of three, up to thrice as likely as usual."""
        rng = Random(f"{seed} weather")
        calm = rng.random() < 0.1
        rates = {
            fault: 0.0 if calm or rng.random() < 0.35 else likely * rng.uniform(0.3, 3)
            for fault, likely in LIKELY.items()
        }
        return cls(rng, rates, trace)

    def strikes(self, fault: Fault, at: object = "") -> bool:
        if self.over or self.rng.random() >= self.rates[fault]:
            return False
        self.injected[fault] += 1
        self.trace.add("fault", fault, at)
        return True

    def odds(self, faults: Iterable[Fault]) -> tuple[tuple[Fault, float], ...]:
        """The chance of each or one before it."""
        chosen = tuple(faults)
        return tuple(zip(chosen, accumulate(self.rates[f] for f in chosen), strict=True))

    def one_of(self, odds: Sequence[tuple[Fault, float]], at: object) -> Fault | None:
        drawn = self.rng.random()
        if drawn >= odds[-1][1]:
            return None
        fault = next(fault for fault, chance in odds if drawn < chance)
        self.injected[fault] += 1
        self.trace.add("fault", fault, at)
        return fault

    def skew(self) -> timedelta:
        """How wrong the clock of one invocation is."""
        strikes = self.strikes(Fault.SKEW)
        return timedelta(seconds=self.rng.uniform(-30, 30)) if strikes else timedelta()


class Striking:
    """Decides at each call of a port, before and after, what goes wrong with it: at most one thing."""

    def __init__(self, weather: Weather, agenda: Agenda, seconds_left: Callable[[], float]) -> None:
        """`seconds_left`: so long may the invocation under way still run."""
        self._weather = weather
        self._agenda = agenda
        self._seconds_left = seconds_left
        self._deep = 0
        self._odds: dict[Call, tuple[tuple[Fault, float], ...]] = {}

    def __call__(self, call: Call) -> None:
        if self._weather.over:
            return
        odds = self._odds.get(call)
        if odds is None:
            odds = self._odds[call] = self._weather.odds(possible(call))
        fault = self._weather.one_of(odds, call)
        if fault is not None:
            self._strike(fault, call)

    def _strike(self, fault: Fault, call: Call) -> None:
        rng = self._weather.rng
        if fault is Fault.MEANWHILE:
            return self._meanwhile(rng.expovariate(1 / 3))
        if fault is Fault.SLOW_CRM:
            return self._meanwhile(rng.uniform(1, SLOW.total_seconds()))
        if fault is Fault.THROTTLE:
            raise RateLimited("slow down", retry_after=rng.choice([None, 1, 5, 30]))
        raise RAISED[fault](f"{call.side} {call.port}.{call.method}")

    def _meanwhile(self, seconds: float) -> None:
        if self._deep == DEPTH:
            return
        self._deep += 1
        try:
            self._agenda.run(self._agenda.now + timedelta(seconds=seconds))
        finally:
            self._deep -= 1
        if self._seconds_left() < 0:
            raise Crash("timed out")


def possible(call: Call) -> tuple[Fault, ...]:
    """What may go wrong with it."""
    unknown = (call.port, call.method) in UNKNOWN
    if call.side is Side.AFTER:
        return (Fault.CRASH, Fault.SILENCE if unknown else Fault.LOST)
    found = [Fault.CRASH, Fault.UNAVAILABLE, Fault.MEANWHILE]
    if call.method == "commit":
        found.append(Fault.CONFLICT)
    if call.port in OUTSIDE:
        found.append(Fault.THROTTLE)
    if call.port == "crm":
        found.append(Fault.SLOW_CRM)
    if unknown:
        found.append(Fault.SILENCE)
    return tuple(found)
