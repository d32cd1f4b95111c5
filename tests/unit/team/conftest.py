"""A team in a user pool like the template's, in moto."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from comeback.runtime.team import CognitoTeam
from comeback.team.model import Role
from comeback.team.team import Team
from moto import mock_aws

from tests.fakes.clock import FixedClock
from tests.fakes.store import FakeStore
from tests.fakes.user_pool import user_pool


@pytest.fixture
def cognito(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield boto3.client("cognito-idp", region_name="us-east-1")


@pytest.fixture
def people(cognito: Any) -> CognitoTeam:
    return CognitoTeam(cognito, user_pool(cognito, MfaConfiguration="OPTIONAL"))


@pytest.fixture
def team(people: CognitoTeam, store: FakeStore) -> Team:
    return Team(store, people, FixedClock())


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


def signed_in(people: CognitoTeam, company: str, email: str, role: Role) -> str:
    """A member who has a password of their own; the user id."""
    member = people.invite(company, email, role, "en")
    people._cognito.admin_set_user_password(
        UserPoolId=people._pool_id,
        Username=member.user_id,
        Password="A-good-password-1",
        Permanent=True,
    )
    return member.user_id
