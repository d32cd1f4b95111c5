"""A crash at one call of one port, then what the platform does, until it is done; and the picture of what is left.

Points are not written down: an uncrashed run is watched, and each of its calls is one point before and one after.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from comeback.conversations.model import OutboxState

from tests.crashes.outside import remembering
from tests.crashes.watching import watch_all
from tests.crashes.world import World
from tests.fakes.watched import Call

DELIVERIES = 6
AT_ONCE, LATER = timedelta(0), timedelta(minutes=6)
"""Longer than a claim, as a queue hides a message."""
FIFO_REMEMBERS = timedelta(minutes=5)
Act = Callable[[Any, World], object]
"""The input, delivered to the use case as composed for one invocation. What it answers is compared."""


class Crash(BaseException):
    """The process is gone: nothing in it may catch this."""


@dataclass(frozen=True)
class Scenario:
    name: str
    use_case: str
    """Wiring's factory."""
    prepare: Callable[[World], None]
    act: Act
    fresh_token: bool = False
    """Step Functions tries a task that waits again with a token of its own; the one before is dead."""
    logs_each_try: bool = False
    """The audit log is written first, since what follows is no transaction: it tells who tried what, and a try may come twice."""

    @cached_property
    def _prepared(self) -> tuple[World, dict[int, Any]]:
        world = World()
        self.prepare(world)
        return world, world.frozen()

    def world(self) -> World:
        prepared, frozen = self._prepared
        return prepared.twin(frozen)


@dataclass
class Run:
    """One world with the scenario's input delivered in it until it was done."""

    scenario: Scenario
    world: World
    crash_at: int | None = None
    """Which call, counted over all deliveries, from 0. None: no crash. The number of calls: after success."""
    pause: timedelta = AT_ONCE
    calls: list[Call] = field(default_factory=list)
    answer: object = None
    deliveries: int = 0
    """Before the one that crashed."""
    calls_sent: int = 0
    """Of the messengers, up to the crash."""
    claimed: bool = False
    """The crash left a message claimed: between the claim and the note of what came of the call."""
    crashed: bool = False

    def deliver(self) -> "Run":
        for _ in range(DELIVERIES):
            try:
                self.answer = self._act()
            except Crash:
                self.crashed = True
                self.claimed = _any_claimed(self.world)
                self.calls_sent = self.world.telegram.calls + self.world.whatsapp.calls
                self._again(self.pause)
                continue
            except Exception as error:  # whatever it is, the platform brings the input back
                failed = error
                self.deliveries += not self.crashed
                self._again(LATER)
            else:
                break
        else:
            raise AssertionError(f"not done after {DELIVERIES} deliveries") from failed
        if self.crash_at == len(self.calls):
            self._again(self.pause)
            self.crashed = True
            self.answer = self._act()
        self.world.drain(duplicates=self.pause > FIFO_REMEMBERS)
        return self

    def _act(self) -> object:
        use_case = self.world.use(self.scenario.use_case)
        watch_all(use_case, self._watch)
        with remembering():
            return self.scenario.act(use_case, self.world)

    def _watch(self, call: Call) -> None:
        self.calls.append(call)
        if not self.crashed and len(self.calls) - 1 == self.crash_at:
            raise Crash

    def _again(self, pause: timedelta) -> None:
        self.world.clock.advance(seconds=pause.total_seconds())
        if self.scenario.fresh_token:
            self.world.dead_tokens.add(self.world.token)
            self.world.fresh_token()


def _any_claimed(world: World) -> bool:
    return any(m.state is OutboxState.SENDING for m in world.messages())


@dataclass(frozen=True)
class Point:
    scenario: Scenario
    at: int
    name: str


def trace(scenario: Scenario) -> list[Call]:
    return Run(scenario, scenario.world()).deliver().calls


def points(scenario: Scenario) -> list[Point]:
    """Each call's two sides, numbered per method, and the moment after success."""
    found: list[Point] = []
    nth: dict[Call, int] = {}
    calls = trace(scenario)
    for at, call in enumerate(calls):
        nth[call] = nth.get(call, 0) + 1
        where = f"{call.side.value}-{call.port}.{call.method}-{nth[call]}"
        found.append(Point(scenario, at, f"{scenario.use_case}-{scenario.name}-{where}"))
    found.append(Point(scenario, len(calls), f"{scenario.use_case}-{scenario.name}-after-success"))
    return found
