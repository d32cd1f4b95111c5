"""A rule that the owner changes, on the table: the due list follows, and nobody's rest or visit is lost by it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from comeback.changes import SaveDue, SaveRule
from comeback.errors import Conflict, NotFound
from comeback.reactivation import rule_change
from comeback.reactivation.effect import Counted, redate
from comeback.reactivation.model import DueService, Interval, IntervalSource, ServiceRule
from comeback.reactivation.refit import Refit
from comeback.reactivation.rule_change import EVENT, READ_AT_MOST, RuleChange, stored_rule
from comeback.storage.store import DynamoStore

from tests.fakes.queues import FakeEvents
from tests.storage.life import ON, TEN, Life, NoModels
from tests.storage.wire import Wire


@pytest.fixture
def life(store: DynamoStore) -> Life:
    """Due after four weeks by default: anna for a month, bella in a week."""
    made = Life(store)
    made.open_salon()
    made.client("anna", days_ago=60)
    made.client("bella", days_ago=21)
    return made


@pytest.fixture
def events() -> FakeEvents:
    return FakeEvents()


@pytest.fixture
def change(life: Life, events: FakeEvents) -> RuleChange:
    return RuleChange(life.store, events, life.clock, lambda: 100.0)


def by_hand(life: Life, days: int, **told: object) -> ServiceRule:
    rule = stored_rule(life.store, "salon", "cut")
    intervals = {**rule.intervals, IntervalSource.MANUAL: Interval(days, "I know them")}
    return replace(rule, intervals=intervals, **told)  # type: ignore[arg-type]  # fields by name


def due_today(life: Life) -> list[str]:
    return sorted(entry.client_id for entry in life.store.due("salon", ON))


def test_a_rule_change_alters_the_due_list_as_the_preview_said(
    life: Life, change: RuleChange
) -> None:
    assert due_today(life) == ["anna"]
    told = change.preview("salon", by_hand(life, 14))
    assert (told.complete, told.effect.today) == (True, Counted(1, 2, 1, 0))
    assert (told.effect.entries, told.effect.moved) == (2, 2)
    assert due_today(life) == ["anna"], "a preview writes nothing"
    assert change.save("salon", by_hand(life, 14), "user-1").renewed == 2
    assert due_today(life) == ["anna", "bella"]
    assert change.preview("salon", by_hand(life, 365)).effect.ahead == Counted(2, 0, 0, 2)
    change.save("salon", by_hand(life, 365), "user-1")
    assert due_today(life) == []
    audited = life.store.audit("salon", "", 10)[0]
    assert (audited.user_id, audited.target, audited.fields) == ("user-1", "cut", ("intervals",))


def test_a_paused_rule_leaves_nobody_due_and_is_taken_up_again_at_once(
    life: Life, change: RuleChange
) -> None:
    paused = replace(stored_rule(life.store, "salon", "cut"), active=False)
    assert change.preview("salon", paused).effect.today == Counted(1, 0, 0, 1)
    change.save("salon", paused, "user-1")
    assert life.detect.campaign(life.company, TEN) is None
    back = replace(stored_rule(life.store, "salon", "cut"), active=True)
    assert change.preview("salon", back).effect.today == Counted(0, 1, 1, 0)
    change.save("salon", back, "user-1")
    campaign = life.detect.campaign(life.company, TEN)
    assert campaign
    assert campaign.due == 1


def test_a_rest_outlives_a_rule_that_was_tried_and_taken_back(
    life: Life, change: RuleChange
) -> None:
    (anna,) = life.store.client("salon", "anna").due
    until = ON + timedelta(days=60)
    life.store.commit([SaveDue(anna.resting(until))])
    before = stored_rule(life.store, "salon", "cut")
    change.save("salon", by_hand(life, 365), "user-1")
    change.save("salon", replace(before, version=1), "user-1")
    (again,) = life.store.client("salon", "anna").due
    assert (again.due_on, again.next_on) == (anna.due_on, until)


def test_who_is_written_in_the_same_moment_is_dated_by_what_was_written(
    life: Life, change: RuleChange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index told of an entry that a journey has put to rest since."""
    (anna,) = life.store.client("salon", "anna").due
    until = ON + timedelta(days=60)
    stale = [anna]
    life.store.commit([SaveDue(anna.resting(until))])
    monkeypatch.setattr(life.store, "due", lambda *_: stale)
    change.save("salon", by_hand(life, 14), "user-1")
    (again,) = life.store.client("salon", "anna").due
    assert (again.next_on, again.source) == (until, IntervalSource.MANUAL)


