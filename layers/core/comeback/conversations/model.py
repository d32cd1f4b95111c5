"""Messages in and out, whatever the messenger.

Outbox state machine (promise 2: never two messages where one was meant):

    NEW ──claim──▶ SENDING ──accepted──▶ SENT ──▶ DELIVERED ──▶ READ
     ▲ ▲             │ │ └─no answer──▶ UNCERTAIN ──status webhook, operator──▶ SENT | DELIVERED | READ | FAILED
     │ └────once more│─│───────────────────┘              (`doubt.py`: what is said once more, marked)
     └─429, nothing──┘ └─definite no──▶ FAILED            (a late status never moves a message back)

Long on purpose: what other capabilities may know of conversations and of our accounts stands in one place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

WHATSAPP_WINDOW = timedelta(hours=24)
"""Free text is allowed this long after the client's last message (Meta, customer service window)."""


class ChannelKind(StrEnum):
    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    INSTAGRAM = "instagram"
    MAX = "max"
    VOICE = "voice"


NAMES: Mapping[ChannelKind, str] = {
    ChannelKind.TELEGRAM: "Telegram",
    ChannelKind.WHATSAPP: "WhatsApp",
    ChannelKind.INSTAGRAM: "Instagram",
    ChannelKind.MAX: "MAX",
    ChannelKind.VOICE: "Calls",
}
"""As the owner knows them; `Calls` is translated."""


class Purpose(StrEnum):
    """Why we write. Marketing needs a consent on record; an answer in a dialogue, or a word to the owner, does not."""

    MARKETING = "marketing"
    SERVICE = "service"
    OWNER = "owner"


WHOSE = "#"
"""Between the client's id and the message's; no id of a client holds it, as it separates the table's keys, too."""
OWNER = "owner"
"""In the place of a client's id, where the company's owner is written to or linked."""


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

    @property
    def key(self) -> str:
        """Each language is approved, and paused, on its own."""
        return f"{self.name}.{self.language}"


@dataclass(frozen=True)
class Content:
    """What is said. `template` set means: this template is what leaves; `text` is how it reads."""

    text: str
    buttons: tuple[Button, ...] = ()
    template: TemplateCall | None = None
    picture: bytes = b""
    """A PNG shown above the text (the owner's chart). Small: it lies in the table until it is sent."""


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
    refusal: "Refusal | None" = None
    """What `error_code` means, once FAILED."""
    repeated: bool = False
    """Nobody knows whether the first one left, and this is said once more."""
    version: int = 0

    @property
    def reference(self) -> str:
        """For a messenger to echo in its statuses (WhatsApp: at most 512 characters): whose message it is, and which. Ids of
        our own, and nothing of the person; the number that a status names need not be the one we wrote to."""
        return f"{self.client_id}{WHOSE}{self.outbox_id}"

    @classmethod
    def answering(
        cls,
        event: "MessageReceived",
        company_id: str,
        client_id: str,
        content: Content,
        now: datetime,
        purpose: Purpose = Purpose.SERVICE,
        part: str = "",
    ) -> "OutboxMessage":
        """In the channel they wrote in. A redelivered event makes the same id, so there is no second answer; `part` names a
        further one."""
        return cls(
            company_id=company_id,
            client_id=client_id,
            outbox_id=f"re.{event.event_id}{part and '.'}{part}",
            address=event.address,
            content=content,
            purpose=purpose,
            created_at=now,
        )

    @classmethod
    def to_owner(
        cls, company_id: str, owner: Address, cause: str, content: Content, now: datetime
    ) -> "OutboxMessage":
        """Once per `cause`."""
        return cls(
            company_id=company_id,
            client_id=OWNER,
            outbox_id=f"{OWNER}.{cause}",
            address=owner,
            content=content,
            purpose=Purpose.OWNER,
            created_at=now,
        )


def resume_button(channel: ChannelKind) -> str:
    """The id of the owner's button that lets a stopped account go on."""
    return f"owner:resume:{channel.value}"


class Refusal(StrEnum):
    """What a definite no of a messenger means for the client, the message and our account."""

    NOBODY = "nobody"
    """This address will not work: blocked for good, unknown."""
    UNDELIVERED = "undelivered"
    """It did not arrive, and may another time; a second one in a row is NOBODY."""
    OPTED_OUT = "opted_out"
    """The client's own switch."""
    NOT_NOW = "not_now"
    """The messenger spares this client marketing for a day."""
    SLOW_DOWN = "slow_down"
    """We are too fast."""
    STOPPED = "stopped"
    """Our account may not send any more."""
    TEMPLATE = "template"
    """The template was taken from us."""
    MESSAGE = "message"
    """This message is at fault, or nobody knows what."""


