"""The simulated YCLIENTS: free times, booking, and what webhooks tell of it."""

import json
from typing import Any

import pytest

from tests.adapters.conftest import Receiver, WorldServer
from tests.adapters.world.yclients_salon import (
    ANNA,
    GONE,
    HAIRCUT,
    IRINA,
    MANICURE,
    OLGA,
    PETR,
    TUESDAY,
    YclientsSalon,
)


@pytest.fixture
def shop(world: WorldServer) -> YclientsSalon:
    return YclientsSalon.open(world)


@pytest.fixture
def told(world: WorldServer, receiver: Receiver) -> YclientsSalon:
    """A shop whose webhook is the receiver."""
    return YclientsSalon.open(world, receiver)


def hooks(receiver: Receiver, count: int) -> list[dict[str, Any]]:
    return [json.loads(post.body) for post in receiver.wait(count)]


def test_free_times_follow_hours_length_and_records(shop: YclientsSalon) -> None:
    assert shop.times(ANNA, HAIRCUT) == ["10:00", "12:00", "12:30", "13:00"]
    assert shop.times(ANNA, MANICURE) == ["12:00"]
    assert shop.times(OLGA, MANICURE, TUESDAY) == []
    assert shop.times(OLGA, MANICURE, "2026-03-04") == ["10:00", "10:30", "11:00", "11:30"]
    assert shop.times(0, MANICURE, "2026-03-04") == ["10:00", "10:30", "11:00", "11:30", "12:00"]
    assert shop.times(ANNA, HAIRCUT, "2026-03-02") == ["12:00", "12:30", "13:00"]
    assert shop.times(ANNA, GONE) == []
    seance = shop.data("GET", f"/book_times/77/{ANNA}/{TUESDAY}?service_ids[]={HAIRCUT}")[0]
    assert (seance["datetime"], seance["seance_length"]) == ("2026-03-03T10:00:00+03:00", 3600)


def test_what_may_be_booked(shop: YclientsSalon) -> None:
    services = shop.data("GET", "/book_services/77")["services"]
    assert [s["id"] for s in services] == [HAIRCUT, MANICURE]
    own = shop.data("GET", f"/book_services/77?staff_id={ANNA}")["services"]
    assert [s["seance_length"] for s in own] == [3600, 7200]
    staff = shop.data("GET", f"/book_staff/77?service_ids[]={HAIRCUT}")
    assert [(m["id"], m["bookable"]) for m in staff] == [(ANNA, True)]
    dates = shop.data(
        "GET", f"/book_dates/77?staff_id={OLGA}&service_ids[]={MANICURE}&date=2026-03-01"
    )
    assert dates["booking_dates"][:2] == ["2026-03-04", "2026-03-06"]
    assert dates["working_days"]["3"][0] == "2"
    near = shop.data("GET", f"/book_staff_seances/77/{OLGA}?service_ids[]={MANICURE}")
    assert (near["seance_date"], len(near["seances"])) == ("2026-03-04", 4)
    catalogue = shop.data("GET", "/company/77/services")
    assert catalogue[1]["staff"] == [
        {"id": ANNA, "seance_length": 7200},
        {"id": OLGA, "seance_length": 5400},
    ]
    assert [m["name"] for m in shop.data("GET", "/company/77/staff")] == ["Анна", "Ольга"]


def test_a_booking_is_a_record_found_by_api_id(shop: YclientsSalon) -> None:
    made = shop.book("2026-03-03T10:00:00+03:00", api_id="key-1")
    assert made.status_code == 201
    [booked] = made.json()["data"]
    assert (booked["id"], len(booked["record_hash"])) == (1, 32)
    [record] = shop.data("GET", f"/records/77?client_id={PETR}")
    assert (record["id"], record["api_id"], record["online"]) == (
        booked["record_id"],
        "key-1",
        True,
    )
    assert "10:00" not in shop.times(ANNA, HAIRCUT)


