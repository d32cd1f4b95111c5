"""A company's settings by the admin API."""

from typing import Any

import pytest
from comeback.changes import SetOwner
from comeback.conversations.model import Address, ChannelKind

from tests.unit.api.conftest import Api

VIEWED = ("company_id", "currency", "crm", "owner_connected")


def settings(api: Api) -> dict[str, Any]:
    """As the page sends them back."""
    status, body = api.get("company")
    assert status == 200
    return {name: value for name, value in body.items() if name not in VIEWED}


def put(api: Api, **told: Any) -> tuple[int, Any]:
    body = {**settings(api), **told}
    return api.call("PUT", "company", body, headers={"If-Match": api.headers["ETag"]})


def test_settings_are_read_changed_and_audited_by_name(api: Api) -> None:
    status, saved = put(
        api,
        tone="professional",
        sending_start="11:00:00",
        sending_days=[0, 2],
        channels=["whatsapp", "telegram"],
        opening=[{"weekday": 0, "opens": "09:00:00", "closes": "21:00:00"}],
        message_prices={"whatsapp": 600},
        daily_limit=None,
    )
    assert (status, saved["tone"], saved["version"]) == (200, "professional", 1)
    etag = api.headers["ETag"]
    stored = api.store.company("salon")
    assert stored.sending.days == {0, 2}
    assert stored.channels == (ChannelKind.WHATSAPP, ChannelKind.TELEGRAM)
    assert stored.message_prices == {ChannelKind.WHATSAPP: 600}
    (audited,) = api.store.audit("salon", "", 9)
    assert set(audited.fields) == {
        "tone", "channels", "opening", "message_prices", "sending_start", "sending_days",
    }  # fmt: skip
    assert api.get("company")[1] == saved
    assert api.headers["ETag"] == etag


def test_settings_saved_unchanged_are_no_change(api: Api) -> None:
    assert put(api)[0] == 200
    assert api.store.audit("salon", "", 9) == []
    assert api.store.company("salon").version == 0


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("sending_end", {"sending_end": "10:00:00"}),
        ("sending_end", {"sending_start": "19:30:00", "sending_end": "19:00:00"}),
        ("sending_days", {"sending_days": []}),
        ("sending_days[0]", {"sending_days": [7]}),
        ("time_zone", {"time_zone": "Mars/Olympus"}),
        ("title", {"title": " "}),
        ("campaign_hour", {"campaign_hour": 20}),
        ("campaign_hour", {"campaign_hour": 24}),
        ("channels", {"channels": []}),
        ("channels", {"channels": ["telegram", "telegram"]}),
        ("channels", {"channels": ["instagram"]}),
        ("holdout_percent", {"holdout_percent": 51}),
        ("discount_cap_percent", {"discount_cap_percent": 101}),
        ("month_cap", {"week_cap": 5, "month_cap": 4}),
        ("opening", {"opening": [{"weekday": 1, "opens": "20:00:00", "closes": "10:00:00"}]}),
        ("opening", {"opening": [{"weekday": 1, "opens": "10:00:00", "closes": "20:00:00"}] * 2}),
        ("report_hour", {"report_hour": -1}),
        ("currency", {"currency": "USD"}),
    ],
)
def test_what_does_not_fit_is_told_by_its_field(api: Api, field: str, told: Any) -> None:
    status, body = put(api, **told)
    assert (status, body["error"], body["field"]) == (400, "InvalidInput", field)
    assert body["problem"]
    assert body["remedy"]
    assert api.store.company("salon").version == 0


def test_it_is_told_in_the_callers_language(api: Api) -> None:
    body = {**settings(api), "sending_days": []}
    headers = {"If-Match": api.headers["ETag"], "Accept-Language": "ru-RU,ru"}
    status, said = api.call("PUT", "company", body, headers=headers)
    assert (status, said["problem"]) == (400, "ни одного дня")


def test_who_connected_meanwhile_is_not_disconnected(api: Api) -> None:
    body, etag = {**settings(api), "tone": "casual"}, api.headers["ETag"]
    api.store.commit([SetOwner("salon", Address(ChannelKind.TELEGRAM, "9"))])
    assert api.call("PUT", "company", body, headers={"If-Match": etag})[0] == 412
    assert api.call("PUT", "company", body, headers={"If-Match": "*"})[0] == 409
    assert put(api, tone="casual")[0] == 200
    assert api.store.company("salon").owner == Address(ChannelKind.TELEGRAM, "9")


@pytest.mark.parametrize("role", ["viewer", "manager"])
def test_settings_are_the_owners(api: Api, role: str) -> None:
    body = settings(api)
    headers = {"If-Match": api.headers["ETag"]}
    assert api.call("PUT", "company", body, headers=headers, role=role)[0] == 403
    assert api.call("GET", "company", role=role)[0] == 200
