"""Answers of AWS that are lost while somebody works at the console or a schedule runs: what is left is what would be left if
none had been.

Each task is done clean by a company of its own. Then by others, with each of its write calls hit in turn, so that none of the
SDK's tries hears an answer, and once with every call's first answer lost. Which calls there are is seen, not listed.

Weeks pass in it, and the other tests share its clock: so its name is the last.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count

import pytest
from api.admin.app import RESOURCES

from tests.architecture.template import functions
from tests.e2e.desk import Desk
from tests.e2e.faulty_wire import LOST, Plan, Wire, called
from tests.e2e.indoors import Indoors
from tests.e2e.remains import Left, left
from tests.e2e.shop import Shop
from tests.e2e.tasks import OF_FUNCTIONS, OF_THE_API, Task
from tests.e2e.twice import twice

TASKS: Mapping[str, Task] = {**OF_THE_API, **OF_FUNCTIONS}
LIVED = {
    "TelegramWebhook",
    "WhatsappWebhook",
    "Receive",
    "Deliver",
    "Detect",
    "Analyse",
    "Reserve",
    "FindSlots",
    "Generate",
    "Send",
    "Track",
}
"""By test_lost_answers.py."""
WRITES_NOTHING_OF_OURS = {"SessionApi"}
"""Cognito keeps sessions; who hears nothing signs in again."""
SERIALS = count(6001)


def test_every_function_and_every_operation_has_its_turn() -> None:
    known = LIVED | WRITES_NOTHING_OF_OURS | {"AdminApi"} | set(OF_FUNCTIONS)
    assert known == set(functions())
    operations = {o.id for resource in RESOURCES for o in resource.operations if o.method != "GET"}
    assert operations == set(OF_THE_API)


@dataclass(frozen=True)
class Done:
    left: Left
    writes: tuple[str, ...]
    first_status: int | None


Play = Callable[[str, Plan], Done]


@pytest.fixture
def play(home: Indoors, wire: Wire) -> Play:
    def played(name: str, plan: Plan) -> Done:
        task = TASKS[name]
        since = home.next_morning()
        serial = next(SERIALS)
        salon = Shop(home, f"orders-{serial}", task.channel, serial)
        task.opened(salon)
        desk = Desk(home, salon)
        task.before(desk)
        home.quiet()
        wire.begin(plan)
        desk.first_status = None
        task.do(desk)
        home.quiet()
        wire.arrived()
        writes, wire.plan = tuple(wire.writes), Plan()
        found = left(home, salon, since)
        home.forget(salon.company.company_id)
        return Done(found, writes, desk.first_status)

    return played


@pytest.mark.fault(
    "Each AWS write's answer is lost in an order of the API or a tick",
    "Asked again, as if none had been",
)
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", TASKS)
@twice
def test_an_order_whose_answers_are_lost(play: Play, wire: Wire, name: str) -> None:
    clean = play(name, Plan())
    assert clean.first_status is None or clean.first_status < 300
    assert bool(clean.writes) == TASKS[name].writes
    for nth, call in enumerate(clean.writes):
        with called(nth, call):
            done = play(name, Plan(LOST, nth, every_try=True))
            assert wire.fired() == wire.hit >= 1
            assert differences(clean.left, done.left) == {}
    done = play(name, Plan(LOST))
    assert differences(clean.left, done.left) == {}


def differences(expected: Left, found: Left) -> Mapping[str, tuple[object, object]]:
    """Of what is counted, only what one has more of."""
    both = {name: (expected[name], found[name]) for name in expected}
    unequal = {name: pair for name, pair in both.items() if pair[0] != pair[1]}
    return {name: _more(*pair) for name, pair in unequal.items()}


def _more(was: object, now: object) -> tuple[object, object]:
    if isinstance(was, dict) and isinstance(now, dict):
        return (
            sorted(k for k in was if was[k] != now.get(k)),
            sorted(k for k in now if now[k] != was.get(k)),
        )
    return was, now
