"""The simulated YCLIENTS: the way in, clients, records."""

from typing import Any

import pytest

from tests.adapters.conftest import WorldServer
from tests.adapters.world.yclients_salon import ANNA, HAIRCUT, IRINA, PETR, YclientsSalon


@pytest.fixture
def shop(world: WorldServer) -> YclientsSalon:
    return YclientsSalon.open(world)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Accept": "application/json"}, 406),
        ({"Authorization": ""}, 401),
        ({"Authorization": "Bearer nobody, User owner-of-77"}, 401),
        ({"Authorization": "Bearer partner"}, 401),
        ({"Authorization": "Bearer partner, User nobody"}, 401),
        ({}, 200),
    ],
)
def test_the_way_in(shop: YclientsSalon, headers: dict[str, str], status: int) -> None:
    answer = shop.call("GET", "/records/77", headers=headers)
    assert answer.status_code == status
    assert answer.json()["success"] is (status == 200)
    if status != 200:
        assert answer.json()["data"] is None
        assert answer.json()["meta"]["message"]


def test_another_companys_user_is_forbidden(shop: YclientsSalon) -> None:
    shop.server.world.yclients.seed_company(
        {"id": 78, "title": "Другой", "partner_token": "partner", "user_token": "owner-of-78"}
    )
    assert shop.call("GET", "/records/78").status_code == 403
    assert shop.call("GET", "/records/79").status_code == 404
    assert shop.call("GET", "/nothing/77").json()["meta"]["message"] == "Не найдено"


def test_five_requests_a_second(shop: YclientsSalon) -> None:
    shop.server.world.yclients.tuning.limits = True
    statuses = [shop.call("GET", "/company/77").status_code for _ in range(8)]
    assert statuses[:5] == [200] * 5
    assert 429 in statuses
    shop.server.world.settings.limits = False
    assert shop.call("GET", "/company/77").status_code == 200


def test_login_gives_the_users_token(shop: YclientsSalon) -> None:
    right = {"login": "owner", "password": "secret"}
    answer = shop.call("POST", "/auth", json=right)
    assert (answer.status_code, answer.json()["data"]["user_token"]) == (201, "owner-of-77")
    assert shop.call("POST", "/auth", json={**right, "password": "x"}).status_code == 401


def test_search_answers_the_fields_asked_for(shop: YclientsSalon) -> None:
    path = "/company/77/clients/search"
    assert shop.data("POST", path, json={"page_size": 2}) == [{"id": 101}, {"id": 102}]
    asked = {
        "fields": ["id", "phone", "visits_count", "last_visit_date", "sold_amount"],
        "order_by": "visits_count",
        "order_by_direction": "DESC",
        "page_size": 1,
    }
    answer = shop.call("POST", path, json=asked).json()
    assert answer["meta"] == {"total_count": 3}
    assert answer["data"] == [
        {
            "id": IRINA,
            "phone": "+79162190033",
            "visits_count": 1,
            "last_visit_date": "2026-02-03",
            "sold_amount": 1900,
        }
    ]
    assert shop.call("POST", path, json={"fields": ["shoe_size"]}).status_code == 400


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ([{"type": "id", "state": {"value": [102, 103]}}], [102, 103]),
        ([{"type": "id", "state": {"value": [102], "invert": True}}], [101, 103]),
        ([{"type": "quick_search", "state": {"value": "ирина"}}], [101]),
        ([{"type": "quick_search", "state": {"value": "9162190034"}}], [102]),
        ([{"type": "record", "state": {"status": {"value": [3]}}}], [101]),
        ([{"type": "record", "state": {"status": {"value": [1]}}}], []),
        ([{"type": "sold_amount", "state": {"from": 1}}], [101]),
    ],
)
def test_filters(shop: YclientsSalon, filters: list[Any], found: list[int]) -> None:
    rows = shop.data("POST", "/company/77/clients/search", json={"filters": filters})
    assert [row["id"] for row in rows] == found


def test_an_unknown_filter_is_refused(shop: YclientsSalon) -> None:
    asked = {"filters": [{"type": "mood", "state": {}}]}
    answer = shop.call("POST", "/company/77/clients/search", json=asked)
    assert answer.status_code == 400
    assert "filters" in answer.json()["meta"]["errors"]


