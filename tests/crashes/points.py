"""A crash at one call of one port, then what the platform does, until it is done; and the picture of what is left.

Points are not written down: an uncrashed run is watched, and each of its calls is one point before and one after.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cached_property
from typing import Any

from comeback.conversations.model import OutboxState

from tests.crashes.watching import watch_all
from tests.crashes.world import World, remembering
from tests.fakes.watched import Call

DELIVERIES = 6
AT_ONCE, LATER = timedelta(0), timedelta(minutes=6)
"""Longer than a claim, as a queue hides a message."""
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
        self.world.drain()
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


# ── what is left ─────────────────────────────────────────────────────────────────────────────────


def picture(world: World) -> dict[object, object]:
    """All that is stored and all that was done outside, by name."""
    return {**world.stored(), **world.done_outside()}


def differences(expected: Run, found: Run) -> list[str]:
    """Between what two runs left. Nothing is let differ, but

    - moments within the hour, when the clock went on between two deliveries: it is the first's time or the second's;
    - who claimed a message: an invocation's own name, meant to be another each time;
    - the token of the wait under way, another one after Step Functions tried again: it is called by its part; and then how
      often (`version`) an item was written, since the new token is written too.
    """
    worlds = (expected.world, found.world)
    pictures = tuple(map(picture, worlds))
    if worlds[0].token == worlds[1].token:
        pictures = _unequal(*pictures)
    coarse = worlds[0].clock.now() != worlds[1].clock.now()
    left, right = (
        _readable(seen, _Plain(coarse, world.token, found.scenario.fresh_token))
        for seen, world in zip(pictures, worlds, strict=True)
    )
    return [
        f"{name}\n    expected {left.get(name)}\n    found    {right.get(name)}"
        for name in sorted({*left, *right})
        if left.get(name) != right.get(name)
    ]


Picture = dict[object, object]


def _unequal(left: Picture, right: Picture) -> tuple[Picture, Picture]:
    """Cheap, for most of two pictures is the same to the second."""
    same = {name for name, seen in left.items() if name in right and right[name] == seen}
    a, b = ({n: seen for n, seen in side.items() if n not in same} for side in (left, right))
    return a, b


def _readable(seen: Picture, plain: "_Plain") -> dict[str, object]:
    return {str(plain(name)): plain(found) for name, found in seen.items()}


@dataclass(frozen=True)
class _Plain:
    """Values as what can be compared and read."""

    coarse: bool
    token: str
    tokens_written: bool

    def __call__(self, found: Any) -> Any:
        if isinstance(found, Enum):
            return found.value
        if isinstance(found, datetime):
            return self._moment(found)
        if isinstance(found, str):
            return self._words(found)
        if is_dataclass(found):
            left_out = {"claimed_by", "version"} if self.tokens_written else {"claimed_by"}
            kept = [f.name for f in fields(found) if f.name not in left_out]
            return {name: self(getattr(found, name)) for name in kept}
        if isinstance(found, Mapping):
            return {str(self(key)): self(inner) for key, inner in found.items()}
        if isinstance(found, set | frozenset):
            return sorted(map(str, map(self, found)))
        if isinstance(found, list | tuple):
            return [self(inner) for inner in found]
        return found

    def _words(self, found: str) -> str:
        if found == self.token:
            return "the token under way"
        if self.coarse and len(found) > 18 and found[4:5] == "-" and found[10:11] == "T":
            return self._moment(datetime.fromisoformat(found))
        return found

    def _moment(self, found: datetime) -> str:
        return found.isoformat()[: 13 if self.coarse else None]
