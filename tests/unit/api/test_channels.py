"""Channels through the API: who may, what is asked, and that no secret comes back. The steps: tests/adapters/connections."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from comeback.connections.connect import Asker, Connections
from comeback.connections.model import Connection, Report, State, Step
from comeback.errors import InvalidInput
from comeback.runtime import wiring

from tests.unit.api.conftest import Api

TOKEN = "4242:the-bots-secret"


class Recorded(Connections):
    """Answers what a test wants, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    def states(self, company_id: str) -> list[State]:
        return [State(Connection.TELEGRAM, True, {"telegram_bot_username": "salon_bot"})]

    def connect(
        self, who: Asker, kind: Connection, given: Mapping[str, str], crm_company_id: str = ""
    ) -> Report:
        self.asked.append((who, kind, dict(given), crm_company_id))
        wrong = "Telegram does not know this token"
        step = Step("token", False, {}, wrong, "Ask @BotFather for it: /mybots, the bot, API Token")
        return Report(kind, False, (step,))

    def disconnect(self, who: Asker, kind: Connection) -> None:
        self.asked.append((who, kind))


@pytest.fixture
def connections(api: Api, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    found = Recorded()
    monkeypatch.setattr(wiring, "api_address", lambda _context: "https://api.example.com/v1")
    monkeypatch.setattr(wiring, "connections", lambda _api: found)
    return found


def test_a_step_that_failed_is_told_in_the_callers_language(
    api: Api, connections: Recorded
) -> None:
    headers = {"accept-language": "ru-RU,ru;q=0.9"}
    body = {"telegram_token": TOKEN}
    status, report = api.call("POST", "channels/telegram/connect", body, headers=headers)
    assert (status, report["connected"]) == (200, False)
    (step,) = report["steps"]
    assert step["problem"] == "Telegram не знает такого токена"
    assert "BotFather" in step["remedy"]
    assert TOKEN not in json.dumps(report)
    assert connections.asked == [
        (Asker("salon", "user-1"), Connection.TELEGRAM, {"telegram_token": TOKEN}, "")
    ]


def test_the_books_number_is_no_secret(api: Api, connections: Recorded) -> None:
    body = {"yclients_user_token": "u", "crm_company_id": "77"}
    assert api.call("POST", "channels/yclients/connect", body)[0] == 200
    given = {"yclients_partner_token": "", "yclients_user_token": "u"}
    assert connections.asked[0][2:] == (given, "77")


@pytest.mark.fault("a value that would reach into an address", "400 by name, nothing asked")
@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("telegram", "telegram_token", "4242:x/../../bot1:y"),
        ("telegram", "telegram_token", "a b"),
        ("whatsapp", "whatsapp_phone_number_id", "1/messages?x="),
        ("whatsapp", "whatsapp_waba_id", "../me"),
        ("whatsapp", "whatsapp_access_token", "a\r\nb"),
        ("yclients", "crm_company_id", "77/records"),
        ("yclients", "yclients_user_token", "ключ"),
        ("gemini", "gemini_api_key", "x" * 2000),
    ],
)
def test_what_is_no_value_is_named(
    api: Api, connections: Recorded, path: str, name: str, value: str
) -> None:
    status, body = api.call("POST", f"channels/{path}/connect", {name: value})
    assert (status, body["field"]) == (400, name)
    assert value not in json.dumps(body)
    assert connections.asked == []


@pytest.mark.parametrize("role", ["manager", "viewer"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "channels/telegram/connect"),
        ("POST", "channels/gemini/connect"),
        ("POST", "channels/telegram/renew"),
        ("POST", "channels/whatsapp/templates"),
        ("DELETE", "channels/telegram"),
    ],
)
def test_owners_alone_change_them(
    api: Api, connections: Recorded, role: str, method: str, path: str
) -> None:
    assert api.call(method, path, {}, role=role)[0] == 403
    assert connections.asked == []


def test_they_are_listed_without_a_secret(api: Api, connections: Recorded) -> None:
    status, body = api.get("channels", role="viewer")
    assert status == 200
    assert body["channels"] == [
        {
            "kind": "telegram",
            "connected": True,
            "shown": {"telegram_bot_username": "salon_bot"},
            "checked_at": None,
            "failed": "",
        }
    ]


def test_an_unknown_channel_is_none(api: Api, connections: Recorded) -> None:
    for method, path in (
        ("POST", "channels/pigeon/check"),
        ("POST", "channels/pigeon/renew"),
        ("DELETE", "channels/pigeon"),
    ):
        assert api.call(method, path)[0] == 404
    assert api.call("DELETE", "channels/telegram")[0] == 204


def test_what_is_missing_is_named(
    api: Api, connections: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_given: Any) -> Report:
        raise InvalidInput("gemini_api_key", "is missing", "Give all values the first time")

    monkeypatch.setattr(connections, "connect", missing)
    headers = {"accept-language": "ru"}
    status, body = api.call("POST", "channels/gemini/connect", {}, headers=headers)
    assert (status, body["field"]) == (400, "gemini_api_key")
    assert body["problem"] == "нет"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("", "https://abc.execute-api.eu-west-1.amazonaws.com/v1"),
        ("http://127.0.0.1:4566/restapis/{api}/v1/_user_request_", "http://127.0.0.1:4566/restapis/abc/v1/_user_request_"),
        ("https://api.salon.example", "https://api.salon.example"),
    ],
)  # fmt: skip
def test_where_messengers_reach_us(
    monkeypatch: pytest.MonkeyPatch, told: str, expected: str
) -> None:
    monkeypatch.setenv("API_ADDRESS", told)
    domain = "abc.execute-api.eu-west-1.amazonaws.com"
    context = {"apiId": "abc", "domainName": domain, "stage": "v1"}
    assert wiring.api_address(context) == expected
