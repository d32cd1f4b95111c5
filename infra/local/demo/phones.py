"""Simulated phones for clients of an imported history, and a bot that they have started."""

from collections.abc import Sequence
from dataclasses import replace

from comeback.changes import BindAddress, SaveClient
from comeback.companies.model import Company
from comeback.conversations.model import Address, ChannelKind

from demo.driver import Driver

BOT = "history_demo_bot"
TOKEN, SECRET = "110201544:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "made-up-telegram-secret"
FIRST_CHAT = 800_000_001


def give(driver: Driver, company: Company, client_ids: Sequence[str]) -> None:
    """Each client gets a Telegram chat and a person behind it; the import has stated their consent."""
    secrets = {
        "telegram_token": TOKEN,
        "telegram_webhook_secret": SECRET,
        "telegram_bot_username": BOT,
        "gemini_api_key": "made-up-gemini-key",
    }
    driver.secret(company.company_id, secrets)
    webhook = {
        "url": f"{driver.api}/webhooks/telegram/{company.company_id}",
        "secret_token": SECRET,
    }
    driver.call("/world/telegram/bots", {"token": TOKEN, "username": BOT, "webhook": webhook})
    people = []
    for number, client_id in enumerate(client_ids):
        chat = FIRST_CHAT + number
        address = Address(ChannelKind.TELEGRAM, str(chat))
        client = driver.store.client(company.company_id, client_id).client
        known = replace(client, addresses=(*client.addresses, address), language="en")
        bind = BindAddress(company.company_id, client_id, address)
        driver.store.commit([SaveClient(known), bind])
        name = client.name or f"Client {client_id.removeprefix('im-')}"
        people.append(
            {
                "id": client_id,
                "name": name,
                "language": "en",
                "telegram_user_id": chat,
                "time_zone": company.time_zone,
            }
        )
    users = [
        {"user_id": p["telegram_user_id"], "name": p["name"], "language": "en"} for p in people
    ]
    driver.call("/world/telegram/users", {"users": users, "subscribed_to": BOT})
    driver.call("/world/people", {"people": people})
