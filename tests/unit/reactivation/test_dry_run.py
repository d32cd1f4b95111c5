"""The dry run: the same decisions as the real day, nothing written, nothing sent."""

from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from comeback.changes import SaveConsent, SaveDue, SaveIncident, SaveVisit
from comeback.clients.model import Consent, Visit, VisitStatus
from comeback.companies.model import Company
from comeback.conversations.model import ChannelKind, Incident, Purpose
from comeback.errors import NotFound, Unavailable
from comeback.ports import MessageFacts
from comeback.reactivation.dry_run import CampaignPreview, DryRun, Preview
from comeback.reactivation.model import Journey, JourneyState, SkipReason
from comeback.reactivation.scene import JourneyRef
from msgspec import json

from tests.crashes.world import CHAT, ON, World
from tests.fakes.language_model import ScriptedModel
from tests.fakes.paced_limits import PacedLimits
from tests.fakes.read_only import ReadOnly, Written

SECOND = replace(CHAT, value="102")


@dataclass(frozen=True)
class Models:
    words: ScriptedModel

    def model(self, company: Company) -> ScriptedModel:
        return self.words


@dataclass
class Salon(World):
    """A world whose limits pace as the real ones do."""

    words: ScriptedModel = field(default_factory=ScriptedModel)

    def __post_init__(self) -> None:
        super().__post_init__()
        paced: Any = PacedLimits(self.store.accounts)
        self.limits = paced

    def dry(self) -> DryRun:
        def only(port: object) -> Any:
            return ReadOnly(port)

        models, clock = Models(self.words), self.clock
        real = (only(self.store), only(self.limits), only(self.book), only(self.crms))
        return DryRun(*real, models, clock)

    def minute(self, ref: JourneyRef) -> datetime:
        reserved = self.journey(ref).attempt.reserved_for
        assert reserved
        return reserved


def salon(*clients: str, **company: Any) -> Salon:
    world = Salon()
    world.open(**company)
    for n, client in enumerate(clients):
        world.know(client, replace(CHAT, value=str(101 + n)))
    return world


def by_client(found: CampaignPreview) -> dict[str, Preview]:
    return {p.file.client.client_id: p for p in found.previews}


def test_it_decides_what_the_day_then_does() -> None:
    world = salon("anna", "bella", "clara")
    told = by_client(world.dry().campaign("salon"))
    for ref in world.campaign():
        world.use("analyse").run(ref)
        world.use("reserve").run(ref)
    real: dict[str, Journey] = {}
    by_minute = sorted(
        ((world.minute(ref), ref) for ref in world.refs()), key=lambda leaving: leaving[0]
    )
    for reserved, ref in by_minute:
        world.clock.time = reserved
        world.use("find_slots").run(ref)
        world.use("generate").run(ref)
        real[ref.client_id] = world.journey(ref)
    assert {c: p.journey.attempt for c, p in told.items()} == {
        c: j.attempt for c, j in real.items()
    }
    moments = sorted(j.attempt.reserved_for or world.clock.time for j in real.values())
    assert moments[1] - moments[0] >= timedelta(minutes=5)


def test_nothing_is_written_or_sent() -> None:
    world = salon("anna", "bella")
    before = deepcopy({**world.store._items})
    world.words.texts += ["It is time for a haircut, {name}."] * 4
    commits = len(world.store.commits)
    found = world.dry().campaign("salon", by_model=True)
    assert [p.journey.state for p in found.previews] == [JourneyState.WRITTEN] * 2
    assert world.dry().message("salon", "anna", "cut").journey.state is JourneyState.WRITTEN
    assert len(world.store.commits) == commits
    assert {at: items for at, items in world.store._items.items() if items} == before
    assert (world.queue.enqueued, world.orchestrator.campaigns, world.book.held) == ([], {}, {})


def test_the_watch_that_fails_on_writes_works() -> None:
    with pytest.raises(Written, match=r"FakeStore\.commit"):
        ReadOnly(salon().store).commit([])


def test_who_is_skipped_and_why() -> None:
    world = salon("anna", "bella")
    no = Consent(Purpose.MARKETING, False, world.clock.now(), "test", "v1")
    world.store.commit([SaveConsent("salon", "anna", no)])
    soon = Visit("v", "cut", "ira", world.clock.now() + timedelta(days=1), VisitStatus.BOOKED)
    world.store.commit([SaveVisit("salon", "bella", soon)])
    told = by_client(world.dry().campaign("salon"))
    assert {c: p.skipped for c, p in told.items()} == {
        "anna": SkipReason.OPTED_OUT,
        "bella": SkipReason.FUTURE_BOOKING,
    }


