"""What is connected, and what a live check of it found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Connection(StrEnum):
    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    YCLIENTS = "yclients"
    GEMINI = "gemini"


SECRETS: Mapping[Connection, tuple[str, ...]] = {
    Connection.TELEGRAM: ("telegram_token",),
    Connection.WHATSAPP: (
        "whatsapp_access_token",
        "whatsapp_app_secret",
        "whatsapp_phone_number_id",
        "whatsapp_waba_id",
    ),
    Connection.YCLIENTS: ("yclients_partner_token", "yclients_user_token"),
    Connection.GEMINI: ("gemini_api_key",),
}
"""Without all of these it is not connected."""
OURS: Mapping[Connection, str] = {
    Connection.TELEGRAM: "telegram_webhook_secret",
    Connection.WHATSAPP: "whatsapp_verify_token",
    Connection.YCLIENTS: "crm_webhook_secret",
}
"""What whoever calls us proves to know; made here."""
ALSO: Mapping[Connection, tuple[str, ...]] = {
    Connection.TELEGRAM: ("telegram_bot_username",),
    Connection.GEMINI: ("gemini_proxy_url",),
}
SHOWN = frozenset({"telegram_bot_username", "whatsapp_phone_number_id", "whatsapp_waba_id"})
"""Names and numbers that are no secrets. The proxy's address may hold a password."""


def names(kind: Connection) -> tuple[str, ...]:
    """Every value of the company's secret document that belongs to a connection."""
    ours = OURS.get(kind)
    previous = (ours, f"{ours}_previous", f"{ours}_previous_until") if ours else ()
    app = ("whatsapp_app_secret_previous", "whatsapp_app_secret_previous_until")
    return (
        *SECRETS[kind],
        *ALSO.get(kind, ()),
        *previous,
        *(app if kind is Connection.WHATSAPP else ()),
    )


@dataclass(frozen=True)
class Step:
    """One thing that was tried. `told`: what came back, by name. `problem` and `remedy`: English source texts, of a step that
    failed."""

    name: str
    ok: bool
    told: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class State:
    """`failed`: the step that the last check failed at; empty when it went through."""

    kind: Connection
    connected: bool
    shown: Mapping[str, str]
    checked_at: datetime | None = None
    failed: str = ""


@dataclass(frozen=True)
class Report:
    kind: Connection
    connected: bool
    """Whether the values stand in the secret now."""
    steps: tuple[Step, ...]

    @property
    def failed(self) -> str:
        return next((step.name for step in self.steps if not step.ok), "")


@dataclass(frozen=True)
class Wanted:
    """A WhatsApp template that we write with. `registration`: as Meta takes it."""

    name: str
    language: str
    body: str
    registration: Mapping[str, object]

    @property
    def place(self) -> tuple[str, str]:
        return self.name, self.language


@dataclass(frozen=True)
class Template:
    """`status` by Meta's word; empty: Meta does not know it."""

    name: str
    language: str
    body: str
    status: str