class Signal(StrEnum):
    """What is counted of an account's messages, day by day."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNDELIVERED = "undelivered"
    SPARED = "spared"
    THROTTLED = "throttled"
    BLOCKED = "blocked"
    OPTED_OUT = "opted_out"


class Quality(StrEnum):
    """Meta's rating of a number, from what its recipients did with our messages."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class HealthDay:
    """Marketing messages of one account on one UTC day, by signal."""

    on: date
    counts: Mapping[Signal, int]

    def count(self, signal: Signal) -> int:
        return self.counts.get(signal, 0)


@dataclass(frozen=True)
class Incident:
    """The messenger stopped our account, or warned."""

    code: str
    at: datetime


@dataclass(frozen=True)
class Account:
    """A company's account with one messenger: what its limits and its health follow from."""

    channel: ChannelKind
    since: datetime | None = None
    """First use; the warm-up begins here."""
    tier: int | None = None
    """Unique users per moving 24 h that Meta allows outside service windows; None: not told, or unlimited."""
    quality: Quality = Quality.UNKNOWN
    templates_out: frozenset[str] = frozenset()
    """`<name>.<language>` of templates that Meta paused or disabled: each language is approved on its own."""
    resumed_at: datetime | None = None
    """When the owner last said: go on. Incidents before it do not stop the account any more."""
    quiet_until: datetime | None = None
    """Before it the messenger would not be called, by any message. Real time: the outside's, also where ours is simulated."""
    days: tuple[HealthDay, ...] = ()
    incidents: tuple[Incident, ...] = ()


@dataclass(frozen=True)
class Conversation:
    """A client's head in one channel."""

    address: Address
    last_inbound_at: datetime | None = None
    minute_began: datetime | None = None
    """Of the messages counted in `in_minute`, the first."""
    in_minute: int = 0

    def window_open(self, now: datetime) -> bool:
        """Whether WhatsApp lets us write free text at `now`."""
        return self.last_inbound_at is not None and now - self.last_inbound_at < WHATSAPP_WINDOW


@dataclass(frozen=True)
class Person:
    """A client is to be answered by a person, or is: then the bot keeps silent, and nothing is advertised to them."""

    since: datetime
    taken_by: str = ""
    """Who answers (the claim `sub`); empty: nobody has come yet, and the bot goes on meanwhile."""


@dataclass(frozen=True)
class Heard:
    """Words of a client whom a person is to answer. Kept 30 days: nobody else's are."""

    at: datetime
    channel: ChannelKind
    text: str
    """Or the id of the button they pressed."""
    event_id: str

    @classmethod
    def of(cls, event: "MessageReceived") -> "Heard":
        words = event.text or event.button_id
        return cls(event.at, event.address.channel, words, event.event_id)


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
    serial: int = 0
    """The messenger's own number of it: what has a smaller one came before (Telegram's `update_id`); 0: it has none."""


@dataclass(frozen=True)
class StatusReceived:
    """What became of a message of ours."""

    event_id: str
    address: Address
    at: datetime
    status: DeliveryStatus
    provider_id: str
    outbox_ref: str = ""
    """The message's `reference` when the messenger echoes it (WhatsApp biz_opaque_callback_data); of old ones the bare id."""
    error_code: str = ""


@dataclass(frozen=True)
class MarketingStopped:
    """The client stopped us by the messenger's own switch: blocked the bot, WhatsApp's «stop»."""

    event_id: str
    address: Address
    at: datetime
    source: str
    serial: int = 0
    """As `MessageReceived`'s."""


@dataclass(frozen=True)
class MarketingResumed:
    """WhatsApp's «resume» switch."""

    event_id: str
    address: Address
    at: datetime
    source: str
    serial: int = 0
    """As `MessageReceived`'s."""


@dataclass(frozen=True)
class AccountChanged:
    """The messenger tells about our own account; what is None or empty did not change."""

    event_id: str
    address: Address
    """The account's own: its number's id."""
    at: datetime
    quality: Quality | None = None
    tier: int | None = None
    template_out: str = ""
    template_back: str = ""
    stopped: str = ""
    """Why the account was stopped, in the messenger's words."""


InboundEvent = (
    MessageReceived | StatusReceived | MarketingStopped | MarketingResumed | AccountChanged
)