def test_facts_stand_beside_their_text() -> None:
    world = salon("anna")
    (preview,) = world.dry().campaign("salon").previews
    facts = json.decode(preview.journey.attempt.facts, type=MessageFacts)
    assert facts.service_title == "Haircut"
    assert facts.days_since_visit == 60
    assert len(facts.slots) == 3
    content = preview.journey.attempt.content
    assert content
    assert all(slot.text in content.text for slot in facts.slots)
    assert preview.due
    assert preview.due.reason


def test_over_the_limit_is_another_day() -> None:
    found = salon("anna", "bella", "clara", daily_limit=1).dry().campaign("salon")
    assert (found.due, found.over_limit, len(found.previews)) == (3, 2, 1)


def test_who_agreed_to_nothing_is_counted_and_not_looked_at() -> None:
    world = salon("anna", "bella")
    (entry,) = world.store.client("salon", "anna").due
    world.store.commit([SaveDue(replace(entry, agreed=False))])
    found = world.dry().campaign("salon")
    assert (found.due, found.no_consent, found.over_limit) == (2, 1, 0)
    assert list(by_client(found)) == ["bella"]


def test_only_so_many_are_prepared() -> None:
    found = salon("anna", "bella").dry().campaign("salon", most=1)
    assert [p.unprepared for p in found.previews] == [False, True]


def test_a_book_that_fails_leaves_the_rest_decided() -> None:
    world = salon("anna")

    class Broken:
        def crm(self, _company: object) -> "Broken":
            return self

        def free_slots(self, *_asked: object) -> None:
            raise Unavailable("down")

    world.crms = Broken()  # type: ignore[assignment]  # a CRM that is down
    (preview,) = world.dry().campaign("salon").previews
    assert preview.unprepared
    assert preview.journey.attempt.reserved_for


def test_a_paused_company_is_shown_what_it_would_do() -> None:
    found = salon("anna", enabled=False).dry().campaign("salon")
    assert found.paused
    assert [p.skipped for p in found.previews] == [None]


def test_once_the_days_campaign_has_begun_the_next_one_is_shown() -> None:
    world = salon("anna")
    assert world.dry().campaign("salon").on == ON
    world.campaign()
    found = world.dry().campaign("salon")
    assert found.on == ON + timedelta(days=1)
    assert world.company.local(found.at).hour == world.company.campaign_hour


def test_on_a_friday_night_monday_is_shown() -> None:
    world = salon("anna")
    world.clock.advance(days=4, hours=12)
    assert world.dry().campaign("salon").on == ON + timedelta(days=7)


# ── one client's message ─────────────────────────────────────────────────────────────────────────


def test_the_model_is_asked_when_it_is_to_write() -> None:
    world = salon("anna")
    world.words.texts += [Unavailable("down")]
    told = world.dry().message("salon", "anna", "cut", by_model=True)
    assert (len(world.words.asked), told.journey.attempt.text_source) == (1, "template")


def test_a_forbidden_message_is_shown_with_what_forbids_it() -> None:
    world = salon("anna")
    stop = Incident("restricted", world.clock.now())
    world.store.commit([SaveIncident("salon", ChannelKind.TELEGRAM, stop)])
    told = world.dry().message("salon", "anna", "cut")
    assert told.skipped is SkipReason.ACCOUNT_STOPPED
    assert told.journey.attempt.content


def test_without_an_address_there_are_no_words() -> None:
    world = salon()
    world.know("anna")
    told = world.dry().message("salon", "anna", "cut")
    assert told.skipped is SkipReason.NO_CHANNEL
    assert told.journey.attempt.content is None


def test_who_is_asked_for_by_name_need_not_be_due() -> None:
    world = salon()
    world.know("anna", CHAT, days_ago=3)
    assert by_client(world.dry().campaign("salon")) == {}
    assert world.dry().message("salon", "anna", "cut").skipped is None


@pytest.mark.parametrize(("client", "service"), [("nobody", "cut"), ("anna", "nothing")])
def test_of_nobody_and_nothing_there_is_no_message(client: str, service: str) -> None:
    with pytest.raises(NotFound):
        salon("anna").dry().message("salon", client, service)
