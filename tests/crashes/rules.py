"""Scenarios of what the owner sets: rules, which the due list follows, settings, services. The page repeats a call whose answer
was lost."""

from dataclasses import replace
from typing import Any

from comeback.bookings.model import Service, Staff
from comeback.changes import SaveRule
from comeback.companies.model import Tone
from comeback.reactivation.model import Interval, IntervalSource, ServiceRule
from comeback.reactivation.rule_change import stored_rule

from tests.crashes.journeys import Prepare
from tests.crashes.points import Act, Scenario
from tests.crashes.ticks import three_due
from tests.crashes.world import World

RULE = ServiceRule("cut", intervals={IntervalSource.MANUAL: Interval(90, "they come rarely")})


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
    """As the page sends it: the version is the one that it showed, sources that it does not set are the stored ones."""
    stored = stored_rule(world.store, "salon", "cut")
    rule = replace(RULE, intervals={**stored.intervals, **RULE.intervals})
    change.save("salon", rule, "user-1")


def _follows(change: Any, world: World) -> None:
    del world
    change.handle("salon", {"service_id": "cut"})


def _sets(change: Any, world: World) -> None:
    del world
    change.run("salon", 0, {"tone": Tone.CASUAL, "week_cap": 1}, "user-1")


def _adds_service(change: Any, world: World) -> None:
    del world
    change.save_service("salon", Service("brows", "Brows", 30, 90_000), "user-1", new=True)


def _changes_staff(change: Any, world: World) -> None:
    del world
    change.save_staff("salon", Staff("olga", "Olga P", frozenset({"cut"})), "user-1", new=False)


_played: list[tuple[str, str, Prepare, Act]] = [
    ("saves", "rule_change", three_due, _saves),
    ("follows", "rule_change", saved, _follows),
    ("follows-out-of-time", "rule_change", saved_with_little_time, _follows),
    ("follows-again", "rule_change", dated_already, _follows),
    ("sets", "change_settings", three_due, _sets),
    ("adds-a-service", "change_catalogue", three_due, _adds_service),
    ("changes-staff", "change_catalogue", three_due, _changes_staff),
]
SCENARIOS = [Scenario(name, use_case, prepare, act) for name, use_case, prepare, act in _played]