def test_who_is_gone_meanwhile_stays_gone(
    life: Life, change: RuleChange, monkeypatch: pytest.MonkeyPatch
) -> None:
    dues = list(life.store.due("salon", rule_change.EVER))
    life.store.erase("salon", "anna")
    monkeypatch.setattr(life.store, "due", lambda *_: dues)
    change.save("salon", by_hand(life, 14), "user-1")
    assert sorted(life.store.clients("salon")) == ["bella"]
    with pytest.raises(NotFound):
        life.store.client("salon", "anna")


def test_two_owners_do_not_overwrite_each_other_and_a_repeated_call_is_no_other(
    life: Life, change: RuleChange
) -> None:
    mine, theirs = by_hand(life, 14), by_hand(life, 21)
    change.save("salon", mine, "user-1")
    with pytest.raises(Conflict):
        change.save("salon", theirs, "user-1")
    assert change.save("salon", mine, "user-1").renewed == 0


def test_a_large_companys_dates_follow_by_the_queue_in_several_runs(
    life: Life, events: FakeEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_change, "AT_ONCE", 1)
    enough = RuleChange(life.store, events, life.clock, lambda: 100.0)
    assert not enough.save("salon", by_hand(life, 14), "user-1").through
    assert events.published == [("salon", EVENT, {"service_id": "cut"}, 0)]
    no_time = RuleChange(life.store, events, life.clock, lambda: 0.0)
    no_time.handle("salon", {"service_id": "cut"})
    assert len(events.published) == 2
    enough.handle("salon", {"service_id": "cut"})
    assert due_today(life) == ["anna", "bella"]
    enough.handle("salon", {"service_id": "cut"})
    assert len(events.published) == 2


def test_what_a_crash_has_left_the_nightly_refit_dates(life: Life, change: RuleChange) -> None:
    saved = by_hand(life, 14)
    life.store.commit([SaveRule("salon", saved)])
    assert due_today(life) == ["anna"]
    Refit(life.store, NoModels(), life.clock).tick()
    assert due_today(life) == ["anna", "bella"]
    assert change.save("salon", replace(saved, version=saved.version + 1), "user-1").renewed == 0


def test_a_preview_reads_so_much_and_no_more(
    life: Life, change: RuleChange, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = by_hand(life, 14)
    wire.counted()
    change.preview("salon", rule)
    assert wire.counted() == {"GetItem": 1, "Query": 2}
    monkeypatch.setattr(rule_change, "READ_AT_MOST", 1)
    told = change.preview("salon", by_hand(life, 14))
    assert (told.complete, told.effect.entries) == (False, 1)
    assert READ_AT_MOST > 1


def test_what_is_not_the_companys_is_not_found(change: RuleChange) -> None:
    with pytest.raises(NotFound):
        change.handle("salon", {"service_id": "nothing"})


def test_an_entry_is_written_over_what_was_read_alone(life: Life) -> None:
    """As `SaveDue` says: an entry that moved on is not taken back."""
    (anna,) = life.store.client("salon", "anna").due
    fresh = redate(anna, by_hand(life, 14))
    rested: DueService = anna.resting(ON + timedelta(days=3))
    life.store.commit([SaveDue(rested)])
    with pytest.raises(Conflict):
        life.store.commit([SaveDue(fresh, over=anna)])
    life.store.commit([SaveDue(fresh, over=rested)])
    assert life.store.client("salon", "anna").due == (fresh,)


def test_a_paused_services_clients_stand_on_no_list(life: Life, change: RuleChange) -> None:
    paused = replace(stored_rule(life.store, "salon", "cut"), active=False)
    change.save("salon", paused, "user-1")
    assert due_today(life) == ["anna"], "the entry waits for the rule to be taken up again"
    catalogue = life.store.catalogue("salon")
    assert list(catalogue.live(life.store.due("salon", ON))) == []
    anna = life.store.client("salon", "anna")
    assert list(catalogue.live(anna.due)) == []
