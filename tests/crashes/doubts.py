"""Scenarios of the operator's word on a message of which nobody knows whether it arrived."""

from typing import Any

from comeback.conversations.doubt import REPETITION_COMES, STATUS_COMES
from comeback.conversations.model import OWNER, Address, Purpose
from comeback.errors import Retryable, UnknownOutcome

from tests.crashes.journeys import Prepare, passes, then
from tests.crashes.points import Act, Scenario
from tests.crashes.talk import lost_on_whatsapp, written
from tests.crashes.world import CHAT, OWNER_CHAT, World


def said_twice(purpose: Purpose, client_id: str, address: Address) -> Prepare:
    """In vain, as far as we know."""

    def prepare(world: World) -> None:
        written(purpose, client_id, address)(world)
        world.telegram.problems.extend([UnknownOutcome("no answer")] * 2)
        ref = world.take_off()
        try:
            world.use("deliver").deliver(*ref)
        except Retryable:
            world.use("deliver").deliver(*ref)

    return prepare


def hours_pass(world: World) -> None:
    """Nothing resolves itself any more, and FIFO has forgotten what it was given."""
    passes(world, seconds=max(STATUS_COMES, REPETITION_COMES).total_seconds())
    world.dropped.clear()


ANSWER = said_twice(Purpose.SERVICE, "anna", CHAT)
_doubtful: dict[str, tuple[Prepare, bool]] = {
    "offer-arrived": (lost_on_whatsapp, True),
    "offer-lost": (lost_on_whatsapp, False),
    "answer-arrived": (ANSWER, True),
    "answer-lost": (ANSWER, False),
    "report-lost": (said_twice(Purpose.OWNER, OWNER, OWNER_CHAT), False),
}


def _settles(arrived: bool) -> Act:
    """The one on the list; told again, what the operator read from it the first time."""

    def act(settle: Any, world: World) -> None:
        for message in settle.waiting("salon"):
            world.input = (message.client_id, message.outbox_id)
        settle.settle("salon", *world.input, arrived=arrived)

    return act


SCENARIOS = [
    Scenario(name, "settle_uncertain", then(prepare, hours_pass), _settles(arrived))
    for name, (prepare, arrived) in _doubtful.items()
]
