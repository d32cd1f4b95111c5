"""A sync brings everything in once, whatever interrupts it, and then what changed."""

from datetime import timedelta

import pytest
from comeback.clients.model import Consent, VisitStatus, may_market
from comeback.clients.sync import BUSY, OVERLAP, SyncTick
from comeback.companies.model import Company
from comeback.conversations.model import ChannelKind, Purpose
from comeback.errors import RateLimited, Unavailable

from tests.fakes.clock import NOON
from tests.fakes.crm import FakeCrm
from tests.fakes.store import FakeStore

from .conftest import COMPANY, LONG_BEFORE, Salon, a_client, a_record

STATED = Consent(Purpose.MARKETING, True, NOON, "owner", "v1")


def contents(store: FakeStore) -> dict[str, tuple[object, ...]]:
    files = {i: store.client("salon", i) for i in sorted(store.clients("salon"))}
    return {
        i: (f.client.name, f.client.addresses, f.visits, f.due, bool(f.consents))
        for i, f in files.items()
    }


def test_everything_comes_in_with_due_dates_from_all_pages(salon: Salon) -> None:
    assert salon.sync.run("salon", "full")

    file = salon.file(2)
    assert [v.visit_id for v in file.visits] == ["102", "104"]
    assert file.due[0].last_visit_on == (LONG_BEFORE + timedelta(days=4)).date()
    assert file.due[0].visits == 2
    assert salon.store.catalogue("salon").staff["7"].name == "Olga"


def test_interrupted_before_and_after_any_call_it_ends_the_same(salon: Salon) -> None:
    salon.sync.run("salon", "full", STATED)
    whole, calls = contents(salon.store), len(salon.crm.calls)

    for broken_at in range(calls):
        again = fresh(salon.crm)
        again.crm.broken = [*[None] * broken_at, Unavailable("on order")]
        with pytest.raises(Unavailable):
            again.sync.run("salon", "full", STATED)
        assert again.sync.run("salon", "full", STATED)
        assert contents(again.store) == whole


