"""What a messenger feels of a webhook: little memory, nothing heavy, and milliseconds when warm (DESIGN §7)."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from comeback.runtime import aws

from tests.functions.webhooks.conftest import OF_ITS_OWN, SECRETS, Hooks
from tests.functions.webhooks.test_door import crm
from tests.functions.webhooks.test_webhooks import telegram, whatsapp
from tests.unit.channels.payloads import notification, tg_message, update, value, wa_message

ROOT = Path(__file__).parents[3]
WEBHOOKS = sorted(f.stem for f in (ROOT / "functions" / "webhooks").glob("*.py"))
FORBIDDEN = ("google.genai", "telegram", "pynamodb", "httpx", "pydantic", "cryptography")
MEGABYTES, MILLISECONDS, CALLS = 50, 50, 300
CHILD = """
import json, re, sys
import webhooks.{name}
from comeback.runtime.aws import client
client("sqs"), client("secretsmanager")
megabytes = int(re.search(r"VmHWM:\\s+([0-9]+) kB", open("/proc/self/status").read())[1]) / 1024
print(json.dumps([megabytes, [m for m in {forbidden!r} if m in sys.modules]]))
"""


def events() -> dict[str, dict[str, Any]]:
    """One of each webhook's usual; a new webhook needs one."""
    message = value(messages=[wa_message()])
    return {
        "crm": crm("c-secret"),
        "telegram": telegram(update(message=tg_message())),
        "whatsapp": whatsapp(notification(message)),
    }


class QueuesAnswer:
    """SQS' own words to a SendMessage, without the way there."""

    def __init__(self) -> None:
        self.body = json.dumps({"MessageId": "1", "MD5OfMessageBody": ""}).encode()

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.body

    @property
    def content(self) -> bytes:
        return self.body


def no_way_there(request: Any, **_: object) -> AWSResponse:
    return AWSResponse(request.url, HTTPStatus.OK, HTTPHeaders(), QueuesAnswer())


@pytest.mark.skipif(
    sys.platform != "linux", reason="tells its memory by /proc, as Lambda's system does"
)
@pytest.mark.parametrize("name", WEBHOOKS)
def test_a_webhook_fits_in_fifty_megabytes_and_loads_nothing_heavy(name: str) -> None:
    """With the clients of its first event."""
    env = {
        **OF_ITS_OWN,
        "AWS_ACCESS_KEY_ID": "made-up",
        "AWS_SECRET_ACCESS_KEY": "made-up",
    }
    code = CHILD.format(name=name, forbidden=FORBIDDEN)
    done = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    megabytes, heavy = json.loads(done.stdout)
    assert heavy == []
    assert megabytes <= MEGABYTES


@pytest.mark.parametrize("name", WEBHOOKS)
def test_a_warm_webhook_answers_in_milliseconds(hooks: Hooks, name: str) -> None:
    """Its own time, with the queue's answer stubbed: CPU time, for the tests share their cores."""
    hooks.keep("salon", {**SECRETS, "crm_webhook_secret": "c-secret"})
    handler, event = hooks.handler(name), events()[name]
    assert handler(event, None)["statusCode"] == HTTPStatus.OK
    aws.client("sqs").meta.events.register_first("before-send.sqs.SendMessage", no_way_there)
    took = []
    for _ in range(CALLS):
        began = time.thread_time()
        assert handler(event, None)["statusCode"] == HTTPStatus.OK
        took.append(1000 * (time.thread_time() - began))
    p99 = sorted(took)[int(0.99 * CALLS)]
    assert p99 <= MILLISECONDS
