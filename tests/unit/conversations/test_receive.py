"""One inbound event has its effect once, whatever comes twice, late or crashes half-way (promise 1).

Long on purpose: the cases of one use case stand side by side.
"""

from dataclasses import replace

import pytest
from comeback.changes import EventSeen, SaveClient, SaveJourney
from comeback.clients.model import may_market, opted_out
from comeback.conversations.model import (
    Address,
    ChannelKind,
    DeliveryStatus,
    MessageReceived,
    OutboxState,
)
from comeback.errors import Conflict, Unavailable
from comeback.ports import ClientFile, Effects
from comeback.reactivation.journey import conclude
from comeback.reactivation.model import Outcome

from tests.fakes.dialogue import reply
from tests.unit.conversations.conftest import CHAT, PHONE, Salon
from tests.unit.conversations.inbound import (
    blocked,
    pressed,
    receive,
    resumed,
    status,
    texts,
    wrote,
)

STRANGER = Address(ChannelKind.WHATSAPP, "79995550001")


def booked(file: ClientFile, event: MessageReceived) -> Effects:
    """An answer as the real dialogue gives it: the journey's outcome, a reply, a wait to end."""
    ended = conclude(file.journeys[0], Outcome.BOOKED)
    return Effects(
        changes=(SaveJourney(ended),),
        replies=(reply(file, event, "You are booked"),),
        finished=(("token-1", Outcome.BOOKED),),
    )


def test_words_reach_the_dialogue_and_its_answer_is_enqueued(salon: Salon) -> None:
    receive(salon, wrote(salon, "Can I come on Friday?"))
    assert texts(salon) == ["You said: Can I come on Friday?"]
    assert salon.queue.enqueued == [("salon", "anna", "re.e1")]
    conversation = salon.file().conversation(ChannelKind.TELEGRAM)
    assert conversation is not None
    assert conversation.last_inbound_at == salon.clock.now()


def test_an_answer_ends_the_wait(salon: Salon) -> None:
    salon.offer(CHAT)
    salon.dialogue.answers = [booked]
    receive(salon, pressed(salon, "slot:j1:1:1"))
    assert salon.orchestrator.told == [("token-1", Outcome.BOOKED)]
    assert salon.journey().attempt.outcome is Outcome.BOOKED


# ── twice, late, crashed ─────────────────────────────────────────────────────────────────────────


def test_an_event_that_comes_twice_is_answered_once(salon: Salon) -> None:
    salon.offer(CHAT)
    salon.dialogue.answers = [booked]
    receive(salon, *[pressed(salon, "slot:j1:1:1")] * 3)
    assert len(salon.dialogue.heard) == 1
    assert texts(salon) == ["A free time!", "You are booked"]
    assert salon.queue.waiting == [("salon", "anna", "re.e2")]
    assert salon.orchestrator.finished == {"token-1": Outcome.BOOKED}


def test_a_crash_before_enqueueing_is_mended_by_the_redelivery(salon: Salon) -> None:
    salon.offer(CHAT)
    salon.dialogue.answers = [booked]
    salon.queue.broken = 1
    event = pressed(salon, "slot:j1:1:1")
    with pytest.raises(Unavailable):
        receive(salon, event)
    assert (salon.queue.enqueued, salon.orchestrator.told) == ([], [])
    receive(salon, event)
    assert salon.queue.enqueued == [("salon", "anna", "re.e2")]
    assert salon.orchestrator.told == [("token-1", Outcome.BOOKED)]


def test_a_crash_before_telling_the_journey_is_mended_by_the_redelivery(salon: Salon) -> None:
    salon.offer(CHAT)
    salon.dialogue.answers = [booked]
    salon.orchestrator.broken = 1
    event = pressed(salon, "slot:j1:1:1")
    with pytest.raises(Unavailable):
        receive(salon, event)
    receive(salon, event)
    assert salon.orchestrator.told == [("token-1", Outcome.BOOKED)]
    assert len(salon.dialogue.heard) == 1


