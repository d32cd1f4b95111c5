"""Claims and doubt on the table: whatever answer is lost, a message leaves once; and the operator sees what is in doubt."""

import itertools
from dataclasses import replace
from functools import partial

import pytest
from comeback.changes import MoveOutbox, PutOutbox
from comeback.conversations.deliver import Deliver
from comeback.conversations.doubt import REPETITION_COMES, STATUS_COMES
from comeback.conversations.model import (
    ChannelKind,
    Content,
    DeliveryStatus,
    OutboxMessage,
    OutboxState,
    Purpose,
)
from comeback.conversations.outbox import CLAIM, claim, claimed_at
from comeback.conversations.settle_uncertain import SettleUncertain
from comeback.errors import Conflict, InvalidInput, Retryable, UnknownOutcome

from tests.fakes.channels import FakeChannel, FakeChannels
from tests.fakes.limits import FakeLimits
from tests.storage.talk import CHAT, NOW, Talk, told
from tests.storage.wire import Fault, Wire, answer_lost, repeated

REQUESTS = 5
"""Of a delivery, at least: the message, the client, the company, the claim, the note."""
ANSWER = OutboxMessage("salon", "anna", "re.1", CHAT, Content("Есть в 11"), Purpose.SERVICE, NOW)


@pytest.fixture
def channels() -> dict[ChannelKind, FakeChannel]:
    return {kind: FakeChannel(kind) for kind in (ChannelKind.TELEGRAM, ChannelKind.WHATSAPP)}


Channels = dict[ChannelKind, FakeChannel]


def deliver(talk: Talk, channels: Channels, outbox_id: str = "j1.1", owner: str = "us") -> None:
    Deliver(
        talk.store,
        FakeChannels(channels.values()),
        talk.dialogue,
        FakeLimits(),
        talk.queue,
        talk.orchestrator,
        talk.clock,
        owner,
    ).deliver("salon", "anna", outbox_id)


def until_done(talk: Talk, channels: Channels, outbox_id: str) -> None:
    """As the queue does it: each time by another invocation, after longer than a claim lasts."""
    for n in range(5):
        try:
            deliver(talk, channels, outbox_id, f"{outbox_id}, invocation {n}")
        except Retryable:
            talk.clock.advance(seconds=2 * CLAIM.total_seconds())
        else:
            return
    raise AssertionError(f"{outbox_id} is never done")


LOST: dict[str, list[Fault]] = {
    "lost": [answer_lost],
    "lost, and that of the look whether it was": [answer_lost, answer_lost],
    "lost, and the SDK asks again": [repeated],
}


@pytest.mark.fault(
    "Each answer of DynamoDB to Deliver is lost", "The message leaves once, and is noted"
)
@pytest.mark.parametrize("lost", LOST)
def test_whichever_answer_is_lost_it_leaves_once_and_is_noted(
    talk: Talk, channels: Channels, wire: Wire, lost: str
) -> None:
    """Every request of a delivery in turn, the claim's and the note's among them, until there is none left to lose."""
    for nth in itertools.count():
        talk.clock.time = NOW
        offer = replace(ANSWER, outbox_id=f"j{nth}", purpose=Purpose.MARKETING)
        talk.store.commit([PutOutbox(offer)])
        wire.faults = [*[partial.__call__] * nth, *LOST[lost]]
        until_done(talk, channels, offer.outbox_id)
        left, wire.faults = len(wire.faults), []
        assert talk.stored(offer.outbox_id).state is OutboxState.SENT, f"request {nth}"
        if left == len(LOST[lost]):
            break
    sent = [m.outbox_id for m in channels[ChannelKind.TELEGRAM].sent]
    assert sent == [f"j{n}" for n in range(nth + 1)]
    assert nth >= REQUESTS


# ── the owner of a claim ─────────────────────────────────────────────────────────────────────────


