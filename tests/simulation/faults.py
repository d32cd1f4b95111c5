"""What goes wrong, drawn from the seed: each seed has its own weather, and each kind of fault its own rate in it.

A fault strikes at a port's call (`tests/fakes/watched.py`), so a port that is added tomorrow is struck too.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
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
    FORGOTTEN = "not deleted"
    """The batch was done, and comes again."""
    SKEW = "clock skew"
    MISSED = "missed tick"
    LYING_CRM = "lying CRM"
    SLOW_CRM = "slow CRM"
    LYING_MODEL = "lying model"
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
    Fault.FORGOTTEN: 0.05,
    Fault.SKEW: 0.2,
    Fault.MISSED: 0.1,
    Fault.LYING_CRM: 0.3,
    Fault.SLOW_CRM: 0.1,
    Fault.LYING_MODEL: 0.5,
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

    def skew(self) -> timedelta:
        """How wrong the clock of one invocation is."""
        strikes = self.strikes(Fault.SKEW)
        return timedelta(seconds=self.rng.uniform(-30, 30)) if strikes else timedelta()


class Striking:
    """Decides at each call of a port, before and after, what goes wrong with it."""

    def __init__(self, weather: Weather, agenda: Agenda, seconds_left: Callable[[], float]) -> None:
        """`seconds_left`: so long may the invocation under way still run."""
        self._weather = weather
        self._agenda = agenda
        self._seconds_left = seconds_left
        self._deep = 0

    def __call__(self, call: Call) -> None:
        if self._weather.over:
            return
        if call.side is Side.BEFORE:
            self._before(call)
        else:
            self._after(call)

    def _before(self, call: Call) -> None:
        strikes = self._weather.strikes
        if strikes(Fault.CRASH, call):
            raise Crash(f"before {call.port}.{call.method}")
        if strikes(Fault.UNAVAILABLE, call):
            raise Unavailable(f"{call.port}.{call.method}: refused")
        if call.port in OUTSIDE:
            self._before_outside(call)
        elif call.method == "commit" and strikes(Fault.CONFLICT, call):
            raise Conflict("somebody else was first")
        if self._deep < DEPTH and strikes(Fault.MEANWHILE, call):
            self._meanwhile(self._weather.rng.expovariate(1 / 3))

    def _before_outside(self, call: Call) -> None:
        strikes = self._weather.strikes
        if strikes(Fault.THROTTLE, call):
            raise RateLimited("slow down", retry_after=self._weather.rng.choice([None, 1, 5, 30]))
        if (call.port, call.method) in UNKNOWN and strikes(Fault.SILENCE, call):
            raise UnknownOutcome(f"{call.port}.{call.method}: timed out")
        if call.port == "crm" and self._deep < DEPTH and strikes(Fault.SLOW_CRM, call):
            self._meanwhile(self._weather.rng.uniform(1, SLOW.total_seconds()))

    def _after(self, call: Call) -> None:
        strikes = self._weather.strikes
        if strikes(Fault.CRASH, call):
            raise Crash(f"after {call.port}.{call.method}")
        if (call.port, call.method) in UNKNOWN:
            if strikes(Fault.SILENCE, call):
                raise UnknownOutcome(f"{call.port}.{call.method}: no answer")
        elif strikes(Fault.LOST, call):
            raise Unavailable(f"{call.port}.{call.method}: no answer")

    def _meanwhile(self, seconds: float) -> None:
        self._deep += 1
        try:
            self._agenda.run(self._agenda.now + timedelta(seconds=seconds))
        finally:
            self._deep -= 1
        if self._seconds_left() < 0:
            raise Crash("timed out")