def test_an_unknown_phone_becomes_a_client(shop: YclientsSalon) -> None:
    assert shop.book("2026-03-03T10:00:00", phone="+7 999 111-22-33", fullname="Нина").is_success
    assert shop.data("GET", "/clients/77?phone=79991112233")[0]["name"] == "Нина"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"phone": "12"}, 422, 431),
        ({"fullname": " "}, 422, 435),
        ({"phone": "79162190035"}, 403, 434),
    ],
)
def test_who_may_not_book(
    shop: YclientsSalon, change: dict[str, Any], status: int, code: int
) -> None:
    answer = shop.book("2026-03-03T10:00:00", **change)
    assert (answer.status_code, answer.json()["meta"]["errors"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("appointments", "code", "given_id"),
    [
        ([(ANNA, HAIRCUT, "11:30")], 433, 1),
        ([(ANNA, HAIRCUT, "13:30")], 433, 1),
        ([(ANNA, HAIRCUT, "07:00")], 433, 1),
        ([(0, MANICURE, "13:00")], 436, None),
        ([(99, HAIRCUT, "10:00")], 436, None),
        ([(ANNA, GONE, "10:00")], 438, None),
        ([(ANNA, HAIRCUT, "12:00"), (ANNA, HAIRCUT, "12:30")], 437, 2),
    ],
)
def test_what_may_not_be_booked(
    shop: YclientsSalon, appointments: list[tuple[int, int, str]], code: int, given_id: int | None
) -> None:
    asked = [
        {"id": n, "staff_id": staff, "services": [service], "datetime": f"{TUESDAY}T{at}:00+03:00"}
        for n, (staff, service, at) in enumerate(appointments, start=1)
    ]
    who = {"phone": "79162190034", "fullname": "Пётр"}
    for path in ("/book_check/77", "/book_record/77"):
        answer = shop.call("POST", path, json={**who, "appointments": asked})
        errors = answer.json()["meta"]["errors"]
        assert (answer.status_code, errors["code"], errors.get("id")) == (422, code, given_id)
    assert shop.data("GET", f"/records/77?client_id={PETR}") == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/book_check/77", {}),
        ("/book_check/77", {"appointments": ["x"]}),
        ("/book_check/77", {"appointments": [{"id": 1, "staff_id": "Анна", "datetime": TUESDAY}]}),
        ("/book_check/77", {"appointments": [{"id": 1, "staff_id": ANNA, "datetime": "завтра"}]}),
        ("/records/77", {"staff_id": ANNA, "datetime": TUESDAY, "services": ["x"]}),
        ("/records/77", {"staff_id": None, "datetime": TUESDAY, "services": []}),
        ("/records/77", {"staff_id": ANNA}),
    ],
)
def test_nonsense_is_refused_by_the_field(shop: YclientsSalon, path: str, body: Any) -> None:
    answer = shop.call("POST", path, json=body)
    assert answer.status_code == 422
    assert answer.json()["meta"]["errors"]


def test_check_says_yes_with_201(shop: YclientsSalon) -> None:
    asked = {"id": 1, "staff_id": 0, "services": [HAIRCUT], "datetime": "2026-03-03T10:00:00"}
    answer = shop.call("POST", "/book_check/77", json={"appointments": [asked]})
    assert answer.status_code == 201
    assert answer.json()["success"] is True


@pytest.mark.parametrize("shape", ["message", "errors"])
def test_refusals_in_the_other_known_shapes(shop: YclientsSalon, shape: str) -> None:
    shop.server.control.post("/world/yclients/tuning", json={"error_shape": shape})
    body = shop.book("2026-03-03T11:00:00").json()
    if shape == "message":
        assert set(body["meta"]) == {"message"}
    else:
        assert (body["errors"]["code"], body["errors"]["id"]) == (433, 1)


