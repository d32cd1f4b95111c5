"""The table of tests/storage, and two companies in it."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from comeback.runtime.remembering import RememberingStore
from comeback.runtime.team import CognitoTeam
from comeback.storage.keyed_vault import KeyedVault
from comeback.team.model import Role

from tests.fakes.user_pool import user_pool
from tests.storage.conftest import Kms, aws, kms, table
from tests.storage.wire import KEYS
from tests.tenants.deployed import Deployed, account
from tests.tenants.world import A, B, Rows, World, become, rows

__all__ = ["aws", "kms", "table"]
Process = Callable[[], World]


@pytest.fixture
def process(table: str, kms: Kms) -> Process:
    """A process that remembers nothing of the others."""
    return lambda: World(RememberingStore(table, KeyedVault(KEYS, lambda: kms.client, kms.key_id)))


@pytest.fixture(scope="module")
def pool(aws: Any) -> str:
    """The team's, with a member of each company."""
    cognito = boto3.client("cognito-idp")
    made = user_pool(cognito)
    people = CognitoTeam(cognito, made)
    for company in (A, B):
        people.invite(company, f"{company}@example.com", Role.OWNER, "en")
    return made


@pytest.fixture
def deployed(
    table: str,
    kms: Kms,
    pool: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Deployed]:
    with account(
        (A, B), TABLE=table, KEYS_TABLE=KEYS, CONTACTS_KEY=kms.key_id, USER_POOL_ID=pool
    ) as settings:
        yield Deployed(settings, monkeypatch, capsys)


@pytest.fixture(scope="module")
def once() -> dict[str, Rows]:
    """What was made in this module before: making it takes seconds."""
    return {}


@pytest.fixture
def filled(process: Process, once: dict[str, Rows]) -> Rows:
    """Both companies' rows, in the tables."""
    if not once:
        for company_id in (A, B):
            process().fill(company_id)
        once["both"] = rows()
    become(once["both"])
    return once["both"]
