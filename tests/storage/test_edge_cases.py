"""The specification's edge cases on a whole journey in one process (reactivation.md). The sixth, a paused account, is tested
with the accounts.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from comeback.changes import SaveJourney, SaveVisit
from comeback.clients.model import Visit, VisitStatus
from comeback.conversations.model import ChannelKind, Signal
from comeback.reactivation.due import DueDates
from comeback.reactivation.journey import NO_SHOW_DAYS
from comeback.reactivation.model import Completion, JourneyState, Outcome, ServiceRule
from comeback.reactivation.scene import JourneyRef

from tests.storage.life import TEN, Life


def newest(life: Life, ref: JourneyRef, count: int = 3) -> list[str]:
    """The buttons of the slots offered last."""
    slots = len(life.journey(ref).attempt.slots)
    return [f"slot:{ref.journey_id}:1:{n}" for n in range(slots - count + 1, slots + 1)]


def track(life: Life, ref: JourneyRef) -> None:
    life.track.run(ref, life.outcome())


RETRY = ServiceRule("cut").retry_interval_days


def cut_due(life: Life) -> date:
    (due,) = (d for d in life.store.client("salon", "anna").due if d.service_id == "cut")
    return due.next_on


def came(life: Life, visit: Visit) -> None:
    """The visit took place, and the book told us."""
    file = life.store.client("salon", "anna")
    done = replace(visit, status=VisitStatus.COMPLETED)
    effects = DueDates(life.store, life.clock).landed(life.company, file, done)
    life.store.commit([SaveVisit("salon", "anna", done), *effects.changes])


def test_1_another_service_is_booked_and_the_change_remembered(life: Life, ref: JourneyRef) -> None:
    answer = life.says("Could I get a manicure instead?")
    assert answer.startswith("Of course! Manicure, free times:")
    assert {s.service_id for s in life.journey(ref).attempt.slots[3:]} == {"nails"}
    assert "Manicure" in life.says(button=newest(life, ref)[1])
    (visit,) = life.booked
    assert visit.service_id == "nails"
    track(life, ref)
    assert life.journey(ref).completion is Completion.CONVERTED
    life.clock.time = visit.starts_at + timedelta(hours=2)
    came(life, visit)
    due = {d.service_id: d for d in life.store.client("salon", "anna").due}
    assert due["nails"].last_visit_on == life.company.local(visit.starts_at).date()
    assert due["nails"].next_on > life.today
    rested = visit.starts_at + timedelta(days=RETRY)
    assert due["cut"].next_on == life.company.local(rested).date()


def test_1_who_books_what_was_offered_is_due_again_soon_after_not_coming(
    life: Life, ref: JourneyRef
) -> None:
    life.says(button=newest(life, ref)[0])
    (visit,) = life.booked
    track(life, ref)
    missed = visit.starts_at + timedelta(days=NO_SHOW_DAYS)
    assert cut_due(life) == life.company.local(missed).date()


def test_1_what_was_asked_for_stays_the_subject(life: Life, ref: JourneyRef) -> None:
    life.says("Could I get a manicure instead?")
    life.says("Another time please")
    assert {s.service_id for s in life.journey(ref).attempt.slots[3:]} == {"nails"}


def test_2_another_master_is_booked_and_remembered(life: Life, ref: JourneyRef) -> None:
    assert {s.staff_id for s in life.journey(ref).attempt.slots} == {"olga"}
    answer = life.says("Can I go to Ira this time?")
    assert answer.startswith("Of course! Ira, free times:")
    assert life.store.client("salon", "anna").client.preferred_staff_id == "ira"
    life.says(button=newest(life, ref)[0])
    assert life.booked[0].staff_id == "ira"
    track(life, ref)
    came(life, life.booked[0])
    life.clock.advance(days=60)
    (later,) = life.campaign()
    life.run_until_sent(later)
    assert life.journey(later).attempt.slots[0].staff_id == "ira"


def test_2_whoever_else_they_book_is_remembered(life: Life, ref: JourneyRef) -> None:
    life.says("Anybody but Olga, another master please")
    assert {s.staff_id for s in life.journey(ref).attempt.slots[3:]} == {"ira"}
    assert life.store.client("salon", "anna").client.preferred_staff_id == ""
    life.says(button=newest(life, ref)[0])
    assert life.store.client("salon", "anna").client.preferred_staff_id == "ira"


def test_2_a_master_without_free_time_is_said_to_have_none(life: Life, ref: JourneyRef) -> None:
    ira = replace(life.store.catalogue("salon").staff["ira"], service_ids=frozenset({"nails"}))
    life.store.save_catalogue("salon", [], [ira])
    answer = life.says("Can I go to Ira this time?")
    assert answer.startswith("Ira: no free time in the coming days. With others there is:")
    assert "Olga" in answer


def test_3_who_is_away_is_left_alone_until_the_day_they_name(life: Life, ref: JourneyRef) -> None:
    assert "12 March" in life.says("I'm on vacation until March 12")
    track(life, ref)
    assert life.journey(ref).completion is Completion.AWAY
    for day in range(3, 12):
        life.clock.time = TEN.replace(day=day)
        assert life.campaign() == []
    life.clock.time = TEN.replace(day=12)
    (again,) = life.campaign()
    assert life.run_until_sent(again) == "sent"


def test_3_without_a_day_it_is_two_weeks(life: Life, ref: JourneyRef) -> None:
    assert "16 March" in life.says("I'm out of town")
    track(life, ref)
    life.clock.advance(days=14)
    assert len(life.campaign()) == 1


def test_4_who_has_booked_directly_is_not_counted_as_won(life: Life, ref: JourneyRef) -> None:
    own = Visit("crm1", "cut", "ira", TEN + timedelta(days=3), VisitStatus.BOOKED, source="crm")
    life.store.commit([SaveVisit("salon", "anna", own)])
    assert "see you" in life.says("I have already booked")
    assert life.outcome() is Outcome.ALREADY_BOOKED
    track(life, ref)
    assert life.journey(ref).completion is Completion.ALREADY_BOOKED
    assert "booked" not in life.funnel()
    assert life.funnel()["answered"] == 1
    life.clock.advance(days=2)
    assert life.campaign() == []


def test_5_several_due_services_are_one_message(life: Life) -> None:
    life.client("anna")
    file = life.store.client("salon", "anna")
    nails = Visit("n1", "nails", "ira", TEN - timedelta(days=40), VisitStatus.COMPLETED)
    effects = DueDates(life.store, life.clock).landed(life.company, file, nails)
    life.store.commit([SaveVisit("salon", "anna", nails), *effects.changes])
    (ref,) = life.campaign()
    life.run_until_sent(ref)
    (message,) = life.telegram.sent
    assert "Haircut" in message.content.text
    assert "Manicure" in message.content.text
    life.says(button=newest(life, ref)[0])
    track(life, ref)
    (visit,) = life.booked
    life.clock.time = visit.starts_at + timedelta(hours=2)
    came(life, visit)
    due = {d.service_id: d for d in life.store.client("salon", "anna").due}
    assert due["cut"].due_on > life.today
    assert due["nails"].due_on < life.today
    life.clock.time = TEN + timedelta(days=21)
    (next_ref,) = life.campaign()
    assert next_ref.service_id == "nails"


def test_5_what_is_not_due_is_not_named(life: Life) -> None:
    life.client("anna")
    file = life.store.client("salon", "anna")
    nails = Visit("n1", "nails", "ira", TEN - timedelta(days=4), VisitStatus.COMPLETED)
    effects = DueDates(life.store, life.clock).landed(life.company, file, nails)
    life.store.commit([SaveVisit("salon", "anna", nails), *effects.changes])
    (ref,) = life.campaign()
    life.run_until_sent(ref)
    assert "Manicure" not in life.telegram.sent[0].content.text


def test_7_a_mind_changed_twice_ends_in_what_was_said_last(life: Life, ref: JourneyRef) -> None:
    thursday = life.says("Thursday evening please, after 6pm if you have any")
    assert thursday.startswith("Of course! Other free times:")
    slots = life.journey(ref).attempt.slots[3:]
    assert {(life.company.local(s.starts_at).weekday()) for s in slots} == {3}
    assert all(life.company.local(s.starts_at).hour >= 18 for s in slots)
    life.clock.advance(days=2)
    life.says("Actually, can I go to Ira?")
    assert life.journey(ref).attempt.deadline == life.clock.now() + timedelta(days=7)
    assert life.says("The last one").startswith("You are booked")
    (visit,) = life.booked
    journey = life.journey(ref)
    assert visit.starts_at == journey.attempt.slots[-1].starts_at
    assert visit.staff_id == "ira"
    assert life.outcome() is Outcome.BOOKED


# ── in the same thread ───────────────────────────────────────────────────────────────────────────────


def test_a_time_nobody_has_is_answered_with_what_there_is(life: Life, ref: JourneyRef) -> None:
    answer = life.says("Anything at 21:30?")
    assert answer.startswith("Nothing is free then. What is free:")
    assert len(life.journey(ref).attempt.slots) == 6


def test_next_week_is_looked_for_next_week(life: Life, ref: JourneyRef) -> None:
    life.says("Next week would be better")
    days = {life.company.local(s.starts_at).date() for s in life.journey(ref).attempt.slots[3:]}
    assert min(days) >= date(2026, 3, 9)


@pytest.mark.parametrize("words", ["How much is it?", "yes", "Another time please", "Ira, please"])
def test_whoever_talks_to_us_is_waited_for_anew(life: Life, ref: JourneyRef, words: str) -> None:
    life.clock.advance(days=6)
    life.says(words)
    life.clock.advance(days=6)
    assert life.expire.tick() == 0
    life.clock.advance(days=1, hours=1)
    assert life.expire.tick() == 1


@pytest.mark.parametrize(("words", "stops"), [("yes", True), ("no", False)])
def test_a_half_told_stop_is_asked_about(
    life: Life, ref: JourneyRef, words: str, stops: bool
) -> None:
    asked = life.says("number 2, and don't text me again")
    assert "stop writing" in asked
    assert life.booked == []
    answer = life.says(words)
    assert ("any more offers" in answer) is stops
    assert (life.journey(ref).attempt.outcome is Outcome.OPTED_OUT) is stops


def test_a_kept_client_goes_on_choosing(life: Life, ref: JourneyRef) -> None:
    life.says("number 2, and don't text me again")
    assert "Which time" in life.says("no")
    life.says("2")
    assert life.booked[0].starts_at == life.journey(ref).attempt.slots[1].starts_at


def test_a_question_in_between_ends_the_question_about_stopping(
    life: Life, ref: JourneyRef
) -> None:
    life.says("number 2, and don't text me again")
    life.says("How much is it?")
    assert "Which time" in life.says("yes")
    assert life.journey(ref).state is JourneyState.WAITING


@pytest.mark.parametrize("words", ["No, I can't make it", "Another time please", "I'm on vacation"])
def test_a_booking_is_moved_or_cancelled_by_a_person(
    life: Life, ref: JourneyRef, words: str
) -> None:
    life.says(button=newest(life, ref)[0])
    assert "administrator" in life.says(words)
    assert len(life.booked) == 1


def test_a_stop_without_a_journey_is_heard(life: Life) -> None:
    life.client("anna")
    assert "any more offers" in life.says("I never signed up for this, delete my number")
    assert life.campaign() == []


def test_a_service_that_is_gone_leaves_the_answer_to_a_person(life: Life, ref: JourneyRef) -> None:
    journey = life.journey(ref)
    attempt = replace(journey.attempt, slots=())
    life.store.commit([SaveJourney(replace(journey, service_id="gone", attempt=attempt))])
    assert "administrator" in life.says("yes, with pleasure")
    assert "any more offers" in life.says("I never signed up for this, delete my number")


def test_a_stop_by_button_counts_against_the_account_like_one_in_words(
    life: Life, ref: JourneyRef
) -> None:
    life.says(button=f"stop:{ref.journey_id}")
    (day,) = life.store.accounts("salon")[ChannelKind.TELEGRAM].days
    assert day.count(Signal.OPTED_OUT) == 1


def test_a_time_that_has_passed_is_not_booked(life: Life, ref: JourneyRef) -> None:
    first = life.journey(ref).attempt.slots[0]
    life.clock.time = first.ends_at + timedelta(days=1)
    said = life.says(button=f"slot:{ref.journey_id}:1:1")
    assert said.startswith("That time has passed.")
    assert life.booked == []
    assert all(slot.starts_at > life.clock.now() for slot in life.journey(ref).attempt.slots[-3:])


def test_whoever_says_yes_late_is_asked_about_times_to_come(life: Life, ref: JourneyRef) -> None:
    life.clock.time = life.journey(ref).attempt.slots[-1].ends_at + timedelta(days=1)
    life.says("yes")
    assert life.telegram.sent[-1].content.buttons
    offered = life.journey(ref).attempt.slots[-3:]
    assert all(slot.starts_at > life.clock.now() for slot in offered)
    assert life.booked == []
