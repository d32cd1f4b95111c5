"""A model that is asked twice may answer twice: what it was heard to say the first time stands."""

from datetime import timedelta
from typing import Any

import pytest
from comeback.clients.model import opted_out
from comeback.companies.model import Company
from comeback.conversations.model import MessageReceived
from comeback.errors import Unavailable, Undeliverable
from comeback.ports import AnswerReading
from comeback.reactivation.dialogue import ReactivationDialogue
from comeback.reactivation.intents import Intent
from comeback.reactivation.scene import JourneyRef

from tests.fakes.language_model import ScriptedModel
from tests.fakes.watched import Call, Side, Watched
from tests.storage.life import CHAT, Life

YES_TO_THE_SECOND = AnswerReading(Intent.YES.value, slot=2, confidence=0.9)
NO = AnswerReading(Intent.NO.value, confidence=0.9)
STOP = AnswerReading(Intent.STOP.value, confidence=0.5)
YES = AnswerReading(Intent.YES.value, confidence=0.9)


def read_by(life: Life, *readings: AnswerReading) -> ScriptedModel:
    model = ScriptedModel.reading(*readings)

    class Models:
        def model(self, company: Company) -> ScriptedModel:
            return model

    old = life.dialogue
    fresh = ReactivationDialogue(life.store, old._finder, old._crms, Models(), life.clock)
    life.receive._dialogue = fresh
    return model


@pytest.mark.fault(
    "crash after a booking, then the model reads another answer", "the booking stands"
)
def test_a_booking_is_not_read_away(life: Life, ref: JourneyRef) -> None:
    model = read_by(life, YES_TO_THE_SECOND, NO)
    said = MessageReceived("e1", CHAT, life.clock.now(), "hmm, the latter sounds fine")
    deaths = [Unavailable("gone")]

    def dies(call: Call) -> None:
        if call == Call("store", "commit", Side.BEFORE) and deaths:
            raise deaths.pop()

    watched: Any = Watched("store", life.store, dies)
    life.receive._store = watched
    with pytest.raises(Unavailable):
        life.receive.receive("salon", said)
    life.receive.receive("salon", said)
    (visit,) = life.booked
    assert visit.starts_at == life.journey(ref).attempt.slots[1].starts_at
    assert model.readings == [NO]


@pytest.mark.fault("model takes the first of two quick messages for a stop", "asks, and no stop")
def test_the_second_of_two_messages_answers_nothing(life: Life, ref: JourneyRef) -> None:
    read_by(life, STOP, YES)
    said = life.clock.now() - timedelta(seconds=3)
    for n in (1, 2):
        event = MessageReceived(f"e{n}", CHAT, said + timedelta(seconds=n), "well well")
        life.receive.receive("salon", event)
    assert not opted_out(life.store.client("salon", "anna").consents)


@pytest.mark.fault("the question whether to stop does not arrive, then a yes", "no stop")
def test_who_was_not_asked_does_not_answer(life: Life, ref: JourneyRef) -> None:
    read_by(life, STOP, YES)
    life.telegram.problems = [Undeliverable("refused", code="500")]
    life.says("well well")
    life.clock.advance(minutes=1)
    life.says("yes")
    assert not opted_out(life.store.client("salon", "anna").consents)


def test_a_yes_to_the_question_whether_to_stop_is_a_stop(life: Life, ref: JourneyRef) -> None:
    read_by(life, STOP, YES)
    life.says("well well")
    life.clock.advance(minutes=1)
    life.says("yes")
    assert opted_out(life.store.client("salon", "anna").consents)
