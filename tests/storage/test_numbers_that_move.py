"""A number goes from one client file to another with the CRM's cards, and a STOP goes with it (promise 4). On the fake store and
on the real one.

Long on purpose: one salon's hands serve every order in which cards, words and numbers can meet.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from comeback.clients.catalogue import CatalogueSync
from comeback.clients.crm_events import CrmChanged
from comeback.clients.crm_records import RecordFollower
from comeback.clients.directory import Directory
from comeback.clients.model import Client, Consent, Visit, VisitStatus, may_market, opted_out
from comeback.clients.sync import CrmSync
from comeback.companies.model import BusinessType, Company, CrmKind
from comeback.conversations.consent import ConsentTalk
from comeback.conversations.model import Address, ChannelKind, MessageReceived, Purpose
from comeback.conversations.receive import Receive
from comeback.errors import Conflict, Erased, Unavailable
from comeback.ports import ClientFile, CrmRecord, Effects, Store
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.clock import FixedClock
from tests.fakes.crm import FakeCrm, FakeCrms
from tests.fakes.queues import FakeEvents, FakeOrchestrator, FakeQueue
from tests.fakes.store import FakeStore
from tests.fakes.stub_dialogue import StubDialogue

COMPANY = Company(
    "salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY, crm=CrmKind.YCLIENTS, crm_company_id="1"
)
MISTYPED, RIGHT, OTHER = "79161234501", "79161234502", "79161234503"


class NothingFollows:
    """The VisitFollowUp port."""

    def due(self, *_: Any) -> tuple[()]:
        return ()

    def landed(self, *_: Any) -> Effects:
        return Effects()


def number(digits: str) -> Address:
    return Address(ChannelKind.WHATSAPP, digits)


def card(n: int, digits: str) -> Client:
    addresses = (number(digits),)
    return Client(
        "salon", f"yc{n}", f"Client {n}", f"+{digits}", addresses=addresses, crm_id=f"{n}"
    )


@dataclass
class Salon:
    """Whose owner has stated that the CRM's clients agreed to offers."""

    store: Store
    crm: FakeCrm = field(default_factory=FakeCrm)
    clock: FixedClock = field(default_factory=FixedClock)
    said: int = 0

    def __post_init__(self) -> None:
        self.store.save_company(COMPANY)
        crms, queue, orchestrator = FakeCrms(self.crm), FakeQueue(), FakeOrchestrator()
        directory = Directory(self.store, self.clock)
        stated = Consent(Purpose.MARKETING, True, self.clock.now(), "owner", "v1")
        directory.remember_consent(COMPANY, stated)
        records = RecordFollower(
            self.store, crms, directory, NothingFollows(), queue, orchestrator, self.clock
        )
        catalogue = CatalogueSync(self.store, crms)
        self.changed = CrmChanged(self.store, crms, directory, records, catalogue)
        self.records = records
        self.sync = CrmSync(
            self.store, crms, directory, records, catalogue, NothingFollows(), FakeEvents(),
            self.clock, lambda: 100.0,
        )  # fmt: skip
        talk = ConsentTalk(self.store, lambda _: {"telegram_webhook_secret": "x"})
        self.receive = Receive(
            self.store, queue, orchestrator, StubDialogue(), talk, self.clock, {}
        )

    def told_of_card(self, n: int, digits: str) -> None:
        """The webhook of a card whose number is this by now."""
        kept = [client for client in self.crm.on_clients if client.crm_id != f"{n}"]
        self.crm.on_clients = [*kept, card(n, digits)]
        self.clock.advance(minutes=1)
        detail = {"resource": "client", "id": f"{n}", "status": "update", "key": "k"}
        self.changed.handle("salon", detail)

    def told_of_record(self, n: int, digits: str) -> bool:
        """A record of a card whose number is this by now."""
        self.clock.advance(minutes=1)
        self.said += 1
        visit = Visit(f"r{self.said}", "10", "7", self.clock.now(), VisitStatus.BOOKED)
        told = CrmRecord(f"{n}", f"Client {n}", f"+{digits}", visit, self.clock.now())
        self.crm.on_records[visit.visit_id] = told
        return self.records.follow(COMPANY, visit.visit_id, f"e{self.said}", f"{n}")

    def synced(self) -> None:
        """All of the book, as a first run brings it in."""
        self.clock.advance(minutes=1)
        self.store.save_cursor("salon", "crm_full", {})
        assert self.sync.run("salon", "full")

    def writes(self, digits: str, words: str) -> None:
        self.clock.advance(minutes=1)
        self.said += 1
        event = MessageReceived(f"wa.{self.said}", number(digits), self.clock.now(), words)
        self.receive.receive("salon", event)

    def presses(self, digits: str, button: str) -> None:
        self.clock.advance(minutes=1)
        self.said += 1
        now = self.clock.now()
        event = MessageReceived(f"wa.{self.said}", number(digits), now, "", button_id=button)
        self.receive.receive("salon", event)

    def file(self, client_id: str) -> ClientFile:
        return self.store.client("salon", client_id)

    def whose(self, digits: str) -> str:
        return self.store.client_at("salon", number(digits)) or ""

    def naming(self, digits: str) -> list[ClientFile]:
        """Files that would be written to there."""
        files = [self.file(client_id) for client_id in self.store.clients("salon")]
        return [file for file in files if number(digits) in file.client.addresses]

    def may_be_offered(self, digits: str) -> bool:
        return any(may_market(f.consents, ChannelKind.WHATSAPP) for f in self.naming(digits))