@pytest.mark.parametrize(("fault", "heard"), [("lost", 1), ("refused", 2)])
def test_a_commit_without_an_answer(salon: Salon, fault: str, heard: int) -> None:
    event = wrote(salon, "hello")
    salon.store.faults = [fault]
    with pytest.raises(Unavailable):
        receive(salon, event)
    receive(salon, event)
    assert len(salon.dialogue.heard) == heard
    assert texts(salon) == ["You said: hello"]
    assert salon.queue.waiting == [("salon", "anna", "re.e1")]


def test_a_lost_race_is_run_again_on_fresh_data(salon: Salon) -> None:
    salon.offer(CHAT)
    salon.dialogue.answers = [booked, booked]
    salon.store.before_commit = lambda _changes: salon.store.commit([SaveJourney(salon.journey())])
    receive(salon, pressed(salon, "slot:j1:1:1"))
    assert salon.journey().attempt.outcome is Outcome.BOOKED


def test_races_lost_again_and_again_are_left_to_the_queue(salon: Salon) -> None:
    salon.store.faults = ["conflict"] * 4
    with pytest.raises(Conflict):
        receive(salon, wrote(salon, "hello"))
    assert salon.store.seen_event("salon", "e1") is None


def test_the_same_event_handled_by_two_at_once_has_one_effect(salon: Salon) -> None:
    event = wrote(salon, "hello")
    salon.store.before_commit = lambda _changes: receive(salon, event)
    receive(salon, event)
    assert texts(salon) == ["You said: hello"]


def test_a_message_that_comes_late_does_not_move_the_window_back(salon: Salon) -> None:
    late = wrote(salon, "one", PHONE, "e1")
    salon.clock.advance(hours=1)
    receive(salon, wrote(salon, "two", PHONE, "e2"), late)
    conversation = salon.file().conversation(ChannelKind.WHATSAPP)
    assert conversation is not None
    assert conversation.last_inbound_at == salon.clock.now()


# ── stop ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("address", [CHAT, PHONE])
def test_stop_in_one_channel_stops_marketing_in_all(salon: Salon, address: Address) -> None:
    salon.offer(CHAT)
    salon.deliver()
    receive(salon, wrote(salon, "Стоп", address))
    assert opted_out(salon.file().consents)
    assert not may_market(salon.file().consents, ChannelKind.TELEGRAM)
    assert not may_market(salon.file().consents, ChannelKind.WHATSAPP)
    assert salon.orchestrator.finished == {"token-1": Outcome.OPTED_OUT}
    assert "opted_out" in salon.counted()
    assert salon.dialogue.heard == []


def test_stop_is_confirmed_once_in_the_clients_language(salon: Salon) -> None:
    receive(salon, wrote(salon, "стоп", event_id="e1"))
    salon.clock.advance(minutes=1)
    receive(salon, wrote(salon, "СТОП!!!", event_id="e2"))
    assert texts(salon) == ["Больше не будем присылать вам предложения. Пишите нам в любое время."]


def test_a_stop_between_writing_and_sending_is_in_time(salon: Salon) -> None:
    salon.offer(CHAT)
    receive(salon, wrote(salon, "stop"))
    salon.deliver()
    assert salon.telegram.sent == []


def test_the_word_in_a_sentence_goes_to_the_dialogue(salon: Salon) -> None:
    receive(salon, wrote(salon, "стоп, а можно на 15:00?"))
    assert len(salon.dialogue.heard) == 1
    assert not opted_out(salon.file().consents)


def test_blocking_the_bot_is_a_stop(salon: Salon) -> None:
    receive(salon, blocked(salon))
    assert opted_out(salon.file().consents)
    assert texts(salon) == []


def test_whatsapps_own_switch_gives_its_channel_back(salon: Salon) -> None:
    receive(salon, wrote(salon, "stop"))
    salon.clock.advance(days=1)
    receive(salon, resumed(salon))
    assert may_market(salon.file().consents, ChannelKind.WHATSAPP)
    assert not may_market(salon.file().consents, ChannelKind.TELEGRAM)


