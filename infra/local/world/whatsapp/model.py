"""Business accounts, their templates, and the messages they sent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

WINDOW = timedelta(hours=24)
TIERS = {
    250: "TIER_250",
    2000: "TIER_2K",
    10000: "TIER_10K",
    100000: "TIER_100K",
    0: "TIER_UNLIMITED",
}
VARIABLE = re.compile(r"\{\{(\w+)\}\}")


@dataclass
class Template:
    """`status`: APPROVED | PENDING | REJECTED | PAUSED | DISABLED. `components` as Graph API has them."""

    template_id: str
    name: str
    language: str
    category: str
    components: Sequence[Mapping[str, Any]]
    status: str = "APPROVED"

    def component(self, kind: str) -> Mapping[str, Any]:
        return next((c for c in self.components if str(c.get("type", "")).upper() == kind), {})

    @property
    def body(self) -> str:
        return str(self.component("BODY").get("text", ""))

    def variables(self, kind: str = "BODY") -> list[str]:
        """Names of {{…}} in order of first appearance."""
        return list(dict.fromkeys(VARIABLE.findall(str(self.component(kind).get("text", "")))))

    @property
    def buttons(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.component("BUTTONS").get("buttons", ())
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "components": list(self.components),
            "language": self.language,
            "status": self.status,
            "category": self.category,
            "id": self.template_id,
        }


@dataclass(frozen=True)
class Pressable:
    """A button as the user sees it. `kind`: button_reply | list_reply | quick_reply."""

    kind: str
    button_id: str
    title: str
    description: str = ""


@dataclass
class Message:
    """One that the API accepted. `status`: "" | sent | delivered | read | failed."""

    message_id: str
    to: str
    at: datetime
    text: str
    buttons: tuple[Pressable, ...] = ()
    template: Template | None = None
    opaque: str = ""
    """biz_opaque_callback_data, echoed in statuses."""
    pricing: Mapping[str, Any] = field(default_factory=dict)
    status: str = ""

    @property
    def category(self) -> str:
        return self.template.category if self.template else "SERVICE"


@dataclass
class Account:
    """One business phone number. `tier`: unique users per moving 24 h outside service windows; 0 is unlimited.

    The real limit belongs to the business portfolio; here each number is a portfolio of its own.
    """

    waba_id: str
    phone_number_id: str
    display_phone_number: str
    access_token: str
    app_secret: str
    verify_token: str = ""
    webhook_url: str = ""
    verified_name: str = ""
    tier: int = 250
    quality: str = "GREEN"
    refusal: int = 0
    """The code that every message is refused with, once Meta has stopped the account; 0: none is."""
    messages: dict[str, Message] = field(default_factory=dict)
    """By message id."""
    last_inbound: dict[str, datetime] = field(default_factory=dict)
    """By user, in digits."""
    inbound_ids: set[str] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)
    """Users who stopped marketing messages."""
    opened: dict[str, datetime] = field(default_factory=dict)
    """When each user was last written to first."""

    def window_open(self, user: str, now: datetime) -> bool:
        last = self.last_inbound.get(user)
        return last is not None and now - last < WINDOW

    def limit(self) -> str:
        return TIERS.get(self.tier, str(self.tier))

    def metadata(self) -> dict[str, str]:
        digits = "".join(c for c in self.display_phone_number if c.isdigit())
        return {"display_phone_number": digits, "phone_number_id": self.phone_number_id}
