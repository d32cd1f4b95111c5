"""Results through the API: what adds up, what is not told, and which days can be asked for."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from comeback.companies.model import BusinessType, Company
from comeback.conversations.model import ChannelKind

from tests.fakes.months import Months
from tests.unit.api.conftest import Api

TODAY = date(2026, 3, 2)
SALON = Company(
    "salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY,
    message_prices={ChannelKind.WHATSAPP: 500}, holdout_percent=25,
)  # fmt: skip
COLUMNS = (
    "sent", "delivered", "read", "answered", "booked", "opted_out", "revenue_minor", "settled",
)  # fmt: skip


@pytest.fixture
def months(api: Api) -> Months:
    api.store.save_company(SALON)
    months = Months(SALON, TODAY)
    months.fill(api.store)
    return months


def stats(api: Api, **query: str) -> dict[str, Any]:
    status, found = api.get("stats", **query)
    assert status == 200, found
    return dict(found)


@pytest.mark.parametrize("period", ["week", "month", "quarter", "year"])
def test_every_breakdown_adds_up_to_the_overview(api: Api, months: Months, period: str) -> None:
    found = stats(api, period=period)
    for part in ("by_attempt", "by_service", "by_channel"):
        for column in COLUMNS:
            whole = sum(row[column] for row in found[part])
            assert whole == found["overview"][column], (part, column)
    for column in ("sent", "answered", "booked", "settled"):
        assert sum(cell[column] for cell in found["heat"]) == found["overview"][column]
    assert found["overview"]["revenue_minor"] == found["money"]["revenue_minor"]


def test_a_range_is_both_its_days_and_no_other(api: Api, months: Months) -> None:
    whole = stats(api, since="2026-01-05", until="2026-01-18")
    weeks = [
        stats(api, since="2026-01-05", until="2026-01-11"),
        stats(api, since="2026-01-12", until="2026-01-18"),
    ]
    assert whole["overview"]["sent"] == sum(week["overview"]["sent"] for week in weeks) > 0
    assert (whole["since"], whole["until"]) == ("2026-01-05", "2026-01-18")


def test_days_that_may_still_bring_bookings_are_in_no_share(api: Api, months: Months) -> None:
    week = stats(api, period="week")
    assert week["settled_until"] == "2026-02-22"
    assert week["overview"]["sent"] > 0
    assert (week["overview"]["settled"], week["overview"]["conversion"]) == (0, None)
    assert week["targets"]["conversion"]["verdict"] is None


def test_figures_stand_against_their_targets(api: Api, months: Months) -> None:
    found = stats(api, period="quarter")
    share = found["overview"]["conversion"]
    assert share["low"] < share["share"] < share["high"]
    assert found["targets"]["conversion"] == {"low": 0.15, "high": 0.2, "verdict": "met"}
    assert found["targets"]["response_hours"]["verdict"] == "met"
    assert 0 < found["answers"]["median_hours"] < 24
    assert found["targets"]["roi"]["verdict"] is None


def test_no_return_is_told_while_the_lift_may_be_chance(api: Api, months: Months) -> None:
    months.draw(api.store, treated=0.3, control=0.3)
    found = stats(api, period="quarter")
    low, high = (found["lift"]["difference"][end] for end in ("low", "high"))
    assert low < 0 < high
    assert found["lift"]["tells"] is False
    assert (found["money"]["roi"], found["money"]["no_roi"]) == (None, "spans_zero")


def test_a_return_of_what_was_caused(api: Api, months: Months) -> None:
    months.draw(api.store, treated=0.5, control=0.2)
    found = stats(api, period="quarter")
    assert found["lift"]["tells"]
    paid = found["money"]["roi"]
    assert 0 < paid["low"] < paid["value"] < paid["high"]
    assert found["money"]["no_roi"] is None
    assert found["lift"]["treated"]["clients"] == 3 * found["lift"]["control"]["clients"]
    assert found["money"]["margin_minor"] == round(found["money"]["revenue_minor"] * 0.6)


def test_whoever_holds_nobody_out_is_told_so(api: Api, months: Months) -> None:
    api.store.save_company(replace(SALON, holdout_percent=0))
    found = stats(api)
    assert (found["lift"], found["money"]["no_roi"]) == (None, "nobody_held_out")


def test_what_messages_and_the_cloud_cost(api: Api, months: Months) -> None:
    found = stats(api, period="quarter")
    (whatsapp,) = [row for row in found["by_channel"] if row["key"] == "whatsapp"]
    money = found["money"]
    assert money["messages_minor"] == whatsapp["sent"] * 500
    assert money["cost_minor"] == pytest.approx(money["messages_minor"] + money["aws_minor"])
    assert money["aws_minor"] > 0


def test_few_messages_of_an_hour_are_said_to_be_few(api: Api, months: Months) -> None:
    for cell in stats(api, period="quarter")["heat"]:
        assert cell["few"] == (cell["settled"] < 10)
        assert cell["low"] < cell["rate"] < cell["high"]


def test_best_times_of_a_service_that_enough_was_sent_for(api: Api, months: Months) -> None:
    quarter = {s["title"]: s for s in stats(api, period="quarter")["best_times"]}
    assert set(quarter) == {"Haircut", "Manicure", "Colouring"}
    assert len(quarter["Haircut"]["times"]) == 3
    rates = [time["rate"] for time in quarter["Haircut"]["times"]]
    assert rates == sorted(rates, reverse=True)
    assert all(not s["times"] for s in stats(api, period="week")["best_times"])


def test_a_company_without_messages(api: Api) -> None:
    found = stats(api)
    assert found["overview"]["sent"] == 0
    assert found["by_attempt"] == found["heat"] == []
    assert found["answers"] == {"median_hours": None, "within_day": None}
    assert found["money"]["no_roi"] == "nobody_written_to"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "2026-02-01", "until": "2026-01-01"}, "since"),
        ({"since": "2024-01-01", "until": "2026-01-01"}, "since"),
        ({"since": "0001-01-01", "until": "0001-02-01"}, "since"),
        ({"until": "0001-01-01"}, "until"),
        ({"period": "decade"}, "period"),
        ({"since": "yesterday"}, "since"),
        ({"whose": "mine"}, "whose"),
    ],
)
def test_days_that_can_not_be_asked_for(api: Api, query: dict[str, str], field: str) -> None:
    status, body = api.get("stats", **query)
    assert (status, body["field"]) == (400, field)


def test_the_end_of_time_has_no_messages(api: Api, months: Months) -> None:
    assert stats(api, until="9999-12-31")["overview"]["sent"] == 0


def test_experiments_with_their_intervals(api: Api, months: Months) -> None:
    status, found = api.get("experiments")
    assert status == 200
    (styles,) = [e for e in found["experiments"] if e["dimension"] == "style"]
    assert [arm["arm"] for arm in styles["arms"]] == ["reminder", "invitation"]
    reminder = styles["arms"][0]
    assert (reminder["tried"], reminder["won"], reminder["rate"]["share"]) == (120, 24, 0.2)
    assert reminder["rate"]["low"] < 0.2 < reminder["rate"]["high"]


def test_a_viewer_reads_and_another_company_is_not_there(api: Api, months: Months) -> None:
    assert api.call("GET", "stats", role="viewer")[0] == 200
    assert api.call("GET", "stats", company="other")[0] == 404
