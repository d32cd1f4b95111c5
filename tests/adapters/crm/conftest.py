"""The YCLIENTS adapter in front of the simulated salon of `tests/adapters/world/yclients_salon.py`."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import pytest
from comeback.companies.model import BusinessType, Company, CrmKind
from comeback.crm.yclients import Yclients
from comeback.crm.yclients_http import Tokens, YclientsHttp
from comeback.ports import Limits

from tests.adapters.conftest import WorldServer
from tests.adapters.world.yclients_salon import YclientsSalon

READ_SECONDS = 0.3
COMPANY = Company(
    "salon",
    "Салон",
    "Europe/Moscow",
    BusinessType.BEAUTY,
    crm=CrmKind.YCLIENTS,
    crm_company_id="77",
)


class MemoryLimits:
    """`take` as the table does it: no second and no minute sees more than its limit."""

    def __init__(self) -> None:
        self.calls: list[float] = []

    def take(
        self, bucket: str, per_second: int, per_minute: int, now: datetime, beside: None = None
    ) -> float:
        moment, waits = now.timestamp(), [0.0]
        for length, most in ((1.0, per_second), (60.0, per_minute)):
            within = [t for t in self.calls if t > moment - length]
            if len(within) >= most:
                waits.append(within[-most] + length - moment)
        if max(waits) <= 0:
            self.calls.append(moment)
        return max(waits)


@dataclass
class Shop:
    salon: YclientsSalon
    crm: Yclients
    limits: MemoryLimits

    @property
    def tuning(self) -> Any:
        return self.salon.server.world.yclients.tuning

    def fault(self, target: str, kind: str, **more: Any) -> None:
        body = {"target": f"yclients.{target}", "kind": kind, **more}
        self.salon.server.control.post("/world/faults", json=body).raise_for_status()

    def calls(self) -> list[str]:
        """What was asked of the API since the last look."""
        entries = self.salon.server.world.transcript.entries(0, "yclients.")
        self.salon.server.world.transcript.clear()
        return [e["kind"].removeprefix("yclients.") for e in entries]

    def records_at(self, starts_at: datetime) -> list[Any]:
        company = self.salon.server.world.yclients.companies[77]
        return [r for r in company.records if r.starts_at == starts_at and not r.deleted]


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=READ_SECONDS, trust_env=False) as client:
        yield client


@pytest.fixture
def shop(world: WorldServer, http: httpx.Client) -> Shop:
    salon = YclientsSalon.open(world)
    memory = MemoryLimits()
    limits: Limits = memory  # type: ignore[assignment]  # the only call the adapter makes
    door = YclientsHttp(
        Tokens("partner", "owner-of-77"),
        limits,
        f"{world.url}/yclients",
        http,
        sleep=time.sleep,
    )
    memory.take = lambda *_: 0.0  # type: ignore[method-assign]  # tests of rates put it back
    return Shop(salon, Yclients(door, COMPANY), memory)