@pytest.fixture(params=["fake", "real"])
def salon(request: pytest.FixtureRequest) -> Salon:
    return Salon(FakeStore() if request.param == "fake" else request.getfixturevalue("store"))


@pytest.fixture(params=["client", "record"])
def tells(request: pytest.FixtureRequest, salon: Salon) -> Any:
    """Both ways on which a card's number comes in."""
    return salon.told_of_card if request.param == "client" else salon.told_of_record


# ── a mistyped number is mended ──────────────────────────────────────────────────────────────────


def test_a_stop_comes_along_with_the_number_that_a_card_is_given(salon: Salon, tells: Any) -> None:
    tells(1, MISTYPED)
    salon.writes(RIGHT, "стоп")
    newcomer = salon.whose(RIGHT)
    assert newcomer not in ("", "yc1")
    assert salon.may_be_offered(MISTYPED)

    tells(1, RIGHT)
    assert salon.whose(RIGHT) == "yc1"
    assert salon.file("yc1").client.addresses == (number(RIGHT),)
    assert opted_out(salon.file("yc1").consents)
    assert salon.file(newcomer).client.addresses == ()
    assert opted_out(salon.file(newcomer).consents)
    assert not salon.may_be_offered(RIGHT)


def test_a_stop_outlasts_a_consent_of_the_card_that_is_newer(salon: Salon, tells: Any) -> None:
    """It was the owner's statement, about somebody whose number the card did not know."""
    salon.writes(RIGHT, "стоп")
    tells(1, MISTYPED)
    tells(1, RIGHT)
    assert opted_out(salon.file("yc1").consents)
    assert not salon.may_be_offered(RIGHT)


def test_a_later_yes_of_their_own_is_obeyed(salon: Salon, tells: Any) -> None:
    salon.writes(RIGHT, "стоп")
    tells(1, MISTYPED)
    tells(1, RIGHT)
    salon.clock.advance(days=1)
    salon.presses(RIGHT, "consent:yes")
    assert salon.may_be_offered(RIGHT)


def test_who_writes_to_a_mended_card_is_found_there(salon: Salon, tells: Any) -> None:
    salon.writes(RIGHT, "привет")
    tells(1, MISTYPED)
    tells(1, RIGHT)
    salon.writes(RIGHT, "стоп")
    assert opted_out(salon.file("yc1").consents)


# ── one number on two cards ──────────────────────────────────────────────────────────────────────


def test_a_second_card_with_the_number_gets_no_consent_over_a_stop(
    salon: Salon, tells: Any
) -> None:
    tells(1, RIGHT)
    salon.writes(RIGHT, "стоп")
    tells(2, RIGHT)
    assert salon.whose(RIGHT) == "yc2"
    assert [f.client.client_id for f in salon.naming(RIGHT)] == ["yc2"]
    assert not any(consent.granted for consent in salon.file("yc2").consents)
    assert not salon.may_be_offered(RIGHT)


def test_a_number_on_two_cards_does_not_go_to_and_fro(salon: Salon, tells: Any) -> None:
    """Whoever answers would be somebody else each time; the first card gets it back when the second has another."""
    tells(1, RIGHT)
    tells(2, RIGHT)
    version = salon.file("yc2").client.version
    salon.told_of_card(1, RIGHT)
    salon.told_of_record(1, RIGHT)
    assert salon.whose(RIGHT) == "yc2"
    assert salon.file("yc2").client.version == version

    salon.writes(RIGHT, "стоп")
    tells(2, OTHER)
    tells(1, RIGHT)
    assert salon.whose(RIGHT) == "yc1"
    assert not salon.may_be_offered(RIGHT)
    assert not salon.may_be_offered(OTHER)


