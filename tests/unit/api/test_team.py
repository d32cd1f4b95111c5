"""The team through the API, on moto's Cognito: for owners alone, and of their own company."""

from typing import Any

import pytest
from comeback.runtime import wiring
from comeback.runtime.team import CognitoTeam
from comeback.team.model import Role
from comeback.team.team import Team

from tests.fakes.clock import FixedClock
from tests.unit.api.conftest import Api
from tests.unit.team.conftest import cognito, people, signed_in

__all__ = ["cognito", "people"]
KEY = {"idempotency-key": "k1"}
VERA = {"email": "vera@example.com", "role": "manager"}


@pytest.fixture
def owner(api: Api, people: CognitoTeam, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(wiring, "team", lambda: Team(api.store, people, FixedClock()))
    return signed_in(people, "salon", "anna@example.com", Role.OWNER)


def test_from_the_invitation_to_the_last_day(api: Api, owner: str) -> None:
    status, vera = api.call("POST", "team", VERA, headers=KEY)
    assert (status, vera["role"], vera["standing"]) == (201, "manager", "invited")
    assert api.call("POST", "team", VERA, headers=KEY) == (201, vera)
    assert [m["email"] for m in api.get("team")[1]["members"]] == [
        "anna@example.com",
        "vera@example.com",
    ]
    place = f"team/{vera['user_id']}"
    assert api.call("PUT", f"{place}/role", {"role": "viewer"})[0] == 428
    api.get(place)
    match = {"if-match": str(api.headers["ETag"])}
    status, changed = api.call("PUT", f"{place}/role", {"role": "viewer"}, headers=match)
    assert (status, changed["role"]) == (200, "viewer")
    assert api.call("PUT", f"{place}/role", {"role": "owner"}, headers=match)[0] == 412
    assert api.call("POST", f"{place}/invitation")[0] == 204
    assert api.call("DELETE", place)[0] == 204
    assert api.get(place)[0] == 404
    operations = [entry["operation"] for entry in api.get("audit")[1]["items"]]
    assert sorted(operations) == ["team.give", "team.invite", "team.invite_again", "team.remove"]


def test_the_last_owner_stays_and_is_told_so(api: Api, owner: str) -> None:
    headers = {"accept-language": "ru"}
    status, body = api.call("DELETE", f"team/{owner}", headers=headers)
    assert (status, body["field"]) == (400, "role")
    assert body["problem"] == "это последний владелец"


@pytest.mark.parametrize("role", ["manager", "viewer"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "team", None),
        ("POST", "team", VERA),
        ("PUT", "team/x/role", {"role": "owner"}),
        ("DELETE", "team/x", None),
        ("POST", "team/x/totp/reset", None),
        ("POST", "team/x/invitation", None),
    ],
)
def test_others_may_not(api: Api, owner: str, role: str, method: str, path: str, body: Any) -> None:
    assert api.call(method, path, body, role=role, headers=KEY)[0] == 403


@pytest.mark.fault("an owner names another company's user", "404, nothing changed")
def test_another_companys_user_is_nobody(api: Api, owner: str, people: CognitoTeam) -> None:
    boris = signed_in(people, "salon2", "boris@example.com", Role.OWNER)
    for name in (boris, "boris@example.com", "..%2F..", "*"):
        match = {"if-match": "*"}
        place = f"team/{name}"
        assert api.get(place)[0] == 404
        assert api.call("PUT", f"{place}/role", {"role": "viewer"}, headers=match)[0] == 404
        assert api.call("DELETE", place)[0] == 404
        assert api.call("POST", f"{place}/totp/reset")[0] == 404
    assert people.member("salon2", boris).role is Role.OWNER


@pytest.mark.parametrize("email", ["", "anna", "a b@c.ru", "@c.ru", "a@c"])
def test_what_is_no_address_is_told(api: Api, owner: str, email: str) -> None:
    status, body = api.call("POST", "team", {**VERA, "email": email}, headers=KEY)
    assert (status, body["field"]) == (400, "email")
