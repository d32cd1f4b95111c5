"""Tomorrow's unsold times from the owner's question to the booking: asked once, within limits, nobody who must be left alone."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from comeback.bookings.model import Service, Slot, Staff
from comeback.changes import (
    ClaimClient,
    CountArm,
    SaveClient,
    SaveConsent,
    SaveDue,
    SaveJourney,
    SaveVisit,
)
from comeback.clients.model import Consent, Visit, VisitStatus
from comeback.companies.model import CrmKind, EmptyChairs, Hours
from comeback.conversations.model import Address, ChannelKind, OutboxMessage, Purpose
from comeback.errors import Unavailable
from comeback.reactivation.holdout import in_holdout
from comeback.reactivation.model import (
    Attempt,
    Completion,
    Journey,
    JourneyState,
    Outcome,
    Proposal,
    ProposalState,
    Why,
)
from comeback.reactivation.naming import CHAIRS
from comeback.reactivation.scene import JourneyRef
from comeback.storage.store import DynamoStore

from tests.storage.life import ON, TEN, Life

TOMORROW = ON + timedelta(days=1)
OWNER = Address(ChannelKind.TELEGRAM, "1")
YES, NO = f"owner:chairs:{TOMORROW}:yes", f"owner:chairs:{TOMORROW}:no"


@pytest.fixture
def life(store: DynamoStore) -> Life:
    """Three in the afternoon."""
    life = Life(store)
    life.company = replace(life.company, owner=OWNER, language="en")
    life.open_salon()
    life.clock.advance(hours=5)
    return life


def chat(client_id: str) -> Address:
    return Address(ChannelKind.TELEGRAM, f"chat-{client_id}")


def clients(life: Life, *names: str, days_ago: int = 21) -> None:
    """Nearly due: every four weeks, a week from now."""
    for name in names:
        life.client(name, chat(name), days_ago)


def set_company(life: Life, **changed: object) -> None:
    life.company = replace(life.company, **changed)  # type: ignore[arg-type]
    life.store.save_company(life.company)


def tick(life: Life) -> list[Proposal]:
    """A quarter of an hour later."""
    moved = life.empty_chairs.tick()
    life.deliver_all()
    life.clock.advance(minutes=15)
    return moved


def proposal(life: Life) -> Proposal:
    found = life.store.proposal("salon", TOMORROW)
    assert found is not None
    return found


def started(life: Life) -> list[JourneyRef]:
    starts = life.orchestrator.others.get(("salon", ON, CHAIRS), ())
    return [JourneyRef("salon", s.client_id, s.service_id, s.journey_id, ON, s.why) for s in starts]


def to_owner(life: Life) -> list[OutboxMessage]:
    return [message for message in life.telegram.sent if message.address == OWNER]


def approved(life: Life, *names: str) -> list[JourneyRef]:
    """The owner agrees, and the campaign begins."""
    clients(life, *names)
    tick(life)
    life.says(button=YES, address=OWNER)
    tick(life)
    return started(life)


# ── from the question to the booking ─────────────────────────────────────────────────────────────


def test_the_owner_agrees_and_a_client_takes_a_time_of_tomorrow(life: Life) -> None:
    clients(life, "anna")
    tick(life)
    (asked,) = to_owner(life)
    assert "Tuesday, 3 March: Ira — 10 hours, Olga — 10 hours" in asked.content.text
    assert "to 1 client?" in asked.content.text
    assert proposal(life).free_slots == 20
    assert tick(life) == []
    assert started(life) == []
    assert life.says(button=YES, address=OWNER) == "Good, we are writing to 1 client."
    (moved,) = tick(life)
    assert moved.state is proposal(life).state is ProposalState.STARTED
    (ref,) = started(life)
    assert life.run_until_sent(ref) == "sent"
    journey = life.journey(ref)
    assert journey.why is Why.EMPTY_CHAIR
    assert len(journey.attempt.slots) == 3
    assert {life.company.local(s.starts_at).date() for s in journey.attempt.slots} == {TOMORROW}
    life.says(button=f"slot:{ref.journey_id}:1:1", address=chat("anna"))
    assert life.outcome() is Outcome.BOOKED
    life.track.run(ref, life.outcome())
    assert life.journey(ref).completion is Completion.CONVERTED
    booked = [v for v in life.store.client("salon", "anna").visits if v.journey_id]
    assert [life.company.local(v.starts_at).date() for v in booked] == [TOMORROW]
    assert life.funnel()["due"] == life.funnel()["booked"] == 1


def test_the_owner_says_no_and_nobody_is_written_to(life: Life) -> None:
    clients(life, "anna")
    tick(life)
    assert life.says(button=NO, address=OWNER) == "Understood, nobody is asked."
    assert "said no already" in life.says(button=YES, address=OWNER)
    for _ in range(8):
        assert tick(life) == []
    assert (started(life), proposal(life).state) == ([], ProposalState.DECLINED)


def test_a_silent_owner_is_a_no_and_an_answer_on_the_day_itself_is_too_late(life: Life) -> None:
    clients(life, "anna")
    tick(life)
    life.clock.advance(hours=20)
    assert life.says(button=YES, address=OWNER) == "It is too late for 3 March: nobody is asked."
    tick(life)
    assert started(life) == []


def test_where_the_owner_left_it_to_us_the_owner_is_told(life: Life) -> None:
    set_company(life, empty_chairs=EmptyChairs.AUTO, empty_chairs_limit=2)
    clients(life, "anna", "boris", "vera")
    clients(life, "gleb", days_ago=120)
    (first,) = tick(life)
    assert first.state is ProposalState.APPROVED
    tick(life)
    refs = started(life)
    assert len(refs) == 2
    assert {ref.client_id for ref in refs} < {"anna", "boris", "vera"}
    (told,) = to_owner(life)
    assert "We offer this time to 2 clients" in told.content.text
    assert told.content.buttons == ()
    assert [life.run_until_sent(ref) for ref in refs] == ["sent", "sent"]


def test_what_is_offered_costs_the_full_price_even_where_discounts_pay(life: Life) -> None:
    plain = CountArm("salon", "later_offer", "plain", 60, 2)
    life.store.commit([plain, CountArm("salon", "later_offer", "discount", 60, 40)])
    (ref,) = approved(life, "anna")
    life.run_until_sent(ref)
    assert life.journey(ref).attempt.discount_percent == 0
    assert "%" not in life.telegram.sent[-1].content.text


# ── nobody who must be left alone ────────────────────────────────────────────────────────────────


def treated(name: str) -> str:
    """An id beginning so that the holdout leaves in."""
    return next(n for n in map(f"{name}{{}}".format, range(99)) if not in_holdout("salon", n, 20))


def written_to(client_id: str, days_ago: int, completion: Completion) -> SaveJourney:
    """A journey of the other service, over and done with."""
    sent = TEN - timedelta(days=days_ago)
    attempt = Attempt(1, sent_at=sent, outcome=Outcome.NO_RESPONSE)
    journey = Journey(
        "salon", client_id, "nails", f"j{days_ago}", sent.date(), sent, JourneyState.FINISHED,
        attempt, completion=completion,
    )  # fmt: skip
    return SaveJourney(journey)


def test_who_must_be_left_alone_is_not_proposed(life: Life) -> None:
    set_company(life, holdout_percent=20)
    held = next(n for n in map("held{}".format, range(99)) if in_holdout("salon", n, 20))
    stopped, silent, booked, talking, away, recent, capped, free = (
        treated(n)
        for n in ("stopped", "silent", "booked", "talking", "away", "recent", "capped", "free")
    )
    clients(life, held, stopped, silent, booked, talking, away, recent, capped, free)
    now = life.clock.now()
    no = Consent(Purpose.MARKETING, False, now, "test", "v1")
    coming = Visit("v", "cut", "olga", now + timedelta(days=2), VisitStatus.BOOKED)
    gone = replace(life.store.client("salon", away).client, away_until=now + timedelta(days=3))
    life.store.commit(
        [
            SaveConsent("salon", stopped, no),
            SaveConsent("salon", silent, replace(no, channel=ChannelKind.TELEGRAM)),
            SaveVisit("salon", booked, coming),
            ClaimClient("salon", talking, "j1"),
            SaveClient(gone),
            written_to(recent, 10, Completion.MAX_ATTEMPTS),
            written_to(capped, 3, Completion.AWAY),
            written_to(capped, 5, Completion.AWAY),
        ]
    )
    tick(life)
    assert [c.client_id for c in proposal(life).candidates] == [free]


def test_who_stops_between_the_list_and_the_message_is_not_written_to(life: Life) -> None:
    clients(life, "boris", days_ago=40)
    refs = approved(life, "anna")
    life.says("STOP", address=chat("anna"))
    sent = {ref.client_id: life.run_until_sent(ref) for ref in refs}
    assert sent == {"anna": "skipped", "boris": "sent"}


def test_far_from_their_date_nobody_is_asked(life: Life) -> None:
    clients(life, "anna", days_ago=10)
    tick(life)
    assert proposal(life).candidates == ()


# ── when nothing is left, or nobody answers ──────────────────────────────────────────────────────


def closed_tomorrow(life: Life) -> None:
    hours = {day: hours for day, hours in life.company.opening.items() if day != TOMORROW.weekday()}
    staff = [Staff("olga", "Olga", frozenset({"cut", "nails"}), hours)]
    life.store.save_catalogue("salon", [Service("cut", "Haircut", 60, 200_000)], staff)
    life.store.save_catalogue("salon", [], [replace(staff[0], staff_id="ira")])


def test_with_nothing_unsold_nobody_is_asked_and_nobody_bothered(life: Life) -> None:
    closed_tomorrow(life)
    clients(life, "anna")
    (made,) = tick(life)
    assert made.state is ProposalState.EMPTY
    assert tick(life) == []
    assert life.telegram.sent == []


def test_a_day_off_is_nobodys_empty_chair(life: Life) -> None:
    opening = {day: Hours(h.opens, h.closes) for day, h in life.company.opening.items() if day != 1}
    set_company(life, opening=opening)
    clients(life, "anna")
    assert tick(life) == []
    assert life.store.proposal("salon", TOMORROW) is None


def test_a_time_held_for_another_client_is_not_unsold(life: Life) -> None:
    noon = datetime(2026, 3, 3, 9, tzinfo=TEN.tzinfo)
    life.leases.lease("salon", [Slot("cut", "olga", noon, 60)], "j1", noon, life.clock.now())
    clients(life, "anna")
    tick(life)
    assert dict(proposal(life).unsold_minutes) == {"ira": 600, "olga": 540}


def test_when_the_last_time_has_gone_meanwhile_the_client_is_due_as_before(life: Life) -> None:
    clients(life, "anna")
    before = life.store.client("salon", "anna").due
    (ref,) = approved(life)
    closed_tomorrow(life)
    assert life.run_until_sent(ref) == "skipped"
    assert life.journey(ref).attempt.detail == "no_slots"
    after = life.store.client("salon", "anna").due
    assert [(d.due_on, d.next_on) for d in after] == [(d.due_on, d.next_on) for d in before]
    (day,) = life.store.funnel("salon", ON, ON)
    assert day.skipped == {"no_slots": 1}


def test_once_the_day_is_over_another_day_is_no_substitute(life: Life) -> None:
    (ref,) = approved(life, "anna")
    life.analyse.run(ref)
    life.reserve.run(ref)
    life.clock.time = datetime(2026, 3, 3, 18, tzinfo=TEN.tzinfo)  # nine in the evening, closed
    assert life.find_slots.run(ref)["status"] == "skipped"
    assert life.journey(ref).attempt.detail == "no_slots"


def test_times_are_named_even_where_messages_usually_name_none(life: Life) -> None:
    set_company(life, slots_in_message=False)
    (ref,) = approved(life, "anna")
    life.run_until_sent(ref)
    assert len(life.journey(ref).attempt.slots) == 3


def test_silence_ends_with_the_day_is_asked_once_and_refuses_nothing(life: Life) -> None:
    (ref,) = approved(life, "anna")
    life.run_until_sent(ref)
    life.clock.time = datetime(2026, 3, 3, 20, 59, tzinfo=TEN.tzinfo)  # a minute to midnight
    assert life.expire.tick() == 0
    life.clock.advance(minutes=1)
    assert life.expire.tick() == 1
    assert life.track.run(ref, life.outcome())["status"] == "done"
    assert life.journey(ref).completion is Completion.MAX_ATTEMPTS
    file = life.store.client("salon", "anna")
    assert file.active_journey_id == ""
    (due,) = file.due
    assert due.next_on == life.today + timedelta(days=14)
    assert life.store.arms("salon") == {}


def test_an_invitation_that_finds_another_journey_leaves_the_rest_as_it_was(life: Life) -> None:
    """Else one question too many would bring a client back whom another journey had let rest for months."""
    (ref,) = approved(life, "anna")
    (due,) = life.store.client("salon", "anna").due
    rest = replace(due, next_on=life.today + timedelta(days=60))
    life.store.commit([SaveDue(rest), ClaimClient("salon", "anna", "another")])
    assert life.analyse.run(ref)["status"] == "skipped"
    assert life.journey(ref).attempt.detail == "active_journey"
    assert [d.next_on for d in life.store.client("salon", "anna").due] == [rest.next_on]


def test_what_is_left_is_shared_out_among_those_asked(life: Life) -> None:
    """Two hours and two clients: none takes both."""
    hours = {TOMORROW.weekday(): Hours(time(10), time(12))}
    life.store.save_catalogue("salon", [], [Staff("olga", "Olga", frozenset({"cut"}), hours)])
    life.store.save_catalogue("salon", [], [Staff("ira", "Ira", frozenset(), hours)])
    refs = approved(life, "anna", "boris", "vera", "gleb", "dina")
    assert len(refs) == 2 * proposal(life).free_slots == 4
    told = [life.run_until_sent(ref) for ref in refs]
    assert told == ["sent", "sent", "skipped", "skipped"]
    first, second = (life.journey(ref).attempt.slots for ref in refs[:2])
    assert len(first) == len(second) == 1
    assert not first[0].overlaps(second[0])


# ── ticks that come twice, crash, or meet a broken CRM ───────────────────────────────────────────


def test_ticks_ask_once_and_start_once(life: Life) -> None:
    clients(life, "anna")
    for _ in range(3):
        tick(life)
    assert len(to_owner(life)) == 1
    life.says(button=YES, address=OWNER)
    states = [p.state for _ in range(3) for p in tick(life)]
    assert states == [ProposalState.STARTED]
    assert len(started(life)) == 1
    assert life.funnel()["due"] == 1


def test_before_three_nobody_is_asked_and_a_day_later_it_is_another_days_question(
    life: Life,
) -> None:
    clients(life, "anna")
    life.clock.advance(minutes=-1)
    assert tick(life) == []
    assert len(tick(life)) == 1
    life.clock.advance(days=1)
    (second,) = tick(life)
    assert second.on == TOMORROW + timedelta(days=1)


def test_when_the_sending_window_is_over_nobody_is_asked(life: Life) -> None:
    clients(life, "anna")
    life.clock.advance(hours=4)
    assert tick(life) == []


def test_a_word_to_the_owner_that_was_not_enqueued_is_by_the_next_tick(life: Life) -> None:
    clients(life, "anna")
    life.queue.broken = 1
    with pytest.raises(ExceptionGroup):
        life.empty_chairs.tick()
    assert proposal(life).state is ProposalState.ASKED
    assert to_owner(life) == []
    tick(life)
    tick(life)
    assert len(to_owner(life)) == 1


def test_a_campaign_that_could_not_be_started_is_by_the_next_tick(life: Life) -> None:
    clients(life, "anna")
    tick(life)
    life.says(button=YES, address=OWNER)
    life.orchestrator.broken = 1
    with pytest.raises(ExceptionGroup):
        life.empty_chairs.tick()
    assert proposal(life).state is ProposalState.APPROVED
    tick(life)
    assert len(started(life)) == 1


def test_a_crash_after_the_start_starts_nothing_twice_and_counts_once(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients(life, "anna")
    tick(life)
    life.says(button=YES, address=OWNER)
    with monkeypatch.context() as crashing:
        crashing.setattr(life.store, "commit", lost)
        with pytest.raises(ExceptionGroup):
            life.empty_chairs.tick()
    before = started(life)
    (moved,) = tick(life)
    assert moved.state is ProposalState.STARTED
    assert started(life) == before != []
    assert life.funnel()["due"] == 1


def lost(_changes: object) -> None:
    raise Unavailable("the table is away")


def test_another_companys_broken_crm_does_not_stop_this_one(life: Life) -> None:
    broken = replace(life.company, company_id="alone", crm=CrmKind.YCLIENTS)
    life.store.save_company(broken)
    clients(life, "anna")
    with pytest.raises(ExceptionGroup) as told:
        life.empty_chairs.tick()
    assert "YCLIENTS is not connected" in str(told.value.exceptions[0])
    life.deliver_all()
    assert len(to_owner(life)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"empty_chairs": EmptyChairs.OFF},
        {"enabled": False},
        {"owner": None},
        {"empty_chairs_limit": 0},
        {"daily_limit": 0},
    ],
)
def test_switched_off_means_off(life: Life, changed: dict[str, object]) -> None:
    set_company(life, **changed)
    clients(life, "anna")
    assert all(p.state is ProposalState.EMPTY for p in tick(life))
    assert life.telegram.sent == []