def test_a_card_that_lacks_its_number_is_not_saved_for_nothing(salon: Salon) -> None:
    salon.told_of_card(1, RIGHT)
    salon.told_of_card(2, RIGHT)
    version = salon.file("yc1").client.version
    salon.told_of_card(1, RIGHT)
    assert salon.file("yc1").client.version == version


def test_a_yes_does_not_come_along(salon: Salon, tells: Any) -> None:
    tells(1, RIGHT)
    salon.store.save_cursor("salon", "crm_consent", {})
    tells(2, RIGHT)
    assert salon.file("yc2").consents == ()
    assert not salon.may_be_offered(RIGHT)


def test_who_was_erased_gives_the_number_up(salon: Salon, tells: Any) -> None:
    tells(1, RIGHT)
    salon.store.erase("salon", "yc1")
    tells(2, RIGHT)
    assert salon.whose(RIGHT) == "yc2"
    assert salon.may_be_offered(RIGHT)


# ── whatever the order ───────────────────────────────────────────────────────────────────────────

NUMBERS = st.sampled_from([MISTYPED, RIGHT, OTHER])
CARDS = st.integers(1, 3)
STEPS = st.one_of(
    st.tuples(st.just("told_of_card"), CARDS, NUMBERS),
    st.tuples(st.just("told_of_record"), CARDS, NUMBERS),
    st.tuples(st.just("writes"), NUMBERS, st.sampled_from(["стоп", "привет"])),
    st.tuples(st.just("presses"), NUMBERS, st.sampled_from(["consent:yes", "consent:no"])),
    st.tuples(st.just("synced")),
)
NO, YES = ("стоп", "consent:no"), ("consent:yes",)


@settings(max_examples=150)
@given(steps=st.lists(STEPS, min_size=2, max_size=12))
def test_nobody_who_holds_a_number_that_said_no_may_be_offered_anything(
    steps: list[tuple[Any, ...]],
) -> None:
    """Until that client says yes: who writes from a number that their card had before is still the same client. And no number
    stands in two files."""
    salon, refused = Salon(FakeStore()), set[str]()
    for name, *told in steps:
        getattr(salon, name)(*told)
        if told and told[-1] in NO:
            refused.add(told[0])
        if told and told[-1] in YES:
            client_id = salon.whose(told[0])
            refused = {digits for digits in refused if salon.whose(digits) != client_id}
        for digits in (MISTYPED, RIGHT, OTHER):
            naming = [file.client.client_id for file in salon.naming(digits)]
            assert naming in ([], [salon.whose(digits)])
        assert not [digits for digits in refused if salon.may_be_offered(digits)]


# ── at the same moment, and broken off ───────────────────────────────────────────────────────────


class Meanwhile:
    """A store under which something happens just before the next commit, or whose next commit breaks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.happens: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, changes: Any) -> None:
        happens, self.happens = self.happens, None
        if happens:
            happens()
        self._store.commit(changes)


@pytest.fixture
def watched(salon: Salon) -> tuple[Salon, Meanwhile]:
    """The salon, and the store that its CRM's news go through."""
    store = Meanwhile(salon.store)
    news: Any = store
    return Salon(news, salon.crm, salon.clock), store


def again(tell: Any, *card: Any) -> None:
    """As the queue does with news that failed."""
    try:
        tell(*card)
    except (Conflict, Unavailable):
        tell(*card)


@pytest.mark.parametrize("way", ["told_of_card", "told_of_record"])
def test_who_writes_first_at_the_moment_their_card_comes_is_one_client(
    salon: Salon, watched: tuple[Salon, Meanwhile], way: str
) -> None:
    news, store = watched
    store.happens = lambda: salon.writes(RIGHT, "стоп")
    again(getattr(news, way), 1, RIGHT)
    assert len(salon.naming(RIGHT)) == 1
    assert salon.whose(RIGHT) == salon.naming(RIGHT)[0].client.client_id
    assert not salon.may_be_offered(RIGHT)