# ── who writes ───────────────────────────────────────────────────────────────────────────────────


def test_whoever_writes_first_becomes_a_client_and_is_asked(salon: Salon) -> None:
    receive(salon, wrote(salon, "Сколько стоит стрижка?", STRANGER))
    client_id = salon.store.client_at("salon", STRANGER)
    assert client_id
    client = salon.file(client_id).client
    assert (client.name, client.phone, client.addresses) == ("Анна", "+79995550001", (STRANGER,))
    assert not may_market(salon.file(client_id).consents, ChannelKind.WHATSAPP)
    answered, asked = salon.store.messages("salon", client_id)
    assert answered.content.text == "You said: Сколько стоит стрижка?"
    assert [b.button_id for b in asked.content.buttons] == ["consent:yes", "consent:no"]
    assert salon.queue.enqueued == [
        ("salon", client_id, "re.e1"),
        ("salon", client_id, "re.e1.consent"),
    ]
    receive(salon, wrote(salon, "Алло?", STRANGER, "e2"))
    assert len(texts(salon, client_id)) == 3


def test_a_stranger_who_says_stop_is_not_asked(salon: Salon) -> None:
    receive(salon, wrote(salon, "stop", STRANGER))
    client_id = salon.store.client_at("salon", STRANGER)
    assert client_id
    assert opted_out(salon.file(client_id).consents)
    assert len(texts(salon, client_id)) == 1


def test_a_stranger_who_blocks_leaves_no_trace(salon: Salon) -> None:
    before = list(salon.store.clients("salon"))
    event = replace(blocked(salon), address=Address(ChannelKind.TELEGRAM, "5"))
    receive(salon, event)
    assert list(salon.store.clients("salon")) == before
    assert salon.store.seen_event("salon", "b1") is None


def test_another_companys_client_is_a_stranger(salon: Salon) -> None:
    """Tenants share messengers' users, and nothing else (promise 10)."""
    salon.store.save_company(replace(salon.store.company("salon"), company_id="studio"))
    event = wrote(salon, "hello")
    assert isinstance(event, MessageReceived)
    assert salon.store.client_at("studio", event.address) is None


def test_who_writes_can_be_reached_again(salon: Salon) -> None:
    unreachable = replace(salon.file().client, unreachable=(ChannelKind.TELEGRAM,))
    salon.store.commit([SaveClient(unreachable)])
    receive(salon, wrote(salon, "hello"))
    assert salon.file().client.unreachable == ()
    assert may_market(salon.file().consents, ChannelKind.TELEGRAM)


def test_the_dialogues_own_change_of_the_client_is_kept(salon: Salon) -> None:
    unreachable = replace(salon.file().client, unreachable=(ChannelKind.TELEGRAM,))
    salon.store.commit([SaveClient(unreachable)])

    def prefers(file: ClientFile, event: MessageReceived) -> Effects:
        return Effects((SaveClient(replace(file.client, preferred_staff_id="olga")),))

    salon.dialogue.answers = [prefers]
    receive(salon, wrote(salon, "to Olga please"))
    client = salon.file().client
    assert (client.preferred_staff_id, client.unreachable) == ("olga", ())


# ── statuses ─────────────────────────────────────────────────────────────────────────────────────


def test_statuses_move_the_message_and_the_funnel(salon: Salon) -> None:
    salon.offer(PHONE)
    salon.deliver()
    receive(salon, status(salon, DeliveryStatus.DELIVERED), status(salon, DeliveryStatus.READ))
    assert salon.message().state is OutboxState.READ
    assert salon.counted() == {"contacted", "delivered", "read"}


def test_a_late_status_changes_nothing_and_is_not_even_noted(salon: Salon) -> None:
    salon.offer(PHONE)
    salon.deliver()
    receive(salon, status(salon, DeliveryStatus.READ))
    written = len(salon.store.commits)
    receive(salon, status(salon, DeliveryStatus.SENT), status(salon, DeliveryStatus.DELIVERED))
    assert salon.message().state is OutboxState.READ
    assert len(salon.store.commits) == written


