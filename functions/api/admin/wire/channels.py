"""Channels, as they are shown and connected. Secrets go in, and never come out."""

from datetime import datetime
from typing import Annotated

from comeback.connections.model import Connection
from msgspec import Meta, Struct

Token = Annotated[str, Meta(max_length=1024, pattern=r"^[\x21-\x7e]*$(?!\n)")]
BotToken = Annotated[str, Meta(max_length=200, pattern=r"^([0-9]{1,20}:[A-Za-z0-9_-]+)?$(?!\n)")]
Digits = Annotated[str, Meta(pattern=r"^[0-9]{0,20}$(?!\n)")]
Address = Annotated[str, Meta(max_length=300)]


class Channel(Struct):
    """One connection. `shown`: names and numbers that are no secrets. `failed`: the step at which the last check ended."""

    kind: Connection
    connected: bool
    shown: dict[str, str]
    checked_at: datetime | None
    failed: str


class ChannelList(Struct):
    """Every connection there can be."""

    channels: list[Channel]


class StepView(Struct):
    """One thing that was tried, in the order of trying. `told`: what the service said; `problem` and `remedy`, when it failed."""

    name: str
    ok: bool
    told: dict[str, str]
    problem: str
    remedy: str


class CheckReport(Struct):
    """What a live check found. `connected`: whether the values are kept; they are not when they could not be verified."""

    kind: Connection
    connected: bool
    steps: list[StepView]


class TelegramBody(Struct, forbid_unknown_fields=True):
    """The bot's token from @BotFather; empty: as it was, and the webhook is set anew."""

    telegram_token: BotToken = ""


class WhatsAppBody(Struct, forbid_unknown_fields=True):
    """From Meta's developer console; empty ones stay as they were."""

    whatsapp_access_token: Token = ""
    whatsapp_app_secret: Token = ""
    whatsapp_phone_number_id: Digits = ""
    whatsapp_waba_id: Digits = ""


class YclientsBody(Struct, forbid_unknown_fields=True):
    """The partner's and the user's token, and the company's number in YCLIENTS; empty ones stay as they were."""

    yclients_partner_token: Token = ""
    yclients_user_token: Token = ""
    crm_company_id: Digits = ""


class GeminiBody(Struct, forbid_unknown_fields=True):
    """A key from Google AI Studio; a proxy of your own where Google can not be reached. Empty ones stay as they were."""

    gemini_api_key: Token = ""
    gemini_proxy_url: Address = ""
