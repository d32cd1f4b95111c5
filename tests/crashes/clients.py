"""Scenarios of what the team does to a client in the console. The page repeats a call whose answer was lost, by the same key."""

from datetime import timedelta
from typing import Any

from comeback.analytics.exports import Asked, Subject
from comeback.analytics.sheets import Format
from comeback.clients.card import Card

from tests.crashes.journeys import Prepare, anna
from tests.crashes.points import Act, Scenario
from tests.crashes.talk import offered
from tests.crashes.world import ON, World

USER = "user-1"


def due(world: World) -> None:
    anna(world)


def _stops(opt_out: Any, world: World) -> None:
    del world
    opt_out.run("salon", "anna", USER, "key")


def _changes(change: Any, world: World) -> object:
    """The version is the one that the page showed."""
    if world.input is None:
        world.input = world.store.client("salon", "anna").client.version
    card = Card(tags=("quiet",), vip=True, preferred_staff_id="olga")
    return change.run("salon", "anna", world.input, card, USER).tags


def _erases(erase: Any, world: World) -> None:
    del world
    erase.run("salon", "anna", USER)


def _exports(subject: Subject) -> Act:
    days = (ON - timedelta(days=6), ON)
    asked = Asked(subject, Format.CSV, *days, "en")

    def act(export: Any, world: World) -> object:
        del world
        made = export.run("salon", asked, USER, "key")
        return made.url, made.rows

    return act


_played: list[tuple[str, str, Prepare, Act]] = [
    ("waited-for", "opt_out", offered, _stops),
    ("only-due", "opt_out", due, _stops),
    ("due", "change_client", due, _changes),
    ("waited-for", "erase_client", offered, _erases),
    *((subject.value, "export", offered, _exports(subject)) for subject in Subject),
]
SCENARIOS = [Scenario(name, use_case, prepare, act) for name, use_case, prepare, act in _played]
