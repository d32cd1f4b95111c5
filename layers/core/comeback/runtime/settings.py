"""Typed settings of each function, read from the environment that `template.yaml` sets.

One dataclass per need; a function reads only those it uses, so a missing variable fails at its cold start by name.
Import-light on purpose: webhooks load it.
"""

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import TypeVar

Settings = TypeVar("Settings")


class ConfigurationError(RuntimeError):
    """The template did not set a variable that this function needs."""


def from_env(kind: type[Settings], env: Mapping[str, str] = os.environ) -> Settings:
    """An instance of a settings dataclass whose fields are upper-cased variable names.

    Raises ConfigurationError naming the variable that is missing.
    """
    values: dict[str, str] = {}
    for field in fields(kind):  # type: ignore[arg-type]  # any dataclass type
        name = field.name.upper()
        if name in env:
            values[field.name] = env[name]
        elif field.default is MISSING:
            raise ConfigurationError(f"set {name}: {kind.__name__} needs it (see template.yaml)")
    return kind(**values)


@dataclass(frozen=True)
class StageSettings:
    """`clock_url` empty: the system clock. Set only where time is simulated."""

    stage: str
    clock_url: str = ""


@dataclass(frozen=True)
class TableSettings:
    """`keys_table` and `contacts_key`: what contacts are sealed with, a table and a KMS key."""

    table: str
    keys_table: str
    contacts_key: str


@dataclass(frozen=True)
class InboundSettings:
    stage: str
    inbound_queue_url: str


@dataclass(frozen=True)
class EventsSettings:
    stage: str
    events_queue_url: str


@dataclass(frozen=True)
class OutboundSettings:
    outbound_queue_url: str


@dataclass(frozen=True)
class CampaignSettings:
    bucket: str
    campaign_machine_arn: str


@dataclass(frozen=True)
class BucketSettings:
    bucket: str


@dataclass(frozen=True)
class MessengerSettings:
    telegram_base_url: str = "https://api.telegram.org"
    whatsapp_base_url: str = "https://graph.facebook.com"


@dataclass(frozen=True)
class CrmSettings:
    """Rates are calls a second and a minute, as YCLIENTS grants them to every partner."""

    yclients_base_url: str = "https://api.yclients.com"
    yclients_per_second: str = "5"
    yclients_per_minute: str = "200"


@dataclass(frozen=True)
class GeminiSettings:
    """Empty base URL: the SDK's own. The model's name is configuration: names age fast."""

    gemini_base_url: str = ""
    gemini_proxy_url: str = ""
    gemini_model: str = "gemini-3.1-flash-lite"


@dataclass(frozen=True)
class UserPoolSettings:
    """Cognito's: where the team signs in."""

    user_pool_id: str
    user_pool_client_id: str


@dataclass(frozen=True)
class TeamSettings:
    user_pool_id: str


@dataclass(frozen=True)
class LettersSettings:
    """Queues, where what could not be handled lies, and the function that imports files."""

    inbound_queue_url: str
    outbound_queue_url: str
    events_queue_url: str
    inbound_dead_letters_url: str
    outbound_dead_letters_url: str
    events_dead_letters_url: str
    schedule_dead_letters_url: str
    visits_file_function: str


@dataclass(frozen=True)
class ApiSettings:
    """Where messengers reach the API, `{api}` standing for its id; empty: at its own address, which each request tells."""

    api_address: str = ""
