"""What the CRM told is read anew and has its effect once, in whatever order and number it comes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from comeback.changes import SaveClient
from comeback.clients.model import VisitStatus
from comeback.conversations.model import Address, ChannelKind, Content, OutboxMessage, Purpose
from comeback.errors import Conflict, Unavailable
from comeback.ports import Effects
from comeback.reactivation.model import Outcome

from tests.fakes.clock import NOON

from .conftest import Salon, a_client, a_record


def test_an_unknown_client_comes_into_being_with_the_record(salon: Salon) -> None:
    salon.tell("record", 100)
    file = salon.file(1)
    assert file.client.phone == a_client(1).phone
    assert salon.store.client_at("salon", a_client(1).addresses[0]) == "yc1"
    assert [v.visit_id for v in file.visits] == ["100"]
    assert file.due


def test_the_body_is_not_believed(salon: Salon) -> None:
    salon.tell("record", 999, client="1")
    salon.tell("record", 100, client="2")
    assert list(salon.store.clients("salon")) == ["yc1"]


def test_a_duplicate_changes_nothing(salon: Salon) -> None:
    salon.tell("record", 100)
    commits = len(salon.store.commits)
    salon.tell("record", 100)
    salon.tell("record", 100, client="1")
    assert len(salon.store.commits) == commits


def test_two_changes_within_one_second_both_count(salon: Salon) -> None:
    salon.tell("record", 100)
    salon.crm.mark("100", VisitStatus.NO_SHOW, salon.clock.now())
    salon.tell("record", 100)
    assert salon.file(1).visits[0].status is VisitStatus.NO_SHOW


def test_a_named_client_saves_a_request(salon: Salon) -> None:
    salon.tell("record", 100)
    salon.crm.calls.clear()
    salon.crm.mark("100", VisitStatus.CANCELLED, NOON)
    salon.tell("record", 100, client="1")
    assert salon.crm.calls == ["record 100"]


def test_a_record_deleted_without_a_trace_is_cancelled(salon: Salon) -> None:
    salon.crm.on_records["300"] = a_record(300, 1, services=("10", "11"))
    salon.tell("record", 300)
    del salon.crm.on_records["300"]
    salon.tell("record", 300, "delete", client="1")
    assert {v.status for v in salon.file(1).visits} == {VisitStatus.CANCELLED}


def test_a_service_taken_off_a_record_is_cancelled_alone(salon: Salon) -> None:
    salon.crm.on_records["300"] = a_record(300, 1, services=("10", "11"))
    salon.tell("record", 300)
    salon.crm.on_records["300"] = a_record(300, 1)
    salon.tell("record", 300)
    assert [(v.visit_id, v.status) for v in salon.file(1).visits] == [
        ("300", VisitStatus.COMPLETED),
        ("300.1", VisitStatus.CANCELLED),
    ]


def test_the_older_of_two_readers_loses_and_reads_again(salon: Salon) -> None:
    """Between our reading and our writing the salon changed the record, and another worker wrote that."""
    salon.tell("record", 100)
    salon.crm.mark("100", VisitStatus.NO_SHOW, NOON)

    def meanwhile(_changes: object) -> None:
        salon.crm.mark("100", VisitStatus.CANCELLED, NOON)
        salon.tell("record", 100, client="1")

    salon.store.before_commit = meanwhile
    salon.tell("record", 100, client="1")
    assert salon.file(1).visits[0].status is VisitStatus.CANCELLED


def test_lost_races_end_as_conflict(salon: Salon) -> None:
    salon.store.faults = ["conflict"] * 9
    with pytest.raises(Conflict):
        salon.tell("record", 100)


def test_a_commit_whose_answer_was_lost_is_not_repeated(salon: Salon) -> None:
    salon.store.faults = ["lost"]
    with pytest.raises(Unavailable):
        salon.tell("record", 100)
    salon.tell("record", 100)
    assert len(salon.store.commits) == 1


def test_who_waits_is_told_and_replies_are_enqueued_again_after_a_crash(salon: Salon) -> None:
    to = Address(ChannelKind.TELEGRAM, "5")
    reply = OutboxMessage("salon", "yc1", "re.1", to, Content("!"), Purpose.SERVICE, NOON)
    salon.follow_up.effects = Effects(
        replies=(reply,), finished=(("token", Outcome.ALREADY_BOOKED),)
    )
    salon.outbound.broken = 1
    with pytest.raises(Unavailable):
        salon.tell("record", 100)
    salon.tell("record", 100)
    assert salon.outbound.enqueued == [("salon", "yc1", "re.1")]


def test_a_visit_we_booked_keeps_its_journey(salon: Salon) -> None:
    salon.crm.on_records["100"] = a_record(100, 1, NOON + timedelta(days=2), VisitStatus.BOOKED)
    salon.tell("record", 100)
    ours = replace(salon.file(1).visits[0], source="comeback", journey_id="j1", amount_minor=0)
    salon.store._items["client", "salon", "yc1"]["visit", "100"] = ours
    salon.crm.mark("100", VisitStatus.COMPLETED, NOON)
    salon.tell("record", 100)
    (visit,) = salon.file(1).visits
    assert (visit.status, visit.journey_id, visit.source, visit.amount_minor) == (
        VisitStatus.COMPLETED,
        "j1",
        "comeback",
        150000,
    )


def test_a_new_number_takes_the_whatsapp_address_along(salon: Salon) -> None:
    salon.tell("client", 1)
    moved = replace(a_client(4), client_id="yc1", name="Anna", crm_id="1")
    salon.crm.on_clients[0] = moved
    salon.tell("client", 1)
    assert salon.file(1).client.addresses == moved.addresses
    assert salon.store.client_at("salon", moved.addresses[0]) == "yc1"

    commits = len(salon.store.commits)
    salon.tell("client", 1)
    assert len(salon.store.commits) == commits


def test_an_address_the_client_wrote_from_stays(salon: Salon) -> None:
    salon.tell("client", 1)
    wrote_from = Address(ChannelKind.WHATSAPP, "79990000000")
    client = salon.file(1).client
    salon.store.commit([SaveClient(replace(client, addresses=(wrote_from,)))])
    salon.crm.on_clients[0] = replace(a_client(4), client_id="yc1", crm_id="1")
    salon.tell("client", 1)
    assert salon.file(1).client.addresses == (wrote_from,)


def test_services_and_staff_are_read_anew(salon: Salon) -> None:
    salon.tell("service", 10)
    salon.tell("staff", 7)
    salon.tell("goods_operations_sale", 1)
    assert salon.crm.calls == ["services", "staff"] * 2
