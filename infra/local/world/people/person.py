"""A simulated client: who they are, how they live, how they answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DEFAULT_ANSWERS: Mapping[str, float] = {
    "yes": 0.34,
    "other_time": 0.10,
    "other_service": 0.04,
    "other_master": 0.05,
    "away": 0.05,
    "already_booked": 0.03,
    "no": 0.05,
    "question": 0.03,
    "stop": 0.03,
    "silence": 0.28,
}
WAKES, SLEEPS = 9, 22
"""Local hours between which people answer."""


@dataclass
class Person:
    """`held`: a human answers for this person on the phones page, so the engine keeps silent.

    `companies`: client ids by company id, in the simulated YCLIENTS.
    """

    person_id: str
    name: str
    language: str = "ru"
    phone: str = ""
    telegram_user_id: int | None = None
    whatsapp: bool = False
    time_zone: str = "Europe/Moscow"
    companies: Mapping[int, int] = field(default_factory=dict)
    habits: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, float] = field(default_factory=lambda: DEFAULT_ANSWERS)
    reply_delay_minutes: tuple[int, int] = (5, 240)
    held: bool = False

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> "Person":
        """From the control API's JSON (`POST /world/people`)."""
        low, high = raw.get("reply_delay_minutes", (5, 240))
        return cls(
            person_id=str(raw["id"]),
            name=raw["name"],
            language=raw.get("language", "ru"),
            phone=raw.get("phone", ""),
            telegram_user_id=raw.get("telegram_user_id"),
            whatsapp=bool(raw.get("whatsapp", False)),
            time_zone=raw.get("time_zone", "Europe/Moscow"),
            companies={int(c): int(client) for c, client in raw.get("companies", {}).items()},
            habits=raw.get("habits", {}),
            answers=raw.get("answers", DEFAULT_ANSWERS),
            reply_delay_minutes=(low, high),
        )

    def addresses(self) -> list[tuple[str, str]]:
        """(channel, address) pairs at which this person's phone rings."""
        found = []
        if self.telegram_user_id:
            found.append(("telegram", str(self.telegram_user_id)))
        if self.whatsapp and self.phone:
            found.append(("whatsapp", self.phone.lstrip("+")))
        return found

    def awake(self, when: datetime) -> datetime:
        """`when`, or the next morning if they sleep then."""
        local = when.astimezone(ZoneInfo(self.time_zone))
        if local.hour < WAKES:
            local = local.replace(hour=WAKES, minute=when.minute % 30)
        elif local.hour >= SLEEPS:
            local = (local + timedelta(days=1)).replace(hour=WAKES, minute=when.minute % 30)
        return local.astimezone(when.tzinfo)


@dataclass
class Bubble:
    """One message on a phone's screen. `mine`: sent by the phone's owner."""

    mine: bool
    text: str
    at: datetime
    channel: str
    account: str
    address: str
    message_id: str = ""
    buttons: tuple[tuple[str, str], ...] = ()
    """(id, title)."""
    status: str = ""
    picture: str = ""
    """Where the page finds it."""

    def as_json(self) -> dict[str, Any]:
        return {
            "mine": self.mine,
            "text": self.text,
            "at": self.at.isoformat(),
            "channel": self.channel,
            "message_id": self.message_id,
            "buttons": [{"id": i, "title": t} for i, t in self.buttons],
            "status": self.status,
            "picture": self.picture,
        }
