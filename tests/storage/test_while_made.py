"""What a client says while the journey's next message waits for its minute: they speak of what they have seen, and are not
interrupted."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from comeback.bookings.model import Booking, BookingRequest
from comeback.changes import SaveJourney
from comeback.conversations.model import Content, MessageReceived
from comeback.errors import Unavailable
from comeback.reactivation.model import JourneyState, Outcome
from comeback.reactivation.reachability import TALK
from comeback.reactivation.scene import JourneyRef
from comeback.storage.calendar import DynamoCalendar

from tests.storage.life import CHAT, Life

FAR_OFF = ("20 March please", "18 March please")
"""Lists whose times are still to come when the second message is made."""
LATE_HOUR = 23


@pytest.fixture
def reserved(life: Life, ref: JourneyRef) -> JourneyRef:
    """The first message was answered with wishes, then with silence; the second has its minute, at six of a long evening."""
    life.company = replace(life.company, sending=replace(life.company.sending, end=time(22)))
    life.store.save_company(life.company)
    for wish in FAR_OFF:
        life.says(wish)
    life.keeps_silent(ref)
    life.analyse.run(ref)
    life.reserve.run(ref)
    assert life.journey(ref).state is JourneyState.RESERVED
    return ref


def sent_after_the_talk(life: Life, ref: JourneyRef) -> None:
    life.clock.advance(seconds=TALK.total_seconds())
    assert life.run_until_sent(ref) == "sent"


def shown(life: Life) -> list[tuple[str, str]]:
    """The last message's slots: the number in its words, and its button."""
    content = life.telegram.sent[-1].content
    numbers = [line.split(".")[0] for line in content.text.splitlines() if line[:1].isdigit()]
    return list(zip(numbers, slot_buttons(content), strict=True))


def slot_buttons(content: Content) -> list[str]:
    return [b.button_id for b in content.buttons if b.button_id.startswith("slot:")]


# ── words are about the message before ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("words", "nth"), [("the second one", 1), ("the last one please", 2)])
def test_the_second_one_is_that_of_the_list_before_them(
    life: Life, reserved: JourneyRef, words: str, nth: int
) -> None:
    meant = life.journey(reserved).earlier[-1].newest[nth][1]
    assert life.says(words).startswith("You are booked")
    assert [v.starts_at for v in life.booked] == [meant.starts_at]


def test_yes_is_asked_about_with_the_list_before_them(life: Life, reserved: JourneyRef) -> None:
    before = shown(life)
    assert life.says("yes").startswith("Which time suits you?")
    assert shown(life) == before


