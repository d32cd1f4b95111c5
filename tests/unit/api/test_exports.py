"""Exports over the admin API: what is in the files, and who may have them."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from comeback.bookings.model import Service
from comeback.changes import Count, SaveClient, SaveDue, SaveJourney, SaveRule
from comeback.clients.model import Client
from comeback.conversations.model import Address, ChannelKind
from comeback.reactivation.model import (
    Attempt,
    DueService,
    IntervalSource,
    Journey,
    ServiceRule,
    Stage,
)
from comeback.runtime import wiring

from tests.fakes.clock import FixedClock
from tests.fakes.files import FakeFiles
from tests.unit.api.conftest import Api

NOW = FixedClock().now()
TODAY = NOW.date()
CHAT = Address(ChannelKind.TELEGRAM, "5")
ANNA = Client("salon", "anna", '=HYPERLINK("http://evil","Anna")', "+79161234567", tags=("a", "b"))
DUE = DueService(
    "salon", "anna", "cut", TODAY, TODAY, TODAY - timedelta(days=28), 3, 600_050, False,
    IntervalSource.MANUAL, "", p_active=0.5,
)  # fmt: skip
JOURNEY = Journey("salon", "anna", "cut", "j1", TODAY, NOW, attempt=Attempt(1, CHAT, sent_at=NOW))


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> FakeFiles:
    made = FakeFiles()
    monkeypatch.setattr(wiring, "_files", lambda: made)
    return made


@pytest.fixture
def salon(api: Api, files: FakeFiles) -> Api:
    api.store.save_catalogue("salon", [Service("cut", "Haircut", 60, 200_000)], [])
    api.store.commit([SaveClient(ANNA), SaveDue(DUE), SaveJourney(JOURNEY)])
    api.store.commit([Count("salon", TODAY, Stage.BOOKED)])
    return api


def export(api: Api, key: str = "k1", role: str = "manager", **body: Any) -> tuple[int, Any]:
    headers = {"idempotency-key": key, "accept-language": "en"}
    return api.call("POST", "exports", body, headers=headers, role=role)


def rows(files: FakeFiles) -> list[dict[str, str]]:
    (body, media), *_ = files.kept.values()
    assert media == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def test_clients(salon: Api, files: FakeFiles) -> None:
    status, made = export(salon, subject="clients")
    assert (status, made["rows"], made["name"]) == (201, 1, f"clients-{TODAY}.csv")
    assert made["url"].startswith("https://files/exports/salon/")
    (row,) = rows(files)
    assert row["Name"] == "'" + ANNA.name
    assert row["Phone"] == "'+79161234567"
    assert (row["Visits"], row["Spent"], row["Service"]) == ("3", "6000.50", "Haircut")
    assert row["Tags"] == "a, b"


def test_nobody_is_expected_for_a_service_whose_rule_is_paused(
    salon: Api, files: FakeFiles
) -> None:
    salon.store.commit([SaveRule("salon", ServiceRule("cut", active=False))])
    export(salon, subject="clients")
    (row,) = rows(files)
    assert (row["Expected on"], row["Service"], row["Visits"]) == ("", "", "3")


def test_in_russian(salon: Api, files: FakeFiles) -> None:
    """As Excel in Russia reads it: semicolons, and commas in numbers."""
    headers = {"idempotency-key": "k", "accept-language": "ru-RU"}
    salon.call("POST", "exports", {"subject": "clients"}, headers=headers)
    ((body, _),) = files.kept.values()
    header, row = body.decode("utf-8-sig").splitlines()
    assert header.startswith("Клиент;Имя;Телефон;")
    assert ";6000,50;" in row


def test_journeys(salon: Api, files: FakeFiles) -> None:
    assert export(salon, subject="journeys")[1]["rows"] == 1
    (row,) = rows(files)
    assert (row["Messenger"], row["State"], row["Service"]) == ("Telegram", "analysed", "Haircut")
    assert row["Sent"] == f"{NOW + timedelta(hours=3):%Y-%m-%d %H:%M}", "on the company's clock"


def test_journeys_of_other_days(salon: Api) -> None:
    day = (TODAY - timedelta(days=9)).isoformat()
    assert export(salon, subject="journeys", since=day, until=day)[1]["rows"] == 0


def test_results(salon: Api, files: FakeFiles) -> None:
    export(salon, subject="results")
    assert [row["Booked"] for row in rows(files)] == ["1"]


def test_a_workbook(salon: Api, files: FakeFiles) -> None:
    export(salon, subject="clients", format="xlsx")
    ((key, (body, media)),) = files.kept.items()
    assert key.endswith(".xlsx")
    assert media.endswith("spreadsheetml.sheet")
    assert body.startswith(b"PK")


def test_the_same_key_is_the_same_file(salon: Api, files: FakeFiles) -> None:
    first, again, other = (export(salon, key, subject="clients")[1] for key in ("k1", "k1", "k2"))
    assert first["url"] == again["url"] != other["url"]
    assert len(files.kept) == 2


def test_who_took_what_is_noted(salon: Api) -> None:
    export(salon, subject="clients")
    (noted,) = salon.store.audit("salon", "", 10)
    assert (noted.user_id, noted.operation) == ("user-1", "exports.create")
    assert noted.fields == ("clients",)


def test_a_viewer_takes_nothing(salon: Api, files: FakeFiles) -> None:
    assert export(salon, role="viewer", subject="clients")[0] == 403
    assert files.kept == {}


@pytest.mark.parametrize(
    "body",
    [
        {"subject": "secrets"},
        {"subject": "clients", "format": "pdf"},
        {"subject": "journeys", "since": "2020-01-01"},
        {"subject": "journeys", "until": "0001-01-02"},
        {"subject": "results", "since": "9999-12-31"},
        {"subject": "journeys", "since": "2026-03-02", "until": "2026-03-01"},
    ],
)
def test_what_can_not_be_exported(salon: Api, body: dict[str, str]) -> None:
    assert export(salon, **body)[0] == 400
