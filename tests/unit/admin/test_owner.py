"""The first owner of a company is invited once, by the command that saves the company."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import boto3
import pytest
from comeback.companies.model import BusinessType, Company
from comeback.runtime.team import CognitoTeam
from comeback.team.model import Role, Standing
from moto import mock_aws

from tests.fakes.user_pool import user_pool

SALON = Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY)
EMAIL = "anna@example.com"
PASSWORD = "Correct-horse-7"


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    monkeypatch.delenv("COMEBACK_OWNER_PASSWORD", raising=False)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with mock_aws():
        yield user_pool(boto3.client("cognito-idp"))


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "path", [str(Path("infra/admin").resolve()), *sys.path])
    import owner

    return owner


@pytest.mark.parametrize("password", ["", PASSWORD])
def test_the_owner_is_invited_once(
    pool: str, owner: ModuleType, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    if password:
        monkeypatch.setenv(owner.PASSWORD, password)
    told = [owner.invite_owner({"UserPoolId": pool}, SALON, EMAIL) for _ in range(2)]
    assert "is the owner" in told[0]
    assert "already" in told[1]
    (member,) = CognitoTeam(boto3.client("cognito-idp"), pool).members("salon")
    assert (member.role, member.email) == (Role.OWNER, EMAIL)
    assert member.standing is (Standing.ACTIVE if password else Standing.INVITED)
