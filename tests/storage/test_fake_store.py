"""The fake that unit tests use keeps the real store's contract: every test here runs on both."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from comeback.bookings.model import Service, Slot, Staff
from comeback.changes import (
    Audited,
    BindAddress,
    Change,
    ClaimClient,
    Count,
    EventSeen,
    KeepQuiet,
    MoveOutbox,
    PutOutbox,
    ReleaseClient,
    RemoveDue,
    SaveClient,
    SaveConsent,
    SaveDue,
    SaveJourney,
    SaveProposal,
    SaveRule,
    SaveVisit,
    TouchConversation,
)
from comeback.clients.model import Client, Consent, Visit, VisitStatus
from comeback.companies.model import BusinessType, Company
from comeback.conversations.model import (
    Account,
    Address,
    ChannelKind,
    Content,
    OutboxMessage,
    OutboxState,
    Purpose,
)
from comeback.errors import AlreadyDone, Conflict, Erased, NotFound
from comeback.ports import ImportedClient, SeenEvent, Store
from comeback.reactivation.model import (
    Attempt,
    Candidate,
    DueService,
    IntervalSource,
    Journey,
    JourneyState,
    Proposal,
    ProposalState,
    ServiceRule,
    SkipReason,
    Stage,
)

from tests.fakes.store import FakeStore

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ON = date(2026, 3, 2)
CHAT = Address(ChannelKind.TELEGRAM, "1001")
ANNA = Client("salon", "anna", "Anna", addresses=(CHAT,))
DUE = DueService(
    "salon", "anna", "haircut", ON, ON, ON - timedelta(days=30), 3, 0, False,
    IntervalSource.MANUAL, "the owner's",
)  # fmt: skip
JOURNEY = Journey("salon", "anna", "haircut", "j1", ON, NOW)
MESSAGE = OutboxMessage("salon", "anna", "j1.1", CHAT, Content("hello"), Purpose.MARKETING, NOW)
VISIT = Visit("v1", "haircut", "olga", NOW, VisitStatus.COMPLETED)
PROPOSAL = Proposal(
    "salon", ON, (Candidate("anna", "haircut", Slot("haircut", "olga", NOW, 60), 0.25),), 4,
    (("olga", 240),), ProposalState.ASKED,
)  # fmt: skip


@pytest.fixture(params=["fake", "real"])
def both(request: pytest.FixtureRequest) -> Store:
    return FakeStore() if request.param == "fake" else request.getfixturevalue("store")


def test_a_file_is_what_was_written(both: Store) -> None:
    yes = Consent(Purpose.MARKETING, True, NOW, "test", "v1", ChannelKind.TELEGRAM)
    no = Consent(Purpose.MARKETING, False, NOW + timedelta(days=1), "test", "v1")
    both.commit(
        [
            SaveClient(ANNA),
            BindAddress("salon", "anna", CHAT),
            SaveConsent("salon", "anna", no),
            SaveConsent("salon", "anna", yes),
            SaveVisit("salon", "anna", replace(VISIT, visit_id="v0", starts_at=NOW + timedelta(1))),
            SaveVisit("salon", "anna", VISIT),
            SaveDue(DUE),
            SaveJourney(JOURNEY),
            ClaimClient("salon", "anna", "j1"),
            TouchConversation("salon", "anna", CHAT, NOW),
            PutOutbox(MESSAGE),
        ]
    )
    file = both.client("salon", "anna")
    assert file.client == replace(ANNA, version=1)
    assert file.consents == (yes, no)
    assert [v.visit_id for v in file.visits] == ["v1", "v0"]
    assert (file.due, file.journeys) == ((DUE,), (replace(JOURNEY, version=1),))
    assert file.active_journey_id == "j1"
    conversation = file.conversation(ChannelKind.TELEGRAM)
    assert conversation is not None
    assert conversation.last_inbound_at == NOW
    assert both.outbox("salon", "anna", "j1.1") == MESSAGE
    assert both.client_at("salon", CHAT) == "anna"
    assert list(both.clients("salon")) == ["anna"]


@pytest.mark.parametrize("seconds", [(0.5, 3600, 30), (3600, 0.5), (30, 30), (0.5,)])
def test_a_quiet_time_is_never_shortened(both: Store, seconds: tuple[float, ...]) -> None:
    """Whatever order the refusals come in; and what is written beside a shorter one is written."""
    assert both.quiet_until("salon", ChannelKind.TELEGRAM) is None
    for n, each in enumerate(seconds):
        quiet = KeepQuiet("salon", ChannelKind.TELEGRAM, NOW + timedelta(seconds=each))
        both.commit([quiet, PutOutbox(replace(MESSAGE, outbox_id=f"j{n}"))])
    longest = NOW + timedelta(seconds=max(seconds))
    assert both.quiet_until("salon", ChannelKind.TELEGRAM) == longest
    assert both.accounts("salon") == {
        ChannelKind.TELEGRAM: Account(ChannelKind.TELEGRAM, quiet_until=longest)
    }
    assert both.quiet_until("salon", ChannelKind.WHATSAPP) is None
    assert both.quiet_until("other", ChannelKind.TELEGRAM) is None
    assert len(both.messages("salon", "anna")) == len(seconds)


def test_messages_in_doubt(both: Store) -> None:
    """By when they were tried, and only while nobody knows."""
    later = replace(MESSAGE, outbox_id="j1.2", claimed_until=NOW + timedelta(hours=2))
    earlier = replace(MESSAGE, claimed_until=NOW + timedelta(hours=1), repeated=True)
    both.commit([PutOutbox(later), PutOutbox(earlier)])
    assert list(both.uncertain("salon")) == []
    for message in (later, earlier):
        lost = replace(message, state=OutboxState.UNCERTAIN)
        both.commit([MoveOutbox(lost, OutboxState.NEW)])
    assert [m.outbox_id for m in both.uncertain("salon")] == ["j1.1", "j1.2"]
    assert [m.repeated for m in both.uncertain("salon")] == [True, False]
    known = replace(earlier, state=OutboxState.SENT, version=1)
    both.commit([MoveOutbox(known, OutboxState.UNCERTAIN)])
    assert [m.outbox_id for m in both.uncertain("salon")] == ["j1.2"]
    assert list(both.uncertain("another")) == []


def test_what_is_not_there(both: Store) -> None:
    both.commit([SaveClient(ANNA)])
    with pytest.raises(NotFound):
        both.client("studio", "anna")
    with pytest.raises(NotFound):
        both.outbox("salon", "anna", "j1.1")
    with pytest.raises(NotFound):
        both.company("salon")
    assert both.client_at("salon", CHAT) is None
    assert both.seen_event("salon", "tg.1") is None
    assert both.outbox_by_provider_id("salon", ChannelKind.TELEGRAM, "7") is None
    assert both.cursor("salon", "delta") is None
    assert both.model("salon", "*") is None
    assert both.proposal("salon", ON) is None
    assert list(both.funnel("salon", ON, ON)) == []


def conflicts() -> list[tuple[list[Change], list[Change]]]:
    """What stands there, and what then can not be written."""
    claimed = replace(MESSAGE, state=OutboxState.SENDING)
    return [
        ([SaveClient(ANNA)], [SaveClient(ANNA)]),
        ([], [SaveClient(replace(ANNA, version=1))]),
        ([BindAddress("salon", "anna", CHAT)], [BindAddress("salon", "boris", CHAT, "")]),
        ([BindAddress("salon", "anna", CHAT)], [BindAddress("salon", "boris", CHAT, "carl")]),
        ([SaveJourney(JOURNEY)], [SaveJourney(replace(JOURNEY, version=2))]),
        ([SaveProposal(PROPOSAL)], [SaveProposal(PROPOSAL)]),
        ([SaveProposal(PROPOSAL)], [SaveProposal(replace(PROPOSAL, version=2))]),
        ([ClaimClient("salon", "anna", "j1")], [ClaimClient("salon", "anna", "j2")]),
        ([ClaimClient("salon", "anna", "j1")], [ReleaseClient("salon", "anna", "j2")]),
        ([PutOutbox(MESSAGE)], [PutOutbox(MESSAGE)]),
        ([], [MoveOutbox(claimed, OutboxState.NEW)]),
        ([PutOutbox(MESSAGE)], [MoveOutbox(claimed, OutboxState.SENDING)]),
        ([PutOutbox(MESSAGE)], [MoveOutbox(replace(claimed, version=1), OutboxState.NEW)]),
    ]


@pytest.mark.parametrize("number", range(len(conflicts())))
def test_all_or_nothing(both: Store, number: int) -> None:
    before, refused = conflicts()[number]
    both.commit(before)
    with pytest.raises(Conflict):
        both.commit([Count("salon", ON, Stage.DUE), SaveDue(DUE), *refused])
    assert list(both.due("salon", ON)) == []
    assert list(both.funnel("salon", ON, ON)) == []


@pytest.mark.parametrize("held_by", ["anna", "boris", "", None])
def test_an_address_goes_from_whom_it_was_read_to_belong_to(
    both: Store, held_by: str | None
) -> None:
    """What points at nobody, and at oneself, may be taken in any case."""
    if held_by != "":
        both.commit([BindAddress("salon", held_by or "anna", CHAT)])
    both.commit([BindAddress("salon", "boris", CHAT, held_by)])
    both.commit([BindAddress("salon", "boris", CHAT, "anna")])
    assert both.client_at("salon", CHAT) == "boris"


def test_an_event_is_seen_once(both: Store) -> None:
    seen = EventSeen("salon", "tg.1", NOW, (("anna", "re.tg.1"),))
    both.commit([seen, SaveClient(ANNA)])
    with pytest.raises(AlreadyDone):
        both.commit([seen, SaveClient(ANNA)])
    assert both.seen_event("salon", "tg.1") == SeenEvent((("anna", "re.tg.1"),))


def test_a_message_moves_and_is_found_by_the_messengers_id(both: Store) -> None:
    both.commit([PutOutbox(MESSAGE)])
    both.commit([MoveOutbox(replace(MESSAGE, state=OutboxState.SENDING), OutboxState.NEW)])
    sent = replace(MESSAGE, state=OutboxState.SENT, provider_id="7", version=1)
    both.commit([MoveOutbox(sent, OutboxState.SENDING)])
    assert both.outbox("salon", "anna", "j1.1") == replace(sent, version=2)
    found = both.outbox_by_provider_id("salon", ChannelKind.TELEGRAM, "7")
    assert found == ("anna", "j1.1")


def test_indexes(both: Store) -> None:
    deadline = NOW + timedelta(days=7)
    waiting = replace(JOURNEY, state=JourneyState.WAITING, attempt=Attempt(1, deadline=deadline))
    both.commit([SaveDue(DUE), SaveJourney(waiting)])
    assert list(both.due("salon", ON - timedelta(days=1))) == []
    assert list(both.due("salon", ON)) == [DUE]
    assert list(both.waiting("salon", NOW)) == []
    assert [j.journey_id for j in both.waiting("salon", deadline)] == ["j1"]
    assert [j.journey_id for j in both.journeys_on("salon", ON)] == ["j1"]
    both.commit([RemoveDue("salon", "anna", "haircut")])
    assert list(both.due("salon", ON)) == []


def test_counts(both: Store) -> None:
    skip = SkipReason.NO_CONSENT.value
    counts = [Count("salon", ON, Stage.DUE, n=3), Count("salon", ON, Stage.SKIPPED, skip)]
    for n in range(2):
        both.commit([SaveJourney(replace(JOURNEY, journey_id=f"j{n}")), *counts])
    (day,) = both.funnel("salon", ON, ON)
    assert day.stages == {**{stage.value: 0 for stage in Stage}, "due": 6, "skipped": 2}
    assert day.skipped == {skip: 2}


def test_the_owners_side(both: Store, company: Company) -> None:
    both.save_company(company)
    service, olga = Service("haircut", "Haircut", 60, 150_000), Staff("olga", "Olga")
    both.save_catalogue("salon", [service], [olga])
    both.commit([SaveRule("salon", ServiceRule("haircut"))])
    both.save_cursor("salon", "delta", {"page": "2"})
    both.save_model("salon", "*", "{}", NOW)
    assert both.company("salon") == both.companies()[0] == company
    catalogue = both.catalogue("salon")
    assert (catalogue.services, catalogue.staff) == ({"haircut": service}, {"olga": olga})
    assert catalogue.rules == {"haircut": ServiceRule("haircut", version=1)}
    assert both.cursor("salon", "delta") == {"page": "2"}
    assert both.model("salon", "*") == "{}"


def test_a_proposal_moves_on(both: Store) -> None:
    both.commit([SaveProposal(PROPOSAL)])
    stored = both.proposal("salon", ON)
    assert stored == replace(PROPOSAL, version=1)
    assert both.proposal("salon", ON + timedelta(days=1)) is None
    approved = replace(PROPOSAL, version=1, state=ProposalState.APPROVED)
    both.commit([SaveProposal(approved)])
    assert both.proposal("salon", ON) == replace(approved, version=2)


def test_an_import_keeps_what_we_learnt(both: Store) -> None:
    row = ImportedClient(replace(ANNA, name="Anna P"), (VISIT,), due=(DUE,))
    assert both.import_visits("salon", [row]) == 1
    rest = DUE.resting(ON + timedelta(days=9))
    both.commit([SaveDue(rest)])
    both.import_visits("salon", [row])
    file = both.client("salon", "anna")
    assert (file.client.name, file.client.version) == ("Anna P", 1)
    assert (file.visits, file.due) == ((VISIT,), (rest,))
    assert both.client_at("salon", CHAT) == "anna"


def test_an_erased_client_is_gone_and_stays_so(both: Store) -> None:
    row = ImportedClient(ANNA, (VISIT,), due=(DUE,))
    both.import_visits("salon", [row])
    both.erase("salon", "anna")
    both.erase("salon", "anna")
    assert both.client_at("salon", CHAT) is None
    assert not list(both.due("salon", ON + timedelta(days=99)))
    assert not list(both.clients("salon"))
    assert both.import_visits("salon", [row]) == 0
    for ask in (
        lambda: both.client("salon", "anna"),
        lambda: both.outbox("salon", "anna", "m1"),
        lambda: both.commit([SaveClient(ANNA)]),
    ):
        with pytest.raises(Erased):
            ask()
    with pytest.raises(NotFound) as never:
        both.client("salon", "boris")
    assert not isinstance(never.value, Erased)


def test_a_pseudonym_is_the_same_for_the_same_in_one_company(both: Store) -> None:
    told = both.pseudonym("salon", "phone:+79031234567")
    assert told == both.pseudonym("salon", "phone:+79031234567")
    assert "79031234567" not in told
    assert told != both.pseudonym("barber", "phone:+79031234567")


def test_the_audit_log_is_read_backwards_page_by_page(both: Store) -> None:
    told = [Audited("salon", NOW, "u1", "save_rule", "haircut", ("active",))]
    told += [replace(told[0], at=NOW + timedelta(minutes=n), user_id="u2") for n in (0, 1, 2)]
    both.commit(told)
    both.commit([replace(told[0], company_id="barber")])
    both.commit([SaveClient(ANNA), told[0]])
    newest = sorted(told, key=lambda audited: audited.entry, reverse=True)
    assert both.audit("salon", "", 2) == newest[:2]
    assert both.audit("salon", newest[1].entry, 2) == newest[2:]
    assert both.audit("salon", newest[3].entry, 2) == []


def test_the_directory_goes_by_id_and_messages_by_time(both: Store) -> None:
    both.save_company(Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY))
    for client_id in ("zoe", "anna", "bob"):
        both.commit([SaveClient(replace(ANNA, client_id=client_id, tags=("a", "b")))])
    page = both.directory("salon", "", 2)
    assert [client.client_id for client in page] == ["anna", "bob"]
    assert page[0].tags == ("a", "b")
    assert [client.client_id for client in both.directory("salon", "bob", 2)] == ["zoe"]
    for n, outbox_id in enumerate(("z.1", "a.1")):
        at = NOW + timedelta(hours=n)
        both.commit([PutOutbox(replace(MESSAGE, outbox_id=outbox_id, created_at=at))])
    assert [m.outbox_id for m in both.messages("salon", "anna")] == ["z.1", "a.1"]
    assert list(both.messages("salon", "bob")) == []
