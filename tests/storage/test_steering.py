"""What a person at the wheel reads and writes, on the fake and on the table: both keep one contract."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from comeback.changes import (
    CallPerson,
    KeepWords,
    ReleasePerson,
    SaveClient,
    SaveJourney,
    TakeOver,
)
from comeback.clients.model import Client
from comeback.companies.model import BusinessType, Company
from comeback.conversations.model import (
    Address,
    ChannelKind,
    Heard,
    MessageReceived,
    Person,
)
from comeback.errors import Conflict, Erased
from comeback.ports import Reservation, Store
from comeback.reactivation.journey_list import LOOKED_THROUGH, JourneyList, Place, Wanted
from comeback.reactivation.model import Attempt, Journey, JourneyState, Outcome
from comeback.storage.limits import DynamoLimits
from comeback.storage.store import DynamoStore

from tests.fakes.paced_limits import PacedLimits
from tests.fakes.store import FakeStore

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ON = date(2026, 3, 2)
CHAT = Address(ChannelKind.TELEGRAM, "1001")
COMPANY = Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY)


@pytest.fixture(params=["fake", "real"])
def both(request: pytest.FixtureRequest) -> Store:
    return FakeStore() if request.param == "fake" else request.getfixturevalue("store")


def know(store: Store, *client_ids: str) -> None:
    store.commit([SaveClient(Client("salon", each, each.title())) for each in client_ids])


def journey(journey_id: str, days_ago: int = 0, **changed: object) -> Journey:
    on = ON - timedelta(days=days_ago)
    made = Journey("salon", "anna", "cut", journey_id, on, NOW - timedelta(days=days_ago))
    return replace(made, **changed)  # type: ignore[arg-type]  # as they are named


# ── a person answers ─────────────────────────────────────────────────────────────────────────────


def test_who_is_called_comes_and_leaves(both: Store) -> None:
    know(both, "anna", "bella")
    both.commit([CallPerson("salon", "anna", NOW)])
    both.commit([CallPerson("salon", "bella", NOW - timedelta(hours=1))])
    assert [client for client, _ in both.people("salon")] == ["bella", "anna"]
    assert not both.client("salon", "anna").taken_over
    with pytest.raises(Conflict):
        both.commit([CallPerson("salon", "anna", NOW + timedelta(hours=1))])
    both.commit([TakeOver("salon", "anna", NOW, "user-1")])
    file = both.client("salon", "anna")
    assert (file.person, file.taken_over) == (Person(NOW, "user-1"), True)
    both.commit([ReleasePerson("salon", "anna")])
    assert both.client("salon", "anna").person is None
    assert [client for client, _ in both.people("salon")] == ["bella"]


def test_words_are_kept_once_and_in_order(both: Store) -> None:
    know(both, "anna")
    late = Heard.of(MessageReceived("tg.2", CHAT, NOW, "second"))
    early = Heard.of(MessageReceived("tg.1", CHAT, NOW - timedelta(minutes=1), "", "slot:j:1:1"))
    for each in (late, early, late):
        both.commit([KeepWords("salon", "anna", each)])
    assert list(both.heard("salon", "anna")) == [early, late]
    assert [each.text for each in both.heard("salon", "anna")] == ["slot:j:1:1", "second"]


def test_of_who_was_erased_no_words_remain(both: Store) -> None:
    know(both, "anna")
    words = KeepWords("salon", "anna", Heard.of(MessageReceived("tg.1", CHAT, NOW, "hello")))
    both.commit([words, TakeOver("salon", "anna", NOW, "user-1")])
    both.erase("salon", "anna")
    assert list(both.heard("salon", "anna")) == []
    assert list(both.people("salon")) == []
    with pytest.raises(Erased):
        both.commit([words])


def test_what_a_client_said_is_sealed(store: DynamoStore) -> None:
    know(store, "anna")
    store.commit([KeepWords("salon", "anna", Heard.of(MessageReceived("e", CHAT, NOW, "secret")))])
    raw = store.table.connection.query(store.table.name, "CO#salon#CL#anna")
    assert "secret" not in repr(raw)


# ── lists ────────────────────────────────────────────────────────────────────────────────────────


def test_profiles_of_some(both: Store) -> None:
    know(both, "anna", "bella", "clara")
    found = both.profiles("salon", ["anna", "clara", "nobody"])
    assert {each: client.name for each, client in found.items()} == {
        "anna": "Anna",
        "clara": "Clara",
    }
    assert both.profiles("salon", []) == {}


def test_journeys_of_a_day_go_on_behind_one(both: Store) -> None:
    know(both, "anna")
    for name in ("jc", "ja", "jb"):
        both.commit([SaveJourney(journey(name))])
    assert [j.journey_id for j in both.journeys_on("salon", ON)] == ["ja", "jb", "jc"]
    assert [j.journey_id for j in both.journeys_on("salon", ON, "ja")] == ["jb", "jc"]


@pytest.fixture
def listed(both: Store) -> JourneyList:
    know(both, "anna")
    told = Attempt(1, address=CHAT, outcome=Outcome.BOOKED)
    for n in range(7):
        attempt = told if n % 2 else Attempt(1)
        state = JourneyState.FINISHED if n % 2 else JourneyState.WAITING
        both.commit([SaveJourney(journey(f"j{n}", n // 2, attempt=attempt, state=state))])
    return JourneyList(both)


def through(listed: JourneyList, wanted: Wanted, limit: int) -> list[str]:
    seen: list[str] = []
    place: Place | None = None
    while True:
        page = listed.page("salon", wanted, limit, place)
        assert len(page.found) <= limit
        seen += [j.journey_id for j in page.found]
        place = page.following
        if place is None:
            return seen


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_hold_each_once_the_newest_day_first(listed: JourneyList, limit: int) -> None:
    wanted = Wanted(ON - timedelta(days=90), ON)
    assert through(listed, wanted, limit) == [f"j{n}" for n in range(7)]
    assert through(listed, Wanted(ON - timedelta(days=1), ON), limit) == ["j0", "j1", "j2", "j3"]


@pytest.mark.parametrize(
    ("filtered", "left"),
    [
        ({"states": [JourneyState.FINISHED]}, ["j1", "j3", "j5"]),
        ({"outcome": Outcome.BOOKED}, ["j1", "j3", "j5"]),
        ({"channel": ChannelKind.TELEGRAM}, ["j1", "j3", "j5"]),
        ({"channel": ChannelKind.WHATSAPP}, []),
        ({"service_id": "nails"}, []),
    ],
)
def test_filters(listed: JourneyList, filtered: dict[str, object], left: list[str]) -> None:
    wanted = replace(Wanted(ON - timedelta(days=5), ON), **filtered)  # type: ignore[arg-type]  # by name
    assert through(listed, wanted, 2) == left


def test_a_filter_that_finds_nothing_ends_a_page_all_the_same() -> None:
    store = FakeStore()
    know(store, "anna")
    for n in range(LOOKED_THROUGH + 1):
        store.commit([SaveJourney(journey(f"j{n:04}"))])
    page = JourneyList(store).page("salon", Wanted(ON, ON, service_id="nails"), 10)
    assert (page.found, page.following) == ((), Place(ON, f"j{LOOKED_THROUGH - 1:04}"))


# ── limits ───────────────────────────────────────────────────────────────────────────────────────


def test_reserved_is_what_was_taken_today_and_yesterday(store: DynamoStore) -> None:
    store.save_company(COMPANY)
    real, fake = DynamoLimits(store), PacedLimits(store.accounts)
    for n, hours in enumerate((-72, -24, -23, 0, 1)):
        for limits in (real, fake):
            limits.reserve_minute(
                COMPANY, ChannelKind.TELEGRAM, f"k{n}", NOW + timedelta(hours=hours)
            )
    told: list[list[Reservation]] = [
        sorted(limits.reserved(COMPANY, NOW), key=lambda r: r.at) for limits in (real, fake)
    ]
    assert told[0] == told[1]
    assert "k0" not in {r.reserved_by for r in told[0]}
    assert {"k3", "k4"} <= {r.reserved_by for r in told[0]}