@pytest.mark.fault(
    "the book does not answer to «the second one», and the next message leaves meanwhile",
    "the redelivery books the time that was meant",
)
def test_what_was_meant_is_noted_with_its_list(
    life: Life, reserved: JourneyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    meant = life.journey(reserved).earlier[-1].newest[1][1]
    event = MessageReceived("tg.1", CHAT, life.clock.now(), "the second one")
    with monkeypatch.context() as down:
        down.setattr(DynamoCalendar, "book", unavailable)
        with pytest.raises(Unavailable):
            life.receive.receive("salon", event)
    assert life.run_until_sent(reserved) == "sent"
    life.receive.receive("salon", event)
    assert [v.starts_at for v in life.booked] == [meant.starts_at]


def test_what_an_earlier_version_noted_is_still_read(life: Life, ref: JourneyRef) -> None:
    journey = life.journey(ref)
    noted = replace(journey, attempt=replace(journey.attempt, booking="tg.1:2"))
    life.store.commit([SaveJourney(noted)])
    life.receive.receive("salon", MessageReceived("tg.1", CHAT, life.clock.now(), "hm"))
    assert [v.starts_at for v in life.booked] == [journey.attempt.slots[1].starts_at]
    life.says("thanks!")
    assert len(life.booked) == 1


def unavailable(
    _calendar: DynamoCalendar, _company_id: str, _request: BookingRequest, _now: datetime
) -> Booking:
    raise Unavailable("the book is down")


# ── lists given while it is made ─────────────────────────────────────────────────────────────────────


@pytest.mark.fault(
    "other times are asked for while the next message is made",
    "a button of either list books the time on it",
)
@pytest.mark.parametrize("nth", range(6))
def test_every_button_books_the_time_it_was_shown_with(
    life: Life, reserved: JourneyRef, nth: int
) -> None:
    life.says("Another time please")
    in_chat = shown(life)
    sent_after_the_talk(life, reserved)
    both = in_chat + shown(life)
    assert len({button for _, button in both}) == 6
    number, button = both[nth]
    words = life.telegram.sent[-2 if nth < 3 else -1].content.text
    assert life.says(button=button).startswith("You are booked")
    assert button.endswith(f":{number}")
    (visit,) = life.booked
    (line,) = (line for line in words.splitlines() if line.startswith(f"{number}. "))
    assert f"{visit.starts_at.astimezone(life.company.zone):%H:%M}" in line


def test_the_first_is_that_of_the_message_once_it_is_there(
    life: Life, reserved: JourneyRef
) -> None:
    life.says("Another time please")
    sent_after_the_talk(life, reserved)
    number, _ = shown(life)[0]
    assert life.says("the first one").startswith("You are booked")
    meant = life.journey(reserved).attempt.slots[int(number) - 1]
    assert [v.starts_at for v in life.booked] == [meant.starts_at]


def test_a_message_without_times_says_none_of_the_chats(life: Life, reserved: JourneyRef) -> None:
    life.store.save_company(replace(life.company, slots_in_message=False))
    life.says("Another time please")
    sent_after_the_talk(life, reserved)
    assert shown(life) == []


def test_a_time_given_in_the_chat_and_taken_since_does_not_stop_the_message(
    life: Life, reserved: JourneyRef
) -> None:
    """Leases are let go with a day; the message's own are what it needs."""
    life.says("Another time please")
    (lost, *_) = life.journey(reserved).attempt.slots
    now = life.clock.now()
    life.leases.release("salon", [lost], reserved.journey_id)
    life.leases.lease("salon", [lost], "somebody", now + timedelta(days=9), now)
    sent_after_the_talk(life, reserved)


def test_a_list_given_in_the_chat_outlives_a_message_that_is_made_again(
    life: Life, reserved: JourneyRef
) -> None:
    life.says("Another time please")
    in_chat = shown(life)
    too_late(life, reserved)
    sent_after_the_talk(life, reserved)
    assert life.journey(reserved).attempt.again == 1
    both = in_chat + shown(life)
    assert len({button for _, button in both}) == 6
    number, button = in_chat[-1]
    meant = life.journey(reserved).attempt.slots[int(number) - 1]
    assert life.says(button=button).startswith("You are booked")
    assert [v.starts_at for v in life.booked] == [meant.starts_at]


def too_late(life: Life, ref: JourneyRef) -> None:
    """The message is ready when nobody may be written to any more: it takes a new minute."""
    for step in (life.reserve, life.find_slots, life.generate):
        life.clock.advance(seconds=step.run(ref).get("wait_seconds", 0))
    while life.company.local(life.clock.now()).hour < LATE_HOUR:
        life.clock.advance(hours=1)
    life.send.run(ref, "token-late")
    assert life.orchestrator.finished["token-late"] is Outcome.POSTPONED
    answer = life.track.run(ref, Outcome.POSTPONED)
    life.clock.advance(seconds=answer["wait_seconds"])


# ── nobody is interrupted ────────────────────────────────────────────────────────────────────────────


def test_a_message_whose_minute_falls_into_a_talk_waits_for_its_end(
    life: Life, reserved: JourneyRef
) -> None:
    life.says("Another time please")
    heard_at, in_chat = life.clock.now(), len(life.telegram.sent)
    assert life.run_until_sent(reserved) == "postponed"
    assert life.outcome() is Outcome.POSTPONED
    assert len(life.telegram.sent) == in_chat
    life.clock.advance(seconds=life.track.run(reserved, life.outcome())["wait_seconds"])
    assert life.clock.now() >= heard_at + TALK
    assert life.run_until_sent(reserved) == "sent"
    assert len(life.telegram.sent) == in_chat + 1
    assert life.journey(reserved).attempt.number == 2


def test_a_talk_that_goes_on_is_waited_for_before_a_message_is_made(
    life: Life, ref: JourneyRef
) -> None:
    life.keeps_silent(ref)
    for _ in range(5):
        life.says("Another time please")
        answer = life.analyse.run(ref)
        assert answer["status"] == "early"
        assert answer["wait_seconds"] == pytest.approx(TALK.total_seconds(), abs=2)
        life.clock.advance(hours=1)
    assert life.journey(ref).state is JourneyState.RESTING
    sent_after_the_talk(life, ref)
    assert life.journey(ref).attempt.again == 0


def test_who_books_in_the_talk_gets_no_further_message(life: Life, reserved: JourneyRef) -> None:
    life.says("Another time please")
    life.run_until_sent(reserved)
    life.track.run(reserved, life.outcome())
    assert life.says("the first one").startswith("You are booked")
    in_chat = len(life.telegram.sent)
    life.clock.advance(seconds=TALK.total_seconds())
    assert life.run_until_sent(reserved) == "skipped"
    assert len(life.telegram.sent) == in_chat


def test_words_dated_far_ahead_are_no_talk(life: Life, reserved: JourneyRef) -> None:
    """A messenger's clock may be wrong: the journey does not wait for it."""
    ahead = life.clock.now() + timedelta(days=300)
    life.receive.receive("salon", MessageReceived("tg.1", CHAT, ahead, "Another time please"))
    assert life.run_until_sent(reserved) == "sent"
    assert life.journey(reserved).attempt.sent_at


def test_a_first_message_waits_for_nobody(life: Life) -> None:
    """What they wrote about was not this."""
    life.open_salon()
    life.client("anna")
    life.says("Where are you?")
    (first,) = life.campaign()
    assert life.run_until_sent(first) == "sent"
    assert life.journey(first).attempt.sent_at
