"""Scenarios of what an owner does at a desk: the team, and what is connected. Who gets no answer asks again, with the same words
and on the page as it stood."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from comeback.companies.model import CrmKind
from comeback.connections.connect import Asker
from comeback.connections.model import SECRETS, Connection
from comeback.errors import NotFound
from comeback.team.model import Role

from tests.crashes.journeys import Prepare
from tests.crashes.points import Act, Scenario
from tests.crashes.world import World

ANNA = Asker("salon", "user-anna@example.com")
VERA = "user-vera@example.com"
BORIS = "user-boris@example.com"
NUMBER = "77"


# ── the team ─────────────────────────────────────────────────────────────────────────────────────


def staffed(world: World) -> None:
    """Two owners; and one who was invited and did not come yet."""
    world.open()
    world.people.comes("salon", "anna@example.com", Role.OWNER)
    world.people.comes("salon", "boris@example.com", Role.OWNER)
    world.people.invite("salon", "vera@example.com", Role.VIEWER, "en")


def alone(world: World) -> None:
    world.open()
    world.people.comes("salon", "anna@example.com", Role.OWNER)


def _of_team(method: str, *about: object) -> Act:
    def act(team: Any, world: World) -> None:
        del world
        getattr(team, method)("salon", ANNA.user_id, *about)

    return act


def _removes(target: str) -> Act:
    """Asked again the page is told that there is no such person, which is what it wanted."""

    def act(team: Any, world: World) -> None:
        del world
        with suppress(NotFound):
            team.remove("salon", ANNA.user_id, target)

    return act


# ── connections ──────────────────────────────────────────────────────────────────────────────────


def _values(kind: Connection) -> dict[str, str]:
    return {name: f"a {name}" for name in SECRETS[kind]}


def with_book(world: World) -> None:
    world.open(crm=CrmKind.NATIVE)


def connected(kind: Connection) -> Prepare:
    def prepare(world: World) -> None:
        with_book(world)
        _connects(kind)(world.use("connections"), world)
        world.drain()
        world.clock.advance(hours=2)

    return prepare


def _connects(kind: Connection) -> Act:
    number = NUMBER if kind is Connection.YCLIENTS else ""
    return _told(lambda connections: connections.connect(ANNA, kind, _values(kind), number))


def _checks(kind: Connection) -> Act:
    return _told(lambda connections: connections.check("salon", kind))


def _renews(kind: Connection) -> Act:
    return _told(lambda connections: connections.renew(ANNA, kind))


def _disconnects(kind: Connection) -> Act:
    def act(connections: Any, world: World) -> None:
        del world
        connections.disconnect(ANNA, kind)

    return act


def _told(ask: Callable[[Any], Any]) -> Act:
    """What the page shows: the steps, and whether each went well."""

    def act(connections: Any, world: World) -> object:
        del world
        return [(step.name, step.ok) for step in ask(connections).steps]

    return act


def _hands_in(templates: Any, world: World) -> None:
    del world
    templates.submit(ANNA)


_played: list[tuple[str, str, Prepare, Act]] = [
    ("invites", "team", alone, _of_team("invite", "Vera@example.com", Role.VIEWER, "en", "key-1")),
    ("invites-again", "team", staffed, _of_team("invite_again", VERA)),
    ("promotes", "team", staffed, _of_team("give", VERA, Role.MANAGER)),
    ("demotes-an-owner", "team", staffed, _of_team("give", BORIS, Role.MANAGER)),
    ("removes", "team", staffed, _removes(VERA)),
    ("removes-an-owner", "team", staffed, _removes(BORIS)),
    ("forgets-a-lost-phone", "team", staffed, _of_team("forget_totp", BORIS)),
    *[(f"connects-{kind}", "connections", with_book, _connects(kind)) for kind in Connection],
    *[(f"checks-{kind}", "connections", connected(kind), _checks(kind)) for kind in Connection],
    *[
        (f"renews-{kind}", "connections", connected(kind), _renews(kind))
        for kind in (Connection.TELEGRAM, Connection.WHATSAPP, Connection.YCLIENTS)
    ],
    *[
        (f"disconnects-{kind}", "connections", connected(kind), _disconnects(kind))
        for kind in Connection
    ],
    ("hands-in", "whatsapp_templates", connected(Connection.WHATSAPP), _hands_in),
]
SCENARIOS = [
    Scenario(name, use_case, prepare, act, logs_each_try=True)
    for name, use_case, prepare, act in _played
]
