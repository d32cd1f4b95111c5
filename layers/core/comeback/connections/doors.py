"""What a live check asks of the outside: one Protocol per service. All raise what `comeback.errors` names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Webhook:
    """`problem`: what the messenger says of its last try to reach us; empty when it did."""

    url: str
    waiting: int = 0
    problem: str = ""


@dataclass(frozen=True)
class Number:
    """A WhatsApp business number, by Meta's words."""

    shown: str
    title: str
    quality: str
    limit: str


class TelegramDoor(Protocol):
    def username(self) -> str: ...

    def point(self, url: str, secret: str) -> None:
        """From now on updates go there."""
        ...

    def pointed(self) -> Webhook: ...

    def leave(self) -> None:
        """No updates go anywhere."""
        ...


class WhatsAppDoor(Protocol):
    def number(self) -> Number: ...

    def prove(self, app_secret: str) -> None:
        """Raises Refused when it is not this app's."""
        ...

    def templates(self) -> Mapping[tuple[str, str], str]:
        """(name, language) → status."""
        ...

    def submit(self, registration: Mapping[str, object]) -> str:
        """The new template's status."""
        ...

    def point(self, url: str, verify_token: str) -> None:
        """Meta asks the address for its token before it answers."""
        ...

    def pointed(self) -> Sequence[str]:
        """Where notifications of this account go."""
        ...

    def leave(self) -> None: ...


class BookDoor(Protocol):
    def title(self) -> str: ...

    def services(self) -> int:
        """How many may be booked."""
        ...

    def clients(self) -> None:
        """Raises Refused when the user may not read them."""
        ...

    def pointed(self) -> Sequence[str]: ...

    def point(self, urls: Sequence[str]) -> None:
        """All that are told of changes."""
        ...


class ModelDoor(Protocol):
    def estimate_interval(self, business_type: str, service_title: str) -> tuple[int, str]: ...


class Doors(Protocol):
    """Made of the values of a company's secret document."""

    def telegram(self, values: Mapping[str, str]) -> TelegramDoor: ...

    def whatsapp(self, values: Mapping[str, str]) -> WhatsAppDoor: ...

    def book(self, values: Mapping[str, str], crm_company_id: str) -> BookDoor: ...

    def model(self, values: Mapping[str, str], language: str) -> ModelDoor: ...