def test_a_lost_answer_is_a_booking_all_the_same(shop: YclientsSalon) -> None:
    fault = {"target": "yclients.book_record", "kind": "lost_response", "seconds": 0.05}
    shop.server.control.post("/world/faults", json=fault)
    with pytest.raises(Exception, match=r"disconnected|closed|reset"):
        shop.book("2026-03-03T10:00:00", api_id="key-2")
    assert shop.data("GET", f"/records/77?client_id={PETR}")[0]["api_id"] == "key-2"


def test_webhooks_tell_of_records_and_clients(told: YclientsSalon, receiver: Receiver) -> None:
    told.book("2026-03-03T10:00:00", phone="79991112233", fullname="Нина")
    found = {(h["resource"], h["status"]): h for h in hooks(receiver, 2)}
    assert set(found) == {("client", "create"), ("record", "create")}
    record = found["record", "create"]
    assert (record["company_id"], record["resource_id"]) == (77, record["data"]["id"])
    told.call("DELETE", f"/record/77/{record['resource_id']}")
    assert hooks(receiver, 3)[2]["status"] == "delete"


def test_hook_settings_choose_who_is_told_what(told: YclientsSalon, receiver: Receiver) -> None:
    assert told.data("GET", "/hooks_settings/77")["record"] == 1
    urls = [f"{receiver.url}/new"]
    told.data("POST", "/hooks_settings/77", json={"urls": urls, "active": 1, "client": 0})
    told.book("2026-03-03T10:00:00", phone="79991112233", fullname="Нина")
    [post] = receiver.wait(1)
    assert post.path == "/new"
    assert json.loads(post.body)["resource"] == "record"
    assert told.call("POST", "/hooks_settings/77", json={"active": 1}).status_code == 422


def test_visits_pass_and_are_marked(told: YclientsSalon, receiver: Receiver) -> None:
    told.server.world.yclients.tuning.no_show_share = 0.0
    told.move_clock("2026-03-03T08:59:00+00:00")
    assert receiver.posts == []
    told.move_clock("2026-03-03T09:00:00+00:00")
    [hook] = hooks(receiver, 1)
    assert (hook["status"], hook["data"]["attendance"]) == ("update", 1)
    assert told.data("GET", "/record/77/1002")["visit_attendance"] == 1


def test_some_do_not_come_and_a_moved_visit_waits_anew(shop: YclientsSalon) -> None:
    shop.server.world.yclients.tuning.no_show_share = 1.0
    company = shop.server.world.yclients.company(77)
    late = company.records.get(1002).starts_at.replace(hour=10)
    shop.server.world.yclients.change_record(
        company, company.records.get(1002), lambda r: setattr(r, "starts_at", late)
    )
    shop.move_clock("2026-03-03T10:30:00+00:00")
    assert shop.data("GET", "/record/77/1002")["attendance"] == 0
    shop.move_clock("2026-03-03T11:00:00+00:00")
    assert shop.data("GET", "/record/77/1002")["attendance"] == -1


def test_walk_ins_and_closed_hours(shop: YclientsSalon) -> None:
    def act(**what: Any) -> Any:
        answer = shop.server.control.post("/world/yclients/act", json={"company": 77, **what})
        return answer.json()

    at = "2026-03-03T10:00:00+03:00"
    closed = {"do": "busy", "staff": ANNA, "when": at}
    assert act(**closed)["record"]
    walk_in = {"do": "walk_in", "client": PETR, "service": HAIRCUT, "staff": ANNA, "when": at}
    assert act(**walk_in)["record"] is None
    act(**walk_in, at="2026-03-02T12:00:00+00:00")
    act(**{**walk_in, "client": IRINA}, at="2026-03-02T12:00:00+00:00")
    assert shop.book("2026-03-03T10:00:00").status_code == 422
    shop.move_clock("2026-03-02T12:00:00+00:00")
    [record] = shop.data("GET", f"/records/77?client_id={PETR}")
    assert record["date"] == "2026-03-03 12:00:00"
    assert len(shop.data("GET", f"/records/77?client_id={IRINA}")) == 2
    assert "error" in act(do="dance", when=at)
