"""One message leaves once, whatever is lost, repeated or crashes (promise 2)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from comeback.changes import MoveOutbox, SaveConsent
from comeback.clients.model import Client, Consent, may_market, opted_out
from comeback.conversations.deliver import QUIET_AT_MOST
from comeback.conversations.doubt import PAUSE
from comeback.conversations.model import (
    OWNER,
    Address,
    ChannelKind,
    OutboxState,
    Purpose,
    Signal,
)
from comeback.conversations.outbox import CLAIM
from comeback.errors import (
    Conflict,
    Permanent,
    RateLimited,
    Refused,
    Retryable,
    Unavailable,
    Undeliverable,
    UnknownOutcome,
)
from comeback.reactivation.model import Outcome

from tests.fakes.clock import FixedClock
from tests.unit.conversations.conftest import CHAT, PHONE, Salon


def test_a_message_is_sent_and_counted(salon: Salon) -> None:
    salon.offer(CHAT)
    salon.deliver()
    assert [m.content.text for m in salon.telegram.sent] == ["A free time!"]
    message = salon.message()
    assert (message.state, message.provider_id) == (OutboxState.SENT, "telegram-1")
    assert salon.counted() == {"contacted", "delivered"}


def test_whatsapp_counts_delivery_only_when_told(salon: Salon) -> None:
    salon.offer(PHONE)
    salon.deliver()
    assert salon.counted() == {"contacted"}
    assert salon.store.outbox_by_provider_id("salon", ChannelKind.WHATSAPP, "whatsapp-1")


def test_a_second_delivery_changes_nothing(salon: Salon) -> None:
    salon.offer(CHAT)
    salon.deliver()
    before = salon.file()
    salon.deliver()
    assert salon.telegram.calls == 1
    assert salon.file() == before
    assert salon.store.funnel("salon", *[before.journeys[0].campaign_on] * 2)[0].stages["contacted"]


# ── the claim ────────────────────────────────────────────────────────────────────────────────────


def test_a_claim_whose_answer_was_lost_is_ones_own(salon: Salon) -> None:
    salon.offer(CHAT)
    salon.store.faults = ["lost"]
    salon.deliver()
    assert salon.telegram.calls == 1
    assert salon.message().state is OutboxState.SENT


def test_without_a_claim_nothing_leaves(salon: Salon) -> None:
    salon.offer(CHAT)
    salon.store.faults = ["refused"]
    with pytest.raises(Unavailable):
        salon.deliver()
    assert salon.telegram.calls == 0
    salon.deliver()
    assert salon.telegram.calls == 1


def test_of_two_at_once_one_sends(salon: Salon) -> None:
    salon.offer(CHAT)
    salon.store.before_commit = lambda _changes: salon.deliver()
    with pytest.raises(Conflict):
        salon.deliver()
    assert salon.telegram.calls == 1


def test_anothers_fresh_claim_is_waited_for(salon: Salon) -> None:
    salon.offer(CHAT)
    crash_after_sending(salon)
    with pytest.raises(Retryable):
        salon.deliver()
    assert salon.telegram.calls == 1
    assert salon.message().state is OutboxState.SENDING


@pytest.mark.fault(
    "A worker dies after the messenger's call", "Marketing: uncertain, never sent again"
)
def test_a_claim_that_ran_out_is_uncertain_and_not_sent_again(salon: Salon) -> None:
    salon.offer(CHAT)
    crash_after_sending(salon)
    salon.clock.advance(minutes=3)
    salon.deliver()
    assert salon.telegram.calls == 1
    assert salon.message().state is OutboxState.UNCERTAIN
    assert salon.orchestrator.told == []


@pytest.mark.fault("A worker dies after the messenger's call", "An answer: once more, marked")
@pytest.mark.parametrize("purpose", [Purpose.SERVICE, Purpose.OWNER])
def test_what_somebody_waits_for_is_said_once_more(salon: Salon, purpose: Purpose) -> None:
    salon.write("re.1", purpose)
    crash_after_sending(salon, "re.1")
    salon.clock.advance(minutes=3)
    with pytest.raises(Retryable):
        salon.deliver("re.1")
    assert (salon.telegram.calls, salon.message("re.1").state) == (1, OutboxState.UNCERTAIN)
    salon.deliver("re.1")
    assert salon.message("re.1").state is OutboxState.SENT
    assert [m.content.text for m in salon.telegram.sent] == ["hello", "(повтор) hello"]
    salon.deliver("re.1")
    assert salon.telegram.calls == 2


@pytest.mark.fault(
    "Telegram takes a message and says nothing", "An answer: once more, marked, only once"
)
def test_said_once_more_and_never_a_third_time(salon: Salon) -> None:
    salon.write("re.1")
    salon.telegram.problems = [UnknownOutcome("time-out"), UnknownOutcome("time-out")]
    with pytest.raises(Retryable) as raised:
        salon.deliver("re.1")
    assert raised.value.retry_after == PAUSE.total_seconds()
    for _ in range(3):
        salon.deliver("re.1")
    assert (salon.telegram.calls, salon.message("re.1").state) == (2, OutboxState.UNCERTAIN)


@pytest.mark.fault(
    "Telegram asks to wait when it is said once more", "It keeps its mark, and leaves later"
)
def test_the_repetition_that_is_slowed_down_stays_the_repetition(salon: Salon) -> None:
    salon.write("re.1")
    salon.telegram.problems = [UnknownOutcome("time-out"), RateLimited("slow", retry_after=3)]
    for _ in range(2):
        with pytest.raises(Retryable):
            salon.deliver("re.1")
    salon.clock.advance(seconds=3)
    salon.deliver("re.1")
    assert [m.content.text for m in salon.telegram.sent] == ["(повтор) hello"]


def crash_after_sending(salon: Salon, outbox_id: str = "j1.1") -> None:
    salon.store.faults = ["", "refused"]
    with pytest.raises(Unavailable):
        salon.deliver(outbox_id)


# ── what the messenger says ──────────────────────────────────────────────────────────────────────


def test_no_answer_is_uncertain_and_never_repeated(salon: Salon) -> None:
    salon.offer(CHAT)
    salon.telegram.problems = [UnknownOutcome("time-out")]
    salon.deliver()
    assert salon.message().state is OutboxState.UNCERTAIN
    salon.clock.advance(days=1)
    salon.deliver()
    assert salon.telegram.calls == 1


@pytest.mark.parametrize("problem", [RateLimited("slow", retry_after=3), Unavailable("down")])
def test_what_did_not_leave_is_tried_again(salon: Salon, problem: Retryable) -> None:
    salon.offer(CHAT)
    salon.telegram.problems = [problem]
    with pytest.raises(type(problem)) as raised:
        salon.deliver()
    assert raised.value.retry_after == problem.retry_after
    assert (salon.message().state, salon.message().claimed_by) == (OutboxState.NEW, "")
    salon.clock.advance(seconds=3)
    salon.deliver()
    assert salon.message().state is OutboxState.SENT


def test_a_definite_no_ends_the_journey(salon: Salon) -> None:
    salon.offer(PHONE)
    salon.whatsapp.problems = [Undeliverable("no such number", code="131026")]
    salon.deliver()
    assert (salon.message().state, salon.message().error_code) == (OutboxState.FAILED, "131026")
    assert salon.orchestrator.finished == {"token-1": Outcome.UNDELIVERABLE}
    assert salon.file().client.doubtful == (ChannelKind.WHATSAPP,)
    assert salon.file().client.unreachable == ()
    assert not opted_out(salon.file().consents)


@pytest.mark.parametrize(
    ("address", "code", "source"),
    [(CHAT, "403", "telegram_block"), (PHONE, "131050", "whatsapp_stop")],
)
def test_a_block_is_a_no_everywhere(salon: Salon, address: object, code: str, source: str) -> None:
    where = CHAT if address is CHAT else PHONE
    salon.offer(where)
    channel = salon.telegram if where is CHAT else salon.whatsapp
    channel.problems = [Undeliverable("blocked", code=code)]
    salon.deliver()
    salon.deliver()
    consents = salon.file().consents
    assert [c.source for c in consents if not c.granted] == [source]
    assert not may_market(consents, where.channel)


def test_our_own_broken_set_up_is_shown_to_an_operator(salon: Salon) -> None:
    salon.offer(CHAT)
    salon.telegram.problems = [Refused("bad token")]
    with pytest.raises(Refused):
        salon.deliver()
    assert (salon.message().state, salon.message().error_code) == (OutboxState.FAILED, "Refused")
    assert salon.orchestrator.finished == {"token-1": Outcome.UNDELIVERABLE}


def test_a_messenger_that_is_not_connected(salon: Salon) -> None:
    salon.offer(CHAT)
    salon.telegram.kind = ChannelKind.MAX
    with pytest.raises(Permanent):
        salon.deliver()
    assert (salon.message().state, salon.message().error_code) == (OutboxState.FAILED, "NotFound")


# ── a messenger that wants to be left alone ──────────────────────────────────────────────────────


def slowed(salon: Salon, seconds: float | None = 3600) -> None:
    """Another message of the same bot was told to wait."""
    salon.write("first")
    salon.telegram.problems = [RateLimited("slow", retry_after=seconds)]
    with pytest.raises(RateLimited):
        salon.deliver("first")


def waits(salon: Salon, outbox_id: str) -> float | None:
    """Seconds until it is brought back."""
    calls, commits = salon.telegram.calls, len(salon.store.commits)
    with pytest.raises(RateLimited) as raised:
        salon.deliver(outbox_id)
    assert (salon.telegram.calls, len(salon.store.commits)) == (calls, commits)
    assert salon.message(outbox_id).state is OutboxState.NEW
    return raised.value.retry_after


def throttles(salon: Salon) -> int:
    (day,) = salon.store.accounts("salon")[ChannelKind.TELEGRAM].days
    return day.count(Signal.THROTTLED)


@pytest.mark.fault(
    "Telegram asks one message to wait for an hour", "None of its bot calls before, answers too"
)
@pytest.mark.parametrize("purpose", Purpose)
def test_all_of_the_account_wait_for_the_rest_of_the_time(salon: Salon, purpose: Purpose) -> None:
    slowed(salon)
    salon.write("next", purpose)
    salon.clock.advance(minutes=10)
    assert waits(salon, "next") == 3000
    salon.clock.advance(seconds=2999.5)
    assert waits(salon, "next") == 0.5
    assert throttles(salon) == 1
    salon.clock.advance(seconds=0.5)
    salon.deliver("next")
    assert salon.message("next").state is OutboxState.SENT


def test_the_other_messenger_goes_on(salon: Salon) -> None:
    slowed(salon)
    salon.write("elsewhere", address=PHONE)
    salon.deliver("elsewhere")
    assert salon.message("elsewhere").state is OutboxState.SENT


def test_a_shorter_wait_does_not_shorten_a_longer_one(salon: Salon) -> None:
    """Two were under way when the first was told to wait."""
    salon.write("both")
    salon.telegram.problems = [RateLimited("slow", retry_after=5)]
    salon.store.before_commit = lambda _changes: slowed_meanwhile(salon)
    with pytest.raises(RateLimited):
        salon.deliver("both")
    assert throttles(salon) == 2
    salon.clock.advance(seconds=5)
    assert waits(salon, "both") == 3595


def slowed_meanwhile(salon: Salon) -> None:
    """By another invocation, between our look and our claim."""
    ours, salon.telegram.problems = salon.telegram.problems, []
    slowed(salon)
    salon.telegram.problems = ours


@pytest.mark.parametrize("seconds", [None, 0, -1, float("nan")])
def test_who_names_no_time_silences_nobody_else(salon: Salon, seconds: float | None) -> None:
    slowed(salon, seconds)
    salon.write("next")
    salon.deliver("next")
    assert salon.message("next").state is OutboxState.SENT
    assert throttles(salon) == 1


@pytest.mark.parametrize("seconds", [1e9, 1e300, float("inf")])
def test_nonsense_silences_for_a_day_and_not_for_good(salon: Salon, seconds: float) -> None:
    slowed(salon, seconds)
    salon.write("next")
    assert waits(salon, "next") == QUIET_AT_MOST.total_seconds() == 86_400
    salon.clock.advance(days=1)
    salon.deliver("next")
    assert salon.message("next").state is OutboxState.SENT


def test_what_may_not_leave_any_more_does_not_wait_for_it(salon: Salon) -> None:
    salon.offer(CHAT)
    slowed(salon)
    no = Consent(Purpose.MARKETING, False, salon.clock.now(), "telegram_stop", "v1")
    salon.store.commit([SaveConsent("salon", "anna", no)])
    salon.deliver()
    assert (salon.message().state, salon.message().error_code) == (OutboxState.FAILED, "opted_out")


def test_the_outside_counts_by_its_own_clock(salon: Salon) -> None:
    """Where our time is simulated it may stand still, or fly."""
    salon.wall_clock = FixedClock(salon.clock.now() + timedelta(days=300))
    slowed(salon)
    salon.clock.advance(days=1)
    assert waits(salon, "first") == 3600
    salon.wall_clock.advance(hours=1)
    salon.deliver("first")
    assert salon.message("first").state is OutboxState.SENT


# ── the last look at consent ─────────────────────────────────────────────────────────────────────


def test_who_opted_out_meanwhile_gets_nothing(salon: Salon) -> None:
    salon.offer(CHAT)
    at = salon.clock.now()
    no = Consent(Purpose.MARKETING, False, at, "whatsapp_stop", "v1")
    salon.store.commit([SaveConsent("salon", "anna", no)])
    salon.deliver()
    assert salon.telegram.calls == 0
    assert (salon.message().state, salon.message().error_code) == (OutboxState.FAILED, "opted_out")


def test_an_answer_in_a_dialogue_needs_no_consent(salon: Salon) -> None:
    no = Consent(Purpose.MARKETING, False, salon.clock.now(), "telegram_stop", "v1")
    salon.store.commit([SaveConsent("salon", "anna", no)])
    salon.write("re.1")
    salon.deliver("re.1")
    assert salon.message("re.1").state is OutboxState.SENT


# ── others at the same time, and crashes half-way ────────────────────────────────────────────────


def test_a_status_faster_than_our_own_note_stands(salon: Salon) -> None:
    salon.offer(PHONE)
    salon.store.faults = []

    def status_comes(changes: object) -> None:
        salon.store.before_commit = lambda _settling: salon.force("j1.1", OutboxState.READ)

    salon.store.before_commit = status_comes
    salon.deliver()
    assert salon.message().state is OutboxState.READ
    assert salon.whatsapp.calls == 1


def test_a_contended_journey_is_reloaded(salon: Salon) -> None:
    salon.offer(CHAT)
    salon.store.faults = ["", "conflict", "conflict"]
    salon.deliver()
    assert salon.message().state is OutboxState.SENT
    assert salon.counted() == {"contacted", "delivered"}


def test_the_fate_is_noted_even_when_the_journey_stays_contended(salon: Salon) -> None:
    salon.offer(CHAT)
    salon.store.faults = ["", *["conflict"] * 5]
    with pytest.raises(Conflict):
        salon.deliver()
    assert salon.message().state is OutboxState.SENT
    assert salon.counted() == set()
    salon.deliver()
    assert salon.telegram.calls == 1
    assert salon.counted() == {"contacted", "delivered"}


def test_a_wait_that_was_not_told_is_told_by_the_redelivery(salon: Salon) -> None:
    salon.offer(PHONE)
    salon.whatsapp.problems = [Undeliverable("no such number", code="131026")]
    salon.orchestrator.broken = 1
    with pytest.raises(Unavailable):
        salon.deliver()
    assert salon.orchestrator.told == []
    salon.deliver()
    assert salon.orchestrator.told == [("token-1", Outcome.UNDELIVERABLE)]


def test_a_word_to_the_owner_that_was_not_handed_over_is_by_the_redelivery(salon: Salon) -> None:
    """Written, and then the crash: by the redelivery it stands in the outbox already."""
    owner = Address(ChannelKind.TELEGRAM, "777")
    salon.store.save_company(replace(salon.store.company("salon"), owner=owner))
    salon.offer(PHONE)
    salon.whatsapp.problems = [Undeliverable("locked", code="131031")]
    salon.queue.broken = 1
    with pytest.raises(Unavailable):
        salon.deliver()
    assert salon.queue.waiting == []
    salon.deliver()
    ((_, client_id, outbox_id),) = salon.queue.waiting
    assert (client_id, outbox_id.startswith("owner.stopped.whatsapp.131031.")) == (OWNER, True)


def test_every_step_writes_only_moves_of_the_state_machine(salon: Salon) -> None:
    salon.offer(CHAT)
    salon.deliver()
    moves = [
        (change.expected, change.message.state)
        for commit in salon.store.commits
        for change in commit
        if isinstance(change, MoveOutbox)
    ]
    assert moves == [
        (OutboxState.NEW, OutboxState.SENDING),
        (OutboxState.SENDING, OutboxState.SENT),
    ]
    assert salon.message().claimed_until == salon.clock.now() + CLAIM
    assert isinstance(salon.file().client, Client)
