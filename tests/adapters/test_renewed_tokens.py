"""Tokens rotated under our feet: what was read minutes ago is refused, read again, and the same call made once more."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from comeback.ai.registry import GeminiModels
from comeback.channels.registry import Messengers
from comeback.companies.model import BusinessType, Company, CrmKind
from comeback.conversations.model import ChannelKind
from comeback.crm.registry import CrmRegistry
from comeback.errors import Refused

from tests.adapters.channels.messages import message
from tests.adapters.conftest import WorldServer
from tests.adapters.world.yclients_salon import YclientsSalon
from tests.fakes.clock import FixedClock

ROTATED = pytest.mark.fault("a token revoked and replaced while cached", "read again, sent once")
TOKEN, ANNA = "4242:the-new-token", 1001
SALON = Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY, crm=CrmKind.YCLIENTS)


@dataclass
class Secrets:
    """What was read some time ago, and what is there now."""

    cached: Mapping[str, str]
    stored: Mapping[str, str]
    read_again: list[str] = field(default_factory=list)

    def get(self, _company_id: str) -> Mapping[str, str]:
        return self.cached

    def fresh(self, company_id: str) -> Mapping[str, str]:
        self.read_again.append(company_id)
        return self.stored


def calls(world: WorldServer, kind: str) -> list[int]:
    found = world.control.get(f"/world/transcript?kind={kind}").json()["entries"]
    return [entry["status"] for entry in found]


@pytest.fixture
def bot(world: WorldServer) -> WorldServer:
    world.control.post("/world/telegram/bots", json={"token": TOKEN, "username": "salon_bot"})
    users = {"users": [{"user_id": ANNA, "name": "Анна"}], "subscribed_to": "salon_bot"}
    world.control.post("/world/telegram/users", json=users).raise_for_status()
    return world


def messengers(world: WorldServer, secrets: Secrets) -> Messengers:
    urls = f"{world.url}/telegram", f"{world.url}/whatsapp"
    return Messengers(secrets.get, secrets.fresh, *urls)


@ROTATED
def test_telegram(bot: WorldServer) -> None:
    secrets = Secrets({"telegram_token": "4242:the-old-token"}, {"telegram_token": TOKEN})
    channel = messengers(bot, secrets).channel(SALON, ChannelKind.TELEGRAM)
    assert channel.send(message(ChannelKind.TELEGRAM, ANNA, "Привет")).provider_id
    assert calls(bot, "telegram.sendMessage")[-1:] == [200]
    assert secrets.read_again == ["salon"]


@ROTATED
def test_what_is_refused_twice_is_refused(bot: WorldServer) -> None:
    bad = {"telegram_token": "4242:revoked"}
    for stored in (bad, {"telegram_token": "4242:revoked-as-well"}):
        secrets = Secrets(bad, stored)
        channel = messengers(bot, secrets).channel(SALON, ChannelKind.TELEGRAM)
        with pytest.raises(Refused):
            channel.send(message(ChannelKind.TELEGRAM, ANNA, "Привет"))
        assert secrets.read_again == ["salon"]


@ROTATED
def test_whatsapp(world: WorldServer) -> None:
    number = {"whatsapp_phone_number_id": "1065", "whatsapp_access_token": "new"}
    account = {
        "waba_id": "w",
        "phone_number_id": "1065",
        "display_phone_number": "+7 495 000-00-00",
    }
    account |= {"access_token": "new", "app_secret": "s", "verify_token": "v"}
    world.control.post("/world/whatsapp/accounts", json=account).raise_for_status()
    secrets = Secrets({**number, "whatsapp_access_token": "old"}, number)
    channel = messengers(world, secrets).channel(SALON, ChannelKind.WHATSAPP)
    assert channel.send(message(ChannelKind.WHATSAPP, 79990000001, "Привет")).provider_id
    assert secrets.read_again == ["salon"]


@ROTATED
def test_yclients(world: WorldServer) -> None:
    YclientsSalon.open(world)
    good = {"yclients_partner_token": "partner", "yclients_user_token": "owner-of-77"}
    secrets = Secrets({**good, "yclients_user_token": "old"}, good)
    company = Company(
        "salon",
        "S",
        "Europe/Moscow",
        BusinessType.BEAUTY,
        crm=CrmKind.YCLIENTS,
        crm_company_id="77",
    )
    crm = registry(world, secrets).crm(company)
    assert crm.clients(1).items
    assert secrets.read_again == ["salon"]


def registry(world: WorldServer, secrets: Secrets) -> CrmRegistry:
    class Unlimited:
        def __getattr__(self, _name: str) -> object:
            return lambda *_: 0.0

    return CrmRegistry(
        f"{world.url}/yclients", secrets.get, Unlimited(), None, None, FixedClock(), (5, 200),  # type: ignore[arg-type]
        secrets.fresh,
    )  # fmt: skip


@ROTATED
def test_gemini(world: WorldServer) -> None:
    secrets = Secrets({"gemini_api_key": "an-invalid-key"}, {"gemini_api_key": "new"})
    url = f"{world.url}/gemini"
    model = GeminiModels(secrets.get, "gemini-3.1-flash-lite", url, fresh=secrets.fresh).model(
        SALON
    )
    assert model
    days, _reason = model.estimate_interval("beauty", "Haircut")
    assert days
    assert secrets.read_again == ["salon"]
