"""The CRM's webhook: a forged one leaves nothing behind, a true one is one message that says what to read anew."""

import base64
import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import Aws, Context

SECRET = "let-me-in"
HEAVY = (
    "telegram",
    "google",
    "pynamodb",
    "httpx",
    "babel",
    "phonenumbers",
    "aws_lambda_powertools",
)
ROOT = Path(__file__).parents[3]
RECORD: dict[str, Any] = {
    "company_id": 4564,
    "resource": "record",
    "resource_id": 2820023,
    "status": "update",
    "data": {
        "id": 2820023,
        "client": {"id": 77, "name": "Анна"},
        "last_change_date": "2026-03-02T12:00:00+0300",
    },
}


def call(body: Any, secret: str = SECRET, encoded: bool = False) -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sys.modules.pop("webhooks.crm", None)
    handler = importlib.import_module("webhooks.crm").handler
    answer = handler(
        {
            "pathParameters": {"company": "salon", "secret": secret},
            "body": base64.b64encode(raw).decode() if encoded else raw.decode(),
            "isBase64Encoded": encoded,
        },
        Context(),
    )
    status: int = answer["statusCode"]
    return status


@pytest.mark.parametrize("secret", ["", "wrong", "let-me-in "])
def test_a_forged_webhook_is_refused_and_nothing_enqueued(cloud: Aws, secret: str) -> None:
    assert call(RECORD, secret) == 404
    assert not cloud.published()


@pytest.mark.parametrize("encoded", [False, True])
def test_what_changed_is_enqueued_and_no_personal_data(cloud: Aws, encoded: bool) -> None:
    assert call(RECORD, encoded=encoded) == 200
    assert cloud.published() == [
        {
            "company_id": "salon",
            "kind": "crm.changed",
            "detail": {
                "resource": "record",
                "id": "2820023",
                "status": "update",
                "key": "4564:record:2820023:update:2026-03-02T12:00:00+0300",
                "client": "77",
            },
        }
    ]


@pytest.mark.parametrize(
    ("change", "client"),
    [
        ({"data": []}, None),
        ({"data": None}, None),
        ({"data": {"client": []}}, None),
        ({"resource": "master"}, "77"),
        ({"resource_id": "2820023"}, "77"),
    ],
)
def test_the_shapes_php_makes(cloud: Aws, change: dict[str, Any], client: str | None) -> None:
    assert call({**RECORD, **change}) == 200
    (message,) = cloud.published()
    assert message["detail"].get("client") == client


def test_what_nobody_follows_is_answered_and_forgotten(cloud: Aws) -> None:
    assert call({**RECORD, "resource": "goods_operations_sale"}) == 200
    assert not cloud.published()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", {"resource": "record"}])
def test_what_is_no_notice(cloud: Aws, body: Any) -> None:
    assert call(body) == 400
    assert not cloud.published()


def test_it_loads_nothing_heavy() -> None:
    code = "import sys, webhooks.crm; print(*sys.modules)"
    env = {
        "PYTHONPATH": f"{ROOT / 'functions'}:{ROOT / 'layers/core'}",
        "STAGE": "test",
        "EVENTS_QUEUE_URL": "x",
    }
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & set(HEAVY)
