"""Which journey an answer belongs to."""

from dataclasses import replace

import pytest
from comeback.clients.model import Client
from comeback.conversations.model import Address, ChannelKind, MessageReceived
from comeback.ports import ClientFile
from comeback.reactivation.dialogue import journey_of
from comeback.reactivation.model import Attempt, Journey, JourneyState, Outcome

from tests.fakes.clock import NOON

CHAT = Address(ChannelKind.TELEGRAM, "1001")
SAID = MessageReceived("tg.1", CHAT, NOON, "ok, the first one")


@pytest.mark.fault(
    "a booking is made, a crash, and the CRM's word of it comes before the redelivery",
    "the answer still belongs to its journey, and the client is told",
)
@pytest.mark.parametrize(("read_for", "belongs"), [("tg.1:1:1", True), ("tg.11:1:1", False)])
def test_what_was_read_before_belongs_where_it_was_read_for(read_for: str, belongs: bool) -> None:
    """The journey has ended by then, and nobody knows for sure that its message arrived."""
    attempt = Attempt(1, CHAT, booking=read_for, outcome=Outcome.ALREADY_BOOKED)
    ended = Journey("salon", "anna", "cut", "j1", NOON.date(), NOON, JourneyState.FINISHED, attempt)
    file = ClientFile(Client("salon", "anna", "Anna"), journeys=(ended,))
    assert journey_of(file, SAID) == (ended if belongs else None)


def test_a_button_names_its_journey_whatever_was_read_before() -> None:
    first = Journey("salon", "anna", "cut", "j1", NOON.date(), NOON, attempt=Attempt(1))
    second = replace(first, journey_id="j2", attempt=Attempt(1, booking="tg.1:1:1"))
    file = ClientFile(Client("salon", "anna", "Anna"), journeys=(first, second))
    pressed = replace(SAID, text="", button_id="other:j1")
    assert journey_of(file, pressed) == first