def test_a_claim_says_whose_it_is_and_until_when(talk: Talk, channels: Channels) -> None:
    """Another invocation takes it for nobody's to send, before and after it ran out."""
    message = talk.offer()
    ours = claim(message, "us", NOW)
    assert ours is not None
    talk.store.commit([MoveOutbox(ours, OutboxState.NEW)])
    stored = talk.stored()
    assert (stored.claimed_by, stored.claimed_until) == ("us", NOW + CLAIM)
    assert claim(stored, "another", NOW) is claim(stored, "another", NOW + 2 * CLAIM) is None
    assert claim(stored, "us", NOW) == stored
    with pytest.raises(Conflict):
        talk.store.commit([MoveOutbox(ours, OutboxState.NEW)])


@pytest.mark.fault("A worker dies with a message claimed", "Uncertain after the lease, not new")
@pytest.mark.parametrize("purpose", Purpose)
def test_a_lease_that_ran_out_is_doubt(talk: Talk, channels: Channels, purpose: Purpose) -> None:
    """Then marketing stays so, and what somebody waits for is said once more, marked."""
    talk.store.commit([PutOutbox(replace(ANSWER, purpose=purpose))])
    ours = claim(replace(ANSWER, purpose=purpose), "dead", NOW)
    assert ours is not None
    talk.store.commit([MoveOutbox(ours, OutboxState.NEW)])
    until_done(talk, channels, "re.1")
    sent = [m.content.text for m in channels[ChannelKind.TELEGRAM].sent]
    if purpose is Purpose.MARKETING:
        assert (sent, talk.stored("re.1").state) == ([], OutboxState.UNCERTAIN)
    else:
        assert (sent, talk.stored("re.1").state) == (["(повтор) Есть в 11"], OutboxState.SENT)
        assert talk.stored("re.1").repeated


# ── the operator's list ──────────────────────────────────────────────────────────────────────────


def operator(talk: Talk) -> SettleUncertain:
    return SettleUncertain(talk.store, talk.dialogue, talk.queue, talk.orchestrator, talk.clock)


def in_doubt(talk: Talk, channels: Channels) -> None:
    """An offer by WhatsApp, and two minutes later an answer by Telegram, said twice."""
    talk.offer()
    talk.store.commit([PutOutbox(ANSWER)])
    for channel in channels.values():
        channel.problems = [UnknownOutcome("silence")] * 2
    deliver(talk, channels)
    talk.clock.advance(minutes=2)
    until_done(talk, channels, "re.1")


def test_the_list_is_of_those_in_doubt_alone(talk: Talk, channels: Channels) -> None:
    in_doubt(talk, channels)
    other = replace(ANSWER, outbox_id="re.2")
    talk.store.commit([PutOutbox(other)])
    deliver(talk, channels, "re.2")
    listed = operator(talk).waiting("salon")
    assert [m.outbox_id for m in listed] == ["j1.1", "re.1"]
    assert claimed_at(listed[0]) == NOW
    assert operator(talk).waiting("another") == []


@pytest.mark.fault(
    "WhatsApp takes a message and says nothing", "Its status settles it by our own id"
)
def test_a_status_takes_it_off_the_list(talk: Talk, channels: Channels) -> None:
    in_doubt(talk, channels)
    talk.hear(told(DeliveryStatus.DELIVERED))
    assert [m.outbox_id for m in operator(talk).waiting("salon")] == ["re.1"]
    assert talk.stored().state is OutboxState.DELIVERED


def test_the_operators_word_takes_it_off_the_list(talk: Talk, channels: Channels) -> None:
    in_doubt(talk, channels)
    with pytest.raises(InvalidInput, match="Look again after"):
        operator(talk).settle("salon", "anna", "j1.1", arrived=True)
    talk.clock.advance(seconds=max(STATUS_COMES, REPETITION_COMES).total_seconds())
    operator(talk).settle("salon", "anna", "j1.1", arrived=True)
    operator(talk).settle("salon", "anna", "re.1", arrived=False)
    assert operator(talk).waiting("salon") == []
    assert talk.stored().state is OutboxState.DELIVERED
    deliver(talk, channels, "re.1", "somebody later")
    assert talk.stored("re.1").state is OutboxState.SENT
    assert talk.queue.enqueued[-1] == ("salon", "anna", "re.1")
