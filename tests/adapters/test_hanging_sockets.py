"""Every adapter in front of sockets that hang: its own typed error, and before its deadline. Limits are made short; that the
product's are below the functions' is tests/architecture/test_time_outs.py."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import boto3
import httpcore
import httpx
import pytest
from botocore.config import Config
from comeback.ai import gemini
from comeback.ai.gemini import GeminiModel
from comeback.channels import telegram, whatsapp
from comeback.channels.telegram import TelegramChannel
from comeback.channels.whatsapp import WhatsAppChannel
from comeback.conversations.model import ChannelKind
from comeback.crm.yclients import Yclients
from comeback.crm.yclients_http import Tokens, YclientsHttp
from comeback.deadline import bounded
from comeback.errors import Unavailable, UnknownOutcome
from comeback.runtime import aws
from comeback.runtime.clock import WorldClock
from comeback.runtime.queues import SqsEvents
from comeback.storage import table
from comeback.storage.items.companies import CompanyItem
from comeback.storage.keys import Key
from comeback.storage.table import Table

from tests.adapters.channels.messages import message
from tests.adapters.crm.conftest import COMPANY
from tests.adapters.crm.test_yclients_booking import REQUEST
from tests.adapters.hanging import (
    dripping_body,
    dripping_head,
    hanging,
    never_accepting,
    silent,
)
from tests.fakes.limits import FakeLimits

READ, CONNECT, CALL = 0.25, 0.2, 0.5
"""Seconds."""
SLACK = 0.7
ATTEMPTS = 2
BACKOFF = 1.0
"""botocore's longest wait before its first repetition."""


@dataclass(frozen=True)
class Asking:
    """`lost`: what a request that left and was not answered means; one that never left is always Unavailable."""

    call: Callable[[str], object]
    lost: type[Exception]
    seconds: float = CALL
    drips: bool = True
    """False for AWS' own clients: their time-out is per read, and what they ask does not drip."""


def door(url: str) -> Yclients:
    return Yclients(YclientsHttp(Tokens("p", "u"), FakeLimits(), url, client()), COMPANY)


def client() -> httpx.Client:
    timeout = httpx.Timeout(READ, connect=CONNECT)
    return httpx.Client(timeout=timeout, transport=bounded(CALL, httpx, httpcore), trust_env=False)


def sqs(url: str) -> SqsEvents:
    retries: Any = {"total_max_attempts": ATTEMPTS, "mode": "standard"}
    config = Config(connect_timeout=CONNECT, read_timeout=READ, retries=retries)
    return SqsEvents(
        boto3.client("sqs", endpoint_url=url, config=config, region_name="us-east-1"), f"{url}/q"
    )


def stored(url: str) -> object:
    return Table("t", "us-east-1", url).get(CompanyItem, Key("CO#a", "COMPANY"))


AWS_SECONDS = ATTEMPTS * READ + BACKOFF
ASKING: dict[str, Asking] = {
    "YCLIENTS is read": Asking(lambda url: door(url).services(), Unavailable),
    "YCLIENTS is written": Asking(lambda url: door(url).book(REQUEST), Unavailable, 2 * CALL),
    "YCLIENTS cancels": Asking(lambda url: door(url).cancel("1"), UnknownOutcome),
    "WhatsApp": Asking(
        lambda url: WhatsAppChannel("t", "1", url).send(
            message(ChannelKind.WHATSAPP, "79990000001")
        ),
        UnknownOutcome,
    ),
    "Telegram": Asking(
        lambda url: TelegramChannel("1:token", url).send(message(ChannelKind.TELEGRAM, 7)),
        UnknownOutcome,
    ),
    "Gemini": Asking(
        lambda url: GeminiModel("key", "m", url, timeout=READ).estimate_interval("beauty", "x"),
        Unavailable,
        READ,
    ),
    "SQS": Asking(lambda url: sqs(url).publish("a", "k", {}), Unavailable, AWS_SECONDS, False),
    "DynamoDB": Asking(stored, Unavailable, AWS_SECONDS, False),
    "the world's clock": Asking(lambda url: WorldClock(url).now(), Unavailable, READ, False),
}
HANGING: dict[str, Callable[[], AbstractContextManager[str]]] = {
    "accepts and says nothing": lambda: hanging(silent),
    "drips its head": lambda: hanging(dripping_head),
    "drips its body": lambda: hanging(dripping_body),
    "never accepts": never_accepting,
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module in (telegram, whatsapp, table):
        for name in ("CONNECT_SECONDS", "READ_SECONDS", "CALL_SECONDS"):
            short = {"C": CONNECT, "R": READ}[name[0]] if name != "CALL_SECONDS" else CALL
            monkeypatch.setattr(module, name, short, raising=False)
    monkeypatch.setattr(table, "RETRIES", ATTEMPTS - 1)
    monkeypatch.setattr(whatsapp, "TIMEOUT", httpx.Timeout(READ, connect=CONNECT))
    monkeypatch.setattr("comeback.runtime.clock.READ_SECONDS", READ)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it would keep these keys for later tests
    made = (aws.session, aws.client, telegram.bot, whatsapp.http_client, gemini._client)
    for cached in made:
        cached.cache_clear()
    yield
    for cached in made:
        cached.cache_clear()


@pytest.mark.fault(
    "Outside sockets hang: silent, byte by byte, or never accepting",
    "Each adapter gives its typed error before its deadline",
)
@pytest.mark.parametrize(
    ("who", "how"),
    [(who, how) for who in ASKING for how in HANGING if ASKING[who].drips or "drips" not in how],
)
def test_a_socket_that_hangs_costs_no_more_than_the_deadline(who: str, how: str) -> None:
    asking = ASKING[who]
    with HANGING[how]() as url:
        began = time.monotonic()
        with pytest.raises(Unavailable if how == "never accepts" else asking.lost):
            asking.call(url)
        assert time.monotonic() - began < asking.seconds + SLACK


def test_the_deadline_is_each_calls_own(impatient: None) -> None:
    """A client is used for hours: what an earlier call took is not the next one's."""
    http = client()
    with hanging(silent) as url:
        for _ in range(2):
            began = time.monotonic()
            with pytest.raises(httpx.ReadTimeout):
                http.get(url)
            assert READ <= time.monotonic() - began < CALL
