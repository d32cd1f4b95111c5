"""A simulated salon: its book in YCLIENTS, its bot and number, its clients with their habits — and our company, connected."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from comeback.changes import BindAddress, SaveClient, SaveConsent
from comeback.clients.model import Consent
from comeback.companies.model import BusinessType, Company, CrmKind
from comeback.conversations.model import Address, ChannelKind, Purpose
from comeback.reactivation import whatsapp_templates
from comeback.storage.limits import DynamoLimits

from demo.driver import Driver

COMPANY_ID, CRM_ID = "vesna", 4564
TITLE = "Салон «Весна»"
BOT, PHONE_NUMBER_ID, WABA_ID = "vesna_salon_bot", "106540352242922", "102290129340398"
SECRETS: Mapping[str, str] = {
    "telegram_token": "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    "telegram_webhook_secret": "made-up-telegram-secret",
    "telegram_bot_username": BOT,
    "whatsapp_access_token": "made-up-whatsapp-token",
    "whatsapp_app_secret": "made-up-app-secret",
    "whatsapp_verify_token": "made-up-verify-token",
    "whatsapp_phone_number_id": PHONE_NUMBER_ID,
    "whatsapp_waba_id": WABA_ID,
    "yclients_partner_token": "partner-token",
    "yclients_user_token": "user-token",
    "crm_webhook_secret": "made-up-crm-secret-of-32-characters",
    "gemini_api_key": "made-up-gemini-key",
}
DAILY_LIMIT = 8
"""Of a one-chair laptop: each journey of a day starts workers of its own."""
HOLDOUT_PERCENT = 20
"""More than an owner would choose: sixty clients are few to compare."""
REPORT_HOUR = 10
ACCOUNT_AGE = timedelta(days=40)
"""The salon has used its bot and number for so long: a warm account, fifty messages a day."""


@dataclass
class Salon:
    """What was seeded. `people`: as POST /world/people took them."""

    company: Company
    people: list[dict[str, Any]] = field(default_factory=list)


def company(title: str = TITLE) -> Company:
    return Company(
        company_id=COMPANY_ID,
        title=title,
        time_zone="Europe/Moscow",
        business_type=BusinessType.BEAUTY,
        crm=CrmKind.YCLIENTS,
        crm_company_id=str(CRM_ID),
        channels=(ChannelKind.TELEGRAM, ChannelKind.WHATSAPP),
        daily_limit=DAILY_LIMIT,
        holdout_percent=HOLDOUT_PERCENT,
        report_hour=REPORT_HOUR,
        empty_chairs_limit=3,
    )


def seed(driver: Driver, clients: int, seed_number: int, weeks_ahead: int) -> Salon:
    """Registers everything as an owner would: tokens and secrets first, webhooks, then the first sync."""
    salon = Salon(company())
    driver.store.save_company(salon.company)
    driver.secret(COMPANY_ID, SECRETS)
    _age_accounts(driver, salon.company)
    made = _populate(driver, clients, seed_number, weeks_ahead)
    connect_messengers(driver, made["people"])
    salon.people = made["people"]
    names = {
        "services": [s["title"] for s in made["company"]["services"]],
        "masters": [s["name"].split()[0] for s in made["company"]["staff"]],
    }
    driver.call("/world/people", {"people": made["people"], **names})
    for visit in made["walk_ins"]:
        driver.call("/world/yclients/act", visit)
    return salon


def _populate(driver: Driver, clients: int, seed_number: int, weeks_ahead: int) -> Any:
    hook = f"{driver.api}/webhooks/crm/{COMPANY_ID}/{SECRETS['crm_webhook_secret']}"
    wanted = {
        "seed": seed_number,
        "clients": clients,
        "company_id": CRM_ID,
        "title": TITLE,
        "webhook_urls": [hook],
        "weeks_ahead": weeks_ahead,
        "seeded": True,
    }
    return driver.call("/world/yclients/populate", wanted)


def connect_messengers(driver: Driver, people: list[dict[str, Any]]) -> None:
    """The bot with its webhook, those who started it; the number with its webhook and approved templates."""
    webhook = {
        "url": f"{driver.api}/webhooks/telegram/{COMPANY_ID}",
        "secret_token": SECRETS["telegram_webhook_secret"],
        "allowed_updates": ["message", "callback_query", "my_chat_member"],
    }
    bot = {"token": SECRETS["telegram_token"], "username": BOT, "webhook": webhook}
    driver.call("/world/telegram/bots", bot)
    users = [
        {"user_id": p["telegram_user_id"], "name": p["name"], "language": p["language"]}
        for p in people
        if p.get("telegram_user_id")
    ]
    if users:
        driver.call("/world/telegram/users", {"users": users, "subscribed_to": BOT})
    account = {
        "waba_id": WABA_ID,
        "phone_number_id": PHONE_NUMBER_ID,
        "display_phone_number": "+7 495 123-45-67",
        "access_token": SECRETS["whatsapp_access_token"],
        "app_secret": SECRETS["whatsapp_app_secret"],
        "verify_token": SECRETS["whatsapp_verify_token"],
        "webhook_url": f"{driver.api}/webhooks/whatsapp/{COMPANY_ID}",
        "tier": 2000,
        "templates": [
            {**whatsapp_templates.registration(template), "status": "APPROVED"}
            for template in whatsapp_templates.TEMPLATES.values()
        ],
    }
    driver.call("/world/whatsapp/accounts", account)
    phones = [
        {"phone": p["phone"].lstrip("+"), "name": p["name"]} for p in people if p.get("whatsapp")
    ]
    if phones:
        driver.call("/world/whatsapp/users", {"users": phones})


def first_sync(driver: Driver, salon: Salon) -> None:
    """Clients and records from the CRM. The salon states that its clients agreed to be written to, on paper."""
    detail = {"name": "full", "consent_source": "paper form", "consent_text_version": "form-2025"}
    publish(driver, salon.company.company_id, "crm.sync", detail)
    driver.quiet()
    bind_telegram(driver, salon)
    driver.invoke("Refit")


def publish(driver: Driver, company_id: str, kind: str, detail: Mapping[str, str]) -> None:
    body = {"company_id": company_id, "kind": kind, "detail": dict(detail)}
    driver.sqs.send_message(QueueUrl=driver.outputs["EventsQueueUrl"], MessageBody=json.dumps(body))


def bind_telegram(driver: Driver, salon: Salon) -> None:
    """Those who started the bot long ago, by their personal link, and pressed «Да, пишите»."""
    long_ago = driver.now() - ACCOUNT_AGE
    button = Consent(
        Purpose.MARKETING, True, long_ago, "telegram_button", "consent-v1", ChannelKind.TELEGRAM
    )
    for person in salon.people:
        if not person.get("telegram_user_id"):
            continue
        client_id = f"yc{person['companies'][str(CRM_ID)]}"
        chat = Address(ChannelKind.TELEGRAM, str(person["telegram_user_id"]))
        client = driver.store.client(COMPANY_ID, client_id).client
        driver.store.commit(
            [
                SaveClient(replace(client, addresses=(*client.addresses, chat))),
                BindAddress(COMPANY_ID, client_id, chat),
                SaveConsent(COMPANY_ID, client_id, button),
            ]
        )


def _age_accounts(driver: Driver, company: Company) -> None:
    """An account's age counts from its first reservation."""
    for channel in company.channels:
        first = driver.now() - ACCOUNT_AGE
        DynamoLimits(driver.store).reserve_minute(company, channel, "first use", first)
