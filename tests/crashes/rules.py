"""Scenarios of a rule that the owner changes, and of the due list that follows it."""

from dataclasses import replace
from typing import Any

from comeback.changes import Audited, SaveRule
from comeback.reactivation.model import Interval, IntervalSource, ServiceRule

from tests.crashes.journeys import Prepare
from tests.crashes.points import Act, Scenario
from tests.crashes.ticks import three_due
from tests.crashes.world import START, World

RULE = ServiceRule("cut", intervals={IntervalSource.MANUAL: Interval(90, "they come rarely")})
BY_OWNER = Audited("salon", START, "user-1", "services.save_rule", "cut", ("manual_days",))


def saved(world: World) -> None:
    three_due(world)
    world.store.commit([SaveRule("salon", RULE)])


def saved_with_little_time(world: World) -> None:
    saved(world)
    world.seconds_left = [100.0, 0.0]


def dated_already(world: World) -> None:
    saved(world)
    _follows(world.use("rule_change"), world)


def _saves(change: Any, world: World) -> None:
    """The version is the one that the page showed."""
    del world
    change.save(replace(RULE, version=0), BY_OWNER)


def _follows(change: Any, world: World) -> None:
    del world
    change.handle("salon", {"service_id": "cut"})


_played: list[tuple[str, Prepare, Act]] = [
    ("saves", three_due, _saves),
    ("follows", saved, _follows),
    ("follows-out-of-time", saved_with_little_time, _follows),
    ("follows-again", dated_already, _follows),
]
SCENARIOS = [Scenario(name, "rule_change", prepare, act) for name, prepare, act in _played]
