"""A salon for what is parsed to land in."""

from datetime import timedelta

from comeback.changes import BindAddress, SaveClient, SaveConsent
from comeback.clients.model import Client, Consent
from comeback.companies.model import BusinessType, Company, CrmKind
from comeback.conversations.model import Address, ChannelKind, Purpose

from tests.fakes.clock import NOON
from tests.fakes.store import FakeStore
from tests.unit.channels.payloads import ANNA

COMPANY = Company(
    "salon",
    "Салон",
    "Europe/Moscow",
    BusinessType.BEAUTY,
    crm=CrmKind.YCLIENTS,
    crm_company_id="77",
)
CHAT = Address(ChannelKind.TELEGRAM, str(ANNA))


def salon() -> FakeStore:
    store = FakeStore()
    store.save_company(COMPANY)
    yes = Consent(Purpose.MARKETING, True, NOON - timedelta(days=30), "import:f", "v1")
    store.commit(
        [
            SaveClient(Client("salon", "anna", "Анна", "+79990000001", addresses=(CHAT,))),
            BindAddress("salon", "anna", CHAT),
            SaveConsent("salon", "anna", yes),
        ]
    )
    return store