@pytest.mark.parametrize("told", [DeliveryStatus.SENT, DeliveryStatus.DELIVERED])
def test_an_uncertain_send_is_settled_by_its_status(salon: Salon, told: DeliveryStatus) -> None:
    salon.offer(PHONE)
    salon.force("j1.1", OutboxState.UNCERTAIN)
    receive(salon, status(salon, told, provider_id="wamid.unheard"))
    assert (salon.message().state.value, salon.message().provider_id) == (told, "wamid.unheard")
    assert "contacted" in salon.counted()
    receive(salon, status(salon, DeliveryStatus.READ, "wamid.unheard", outbox_ref=""))
    assert salon.message().state is OutboxState.READ


BRAZILIAN = Address(ChannelKind.WHATSAPP, "551187654321")
"""What Meta calls 5511987654321, the number that was written to."""


def test_it_is_settled_by_whatever_number_the_messenger_knows_them(salon: Salon) -> None:
    salon.offer(PHONE)
    salon.force("j1.1", OutboxState.UNCERTAIN)
    echoed = salon.message().reference
    told = status(salon, DeliveryStatus.DELIVERED, "wamid.unheard", echoed)
    receive(salon, replace(told, address=BRAZILIAN))
    assert salon.message().state is OutboxState.DELIVERED


def test_one_that_left_before_it_said_whose_is_its_recipients(salon: Salon) -> None:
    salon.offer(PHONE)
    salon.force("j1.1", OutboxState.UNCERTAIN)
    receive(salon, status(salon, DeliveryStatus.DELIVERED, "wamid.unheard", "j1.1"))
    assert salon.message().state is OutboxState.DELIVERED


def test_who_was_erased_since_gets_no_status(salon: Salon) -> None:
    salon.offer(PHONE)
    told = status(salon, DeliveryStatus.READ, "wamid.unheard", salon.message().reference)
    salon.store.erase("salon", "anna")
    written = len(salon.store.commits)
    receive(salon, told)
    assert len(salon.store.commits) == written


def test_a_failed_status_ends_the_journey(salon: Salon) -> None:
    salon.offer(PHONE)
    salon.deliver()
    salon.orchestrator.broken = 1
    failed = status(salon, DeliveryStatus.FAILED, code="131026")
    with pytest.raises(Unavailable):
        receive(salon, failed)
    receive(salon, failed)
    assert (salon.message().state, salon.message().error_code) == (OutboxState.FAILED, "131026")
    assert salon.orchestrator.told == [("token-1", Outcome.UNDELIVERABLE)]


def test_the_wait_is_told_again_by_whatever_number_they_are_known(salon: Salon) -> None:
    salon.offer(PHONE)
    salon.deliver()
    salon.orchestrator.broken = 1
    failed = replace(status(salon, DeliveryStatus.FAILED, code="131026"), address=BRAZILIAN)
    with pytest.raises(Unavailable):
        receive(salon, failed)
    receive(salon, failed)
    assert salon.orchestrator.told == [("token-1", Outcome.UNDELIVERABLE)]


def test_a_failure_because_the_client_stopped_marketing_is_their_no(salon: Salon) -> None:
    salon.offer(PHONE)
    salon.deliver()
    receive(salon, status(salon, DeliveryStatus.FAILED, code="131050"))
    assert opted_out(salon.file().consents)


def test_a_status_of_a_message_that_is_not_ours(salon: Salon) -> None:
    written = len(salon.store.commits)
    receive(salon, status(salon, DeliveryStatus.READ, "wamid.else", outbox_ref="from a person"))
    assert len(salon.store.commits) == written


def test_every_effect_is_one_transaction_with_its_dedupe_key(salon: Salon) -> None:
    written = len(salon.store.commits)
    receive(salon, wrote(salon, "hello"), wrote(salon, "stop", PHONE, "e3"))
    mine = salon.store.commits[written:]
    assert [type(commit[0]) for commit in mine] == [EventSeen, EventSeen]
