"""A company that connects its channels: to the simulated services over HTTP, with secrets in moto's Secrets Manager."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import boto3
import pytest
from comeback.companies.model import BusinessType, Company
from comeback.connections.connect import Asker, Connections
from comeback.connections.model import Wanted
from comeback.connections.templates import Templates
from comeback.reactivation.whatsapp_templates import TEMPLATES, registration
from comeback.runtime.doors import RealDoors
from comeback.runtime.secret_keeper import SecretsManagerKeeper
from comeback.runtime.secrets import CompanySecrets, secret_name
from comeback.runtime.settings import CrmSettings, GeminiSettings, MessengerSettings
from moto import mock_aws

from tests.adapters.conftest import Receiver, WorldServer
from tests.fakes.clock import FixedClock
from tests.fakes.queues import FakeEvents
from tests.fakes.store import FakeStore

ANNA = Asker("salon", "anna")
WANTED = [Wanted(d.name, d.language, d.body, registration(d)) for d in TEMPLATES.values()]


class Unlimited:
    def __getattr__(self, _name: str) -> Callable[..., float]:
        return lambda *_: 0.0


@dataclass
class Office:
    """Where an owner sits: `store`, `secrets` as they lie in Secrets Manager, and the world outside."""

    world: WorldServer
    receiver: Receiver
    manager: Any
    store: FakeStore = field(default_factory=FakeStore)
    clock: FixedClock = field(default_factory=FixedClock)
    events: FakeEvents = field(default_factory=FakeEvents)

    def __post_init__(self) -> None:
        numbers = count(1)
        url = self.world.url
        self.made = lambda: f"made-{next(numbers)}-{'x' * 32}"
        self.doors = RealDoors(
            MessengerSettings(f"{url}/telegram", f"{url}/whatsapp"),
            CrmSettings(f"{url}/yclients"),
            GeminiSettings(f"{url}/gemini"),
            Unlimited,  # type: ignore[arg-type]  # every method waits for nothing
        )
        for company in ("salon", "salon2"):
            self.store.save_company(Company(company, "Salon", "Europe/Moscow", BusinessType.BEAUTY))

    @property
    def keeper(self) -> SecretsManagerKeeper:
        return SecretsManagerKeeper(self.manager, CompanySecrets("test"))

    @property
    def connections(self) -> Connections:
        return Connections(
            self.store,
            self.keeper,
            self.doors,
            self.clock,
            self.made,
            WANTED,
            self.receiver.url,
            self.events,
        )

    @property
    def templates(self) -> Templates:
        return Templates(self.store, self.keeper, self.doors, self.clock, WANTED)

    @property
    def secrets(self) -> dict[str, str]:
        try:
            found = self.manager.get_secret_value(
                SecretId=secret_name("test", "salon"), VersionStage="AWSCURRENT"
            )
        except self.manager.exceptions.ResourceNotFoundException:
            return {}
        values: dict[str, str] = json.loads(found["SecretString"])
        return values

    @property
    def log(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Oldest first."""
        entries = reversed(self.store.audit("salon", "", 50))
        return [(entry.operation, entry.target, entry.fields) for entry in entries]


@pytest.fixture
def office(
    world: WorldServer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws(config={"core": {"passthrough": {"urls": [r"http://127\.0\.0\.1.*"]}}}):
        yield Office(world, receiver, boto3.client("secretsmanager", region_name="us-east-1"))
