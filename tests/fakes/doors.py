"""The services that an owner connects, as their accounts look from the live checks; and where our secrets for them are kept.

Whatever is given as a token is taken: wrong ones are tried against the simulated services (tests/adapters/connections).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from comeback.connections.doors import Number, Webhook

Values = Mapping[str, str]


@dataclass
class FakeKeeper:
    """The SecretKeeper port. `values` by company."""

    values: dict[str, dict[str, str]] = field(default_factory=dict)

    def read(self, company_id: str) -> Values:
        return dict(self.values.get(company_id, {}))

    def change(self, company_id: str, change: Callable[[Values], Values]) -> None:
        self.values[company_id] = dict(change(self.read(company_id)))


@dataclass
class FakeTelegramDoor:
    url: str = ""
    secret: str = ""

    def username(self) -> str:
        return "salon_bot"

    def point(self, url: str, secret: str) -> None:
        self.url, self.secret = url, secret

    def pointed(self) -> Webhook:
        return Webhook(self.url)

    def leave(self) -> None:
        self.url = self.secret = ""


@dataclass
class FakeWhatsAppDoor:
    url: str = ""
    secret: str = ""
    known: dict[tuple[str, str], str] = field(default_factory=dict)
    handed_in: list[tuple[str, str]] = field(default_factory=list)
    """Each time, in order."""

    def number(self) -> Number:
        return Number("+1 555 0100", "Salon", "GREEN", "TIER_1K")

    def prove(self, app_secret: str) -> None:
        """Any is the app's."""

    def templates(self) -> Mapping[tuple[str, str], str]:
        return dict(self.known)

    def submit(self, registration: Mapping[str, object]) -> str:
        place = str(registration["name"]), str(registration["language"])
        self.handed_in.append(place)
        self.known[place] = "PENDING"
        return "PENDING"

    def point(self, url: str, verify_token: str) -> None:
        self.url, self.secret = url, verify_token

    def pointed(self) -> Sequence[str]:
        return [self.url] if self.url else []

    def leave(self) -> None:
        self.url = self.secret = ""


@dataclass
class FakeBookDoor:
    urls: list[str] = field(default_factory=lambda: ["https://accountant.example/hook"])
    """Somebody else's is told of changes, too."""

    def title(self) -> str:
        return "Salon"

    def services(self) -> int:
        return 2

    def clients(self) -> None:
        """They may be read."""

    def pointed(self) -> Sequence[str]:
        return list(self.urls)

    def point(self, urls: Sequence[str]) -> None:
        self.urls = list(urls)


class FakeModelDoor:
    def estimate_interval(self, business_type: str, service_title: str) -> tuple[int, str]:
        return 30, f"{service_title} in {business_type}"


@dataclass
class FakeDoors:
    """The Doors port."""

    of_telegram: FakeTelegramDoor = field(default_factory=FakeTelegramDoor)
    of_whatsapp: FakeWhatsAppDoor = field(default_factory=FakeWhatsAppDoor)
    of_book: FakeBookDoor = field(default_factory=FakeBookDoor)

    def telegram(self, values: Values) -> FakeTelegramDoor:
        assert values["telegram_token"]
        return self.of_telegram

    def whatsapp(self, values: Values) -> FakeWhatsAppDoor:
        assert values["whatsapp_access_token"]
        return self.of_whatsapp

    def book(self, values: Values, crm_company_id: str) -> FakeBookDoor:
        assert values["yclients_user_token"]
        assert crm_company_id
        return self.of_book

    def model(self, values: Values, language: str) -> FakeModelDoor:
        assert values["gemini_api_key"]
        assert language
        return FakeModelDoor()
