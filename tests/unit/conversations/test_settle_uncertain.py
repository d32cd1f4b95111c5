"""The operator's word on messages in doubt: arrived, or not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from comeback.conversations.doubt import REPETITION_COMES, STATUS_COMES
from comeback.conversations.model import Address, ChannelKind, OutboxState, Purpose
from comeback.conversations.refusals import LOST
from comeback.conversations.settle_uncertain import SettleUncertain
from comeback.errors import Conflict, InvalidInput, Retryable, Unavailable, UnknownOutcome
from comeback.reactivation.model import Outcome

from tests.unit.conversations.conftest import CHAT, PHONE, Salon


def settle(salon: Salon, outbox_id: str = "j1.1", *, arrived: bool) -> None:
    operator(salon).settle("salon", "anna", outbox_id, arrived=arrived)


def operator(salon: Salon) -> SettleUncertain:
    return SettleUncertain(
        salon.store, salon.dialogue, salon.queue, salon.orchestrator, salon.clock
    )


def lose(salon: Salon, address: Address) -> None:
    """The journey's offer, in doubt for as long as it takes to be the operator's."""
    salon.offer(address)
    channel = salon.telegram if address == CHAT else salon.whatsapp
    channel.problems = [UnknownOutcome("time-out")]
    salon.deliver()
    salon.clock.advance(seconds=STATUS_COMES.total_seconds())


def lose_twice(salon: Salon, purpose: Purpose = Purpose.SERVICE) -> None:
    salon.write("re.1", purpose)
    salon.telegram.problems = [UnknownOutcome("time-out")] * 2
    with pytest.raises(Retryable):
        salon.deliver("re.1")
    salon.deliver("re.1")
    salon.clock.advance(seconds=REPETITION_COMES.total_seconds())


def test_those_in_doubt_are_listed_the_longest_first(salon: Salon) -> None:
    lose_twice(salon)
    lose(salon, CHAT)
    salon.write("re.2")
    listed = operator(salon).waiting("salon")
    assert [m.outbox_id for m in listed] == ["re.1", "j1.1"]
    assert operator(salon).waiting("another") == []


def test_an_offer_that_arrived_is_counted(salon: Salon) -> None:
    lose(salon, CHAT)
    settle(salon, arrived=True)
    assert salon.message().state is OutboxState.DELIVERED
    assert salon.counted() == {"contacted", "delivered"}
    assert operator(salon).waiting("salon") == []


@pytest.mark.parametrize("address", [CHAT, PHONE])
def test_an_offer_that_did_not_is_not_sent_again(salon: Salon, address: Address) -> None:
    """The journey goes on elsewhere."""
    lose(salon, address)
    settle(salon, arrived=False)
    assert (salon.message().state, salon.message().error_code) == (OutboxState.FAILED, LOST)
    assert salon.orchestrator.finished == {"token-1": Outcome.UNDELIVERABLE}
    assert salon.queue.enqueued == []
    assert salon.file().client.unreachable == salon.file().client.doubtful == ()
    salon.deliver()
    assert (salon.telegram.calls, salon.whatsapp.calls) in [(1, 0), (0, 1)]


def test_an_answer_that_did_not_arrive_is_sent_again(salon: Salon) -> None:
    lose_twice(salon)
    settle(salon, "re.1", arrived=False)
    assert salon.queue.enqueued == [("salon", "anna", "re.1")]
    salon.deliver("re.1")
    assert [m.content.text for m in salon.telegram.sent] == ["(повтор) hello"]
    assert operator(salon).waiting("salon") == []


@pytest.mark.parametrize("arrived", [True, False])
def test_a_word_to_the_owner_has_no_journey(salon: Salon, arrived: bool) -> None:
    lose_twice(salon, Purpose.OWNER)
    settle(salon, "re.1", arrived=arrived)
    expected = OutboxState.DELIVERED if arrived else OutboxState.NEW
    assert salon.message("re.1").state is expected


def test_what_may_resolve_itself_is_left_alone(salon: Salon) -> None:
    lose(salon, PHONE)
    salon.clock.advance(seconds=-1)
    with pytest.raises(InvalidInput, match="Look again after"):
        settle(salon, arrived=False)
    salon.clock.advance(seconds=1)
    settle(salon, arrived=False)
    assert salon.message().state is OutboxState.FAILED


def test_a_status_of_this_moment_wins(salon: Salon) -> None:
    lose(salon, PHONE)

    def read_now(_changes: object) -> None:
        at = ("client", "salon", "anna", "out", "j1.1")
        message = salon.message()
        salon.store._put(at, replace(message, state=OutboxState.READ, version=message.version + 1))

    salon.store.before_commit = read_now
    with pytest.raises(Conflict):
        settle(salon, arrived=False)
    assert salon.message().state is OutboxState.READ


@pytest.mark.fault("The operator's command dies between note and telling", "Said again, it tells")
def test_the_word_said_twice_tells_who_did_not_hear(salon: Salon) -> None:
    lose(salon, CHAT)
    salon.orchestrator.broken = 1
    with pytest.raises(Unavailable):
        settle(salon, arrived=False)
    assert salon.orchestrator.told == []
    settle(salon, arrived=False)
    assert salon.orchestrator.told == [("token-1", Outcome.UNDELIVERABLE)]


@pytest.mark.fault("The operator's command dies between note and telling", "Said again, it tells")
def test_an_answer_whose_queue_was_down_is_enqueued_by_the_second_word(salon: Salon) -> None:
    lose_twice(salon)
    salon.queue.broken = 1
    with pytest.raises(Unavailable):
        settle(salon, "re.1", arrived=False)
    settle(salon, "re.1", arrived=False)
    assert salon.queue.enqueued == [("salon", "anna", "re.1")]


def test_a_day_later_it_is_still_there(salon: Salon) -> None:
    lose(salon, CHAT)
    salon.clock.advance(seconds=timedelta(days=1).total_seconds())
    (found,) = operator(salon).waiting("salon")
    assert found.address.channel is ChannelKind.TELEGRAM
