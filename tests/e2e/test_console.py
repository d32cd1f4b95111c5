"""The team on the deployed cloud: invited, signed in with an authenticator app, let in to their own company alone, signed out."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest
from comeback.team.model import Role
from pyotp import TOTP

from tests.e2e.door import PASSWORD, Door

Clients = Callable[[str], Any]
ANOTHER = "Another-horse-8"


@pytest.fixture
def authenticators(aws: Clients, deployed: Mapping[str, str]) -> Iterator[None]:
    """As on AWS, where each needs one."""

    def wanted(mode: str) -> None:
        aws("cognito-idp").set_user_pool_mfa_config(
            UserPoolId=deployed["UserPoolId"],
            SoftwareTokenMfaConfiguration={"Enabled": True},
            MfaConfiguration=mode,
        )

    wanted("ON")
    yield
    wanted("OPTIONAL")


def test_who_is_invited_takes_a_password_and_an_authenticator_app(
    door: Door, company_id: str, authenticators: None
) -> None:
    email = door.invited(company_id, Role.OWNER)
    asked = door.post("sign-in", email=email, password=PASSWORD).json()
    assert asked["challenge"] == "new_password"
    assert door.post("answer", **asked, email=email, password=ANOTHER).status_code == 200
    asked = door.post("sign-in", email=email, password=ANOTHER).json()
    assert asked["challenge"] == "set_up_totp", asked
    app = TOTP(asked["secret"])
    known = {name: asked[name] for name in ("challenge", "session")}
    signed_in = door.post("answer", **known, email=email, code=app.now())
    assert signed_in.status_code == 200, signed_in.text
    asked = door.post("sign-in", email=email, password=ANOTHER).json()
    assert asked["challenge"] == "totp"
    mistyped = door.post("answer", **asked, email=email, code="000000")
    assert (mistyped.status_code, mistyped.json()["field"]) == (400, "code")
    asked = door.post("sign-in", email=email, password=ANOTHER).json()
    again = door.post("answer", **asked, email=email, code=app.now())
    assert again.json()["role"] == "owner", again.text


def test_a_session_goes_on_by_its_cookie_until_signed_out(door: Door, company_id: str) -> None:
    email = door.member(company_id, Role.VIEWER)
    cookie = door.post("sign-in", email=email, password=PASSWORD).headers["set-cookie"]
    cookie = cookie.split(";")[0]
    assert door.post("refresh", cookie=cookie).json()["role"] == "viewer"
    assert door.post("sign-out", cookie=cookie).status_code == 204
    door.api.cookies.clear()
    assert door.post("refresh", cookie=cookie).status_code == 401
    assert door.post("refresh", cookie="comeback_session=made-up").status_code == 401


def test_the_admin_api_wants_a_token_of_the_company(
    door: Door, api: httpx.Client, company_id: str
) -> None:
    assert api.get("/admin/health").status_code == 401
    forged = {"authorization": "Bearer e30.e30.e30"}
    assert api.get("/admin/health", headers=forged).status_code == 401
    token = {"authorization": f"Bearer {door.token(door.member(company_id, Role.OWNER))}"}
    assert api.get("/admin/health", headers=token).json() == {"status": "ok"}
    assert api.get("/admin/somebody/due", headers=token).status_code == 404
    assert api.get("/admin/nothing", headers=token).json() == {"error": "NotFound"}
