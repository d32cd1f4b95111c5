"""The clients of a company over the admin API: found, looked at, changed, opted out, erased."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from comeback.bookings.model import Service, Staff
from comeback.changes import (
    BindAddress,
    ClaimClient,
    PutOutbox,
    SaveClient,
    SaveConsent,
    SaveDue,
    SaveJourney,
    SaveVisit,
    TouchConversation,
)
from comeback.clients.model import Client, Consent, Visit, VisitStatus, opted_out
from comeback.conversations.model import (
    Address,
    Button,
    ChannelKind,
    Content,
    OutboxMessage,
    Purpose,
)
from comeback.reactivation.model import (
    Attempt,
    DueService,
    IntervalSource,
    Journey,
    JourneyState,
    Outcome,
)
from comeback.runtime import wiring

from tests.fakes.clock import FixedClock
from tests.fakes.queues import FakeOrchestrator
from tests.unit.api.conftest import Api

NOW = FixedClock().now()
TODAY = NOW.date()
NUMBER = Address(ChannelKind.WHATSAPP, "79161234567")
CHAT = Address(ChannelKind.TELEGRAM, "5")
ANNA = Client(
    "salon",
    "anna",
    "Анна Королёва",
    "+79161234567",
    addresses=(NUMBER, CHAT),
    tags=("любит тишину",),
)
BELLA = Client("salon", "bella", "Белла", "+79990001122")
JOURNEY = Journey(
    "salon",
    "anna",
    "cut",
    "j1",
    TODAY,
    NOW - timedelta(days=2),
    state=JourneyState.WAITING,
    attempt=Attempt(1, CHAT, task_token="token", sent_at=NOW - timedelta(days=2)),
)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> FakeOrchestrator:
    orchestrator = FakeOrchestrator()
    monkeypatch.setattr(wiring, "_wait_ender", lambda: orchestrator)
    return orchestrator


@pytest.fixture
def salon(api: Api, waits: FakeOrchestrator) -> Api:
    store = api.store
    store.save_catalogue(
        "salon", [Service("cut", "Стрижка", 60, 200_000)], [Staff("olga", "Ольга")]
    )
    agreed = Consent(Purpose.MARKETING, True, NOW - timedelta(days=90), "import", "v1")
    due = DueService(
        "salon", "anna", "cut", TODAY, TODAY, TODAY - timedelta(days=28), 3, 600_000, False,
        IntervalSource.HISTORICAL, "comes every four weeks",
    )  # fmt: skip
    said = OutboxMessage(
        "salon", "anna", "j1.1", CHAT, Content("Здравствуйте!", (Button("yes", "Да"),)),
        Purpose.MARKETING, NOW - timedelta(days=2), journey_id="j1",
    )  # fmt: skip
    store.commit([SaveClient(ANNA), *(BindAddress("salon", "anna", a) for a in ANNA.addresses)])
    store.commit([SaveClient(BELLA), SaveConsent("salon", "anna", agreed), SaveDue(due)])
    store.commit([SaveJourney(JOURNEY), ClaimClient("salon", "anna", "j1"), PutOutbox(said)])
    store.commit([TouchConversation("salon", "anna", CHAT, NOW - timedelta(hours=5))])
    for n in range(3):
        at = NOW - timedelta(days=28 * (n + 1))
        visit = Visit(f"v{n}", "cut", "olga", at, VisitStatus.COMPLETED, 200_000, "crm")
        store.commit([SaveVisit("salon", "anna", visit)])
    return api


def found(api: Api, **query: Any) -> list[str]:
    status, page = api.get("clients", **query)
    assert status == 200, page
    return [client["client_id"] for client in page["items"]]


def change(api: Api, body: dict[str, Any], **more: Any) -> tuple[int, Any]:
    api.get("clients/anna")
    match = {"if-match": api.headers["ETag"]}
    return api.call("PATCH", "clients/anna", body, headers=match, **more)


# ── finding ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({}, ["anna", "bella"]),
        ({"q": "анна"}, ["anna"]),
        ({"q": "КОРОЛЕВА ан"}, ["anna"]),
        ({"q": "лёва"}, []),
        ({"q": "любит"}, ["anna"]),
        ({"tag": "Любит тишину"}, ["anna"]),
        ({"tag": "любит"}, []),
        ({"q": "8 (916) 123-45-67"}, ["anna"]),
        ({"q": "0001122"}, ["bella"]),
        ({"q": "8 999 000-11-22"}, ["bella"]),
        ({"q": "Bella"}, ["bella"]),
        ({"q": "бел", "tag": "любит тишину"}, []),
    ],
)
def test_search(salon: Api, query: dict[str, str], ids: list[str]) -> None:
    assert found(salon, **query) == ids


def test_pages_of_the_list(salon: Api) -> None:
    first = salon.get("clients", limit="1")[1]
    second = salon.get("clients", limit="1", cursor=first["next"])[1]
    last = salon.get("clients", limit="1", cursor=second["next"])[1]
    assert [p["items"][0]["client_id"] for p in (first, second)] == ["anna", "bella"]
    assert (last["items"], last["next"]) == ([], None)


def test_pages_of_a_search(salon: Api) -> None:
    """A found client is on one page alone, also where the limit cuts."""
    for n in range(5):
        salon.store.commit([SaveClient(replace(BELLA, client_id=f"b{n}"))])
    ids: list[str] = []
    cursor = ""
    while len(ids) < 20:
        page = salon.get("clients", q="белл", limit="2", cursor=cursor)[1]
        ids += [client["client_id"] for client in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert ids == ["b0", "b1", "b2", "b3", "b4", "bella"]


def test_limits_of_a_query(salon: Api) -> None:
    for query in ({"limit": "0"}, {"limit": "101"}, {"cursor": "ж" * 600}, {"q": "x" * 101}):
        status, problem = salon.get("clients", **query)
        assert (status, problem["field"]) == (400, next(iter(query)))


# ── looking ──────────────────────────────────────────────────────────────────────────────────────


def test_a_profile(salon: Api) -> None:
    status, seen = salon.get("clients/anna")
    assert status == 200
    assert (seen["completed_visits"], seen["spent_minor"]) == (3, 600_000)
    assert [visit["visit_id"] for visit in seen["visits"]] == ["v0", "v1", "v2"]
    assert seen["visits"][0]["service"] == "Стрижка"
    assert seen["visits"][0]["staff"] == "Ольга"
    (forecast,) = seen["forecasts"]
    assert forecast["last_visit_on"] < forecast["low"] <= forecast["high"]
    assert 0 < forecast["p_active"] <= 1
    assert forecast["due_on"] == TODAY.isoformat()
    assert {r["channel"]: r["may_market"] for r in seen["reach"]} == {
        "whatsapp": True,
        "telegram": True,
    }
    assert seen["consents"][0]["source"] == "import"
    assert seen["opted_out"] is False
    assert [journey["journey_id"] for journey in seen["journeys"]] == ["j1"]


def test_nobodys_profile(salon: Api) -> None:
    assert salon.get("clients/nobody")[0] == 404


def test_a_conversation(salon: Api) -> None:
    _, said = salon.get("clients/anna/conversation")
    ours, theirs = said["items"]
    assert (ours["by_client"], ours["text"], ours["buttons"]) == (False, "Здравствуйте!", ["Да"])
    assert (theirs["by_client"], theirs["channel"], theirs["text"]) == (True, "telegram", "")


# ── changing ─────────────────────────────────────────────────────────────────────────────────────


def test_tags(salon: Api) -> None:
    tags = [" VIP  гость ", "vip гость", "аллергия"]
    status, seen = change(salon, {"version": 1, "tags": tags, "vip": True})
    assert (status, seen["version"], seen["vip"]) == (200, 2, True)
    assert [tag.casefold() for tag in seen["tags"]] == ["vip гость", "аллергия"]
    assert found(salon, tag="АЛЛЕРГИЯ") == ["anna"]
    assert salon.store.client("salon", "anna").due[0].vip


def test_what_changes_is_noted_without_what_it_says(salon: Api) -> None:
    change(salon, {"version": 1, "tags": ["новая"], "vip": False})
    (noted,) = salon.store.audit("salon", "", 10)
    assert (noted.operation, noted.target, noted.fields) == ("clients.change", "anna", ("tags",))
    assert noted.user_id == "user-1"


def test_nothing_new_is_no_change(salon: Api) -> None:
    status, seen = change(salon, {"version": 1, "tags": ["любит тишину"]})
    assert (status, seen["version"]) == (200, 1)
    assert salon.store.audit("salon", "", 10) == []


def test_a_change_of_what_is_gone(salon: Api) -> None:
    """Somebody was faster: by the ETag, and, between the look and the write, by the version."""
    assert salon.call("PATCH", "clients/anna", {"version": 1})[0] == 428
    stale = {"if-match": '"old"'}
    assert salon.call("PATCH", "clients/anna", {"version": 1}, headers=stale)[0] == 412
    assert change(salon, {"version": 7, "vip": True})[0] == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"version": 1, "tags": ["x" * 41]}, "tags[0]"),
        ({"version": 1, "name": "Other"}, "name"),
        ({"version": 1, "tags": [f"t{n}" for n in range(21)]}, "tags"),
        ({"version": 1, "preferred_staff_id": "nobody"}, "preferred_staff_id"),
        ({"tags": []}, "version"),
        ({"version": 1, "language": "russian"}, "language"),
    ],
)
def test_what_can_not_be(salon: Api, body: dict[str, Any], field: str) -> None:
    status, problem = change(salon, body)
    assert (status, problem["field"]) == (400, field)


# ── stopping and erasing ─────────────────────────────────────────────────────────────────────────


def stop(api: Api, key: str = "k1", **more: Any) -> tuple[int, Any]:
    return api.call("POST", "clients/anna/opt-out", headers={"idempotency-key": key}, **more)


def test_opting_out(salon: Api, waits: FakeOrchestrator) -> None:
    status, seen = stop(salon)
    assert (status, seen["opted_out"]) == (200, True)
    assert {r["may_market"] for r in seen["reach"]} == {False}
    assert seen["forecasts"][0]["next_on"] is None
    assert waits.finished == {"token": Outcome.OPTED_OUT}
    file = salon.store.client("salon", "anna")
    assert opted_out(file.consents)
    assert file.due == ()
    (noted,) = salon.store.audit("salon", "", 10)
    assert (noted.operation, noted.target) == ("clients.opt_out", "anna")


def test_opting_out_again_changes_nothing(salon: Api) -> None:
    stop(salon)
    commits = len(salon.store.commits)
    assert stop(salon)[0] == stop(salon, key="k2")[0] == 200
    assert len(salon.store.commits) == commits


def test_opting_out_needs_a_key(salon: Api) -> None:
    assert salon.call("POST", "clients/anna/opt-out")[1]["field"] == "Idempotency-Key"


def test_erasing(salon: Api) -> None:
    assert salon.call("DELETE", "clients/anna")[0] == 204
    assert salon.get("clients/anna")[0] == 404
    assert found(salon) == ["bella"]
    assert salon.call("DELETE", "clients/anna")[0] == 204
    (noted,) = salon.store.audit("salon", "", 10)
    assert (noted.operation, noted.target) == ("clients.erase", "anna")


def test_nobody_is_not_erased(salon: Api) -> None:
    assert salon.call("DELETE", "clients/nobody")[0] == 404
    assert salon.store.audit("salon", "", 10) == []


def test_roles(salon: Api) -> None:
    assert salon.get("clients/anna")[0] == 200
    assert change(salon, {"version": 1, "vip": True}, role="viewer")[0] == 403
    assert stop(salon, role="viewer")[0] == 403
    assert salon.call("DELETE", "clients/anna", role="manager")[0] == 403
    assert stop(salon, role="manager")[0] == 200


def test_another_companys_client(salon: Api) -> None:
    claims = {"sub": "u", "custom:company": "other", "custom:role": "owner"}
    assert salon.call("GET", "clients/anna", claims=claims)[0] == 404