@pytest.mark.parametrize("stops_first", [True, False])
@pytest.mark.parametrize("newcomer", [True, False])
@pytest.mark.parametrize("way", ["told_of_card", "told_of_record"])
def test_a_stop_at_the_moment_the_number_goes_to_a_card(
    salon: Salon, watched: tuple[Salon, Meanwhile], way: str, newcomer: bool, stops_first: bool
) -> None:
    """Whichever is written first, the other reads again."""
    news, store = watched
    salon.told_of_card(1, MISTYPED)
    if not newcomer:
        salon.writes(RIGHT, "привет")
    if stops_first:
        store.happens = lambda: salon.writes(RIGHT, "стоп")
        again(getattr(news, way), 1, RIGHT)
    else:
        store.happens = lambda: getattr(salon, way)(1, RIGHT)
        news.said = 50
        news.writes(RIGHT, "стоп")
    assert [f.client.client_id for f in salon.naming(RIGHT)] == ["yc1"]
    assert salon.whose(RIGHT) == "yc1"
    assert not salon.may_be_offered(RIGHT)


@pytest.mark.parametrize("way", ["told_of_card", "told_of_record"])
def test_two_cards_that_are_given_a_number_at_once(
    salon: Salon, watched: tuple[Salon, Meanwhile], way: str
) -> None:
    news, store = watched
    salon.told_of_card(1, MISTYPED)
    salon.told_of_card(2, OTHER)
    salon.writes(RIGHT, "стоп")
    store.happens = lambda: salon.told_of_card(1, RIGHT)
    again(getattr(news, way), 2, RIGHT)
    assert [f.client.client_id for f in salon.naming(RIGHT)] == [salon.whose(RIGHT)]
    assert not salon.may_be_offered(RIGHT)


@pytest.mark.parametrize("way", ["told_of_card", "told_of_record"])
def test_an_answer_that_was_lost_changes_nothing(
    salon: Salon, watched: tuple[Salon, Meanwhile], way: str
) -> None:
    news, store = watched
    salon.told_of_card(1, MISTYPED)
    salon.writes(RIGHT, "стоп")

    def lost() -> None:
        getattr(salon, way)(1, RIGHT)
        raise Unavailable("the answer was lost on order")

    store.happens = lost
    again(getattr(news, way), 1, RIGHT)
    assert salon.whose(RIGHT) == "yc1"
    assert not salon.may_be_offered(RIGHT)
    assert len([c for c in salon.file("yc1").consents if not c.granted]) == 1


def test_a_stop_said_a_hundred_times_fits_one_transaction(salon: Salon) -> None:
    salon.told_of_card(1, MISTYPED)
    for _ in range(101):
        salon.clock.advance(minutes=20)
        salon.writes(RIGHT, "стоп")
    salon.told_of_card(1, RIGHT)
    assert opted_out(salon.file("yc1").consents)


def test_the_right_number_of_a_newcomer_makes_one_client_of_both(salon: Salon, tells: Any) -> None:
    salon.writes(RIGHT, "стоп")
    newcomer = salon.whose(RIGHT)
    tells(1, RIGHT)
    assert salon.whose(RIGHT) == newcomer
    assert salon.file(newcomer).client == replace(
        salon.file(newcomer).client, crm_id="1", phone=f"+{RIGHT}"
    )
    assert list(salon.store.clients("salon")) == [newcomer]
    assert not salon.may_be_offered(RIGHT)
    assert timedelta(0) < salon.clock.now() - salon.file(newcomer).consents[0].at


# ── who wrote first, and then got a card ─────────────────────────────────────────────────────────


@pytest.fixture(params=["told", "imported"])
def newcomer(request: pytest.FixtureRequest, salon: Salon, tells: Any) -> str:
    """Known by the number to be card 1's."""
    salon.writes(RIGHT, "стоп")
    if request.param == "told":
        tells(1, RIGHT)
    else:
        salon.crm.on_clients = [card(1, RIGHT)]
        salon.synced()
    return salon.whose(RIGHT)


def test_they_are_known_by_the_card_when_its_number_changes(
    salon: Salon, tells: Any, newcomer: str
) -> None:
    tells(1, OTHER)
    assert list(salon.store.clients("salon")) == [newcomer]
    assert salon.file(newcomer).client.addresses == (number(OTHER),)
    assert salon.whose(OTHER) == newcomer
    assert not salon.may_be_offered(OTHER)


def test_who_was_erased_does_not_come_back_by_their_card(
    salon: Salon, tells: Any, newcomer: str
) -> None:
    salon.store.erase("salon", newcomer)
    with suppress(Erased):
        tells(1, RIGHT)
    salon.synced()
    assert salon.store.client_of_card("salon", "1") is None
    assert list(salon.store.clients("salon")) == []


def test_a_card_that_names_its_client_itself_needs_no_pointer(salon: Salon, tells: Any) -> None:
    tells(1, RIGHT)
    assert salon.store.client_of_card("salon", "1") is None
    assert salon.whose(RIGHT) == "yc1"
