"""Services, rules and staff by the admin API."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from comeback.bookings.model import Service, Staff
from comeback.changes import SaveDue, SaveRule
from comeback.companies.model import CrmKind
from comeback.reactivation.model import DueService, Gaps, Interval, IntervalSource, ServiceRule
from comeback.runtime import wiring

from tests.fakes.clock import FixedClock
from tests.fakes.queues import FakeEvents
from tests.unit.api.conftest import Api

TODAY = FixedClock().now().date()
RULE: dict[str, Any] = {
    "version": 0,
    "active": True,
    "manual_days": 14,
    "retry_interval_days": 14,
    "max_attempts": 3,
    "discounts": [10, 15],
}
KEY = {"Idempotency-Key": "7"}


@pytest.fixture
def salon(api: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    """One client came three weeks ago, and is due a week from now."""
    events = FakeEvents()
    monkeypatch.setattr(wiring, "_events", lambda: events)
    services = [
        Service("cut", "Стрижка", 60, 200_000),
        Service("old", "Укладка", 30, 1, active=False),
    ]
    api.store.save_catalogue("salon", services, [Staff("olga", "Ольга", frozenset({"cut"}))])
    last, on = TODAY - timedelta(days=21), TODAY + timedelta(days=7)
    due = DueService("salon", "anna", "cut", on, on, last, 3, 0, False, IntervalSource.DEFAULT, "")
    api.store.commit([SaveDue(due)])
    return api


def put(api: Api, path: str, body: Any, **told: Any) -> tuple[int, Any]:
    """Over what is read now."""
    assert api.get(path)[0] == 200
    return api.call("PUT", path, body, headers={"If-Match": api.headers["ETag"]}, **told)


def test_a_rule_is_read_previewed_saved_and_the_due_list_follows(salon: Api) -> None:
    _, read = salon.get("services/cut/rule")
    assert [(s["source"], s["days"], s["wins"]) for s in read["sources"]] == [
        ("manual", None, False),
        ("historical", None, False),
        ("ai", None, False),
        ("default", 28, True),
    ]
    status, effect = salon.call("POST", "services/cut/rule/preview", RULE)
    assert (status, effect["today"]) == (200, {"before": 0, "after": 1, "added": 1, "removed": 0})
    assert (effect["moved"], effect["complete"], effect["at_once"]) == (1, True, True)
    assert list(salon.store.due("salon", TODAY)) == []
    status, saved = put(salon, "services/cut/rule", RULE)
    assert (status, saved["manual_days"], saved["version"]) == (200, 14, 1)
    assert [d.client_id for d in salon.store.due("salon", TODAY)] == ["anna"]
    _, listed = salon.get("services")
    assert [(s["service_id"], s["due_today"]) for s in listed["items"]] == [("cut", 1), ("old", 0)]
    (audited,) = salon.store.audit("salon", "", 9)
    assert (audited.operation, audited.target) == ("services.save_rule", "cut")
    assert set(audited.fields) == {"intervals", "discounts"}


def test_the_etag_of_what_was_saved_is_that_of_what_is_read(salon: Api) -> None:
    put(salon, "services/cut/rule", RULE)
    saved = salon.headers["ETag"]
    salon.get("services/cut/rule")
    assert salon.headers["ETag"] == saved


def test_who_read_an_older_rule_is_told_so(salon: Api) -> None:
    salon.get("services/cut/rule")
    old = {"If-Match": salon.headers["ETag"]}
    put(salon, "services/cut/rule", RULE)
    assert salon.call("PUT", "services/cut/rule", RULE, headers=old)[0] == 412
    assert salon.call("PUT", "services/cut/rule", RULE)[0] == 428
    status, body = put(salon, "services/cut/rule", {**RULE, "manual_days": 30})
    assert (status, body["error"]) == (409, "Conflict")


def test_a_manual_interval_taken_back_leaves_the_decision_to_the_next_source(salon: Api) -> None:
    put(salon, "services/cut/rule", RULE)
    status, saved = put(salon, "services/cut/rule", {**RULE, "manual_days": None, "version": 1})
    assert status == 200
    assert [s["source"] for s in saved["sources"] if s["wins"]] == ["default"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("manual_days", 0),
        ("manual_days", 5000),
        ("retry_interval_days", 0),
        ("max_attempts", 11),
        ("discounts[0]", [101]),
        ("active", "yes"),
    ],
)
def test_what_no_rule_can_be_is_told_by_its_field(salon: Api, field: str, value: Any) -> None:
    status, body = put(salon, "services/cut/rule", {**RULE, field.split("[")[0]: value})
    assert (status, body["field"]) == (400, field)


def test_a_viewer_previews_nothing_and_saves_nothing(salon: Api) -> None:
    for method, path in (("PUT", "services/cut/rule"), ("POST", "services/cut/rule/preview")):
        assert salon.call(method, path, RULE, role="viewer")[0] == 403
    assert salon.call("GET", "services/cut/rule", role="viewer")[0] == 200
    assert salon.store.catalogue("salon").rules == {}


@pytest.mark.parametrize("path", ["rule", "gaps", ""])
def test_a_service_that_is_not_there_is_not_found(salon: Api, path: str) -> None:
    status, body = salon.get(f"services/nothing/{path}".rstrip("/"))
    assert (status, body.get("error")) == (404, "NotFound")


# ── what the visits say ──────────────────────────────────────────────────────────────────────────


def test_gaps_and_advice_are_told_with_their_figures(salon: Api) -> None:
    counts = {21: 30, 28: 60, 35: 30, 90: 3}
    salon.store.save_gaps("salon", "cut", Gaps(date(2026, 3, 1), 80, 60, counts))
    _, told = salon.get("services/cut/gaps")
    assert told["as_of"] == "2026-03-01"
    assert sum(b["returns"] for b in told["bins"]) == 123
    status, advice = salon.call("POST", "services/cut/rule/calculate-optimal")
    assert (status, advice["days"], advice["source"]) == (200, 28, "historical")
    assert 0.8 < advice["confidence"] < 1
    assert advice["stats"]["median"] == 28
    assert "123" in advice["reasoning"]
    russian = {"Accept-Language": "ru"}
    _, said = salon.call("POST", "services/cut/rule/calculate-optimal", headers=russian)
    assert said["reasoning"].startswith("Половина возвратов (всего 123)")


def test_with_few_returns_another_source_stands_in_and_says_so(salon: Api) -> None:
    assert salon.get("services/cut/gaps")[1] == {"as_of": None, "bins": [], "stats": None}
    guess = {IntervalSource.AI: Interval(33, "hair grows")}
    salon.store.commit([SaveRule("salon", ServiceRule("cut", intervals=guess))])
    salon.store.save_gaps("salon", "cut", Gaps(date(2026, 3, 1), 9, 2, {28: 2}))
    _, advice = salon.call("POST", "services/cut/rule/calculate-optimal")
    assert (advice["days"], advice["source"], advice["confidence"]) == (33, "ai", 0.0)
    assert "hair grows" in advice["reasoning"]


# ── the catalogue ────────────────────────────────────────────────────────────────────────────────

SERVICE = {"title": "Окрашивание", "minutes": 120, "price_minor": 500_000}
MEMBER: dict[str, Any] = {
    "name": "Ирина",
    "service_ids": ["cut"],
    "hours": [{"weekday": 0, "opens": "10:00:00", "closes": "19:00:00"}],
}


@pytest.mark.parametrize(("path", "body"), [("services", SERVICE), ("staff", MEMBER)])
def test_what_is_added_twice_by_one_key_is_one(salon: Api, path: str, body: Any) -> None:
    before = len(salon.get(path)[1]["items"])
    first = salon.call("POST", path, body, headers=KEY)
    assert first[0] == 201
    assert salon.call("POST", path, body, headers=KEY) == first
    other = salon.call("POST", path, {**body, **_named("X", path)}, headers=KEY)
    assert other[0] == 409
    assert len(salon.get(path)[1]["items"]) == before + 1
    assert len(salon.store.audit("salon", "", 9)) == 1


def _named(name: str, path: str) -> dict[str, str]:
    return {"title": name} if path == "services" else {"name": name}


def test_a_service_and_a_member_of_staff_are_changed(salon: Api) -> None:
    status, changed = put(salon, "services/cut", {**SERVICE, "active": False})
    assert (status, changed["title"], changed["active"]) == (200, "Окрашивание", False)
    status, member = put(salon, "staff/olga", MEMBER)
    assert (status, member["name"]) == (200, "Ирина")
    assert member["hours"] == MEMBER["hours"]
    assert {a.operation for a in salon.store.audit("salon", "", 9)} == {
        "services.change",
        "staff.change",
    }


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("service_ids", {"service_ids": ["nothing"]}),
        ("hours", {"hours": [{"weekday": 0, "opens": "19:00:00", "closes": "10:00:00"}]}),
        ("hours", {"hours": MEMBER["hours"] * 2}),
        ("name", {"name": ""}),
    ],
)
def test_staff_that_can_not_be_is_told_by_its_field(
    salon: Api, field: str, told: dict[str, Any]
) -> None:
    status, body = salon.call("POST", "staff", {**MEMBER, **told}, headers=KEY)
    assert (status, body["field"]) == (400, field)


def test_what_a_crm_keeps_is_changed_there(salon: Api) -> None:
    company = salon.store.company("salon")
    salon.store.save_company(replace(company, crm=CrmKind.YCLIENTS))
    assert not salon.get("services")[1]["editable"]
    for path, body in (("services", SERVICE), ("staff", MEMBER)):
        status, said = salon.call("POST", path, body, headers=KEY)
        assert (status, said["field"]) == (400, "crm")
