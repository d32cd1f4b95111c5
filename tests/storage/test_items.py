"""Every domain object comes back from its item as it went in: a field that is not mapped fails here."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from comeback.bookings.model import Booking, Service, Staff
from comeback.changes import Audited, EventSeen, TouchConversation
from comeback.clients.model import Client, Consent, Visit, VisitStatus
from comeback.companies.identity import COMPANY_ID
from comeback.companies.model import Company
from comeback.conversations.model import Conversation, OutboxMessage
from comeback.reactivation.model import (
    DueService,
    Journey,
    JourneyState,
    Proposal,
    ServiceRule,
    SkipReason,
    Stage,
)
from comeback.storage import keys
from comeback.storage.holdings import Holding
from comeback.storage.items.audit import AuditedItem
from comeback.storage.items.base import Item, sortable
from comeback.storage.items.bookings import BookingItem, DayItem
from comeback.storage.items.chairs import ProposalItem
from comeback.storage.items.clients import ClientItem, ConsentItem, VisitItem
from comeback.storage.items.companies import (
    CompanyItem,
    CursorItem,
    RuleItem,
    ServiceItem,
    StaffItem,
)
from comeback.storage.items.conversations import ConversationItem, EventItem, OutboxItem
from comeback.storage.items.funnel import FunnelItem, name_of
from comeback.storage.items.reactivation import DueItem, JourneyItem
from hypothesis import given, settings
from hypothesis import strategies as st

MOMENTS = st.datetimes(timezones=st.just(UTC))
WORDS = st.text(max_size=20)
COMPANY_IDS = st.from_regex(COMPANY_ID, fullmatch=True)
"""Keys are made of no others."""

st.register_type_strategy(datetime, MOMENTS)  # this code base's rule: aware, UTC
st.register_type_strategy(float, st.floats(0, 1))  # the only floats stored are probabilities

MAPPED: dict[type[Any], tuple[Callable[[Any], Item], Callable[[Any], Any]]] = {
    Company: (
        lambda company: CompanyItem.of(company, keys.company(company.company_id)),
        lambda item: item.company(),
    ),
    Service: (lambda service: ServiceItem.of("salon", service), lambda item: item.service()),
    Staff: (lambda staff: StaffItem.of("salon", staff), lambda item: item.staff()),
    ServiceRule: (lambda rule: RuleItem.of("salon", rule), lambda item: item.rule()),
    Client: (ClientItem.of, lambda item: item.client()),
    Visit: (lambda visit: VisitItem.of("salon", "anna", visit), lambda item: item.visit()),
    Consent: (lambda consent: ConsentItem.of("salon", "anna", consent), lambda i: i.consent()),
    OutboxMessage: (OutboxItem.of, lambda item: item.message()),
    DueService: (DueItem.of, lambda item: item.due()),
    Journey: (JourneyItem.of, lambda item: item.journey()),
    Proposal: (ProposalItem.of, lambda item: item.proposal()),
    Booking: (lambda booking: BookingItem.of("salon", booking), lambda item: item.booking()),
    Audited: (AuditedItem.of, lambda item: item.audited()),
    Holding: (
        lambda h: DayItem.of("salon", "olga", date(2026, 3, 2), (h,), 1),
        lambda item: item.holdings[0].holding(),
    ),
}


def anything(kind: type[Any]) -> st.SearchStrategy[Any]:
    if "company_id" not in {f.name for f in fields(kind)}:
        return st.from_type(kind)
    return st.builds(lambda it, at: replace(it, company_id=at), st.from_type(kind), COMPANY_IDS)


def stored(item: Item) -> Item:
    return Item.from_raw_data(item.serialize())


@pytest.mark.parametrize("kind", MAPPED, ids=lambda kind: kind.__name__)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_round_trip(kind: type[Any], data: st.DataObject) -> None:
    before = data.draw(anything(kind))
    to_item, from_item = MAPPED[kind]
    item = to_item(before)
    read = stored(item)
    assert type(read) is type(item)
    assert read.key == item.key
    assert from_item(read) == before


@settings(max_examples=30, deadline=None)
@given(touch=anything(TouchConversation))
def test_round_trip_of_a_conversation(touch: TouchConversation) -> None:
    read = stored(ConversationItem.of(touch))
    assert isinstance(read, ConversationItem)
    head = Conversation(touch.address, touch.at, touch.minute_began, touch.in_minute)
    assert read.conversation() == head


@settings(max_examples=30, deadline=None)
@given(event=anything(EventSeen))
def test_round_trip_of_an_event(event: EventSeen) -> None:
    read = stored(EventItem.of(event))
    assert isinstance(read, EventItem)
    assert read.outbox() == event.outbox


@settings(max_examples=30, deadline=None)
@given(cursor=st.dictionaries(WORDS, WORDS, max_size=5))
def test_round_trip_of_a_cursor(cursor: dict[str, str]) -> None:
    read = stored(CursorItem.of("salon", "delta", cursor))
    assert isinstance(read, CursorItem)
    assert read.cursor == cursor


@settings(max_examples=40, deadline=None)
@given(journey=anything(Journey))
def test_only_a_waiting_journey_stands_in_the_wait_index(journey: Journey) -> None:
    waits = journey.state is JourneyState.WAITING and journey.attempt.deadline is not None
    assert (JourneyItem.of(journey).first_pk is not None) is waits


@given(moments=st.lists(MOMENTS, min_size=2, max_size=5))
def test_keys_made_of_moments_sort_by_time(moments: list[datetime]) -> None:
    assert sorted(moments, key=sortable) == sorted(moments)


def test_the_funnel_lists_every_stage_and_every_reason() -> None:
    wanted = {name_of(stage) for stage in Stage} | {name_of(Stage.SKIPPED, r) for r in SkipReason}
    assert wanted <= set(FunnelItem.get_attributes())


def test_what_an_older_version_wrote_reads_with_the_defaults_of_today() -> None:
    visit = Visit("v1", "cut", "olga", datetime(2026, 1, 1, tzinfo=UTC), VisitStatus.COMPLETED)
    raw = VisitItem.of("salon", "anna", visit).serialize()
    del raw["timed"]
    read = Item.from_raw_data(raw)
    assert isinstance(read, VisitItem)
    assert read.visit() == visit
