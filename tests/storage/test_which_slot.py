"""Which slot a client means once more than one list was shown to them: of this attempt, and of an earlier one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from comeback.bookings.model import Slot
from comeback.conversations.model import Button
from comeback.reactivation.model import Outcome
from comeback.reactivation.scene import JourneyRef

from tests.storage.life import Life


def slots(life: Life, ref: JourneyRef) -> tuple[Slot, ...]:
    return life.journey(ref).attempt.slots


def only_one_is_offered_next(life: Life, ref: JourneyRef) -> None:
    life.store.save_company(replace(life.company, max_slots=1))
    life.says("Another time please")
    assert len(slots(life, ref)) == 4


# ── in the list shown last ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("asked", ["Could I get a manicure instead?", "Another time please"])
@pytest.mark.parametrize(
    ("words", "n"),
    [
        ("The first one", 4),
        ("the second one please", 5),
        ("the last one", 6),
        ("any of them works", 4),
        ("5", 5),
        ("number 6", 6),
        ("number 2", 2),
    ],
)
def test_the_first_is_that_of_the_list_shown_last(
    life: Life, ref: JourneyRef, asked: str, words: str, n: int
) -> None:
    life.says(asked)
    assert life.says(words).startswith("You are booked")
    (visit,) = life.booked
    meant = slots(life, ref)[n - 1]
    assert (visit.starts_at, visit.service_id) == (meant.starts_at, meant.service_id)


def test_a_number_of_the_list_before_is_asked_about(life: Life, ref: JourneyRef) -> None:
    life.says("Another time please")
    asked = life.says("1")
    assert asked.startswith("Which time suits you?\n4. ")
    assert life.booked == []


def test_the_list_shown_last_alone_is_asked_about(life: Life, ref: JourneyRef) -> None:
    only_one_is_offered_next(life, ref)
    life.store.save_company(life.company)
    asked = life.says(button=f"pick:{ref.journey_id}")
    assert [line[:2] for line in asked.splitlines()[1:]] == ["4."]
    assert life.booked == []


def test_yes_to_the_only_one_shown_last_is_yes_to_it(life: Life, ref: JourneyRef) -> None:
    only_one_is_offered_next(life, ref)
    assert life.says("yes").startswith("You are booked")
    assert life.booked[0].starts_at == slots(life, ref)[3].starts_at


def test_one_number_may_be_that_of_the_only_one_too(life: Life, ref: JourneyRef) -> None:
    only_one_is_offered_next(life, ref)
    assert life.says("1").startswith("Which time suits you?")
    assert life.booked == []


@pytest.mark.parametrize("words", ["1", "Olga please", "pick"])
def test_a_choice_left_open_is_no_yes_to_the_question_about_stopping(
    life: Life, ref: JourneyRef, words: str
) -> None:
    life.says("Another time please")
    life.says("number 5, and don't text me again")
    life.clock.advance(minutes=1)
    said = life.says(button=f"pick:{ref.journey_id}") if words == "pick" else life.says(words)
    assert said.startswith("Which time suits you?")
    assert life.journey(ref).attempt.outcome is None


# ── by a button ──────────────────────────────────────────────────────────────────────────────────────


def second_attempt(life: Life, ref: JourneyRef) -> None:
    life.keeps_silent(ref)
    assert life.run_until_sent(ref) == "sent"
    assert life.journey(ref).attempt.number == 2


def wants_a_day_far_off(life: Life, ref: JourneyRef) -> tuple[Button, Slot]:
    """A button of the first attempt whose time is still to come when the second is made."""
    life.says("20 March please")
    life.says("18 March please")
    button = life.telegram.sent[-1].content.buttons[0]
    return button, slots(life, ref)[6]


@pytest.mark.fault(
    "an old attempt's button is pressed", "the time on it is booked, or new ones offered"
)
def test_an_old_attempts_button_books_the_time_it_names(life: Life, ref: JourneyRef) -> None:
    button, meant = wants_a_day_far_off(life, ref)
    second_attempt(life, ref)
    assert meant.starts_at > life.clock.now()
    twice = [life.says(button=button.button_id) for _ in range(2)]
    assert all(said.startswith("You are booked") for said in twice)
    assert [v.starts_at for v in life.booked] == [meant.starts_at]
    assert life.outcome() is Outcome.BOOKED


def test_an_old_attempts_time_that_has_passed_is_not_booked(life: Life, ref: JourneyRef) -> None:
    first = life.telegram.sent[0].content.buttons[0]
    second_attempt(life, ref)
    assert life.says(button=first.button_id).startswith("That time has passed.")
    assert life.booked == []


def test_an_old_attempts_time_that_is_taken_is_not_booked(life: Life, ref: JourneyRef) -> None:
    button, meant = wants_a_day_far_off(life, ref)
    second_attempt(life, ref)
    now = life.clock.now()
    life.leases.release("salon", [meant], ref.journey_id)
    life.leases.lease("salon", [meant], "somebody", now + timedelta(days=1), now)
    assert life.says(button=button.button_id).startswith("That time has just been taken.")
    assert life.booked == []


def test_a_refused_services_time_that_has_passed_is_followed_by_its_own(
    life: Life, ref: JourneyRef
) -> None:
    first = slots(life, ref)[0]
    life.says("Could I get a manicure instead?")
    life.clock.time = first.ends_at + timedelta(days=1)
    life.says(button=f"slot:{ref.journey_id}:1:1")
    assert {s.service_id for s in slots(life, ref)[6:]} == {"cut"}


@pytest.mark.parametrize("button", ["slot:{id}:1:9", "slot:{id}:7:1", "slot:other:1:1"])
def test_a_button_we_do_not_know_books_nothing(life: Life, ref: JourneyRef, button: str) -> None:
    asked = life.says(button=button.format(id=ref.journey_id))
    assert asked.startswith("Which time suits you?")
    assert life.booked == []
