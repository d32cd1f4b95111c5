"""Deliver on the table: one message leaves once, whatever is lost, late or done by two at a time."""

import threading
from datetime import timedelta

import pytest
from comeback.changes import SaveConsent
from comeback.clients.model import Consent, may_market
from comeback.conversations.deliver import Deliver
from comeback.conversations.model import (
    ChannelKind,
    DeliveryStatus,
    OutboxState,
    Purpose,
    Signal,
)
from comeback.conversations.outbox import CLAIM
from comeback.errors import (
    ComebackError,
    Conflict,
    RateLimited,
    Refused,
    Retryable,
    Unavailable,
    Undeliverable,
    UnknownOutcome,
)
from comeback.reactivation.model import Outcome

from tests.fakes.channels import FakeChannel, FakeChannels
from tests.fakes.limits import FakeLimits
from tests.fakes.queues import FakeQueue
from tests.storage.talk import NOW, Talk, told


@pytest.fixture
def whatsapp() -> FakeChannel:
    return FakeChannel(ChannelKind.WHATSAPP)


def deliver(talk: Talk, channel: FakeChannel, owner: str = "us") -> None:
    worker = Deliver(
        talk.store,
        FakeChannels([channel]),
        talk.dialogue,
        FakeLimits(),
        FakeQueue(),
        talk.orchestrator,
        talk.clock,
        owner,
    )
    worker.handle({"company_id": "salon", "client_id": "anna", "outbox_id": "j1.1"})


def test_a_message_is_sent_noted_and_counted_once(talk: Talk, whatsapp: FakeChannel) -> None:
    talk.offer()
    deliver(talk, whatsapp)
    deliver(talk, whatsapp, "another")
    assert [m.outbox_id for m in whatsapp.sent] == ["j1.1"]
    assert (talk.stored().state, talk.stored().provider_id) == (OutboxState.SENT, "whatsapp-1")
    assert ("reached", "contacted") in talk.dialogue.heard
    found = talk.store.outbox_by_provider_id("salon", ChannelKind.WHATSAPP, "whatsapp-1")
    assert found == ("anna", "j1.1")


def test_a_definite_no_fails_and_tells_the_journey(talk: Talk, whatsapp: FakeChannel) -> None:
    talk.offer()
    talk.dialogue.ends = (("token", Outcome.UNDELIVERABLE),)
    whatsapp.problems = [Undeliverable("no such template", code="132001")]
    deliver(talk, whatsapp)
    assert (talk.stored().state, talk.stored().error_code) == (OutboxState.FAILED, "132001")
    assert talk.orchestrator.told == [("token", Outcome.UNDELIVERABLE)]
    deliver(talk, whatsapp)
    assert whatsapp.calls == 1


def test_a_blocked_bot_is_the_clients_no(talk: Talk, whatsapp: FakeChannel) -> None:
    talk.offer()
    whatsapp.problems = [Undeliverable("stopped", code="131050")]
    deliver(talk, whatsapp)
    consents = talk.store.client("salon", "anna").consents
    assert not may_market(consents, ChannelKind.WHATSAPP)


def test_a_token_that_is_refused_is_the_operators_matter(talk: Talk, whatsapp: FakeChannel) -> None:
    talk.offer()
    whatsapp.problems = [Refused("bad token")]
    with pytest.raises(Refused):
        deliver(talk, whatsapp)
    assert (talk.stored().state, talk.stored().error_code) == (OutboxState.FAILED, "Refused")


def test_an_unknown_outcome_is_never_sent_again_and_a_status_settles_it(
    talk: Talk, whatsapp: FakeChannel
) -> None:
    talk.offer()
    whatsapp.problems = [UnknownOutcome("silence")]
    for owner in ("us", "another", "us"):
        deliver(talk, whatsapp, owner)
    assert (whatsapp.calls, talk.stored().state) == (1, OutboxState.UNCERTAIN)
    talk.hear(told(DeliveryStatus.DELIVERED))
    assert talk.stored().state is OutboxState.DELIVERED


@pytest.mark.parametrize("problem", [RateLimited("slow", retry_after=1.0), Unavailable("down")])
def test_what_was_not_sent_is_let_go_and_tried_again(
    talk: Talk, whatsapp: FakeChannel, problem: ComebackError
) -> None:
    talk.offer()
    whatsapp.problems = [problem]
    with pytest.raises(type(problem)):
        deliver(talk, whatsapp)
    assert (talk.stored().state, talk.stored().claimed_by) == (OutboxState.NEW, "")
    talk.clock.advance(seconds=1)
    deliver(talk, whatsapp, "another")
    assert (len(whatsapp.sent), talk.stored().state) == (1, OutboxState.SENT)


