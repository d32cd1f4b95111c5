"""A company's secrets are changed as they were read, whoever writes at the same moment; nothing of them is told."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from comeback.errors import Unavailable
from comeback.runtime.secret_keeper import SecretsManagerKeeper
from comeback.runtime.secrets import CompanySecrets, secret_name
from moto import mock_aws

NAME = secret_name("test", "salon")
RACE = pytest.mark.fault("two owners change secrets at one moment", "both changes stand")


class Manager:
    """moto's, before one of whose calls another does something."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.before: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            if name in self.before:
                self.before.pop(name)()
            return getattr(self.real, name)(**arguments)

        return call


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield Manager(boto3.client("secretsmanager", region_name="us-east-1"))


def keeper(manager: Any) -> SecretsManagerKeeper:
    return SecretsManagerKeeper(manager, CompanySecrets("test"))


def adding(**more: str) -> Any:
    def change(now: Mapping[str, str]) -> dict[str, str]:
        return {**now, **more}

    return change


def test_the_first_makes_it_the_next_add_to_it(manager: Manager) -> None:
    assert keeper(manager).read("salon") == {}
    keeper(manager).change("salon", adding(a="1"))
    keeper(manager).change("salon", adding(b="2"))
    assert keeper(manager).read("salon") == {"a": "1", "b": "2"}
    assert keeper(manager).read("salon2") == {}


def test_what_changes_nothing_makes_no_version(manager: Manager) -> None:
    keeper(manager).change("salon", adding(a="1"))
    keeper(manager).change("salon", adding(a="1"))
    versions = manager.real.list_secret_version_ids(SecretId=NAME, IncludeDeprecated=True)
    assert len(versions["Versions"]) == 1


@RACE
@pytest.mark.parametrize("moment", ["put_secret_value", "update_secret_version_stage"])
def test_another_was_first(manager: Manager, moment: str) -> None:
    keeper(manager).change("salon", adding(a="1"))
    other = keeper(manager.real)
    manager.before[moment] = lambda: other.change("salon", adding(b="2"))
    keeper(manager).change("salon", adding(c="3"))
    assert other.read("salon") == {"a": "1", "b": "2", "c": "3"}


@RACE
def test_another_made_it_first(manager: Manager) -> None:
    other = keeper(manager.real)
    manager.before["create_secret"] = lambda: other.change("salon", adding(b="2"))
    keeper(manager).change("salon", adding(c="3"))
    assert other.read("salon") == {"b": "2", "c": "3"}


def test_this_process_knows_at_once(manager: Manager, monkeypatch: pytest.MonkeyPatch) -> None:
    known = CompanySecrets("test")
    known._known["salon"] = (0.0, {"a": "old"})
    SecretsManagerKeeper(manager, known).change("salon", adding(a="new"))
    assert "salon" not in known._known


@pytest.mark.parametrize("stored", ["no json", json.dumps({"a": 1}), json.dumps(["a-secret"])])
def test_a_document_of_another_shape_is_left_alone(manager: Manager, stored: str) -> None:
    manager.real.create_secret(Name=NAME, SecretString=stored)
    with pytest.raises(Unavailable) as told:
        keeper(manager).change("salon", adding(a="1"))
    assert "a-secret" not in str(told.value)


def test_an_error_says_nothing_of_what_was_sent(manager: Manager) -> None:
    def refuse() -> None:
        raise ClientError({"Error": {"Code": "Busy", "Message": "a-secret"}}, "PutSecretValue")

    keeper(manager).change("salon", adding(a="1"))
    manager.before["put_secret_value"] = refuse
    with pytest.raises(Unavailable) as told:
        keeper(manager).change("salon", adding(a="a-secret"))
    assert "a-secret" not in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__context__ is None
