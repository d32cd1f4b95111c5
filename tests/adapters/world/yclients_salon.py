"""A small salon in the simulated YCLIENTS, and a way to call its API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.adapters.conftest import Receiver, WorldServer

HEADERS = {
    "Accept": "application/vnd.yclients.v2+json",
    "Authorization": "Bearer partner, User owner-of-77",
}
HAIRCUT, MANICURE, GONE = 1, 2, 3
ANNA, OLGA = 11, 12
IRINA, PETR, BLACKLISTED = 101, 102, 103
TUESDAY = "2026-03-03"
SEED: Mapping[str, Any] = {
    "id": 77,
    "title": "Салон",
    "timezone": "Europe/Moscow",
    "partner_token": "partner",
    "user_token": "owner-of-77",
    "login": "owner",
    "password": "secret",
    "services": [
        {"id": HAIRCUT, "title": "Стрижка", "length": 3600, "price_min": 2000},
        {"id": MANICURE, "title": "Маникюр", "length": 5400, "price_min": 1800},
        {"id": GONE, "title": "Эпиляция", "length": 3600, "active": False},
    ],
    "staff": [
        {
            "id": ANNA,
            "name": "Анна",
            "services": [HAIRCUT, {"id": MANICURE, "length": 7200}],
            "schedule": {str(day): ["10:00", "14:00"] for day in range(5)},
        },
        {
            "id": OLGA,
            "name": "Ольга",
            "services": [MANICURE],
            "schedule": {"on": 1, "off": 1, "since": "2026-03-02", "hours": ["10:00", "13:00"]},
        },
    ],
    "clients": [
        {"id": IRINA, "name": "Ирина Белова", "phone": "+79162190033"},
        {"id": PETR, "name": "Пётр", "phone": "+79162190034"},
        {"id": BLACKLISTED, "name": "Мария", "phone": "+79162190035", "blacklisted": True},
    ],
    "records": [
        {
            "id": 1001,
            "staff_id": ANNA,
            "client_id": IRINA,
            "services": [{"id": HAIRCUT, "cost": 1900}],
            "datetime": "2026-02-03T12:00:00+03:00",
        },
        {
            "id": 1002,
            "staff_id": ANNA,
            "client_id": IRINA,
            "services": [HAIRCUT],
            "datetime": "2026-03-03T11:00:00+03:00",
        },
    ],
}


@dataclass
class YclientsSalon:
    server: WorldServer

    @classmethod
    def open(cls, server: WorldServer, receiver: Receiver | None = None) -> "YclientsSalon":
        """Without rate limits, and with a webhook when there is a receiver."""
        urls = [f"{receiver.url}/hook"] if receiver else []
        server.control.post(
            "/world/yclients/companies", json={**SEED, "webhook_urls": urls}
        ).raise_for_status()
        server.world.yclients.tuning.limits = False
        return cls(server)

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {**HEADERS, **more.pop("headers", {})}
        url = f"/yclients/api/v1{path}"
        return self.server.control.request(method, url, headers=headers, **more)

    def data(self, method: str, path: str, **more: Any) -> Any:
        answer = self.call(method, path, **more)
        answer.raise_for_status()
        assert answer.json()["success"] is True
        return answer.json()["data"]

    def times(self, staff: int, service: int, day: str = TUESDAY) -> list[str]:
        path = f"/book_times/77/{staff}/{day}?service_ids[]={service}"
        return [seance["time"] for seance in self.data("GET", path)]

    def book(
        self, at: str, staff: int = ANNA, service: int = HAIRCUT, **more: Any
    ) -> httpx.Response:
        appointment = {"id": 1, "staff_id": staff, "services": [service], "datetime": at}
        client = {"phone": "79162190034", "fullname": "Пётр"}
        return self.call(
            "POST", "/book_record/77", json={**client, "appointments": [appointment], **more}
        )

    def move_clock(self, now: str) -> None:
        self.server.control.post("/world/clock", json={"now": now}).raise_for_status()
