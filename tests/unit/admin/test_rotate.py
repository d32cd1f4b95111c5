"""The administrator's rotation writes a document that webhooks take both secrets by; saving a company's file keeps it."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from comeback.rotation import accepted, link_key
from moto import mock_aws

ADMIN = Path(__file__).parents[3] / "infra" / "admin"
NAME = "comeback/prod/company/salon"
SOON = datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture
def rotate(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1" if "REGION" in name else "made-up")
    monkeypatch.syspath_prepend(str(ADMIN))
    with mock_aws():
        import rotate as command

        yield command


def document() -> Any:
    return json.loads(
        boto3.client("secretsmanager").get_secret_value(SecretId=NAME)["SecretString"]
    )


def keep(values: dict[str, str]) -> None:
    boto3.client("secretsmanager").create_secret(Name=NAME, SecretString=json.dumps(values))


def run(command: ModuleType, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["rotate.py", *arguments])
    return int(command.main())


def test_a_secret_of_ours_is_made_and_both_are_taken(
    rotate: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep({"telegram_webhook_secret": "old", "telegram_token": "t"})
    assert run(rotate, monkeypatch, "salon", "telegram_webhook_secret") == 0
    new = capsys.readouterr().out.strip()
    found = document()
    assert len(new) >= 43
    assert accepted(found, "telegram_webhook_secret", datetime.now(UTC)) == (new, "old")
    assert (found["telegram_token"], link_key(found)) == ("t", "old")


def test_a_token_made_elsewhere_is_asked_for_and_replaced(
    rotate: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep({"telegram_token": "old"})
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "new")
    assert run(rotate, monkeypatch, "salon", "telegram_token") == 0
    assert document() == {"telegram_token": "new"}
    assert capsys.readouterr().out == ""
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "")
    assert run(rotate, monkeypatch, "salon", "telegram_token") == 1
    assert document() == {"telegram_token": "new"}


def test_saving_a_companys_file_keeps_what_it_does_not_name(rotate: ModuleType) -> None:
    import company

    keep({"crm_webhook_secret": "old"})
    rotate.rotate(NAME, "crm_webhook_secret", "new", SOON)
    company._save_secret(NAME, {"gemini_api_key": "key"})
    found = document()
    assert accepted(found, "crm_webhook_secret", datetime.now(UTC)) == ("new", "old")
    assert found["gemini_api_key"] == "key"
