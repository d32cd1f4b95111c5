"""Messages in and out, whatever the messenger.

Outbox state machine (promise 2: never two messages where one was meant):

    NEW ──claim──▶ SENDING ──accepted──▶ SENT ──▶ DELIVERED ──▶ READ
     ▲               │ │ └─no answer──▶ UNCERTAIN ──status webhook──▶ SENT | DELIVERED | READ | FAILED
     └─429, nothing──┘ └─definite no──▶ FAILED            (a late status never moves a message back)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

WHATSAPP_WINDOW = timedelta(hours=24)
"""Free text is allowed this long after the client's last message (Meta, customer service window)."""


class ChannelKind(StrEnum):
    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    INSTAGRAM = "instagram"
    MAX = "max"
    VOICE = "voice"


class Purpose(StrEnum):
    """Why we write. Marketing needs a consent on record; an answer in a dialogue does not."""

    MARKETING = "marketing"
    SERVICE = "service"


@dataclass(frozen=True)
class Address:
    """Where a client can be reached: a Telegram chat id, a WhatsApp number in digits."""

    channel: ChannelKind
    value: str


@dataclass(frozen=True)
class Button:
    """`button_id` ≤ 64 bytes (Telegram callback_data), `title` ≤ 20 characters for WhatsApp."""

    button_id: str
    title: str


@dataclass(frozen=True)
class TemplateCall:
    """An approved WhatsApp template with its variables filled, in the order {{1}}, {{2}}, …"""

    name: str
    language: str
    variables: tuple[str, ...]
    payloads: tuple[str, ...] = ()
    """Quick-reply payloads, one per button of the template."""


@dataclass(frozen=True)
class Content:
    """What is said. `template` set means: this template is what leaves; `text` is how it reads."""

    text: str
    buttons: tuple[Button, ...] = ()
    template: TemplateCall | None = None


class OutboxState(StrEnum):
    NEW = "new"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class OutboxMessage:
    company_id: str
    client_id: str
    outbox_id: str
    """Natural idempotency key, e.g. `<journey>.<attempt>` or `re.<inbound event id>.<n>`."""
    address: Address
    content: Content
    purpose: Purpose
    created_at: datetime
    state: OutboxState = OutboxState.NEW
    journey_id: str | None = None
    attempt: int = 0
    claimed_by: str = ""
    claimed_until: datetime | None = None
    provider_id: str = ""
    """The messenger's own message id; statuses name it."""
    error_code: str = ""
    version: int = 0


@dataclass(frozen=True)
class Conversation:
    """A client's head in one channel."""

    address: Address
    last_inbound_at: datetime | None = None

    def window_open(self, now: datetime) -> bool:
        """Whether WhatsApp lets us write free text at `now`."""
        return self.last_inbound_at is not None and now - self.last_inbound_at < WHATSAPP_WINDOW


class DeliveryStatus(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True)
class MessageReceived:
    """A client wrote or pressed a button."""

    event_id: str
    address: Address
    at: datetime
    text: str = ""
    button_id: str = ""
    reply_to: str = ""
    """Provider id of our message it answers, when the messenger says so."""
    sender_name: str = ""
    start_payload: str = ""
    """Telegram deep link payload of /start."""


@dataclass(frozen=True)
class StatusReceived:
    """What became of a message of ours."""

    event_id: str
    address: Address
    at: datetime
    status: DeliveryStatus
    provider_id: str
    outbox_ref: str = ""
    """Our outbox id when the messenger echoes it (WhatsApp biz_opaque_callback_data)."""
    error_code: str = ""


@dataclass(frozen=True)
class MarketingStopped:
    """The client stopped us by the messenger's own switch: blocked the bot, WhatsApp's «stop»."""

    event_id: str
    address: Address
    at: datetime
    source: str


@dataclass(frozen=True)
class MarketingResumed:
    """WhatsApp's «resume» switch."""

    event_id: str
    address: Address
    at: datetime
    source: str


InboundEvent = MessageReceived | StatusReceived | MarketingStopped | MarketingResumed