def test_records_are_paged_and_filtered(shop: YclientsSalon) -> None:
    answer = shop.call("GET", "/records/77?page=2&count=1").json()
    assert answer["meta"] == {"page": 2, "total_count": 2}
    assert [r["id"] for r in answer["data"]] == [1002]
    record = shop.data("GET", "/records/77?end_date=2026-02-03")[0]
    assert (record["id"], record["attendance"], record["datetime"], record["date"]) == (
        1001,
        1,
        "2026-02-03T12:00:00+03:00",
        "2026-02-03 12:00:00",
    )
    assert record["client"]["phone"] == "+79162190033"
    assert record["services"][0]["cost"] == 1900
    assert shop.data("GET", f"/records/77?client_id={PETR}") == []
    assert len(shop.data("GET", "/records/77?changed_after=2026-03-01T00:00:00")) == 1


def test_a_record_lives_and_dies(shop: YclientsSalon) -> None:
    wanted = {
        "staff_id": ANNA,
        "services": [{"id": HAIRCUT}],
        "client": {"phone": "79990001122", "name": "Новая"},
        "datetime": "2026-03-04T10:00:00",
        "seance_length": 3600,
        "save_if_busy": False,
        "api_id": "journey-1",
    }
    made = shop.call("POST", "/records/77", json=wanted)
    assert made.status_code == 201
    record = made.json()["data"]
    assert (record["datetime"], record["api_id"]) == ("2026-03-04T10:00:00+03:00", "journey-1")
    assert record["client"]["phone"] == "+79990001122"
    busy = shop.call("POST", "/records/77", json=wanted)
    assert (busy.status_code, busy.json()["meta"]["errors"]["code"]) == (422, 433)
    assert shop.call("POST", "/records/77", json={**wanted, "save_if_busy": True}).is_success

    path = f"/record/77/{record['id']}"
    moved = {**wanted, "datetime": "2026-03-04T12:00:00+03:00", "attendance": 2}
    assert shop.call("PUT", path, json=moved).status_code == 201
    seen = shop.data("GET", path)
    assert (seen["date"], seen["attendance"]) == ("2026-03-04 12:00:00", 2)

    assert shop.call("DELETE", path).status_code == 204
    assert shop.data("GET", path)["deleted"] is True
    assert shop.call("DELETE", path).status_code == 404
    ids = [r["id"] for r in shop.data("GET", "/records/77")]
    with_deleted = [r["id"] for r in shop.data("GET", "/records/77?with_deleted=1")]
    assert record["id"] not in ids
    assert record["id"] in with_deleted


def test_clients_are_made_once(shop: YclientsSalon) -> None:
    new = {"name": "Вера", "phone": "8 (999) 000-11-22", "comment": "чай без сахара"}
    made = shop.call("POST", "/clients/77", json=new)
    assert (made.status_code, made.json()["data"]["phone"]) == (201, "+79990001122")
    assert shop.call("POST", "/clients/77", json=new).status_code == 422
    assert shop.call("POST", "/clients/77", json={"name": "Вера", "phone": "1"}).status_code == 422
    path = f"/client/77/{made.json()['data']['id']}"
    shop.data("PUT", path, json={**new, "name": "Вера П."})
    assert shop.data("GET", path)["name"] == "Вера П."
    assert shop.data("GET", "/clients/77?phone=79990001122")[0]["name"] == "Вера П."


def test_history_comes_by_25_with_whole_days(shop: YclientsSalon) -> None:
    state = shop.server.world.yclients
    company = state.company(77)
    for _ in range(30):
        when = company.records.get(1001).starts_at
        state.add_record(company, ANNA, PETR, [], when, 60)
    first = shop.call("POST", "/company/77/clients/visits/search", json={"client_id": PETR}).json()
    assert len(first["data"]["records"]) == 30
    assert first["meta"]["dateCursor"]["next"] is None
    shop.server.world.yclients.add_record(
        company, ANNA, PETR, [], company.records.get(1002).starts_at, 60
    )
    later = shop.call("POST", "/company/77/clients/visits/search", json={"client_id": PETR}).json()
    assert len(later["data"]["records"]) == 31
