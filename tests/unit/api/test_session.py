"""Signing in, as API Gateway calls it, against moto's Cognito: password, first password, then the cookie.

What moto does not know (authenticator apps, sign-out) is tried on the local cloud: tests/e2e/test_console.py."""

import importlib
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from comeback.runtime import aws
from moto import mock_aws

from tests.fakes.user_pool import console_client, user_pool

EMAIL, PASSWORD = "anna@example.com", "Correct-horse-7"
Answer = tuple[int, Any, dict[str, str]]


class Session:
    def __init__(self, pool_id: str) -> None:
        self.cognito, self.pool_id = boto3.client("cognito-idp"), pool_id
        self.app = importlib.import_module("api.session.app").app

    def invite(self, *, permanent: bool = True) -> None:
        attributes = {"email": EMAIL, "custom:company": "salon", "custom:role": "owner"}
        self.cognito.admin_create_user(
            UserPoolId=self.pool_id,
            Username=EMAIL,
            TemporaryPassword=PASSWORD,
            UserAttributes=[{"Name": k, "Value": v} for k, v in attributes.items()],
        )
        if permanent:
            self.cognito.admin_set_user_password(
                UserPoolId=self.pool_id, Username=EMAIL, Password=PASSWORD, Permanent=True
            )

    def post(self, path: str, cookie: str = "", language: str = "en", **body: str) -> Answer:
        headers = {"content-type": "application/json", "accept-language": language}
        resource = f"/session/{path}"
        event = {
            "path": resource,
            "headers": {**headers, "cookie": cookie} if cookie else headers,
            "multiValueQueryStringParameters": None,
            "pathParameters": None,
            "body": json.dumps(body),
            "isBase64Encoded": False,
            "stageVariables": None,
            "requestContext": {"httpMethod": "POST", "resourcePath": resource, "path": resource},
        }
        answer = self.app(event, None)
        said = json.loads(answer["body"]) if answer["body"] else None
        return answer["statusCode"], said, answer["headers"]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.setenv(name, "us-east-1" if "REGION" in name else "made-up")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with mock_aws():
        aws.client.cache_clear()
        cognito = boto3.client("cognito-idp")
        pool = user_pool(cognito, MfaConfiguration="OFF")
        monkeypatch.setenv("USER_POOL_ID", pool)
        monkeypatch.setenv("USER_POOL_CLIENT_ID", console_client(cognito, pool))
        yield Session(pool)
    aws.client.cache_clear()


def test_a_password_gives_a_token_and_a_cookie_that_no_script_reads(session: Session) -> None:
    session.invite()
    status, body, headers = session.post("sign-in", email=EMAIL, password=PASSWORD)
    assert (status, body["company"], body["role"], body["email"]) == (200, "salon", "owner", EMAIL)
    assert body["expires_in"] > 0
    assert {"HttpOnly", "Secure", "SameSite=Strict", "Path=/session"} <= set(
        headers["Set-Cookie"].split("; ")
    )
    assert headers["Cache-Control"] == "no-store"


def test_the_cookie_goes_on(session: Session) -> None:
    session.invite()
    _, _, headers = session.post("sign-in", email=EMAIL, password=PASSWORD)
    cookie = headers["Set-Cookie"].split(";")[0]
    status, body, _ = session.post("refresh", cookie=cookie)
    assert (status, body["role"]) == (200, "owner")


@pytest.mark.parametrize("cookie", ["", "comeback_session=", "=;;="])
def test_without_a_session_one_is_told_to_sign_in(session: Session, cookie: str) -> None:
    assert session.post("refresh", cookie=cookie)[:2] == (401, {"error": "Refused"})


@pytest.mark.parametrize("who", [EMAIL, "nobody@example.com"])
def test_a_wrong_password_and_an_unknown_address_are_told_alike(session: Session, who: str) -> None:
    session.invite()
    found = session.post("sign-in", email=who, password="wrong")
    assert found[:2] == (401, {"error": "Refused"})


def test_who_was_invited_takes_a_password_of_their_own(session: Session) -> None:
    session.invite(permanent=False)
    _, asked, _ = session.post("sign-in", email=EMAIL, password=PASSWORD)
    assert asked["challenge"] == "new_password"
    status, body, _ = session.post("answer", **asked, email=EMAIL, password="Another-horse-8")
    assert (status, body["role"]) == (200, "owner")


@pytest.mark.parametrize(
    ("body", "field"),
    [({"email": EMAIL}, "password"), ({"email": EMAIL, "password": "x", "x": "y"}, "x")],
)
def test_what_is_missing_is_named(session: Session, body: dict[str, str], field: str) -> None:
    status, said, _ = session.post("sign-in", **body)
    assert (status, said["field"]) == (400, field)
