"""The channels page, with the simulated services behind it: step by step, what is wrong is said, secrets are never shown."""

import json

import boto3
import pytest
from comeback.runtime import wiring
from comeback.runtime.secrets import secret_name
from playwright.sync_api import Locator, Page, expect

from tests.adapters.conftest import Receiver, WorldServer, receiver, world, world_server
from tests.adapters.world.whatsapp_business import NUMBER, SECRET, TOKEN, WABA, register
from tests.browser.console.harness import Console

__all__ = ["receiver", "world", "world_server"]
BOT_TOKEN = "4242:secret-of-the-bot"


@pytest.fixture(autouse=True)
def outside(
    console: Console, world: WorldServer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> WorldServer:
    """Services that answer, and our API's address from outside."""
    for name in ("telegram", "whatsapp", "yclients", "gemini"):
        monkeypatch.setenv(f"{name.upper()}_BASE_URL", f"{world.url}/{name}")
    monkeypatch.setenv("API_ADDRESS", receiver.url)
    order = {"token": BOT_TOKEN, "username": "salon_bot"}
    world.control.post("/world/telegram/bots", json=order).raise_for_status()
    return world


def channel(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def kept() -> dict[str, str]:
    manager = boto3.client("secretsmanager")
    found = manager.get_secret_value(
        SecretId=secret_name("test", "salon"), VersionStage="AWSCURRENT"
    )
    values: dict[str, str] = json.loads(found["SecretString"])
    return values


def test_a_bot_is_connected_after_a_slip(
    console: Console, page: Page, outside: WorldServer
) -> None:
    console.open(page, "#/channels")
    telegram = channel(page, "Telegram")
    expect(telegram).to_contain_text("Not connected")
    telegram.get_by_role("button", name="Connect: Telegram").click()
    box = page.get_by_role("dialog")
    expect(box).to_contain_text("@BotFather")
    box.get_by_label("Bot token").fill("4242:mistyped")
    box.get_by_role("button", name="Try and connect").click()
    expect(box).to_contain_text("Telegram does not know this token")
    expect(box).to_contain_text("Nothing was kept")
    assert "telegram_token" not in kept()

    box.get_by_label("Bot token").fill(BOT_TOKEN)
    box.get_by_role("button", name="Try and connect").click()
    expect(box).to_contain_text("All is well.")
    expect(box).to_contain_text("Bot: salon_bot")
    expect(box.get_by_label("Bot token")).to_have_value("")
    box.get_by_role("button", name="Close", exact=True).last.click()
    expect(telegram).to_contain_text("Connected")
    expect(telegram).to_contain_text("salon_bot")
    values = kept()
    assert values["telegram_token"] == BOT_TOKEN
    (bot,) = outside.world.telegram.bots.values()
    assert bot.webhook is not None
    assert bot.webhook.secret == values["telegram_webhook_secret"]
    assert BOT_TOKEN not in page.content()
    assert values["telegram_webhook_secret"] not in page.content()


def test_a_check_says_what_is_wrong_and_a_disconnection_forgets(
    console: Console, page: Page, outside: WorldServer
) -> None:
    console.open(page, "#/channels")
    telegram, box = channel(page, "Telegram"), page.get_by_role("dialog")
    telegram.get_by_role("button", name="Connect: Telegram").click()
    box.get_by_label("Bot token").fill(BOT_TOKEN)
    box.get_by_role("button", name="Try and connect").click()
    expect(box).to_contain_text("All is well.")
    box.get_by_role("button", name="Close", exact=True).last.click()
    (bot,) = outside.world.telegram.bots.values()
    bot.webhook = None
    telegram.get_by_role("button", name="Check: Telegram").click()
    expect(box).to_contain_text("Something is wrong:")
    expect(box).to_contain_text("Telegram does not reach us")
    box.get_by_role("button", name="Close", exact=True).last.click()
    expect(telegram).to_contain_text("something is wrong")
    telegram.get_by_role("button", name="Renew secret: Telegram").click()
    box.get_by_role("button", name="Renew secret").click()
    expect(box).to_contain_text("All is well.")
    box.get_by_role("button", name="Close", exact=True).last.click()
    assert kept()["telegram_webhook_secret_previous"]
    telegram.get_by_role("button", name="Disconnect: Telegram").click()
    box.get_by_role("button", name="Disconnect").click()
    expect(telegram).to_contain_text("Not connected")
    assert "telegram_token" not in kept()


def test_whatsapp_and_its_templates(
    console: Console, page: Page, outside: WorldServer, receiver: Receiver
) -> None:
    register(outside).raise_for_status()
    receiver.on_get = lambda path: (200, path.split("hub.challenge=")[1].split("&")[0])
    console.open(page, "#/channels")
    whatsapp, box = channel(page, "WhatsApp"), page.get_by_role("dialog")
    whatsapp.get_by_role("button", name="Connect: WhatsApp").click()
    for name, value in (
        ("Phone number id", NUMBER),
        ("WhatsApp Business Account id", WABA),
        ("Access token", TOKEN),
        ("App secret", SECRET),
    ):
        box.get_by_label(name).fill(value)
    box.get_by_role("button", name="Try and connect").click()
    expect(box).to_contain_text("All is well.")
    expect(box).to_contain_text("+7 495 000-00-00")
    box.get_by_role("button", name="Close", exact=True).last.click()
    page.get_by_role("button", name="Ask Meta").click()
    expect(page.get_by_text("not handed in").first).to_be_visible()
    page.get_by_role("button", name="Hand in the missing ones").click()
    expect(page.get_by_text("pending").first).to_be_visible()
    expect(page.get_by_text("not handed in")).to_have_count(0)


def test_a_proxy_inside_is_said_at_its_field(console: Console, page: Page) -> None:
    console.open(page, "#/channels")
    channel(page, "Gemini").get_by_role("button", name="Connect: Gemini").click()
    box = page.get_by_role("dialog")
    box.get_by_label("API key").fill("a-key")
    box.get_by_label("Proxy").fill("http://169.254.169.254")
    box.get_by_role("button", name="Try and connect").click()
    expect(box.get_by_label("Proxy")).to_be_focused()
    expect(box).to_contain_text("is not on the public internet")
    assert "gemini_api_key" not in kept()


def test_dead_letters_are_put_back(console: Console, page: Page) -> None:
    import os

    sqs = boto3.client("sqs")
    body = {"company_id": "salon", "channel": "telegram", "body": {"message": {"text": "hi"}}}
    for company in ("salon", "salon2"):
        sqs.send_message(
            QueueUrl=os.environ["INBOUND_DEAD_LETTERS_URL"],
            MessageBody=json.dumps({**body, "company_id": company}),
            MessageGroupId=company,
            MessageDeduplicationId=company,
        )
    console.open(page, "#/channels", role="manager")
    lying = channel(page, "What could not be handled")
    expect(lying.locator("tbody tr")).to_have_count(1)
    expect(lying).to_contain_text("telegram message")
    lying.get_by_role("button", name="Put back").click()
    expect(page.get_by_text("1 message is back in its queue")).to_be_visible()
    expect(lying).to_contain_text("Nothing lies here")
    taken = sqs.receive_message(QueueUrl=os.environ["INBOUND_QUEUE_URL"])["Messages"]
    assert json.loads(taken[0]["Body"])["company_id"] == "salon"


@pytest.mark.parametrize(("role", "buttons"), [("viewer", 0), ("manager", 1)])
def test_others_change_nothing(console: Console, page: Page, role: str, buttons: int) -> None:
    """A manager may check what is connected."""
    wiring.connections(console.url)
    manager = boto3.client("secretsmanager")
    manager.put_secret_value(
        SecretId=secret_name("test", "salon"),
        SecretString=json.dumps({"telegram_token": BOT_TOKEN}),
    )
    console.open(page, "#/channels", role=role)  # type: ignore[arg-type]  # one of the two
    expect(channel(page, "Telegram")).to_contain_text("Connected")
    expect(channel(page, "Telegram").get_by_role("button")).to_have_count(buttons)
    expect(channel(page, "Gemini").get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_reads(console: Console, page: Page, width: int, scheme: str) -> None:
    console.open(page, "#/channels", width=width, lang="ru", scheme=scheme)  # type: ignore[arg-type]
    console.fits(page)
    console.accessible(page)
    page.get_by_role("button", name="Подключить: WhatsApp").click()
    console.fits(page)
    console.accessible(page)