@pytest.mark.parametrize("page", range(7))
def test_a_crash_between_page_and_cursor_repeats_the_page_harmlessly(
    salon: Salon, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    salon.sync.run("salon", "full")
    whole = contents(salon.store)
    again = fresh(salon.crm)
    save, left = again.store.save_cursor, [page]

    def crash(*args: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            monkeypatch.undo()
            raise Unavailable("crash")
        save(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(again.store, "save_cursor", crash)
    with pytest.raises(Unavailable):
        again.sync.run("salon", "full")
    assert again.sync.run("salon", "full")
    assert contents(again.store) == whole


def test_out_of_time_it_goes_on_by_a_message(salon: Salon) -> None:
    salon.seconds_left = 10
    assert not salon.sync.run("salon", "full")
    (_, kind, detail, delay) = salon.events.published[0]
    assert (kind, detail["name"], delay) == ("crm.sync", "full", 0)

    salon.seconds_left = 100
    salon.sync.handle("salon", detail)
    assert salon.sync.run("salon", "delta")
    assert len(list(salon.store.clients("salon"))) == 3


def test_a_late_continuation_of_a_finished_sync_does_nothing(salon: Salon) -> None:
    salon.seconds_left = 10
    salon.sync.run("salon", "full")
    late = salon.events.published[0][2]
    salon.seconds_left = 100
    salon.sync.handle("salon", late)
    calls = list(salon.crm.calls)

    salon.sync.handle("salon", late)
    salon.sync.handle("salon", {"name": "full", "job": "2020-01-01T00:00:00+00:00"})
    assert salon.crm.calls == calls


def half_done(salon: Salon) -> None:
    """A tick's sync ran out of time; its continuation is still in the queue."""
    salon.seconds_left = 10
    salon.sync.handle("salon", {"name": "full", "asked": "first tick"})
    salon.seconds_left = 100
    salon.events.published.clear()
    salon.crm.calls.clear()


def test_a_tick_does_not_join_a_sync_that_runs(salon: Salon) -> None:
    half_done(salon)
    salon.clock.advance(seconds=BUSY.total_seconds() - 1)
    statement = {"consent_source": "owner", "consent_text_version": "v1"}
    salon.sync.handle("salon", {"name": "full", "asked": "next tick", **statement})
    assert (salon.crm.calls, salon.events.published) == ([], [])
    consent = salon.directory.consent(COMPANY)
    assert consent is not None
    assert consent.text_version == "v1"


def test_a_tick_takes_up_a_sync_that_died(salon: Salon) -> None:
    half_done(salon)
    salon.clock.advance(seconds=BUSY.total_seconds() + 1)
    salon.sync.handle("salon", {"name": "full", "asked": "next tick"})
    assert len(list(salon.store.clients("salon"))) == 3


def test_a_sync_that_waits_for_the_crm_runs(salon: Salon) -> None:
    salon.crm.broken = [None, None, None, RateLimited("slow down", retry_after=600)]
    salon.sync.handle("salon", {"name": "full", "asked": "first tick"})
    salon.clock.advance(seconds=BUSY.total_seconds() + 599)
    calls = list(salon.crm.calls)
    salon.sync.handle("salon", {"name": "full", "asked": "next tick"})
    assert salon.crm.calls == calls


def test_the_message_that_began_a_sync_goes_on_with_it_when_it_comes_again(salon: Salon) -> None:
    salon.crm.broken = [None, None, None, Unavailable("on order")]
    began = {"name": "full", "asked": "first tick"}
    with pytest.raises(Unavailable):
        salon.sync.handle("salon", began)
    salon.sync.handle("salon", began)
    assert len(list(salon.store.clients("salon"))) == 3
    assert salon.crm.calls.count("services") == 1


def test_no_two_ticks_are_the_same_message(salon: Salon) -> None:
    tick = SyncTick(salon.store, salon.events, salon.clock)
    for _ in range(2):
        tick.tick()
        salon.clock.advance(minutes=30)
    first, second = (detail["asked"] for _, _, detail, _ in salon.events.published)
    assert first != second


def test_asked_to_wait_it_goes_on_after_that_long(salon: Salon) -> None:
    salon.crm.broken = [None, None, None, RateLimited("slow down", retry_after=12.3)]
    assert not salon.sync.run("salon", "full")
    assert salon.events.published[0][3] == 13
    assert salon.sync.run("salon", "full")
    assert salon.crm.calls.count("services") == 1, "the stage that was through is not repeated"


def test_without_the_owners_statement_nobody_may_be_marketed_to(salon: Salon) -> None:
    salon.sync.run("salon", "full")
    assert not may_market(salon.file(1).consents, ChannelKind.WHATSAPP)


def test_the_owners_statement_is_kept_for_clients_that_come_later(salon: Salon) -> None:
    detail = {"name": "full", "consent_source": "owner", "consent_text_version": "v1"}
    salon.sync.handle("salon", detail)
    assert may_market(salon.file(1).consents, ChannelKind.WHATSAPP)

    salon.crm.on_records["200"] = a_record(200, 9, changed_at=NOON)
    salon.tell("record", 200)
    (consent,) = salon.file(9).consents
    assert (consent.source, consent.text_version) == ("owner", "v1")


def test_delta_follows_what_changed_and_asks_for_nothing_else(salon: Salon) -> None:
    salon.sync.run("salon", "full")
    salon.clock.advance(hours=1)
    salon.crm.mark("103", VisitStatus.NO_SHOW, salon.clock.now())
    salon.crm.on_records["105"] = a_record(
        105, 1, NOON + timedelta(days=3), VisitStatus.BOOKED, salon.clock.now()
    )
    salon.crm.calls.clear()

    assert salon.sync.run("salon", "delta")
    assert salon.file(3).visits[0].status is VisitStatus.NO_SHOW
    assert salon.file(1).visits[-1].visit_id == "105"
    assert sorted(salon.crm.calls) == ["record 103", "record 105", "records 1", "services", "staff"]


def test_delta_overlaps_so_that_a_lost_webhook_is_made_good(salon: Salon) -> None:
    salon.sync.run("salon", "full")
    salon.crm.mark("103", VisitStatus.NO_SHOW, NOON - OVERLAP)
    salon.clock.advance(hours=1)
    salon.sync.run("salon", "delta")
    assert salon.file(3).visits[0].status is VisitStatus.NO_SHOW

    salon.crm.calls.clear()
    salon.sync.run("salon", "delta")
    assert "record 103" not in salon.crm.calls, "what the file has costs no request"


def test_a_repeated_full_sync_keeps_the_journey_that_won_a_visit(salon: Salon) -> None:
    salon.sync.run("salon", "full")
    won = salon.file(1).visits[0]
    items = salon.store._items["client", "salon", "yc1"]
    from dataclasses import replace

    items["visit", won.visit_id] = replace(won, source="comeback", journey_id="j1")
    salon.sync.run("salon", "full")
    assert salon.file(1).visits[0].journey_id == "j1"


def test_a_client_who_wrote_first_is_recognised_by_the_number(salon: Salon) -> None:
    from comeback.changes import BindAddress, SaveClient
    from comeback.clients.model import Client

    address = a_client(1).addresses[0]
    early = Client("salon", "c123", "Anna", addresses=(address,))
    salon.store.commit([SaveClient(early), BindAddress("salon", "c123", address)])

    salon.sync.run("salon", "full")
    file = salon.store.client("salon", "c123")
    assert file.client.crm_id == "1"
    assert len(file.visits) == 2
    assert "yc1" not in salon.store.clients("salon")


def test_the_tick_asks_for_all_of_it_until_that_was_done(salon: Salon) -> None:
    salon.store.save_company(Company("plain", "No CRM", "Europe/Moscow", COMPANY.business_type))
    tick = SyncTick(salon.store, salon.events, salon.clock)
    assert tick.tick() == 1
    salon.sync.run("salon", "full")
    tick.tick()
    assert [(c, d["name"]) for c, _, d, _ in salon.events.published] == [
        ("salon", "full"),
        ("salon", "delta"),
    ]


def fresh(crm: FakeCrm) -> Salon:
    """The same CRM, an empty table."""
    again = Salon(crm=crm)
    again.store.save_company(COMPANY)
    crm.broken, crm.calls = [], []
    return again


@pytest.mark.parametrize("name", ["full", "delta"])
def test_who_was_erased_does_not_come_back_with_the_crm(salon: Salon, name: str) -> None:
    salon.sync.run("salon", "full")
    salon.store.erase("salon", "yc1")
    salon.clock.advance(hours=1)
    salon.crm.on_records["105"] = a_record(
        105, 1, NOON + timedelta(days=3), VisitStatus.BOOKED, salon.clock.now()
    )
    assert salon.sync.run("salon", name)
    assert "yc1" not in set(salon.store.clients("salon"))
    assert salon.file(3).visits
