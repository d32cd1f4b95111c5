"""A file of visits becomes clients, services, staff and due dates; importing it again changes nothing."""

import csv
import io
import json
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from comeback.clients.model import VisitStatus, may_market
from comeback.clients.visits_import import VisitsImport
from comeback.clients.visits_report import Report, as_csv, as_json
from comeback.companies.model import BusinessType, Company
from comeback.conversations.model import ChannelKind

from tests.fakes.clock import FixedClock
from tests.fakes.store import FakeStore

from .conftest import DueAfterDays

DATA = Path(__file__).parents[2] / "data"
NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)


class Import:
    def __init__(self, now: datetime = NOW, currency: str = "RUB") -> None:
        self.store = FakeStore()
        self.store.save_company(
            Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY, currency)
        )
        self._import = VisitsImport(self.store, DueAfterDays(), FixedClock(now))

    def file(self, name: str, consent: str = "", until: date | None = None) -> Report:
        return self._import.run("salon", name, lambda: (DATA / name).open("rb"), consent, until)

    def text(self, text: str) -> Report:
        return self._import.run("salon", "x.csv", partial(io.BytesIO, text.encode()))

    def contents(self) -> dict[str, object]:
        return {i: self.store.client("salon", i) for i in self.store.clients("salon")}


def test_a_salons_file() -> None:
    salon = Import()
    report = salon.file("visits_ru_cp1251.csv", consent="v1")
    assert (report.rows, report.clients, report.visits, len(report.bad)) == (9, 3, 4, 5)
    assert report.new_services == ["Стрижка", "Маникюр"]
    assert report.new_staff == ["Ольга", "Ирина"]
    assert [w.field for w in report.warnings] == ["phone"]

    files = {f.client.name: f for f in (salon.store.client("salon", i) for i in salon.contents())}
    anna = files["Анна Петрова"]
    assert anna.client.phone == "+79161234567"
    assert anna.client.addresses[0].value == "79161234567"
    assert [(v.status, v.amount_minor) for v in anna.visits] == [
        (VisitStatus.COMPLETED, 150000),
        (VisitStatus.BOOKED, 150000),
    ]
    assert anna.visits[0].starts_at == datetime(2026, 3, 24, 11, 30, tzinfo=UTC)
    assert anna.due[0].last_visit_on == date(2026, 3, 24)
    assert may_market(anna.consents, ChannelKind.WHATSAPP)
    assert anna.consents[0].source == "import:visits_ru_cp1251.csv"
    maria = files["Мария"]
    assert maria.visits[0].status is VisitStatus.NO_SHOW
    assert not maria.visits[0].timed
    assert not maria.due


def test_importing_again_changes_nothing() -> None:
    salon = Import()
    salon.file("visits_ru_cp1251.csv", consent="v1")
    before = salon.contents()
    catalogue = salon.store.catalogue("salon")
    report = salon.file("visits_ru_cp1251.csv", consent="v2")
    assert salon.contents() == before
    assert salon.store.catalogue("salon") == catalogue
    assert report.new_services == report.new_staff == []


def test_a_longer_export_adds_only_what_is_new() -> None:
    salon = Import()
    salon.text("client,date\nAnna,2026-01-01\nAnna,2026-01-01\n")
    salon.text("client,date\nAnna,2026-01-01\nAnna,2026-01-01\nAnna,2026-02-01\n")
    (client_id,) = salon.contents()
    file = salon.store.client("salon", client_id)
    assert [v.starts_at.astimezone(UTC).date().month for v in file.visits] == [12, 12, 1]
    assert file.due[0].visits == 3


def test_due_dates_count_what_other_files_brought() -> None:
    salon = Import()
    salon.text("client,date\nAnna,2026-02-01\n")
    salon.text("client,date\nAnna,2026-01-01\n")
    (client_id,) = salon.contents()
    (due,) = salon.store.client("salon", client_id).due
    assert due.visits == 2
    assert due.last_visit_on == date(2026, 1, 31)  # the fake's days are UTC


def test_who_is_known_by_the_number_stays_one_client() -> None:
    salon = Import()
    salon.text("client,phone,date\nAnna,+79161234567,2026-01-01\n")
    salon.text("client_id,phone,date\n77,8 916 123-45-67,2026-02-01\n")
    assert len(salon.contents()) == 1


def test_without_a_statement_nobody_may_be_marketed_to() -> None:
    salon = Import()
    salon.text("client,date\nAnna,2026-01-01\n")
    (client_id,) = salon.contents()
    assert not salon.store.client("salon", client_id).consents


def test_amounts_of_another_currency_are_refused_whole() -> None:
    salon = Import()
    report = salon.file("visits_us.csv")
    assert "USD" in report.refused
    assert not salon.contents()
    assert Import(currency="USD").file("visits_us.csv").clients == 2


def test_a_file_that_can_not_be_read_is_reported() -> None:
    report = Import().text("name,when\nAnna,today\n")
    assert report.refused.startswith("date: no column tells it")
    assert b"no column tells it" in as_csv(report)


def test_the_report_keeps_the_rows_as_they_stood() -> None:
    report = Import().file("visits_ru_cp1251.csv")
    lines = list(csv.reader(io.StringIO(as_csv(report).decode("utf-8-sig"))))
    assert lines[0][:5] == ["row", "imported", "field", "problem", "remedy"]
    assert lines[2][0] == "7"
    assert lines[2][5:9] == ["Лена", "", "вчера", ""]
    assert json.loads(as_json(report))["bad"][1]["problem"] == "«вчера» is no date"


@pytest.mark.skipif(not (DATA / "cdnow_sample.csv").exists(), reason="the sample is not here yet")
def test_cdnow_up_to_a_day() -> None:
    """CDNOW purchases 1997–98 (Fader and Hardie): 2,357 clients bought for the first time in the first quarter."""
    shop = Import(datetime(1997, 10, 1, tzinfo=UTC), "USD")
    report = shop.file("cdnow_sample.csv", until=date(1997, 9, 30))
    assert (report.clients, len(report.bad), report.refused) == (2357, 0, "")
    assert report.visits + report.later == report.rows
    assert report.new_services == ["Визит"]
    file = shop.store.client("salon", "im-00004")
    assert [v.amount_minor for v in file.visits] == [2933, 2973, 1496]
    assert {v.status for v in file.visits} == {VisitStatus.COMPLETED}