def test_the_wait_that_was_asked_for_is_the_accounts(talk: Talk, whatsapp: FakeChannel) -> None:
    talk.offer()
    whatsapp.problems = [RateLimited("slow", retry_after=60.5)]
    with pytest.raises(RateLimited):
        deliver(talk, whatsapp)
    account = talk.store.accounts("salon")[ChannelKind.WHATSAPP]
    assert account.quiet_until == NOW + timedelta(seconds=60.5)
    assert [day.count(Signal.THROTTLED) for day in account.days] == [1]
    talk.clock.advance(seconds=20)
    with pytest.raises(RateLimited) as raised:
        deliver(talk, whatsapp, "another")
    assert (raised.value.retry_after, whatsapp.calls) == (40.5, 1)
    assert talk.store.accounts("salon")[ChannelKind.WHATSAPP] == account


def test_a_dead_ones_claim_is_waited_for_and_then_uncertain(
    talk: Talk, whatsapp: FakeChannel
) -> None:
    talk.offer(OutboxState.SENDING, claimed_by="dead", claimed_until=NOW + CLAIM)
    with pytest.raises(Retryable):
        deliver(talk, whatsapp)
    talk.clock.advance(seconds=CLAIM.total_seconds())
    deliver(talk, whatsapp)
    assert (whatsapp.calls, talk.stored().state) == (0, OutboxState.UNCERTAIN)


def test_a_consent_withdrawn_before_sending_holds(talk: Talk, whatsapp: FakeChannel) -> None:
    talk.offer()
    no = Consent(Purpose.MARKETING, False, NOW - timedelta(minutes=1), "telegram_stop", "v1")
    talk.store.commit([SaveConsent("salon", "anna", no)])
    deliver(talk, whatsapp)
    assert (whatsapp.calls, talk.stored().state) == (0, OutboxState.FAILED)


@pytest.mark.usefixtures("wire")  # moto, run by several threads, needs one request at a time
def test_two_at_a_time_send_once(talk: Talk, whatsapp: FakeChannel) -> None:
    talk.offer()
    raised: list[ComebackError] = []

    def one(owner: str) -> None:
        try:
            deliver(talk, whatsapp, owner)
        except (Retryable, Conflict) as error:
            raised.append(error)

    threads = [threading.Thread(target=one, args=(f"worker {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (whatsapp.calls, talk.stored().state) == (1, OutboxState.SENT)
    assert len(raised) <= 3


def test_a_claim_whose_answer_was_lost_is_ones_own(
    talk: Talk, whatsapp: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.offer()
    commit = talk.store.commit

    def lost(changes: object) -> None:
        monkeypatch.setattr(talk.store, "commit", commit)
        commit(changes)  # type: ignore[arg-type]  # passed on as it came
        raise Unavailable("the answer was lost")

    monkeypatch.setattr(talk.store, "commit", lost)
    deliver(talk, whatsapp)
    assert (whatsapp.calls, talk.stored().state) == (1, OutboxState.SENT)


def test_a_note_that_could_not_be_written_is_no_reason_to_send_again(
    talk: Talk, whatsapp: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.offer()
    commit, send = talk.store.commit, whatsapp.send

    def down(_changes: object) -> None:
        monkeypatch.setattr(talk.store, "commit", commit)
        raise Unavailable("down")

    def sent_and_down(message: object) -> object:
        monkeypatch.setattr(talk.store, "commit", down)
        return send(message)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(whatsapp, "send", sent_and_down)
    with pytest.raises(Unavailable):
        deliver(talk, whatsapp)
    with pytest.raises(Retryable):
        deliver(talk, whatsapp)
    talk.clock.advance(seconds=CLAIM.total_seconds())
    deliver(talk, whatsapp)
    assert (whatsapp.calls, talk.stored().state) == (1, OutboxState.UNCERTAIN)


def test_a_status_that_is_faster_than_our_note_stays(
    talk: Talk, whatsapp: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.offer()
    send = whatsapp.send

    def seen_at_once(message: object) -> object:
        sent = send(message)  # type: ignore[arg-type]  # passed on as it came
        talk.hear(told(DeliveryStatus.READ))
        return sent

    monkeypatch.setattr(whatsapp, "send", seen_at_once)
    deliver(talk, whatsapp)
    assert (whatsapp.calls, talk.stored().state) == (1, OutboxState.READ)
