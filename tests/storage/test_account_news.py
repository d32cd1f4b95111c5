"""What WhatsApp tells about our own account, from the webhook's bytes to the table: once, and the owner hears of a stop."""

import json
from typing import Any

import pytest
from comeback.changes import SetOwner
from comeback.channels.whatsapp_inbound import parse
from comeback.channels.whatsapp_split import split
from comeback.conversations.model import OWNER, Account, ChannelKind, Incident, Quality
from comeback.storage.store import DynamoStore

from tests.storage.talk import CHAT, NOW, Talk

TIME = int(NOW.timestamp())


@pytest.fixture
def talk(store: DynamoStore) -> Talk:
    """With an owner, on Telegram."""
    made = Talk(store)
    store.commit([SetOwner("salon", CHAT)])
    return made


def hear(talk: Talk, field: str, time: int = TIME, **told: Any) -> Account:
    """WhatsApp's account after a notification that came twice."""
    changes = [{"field": field, "value": told}]
    body = {"entry": [{"id": "300400", "time": time, "changes": changes}]}
    for _ in range(2):
        for single in split(json.dumps(body).encode()):
            for event in parse(single.event_id, single.body):
                talk.hear(event)
    return talk.store.accounts("salon")[ChannelKind.WHATSAPP]


def test_rating_and_limit_are_kept(talk: Talk) -> None:
    number: dict[str, Any] = {"display_phone_number": "74950000000"}
    field = "phone_number_quality_update"
    account = hear(talk, field, **number, event="FLAGGED", current_limit="TIER_250")
    assert (account.quality, account.tier) == (Quality.RED, 250)
    account = hear(talk, field, TIME + 60, **number, event="UNFLAGGED")
    assert (account.quality, account.tier) == (Quality.GREEN, 250)
    account = hear(talk, "business_capability_update", max_daily_conversations_per_business=2000)
    assert (account.quality, account.tier) == (Quality.GREEN, 2000)


def test_a_template_goes_and_comes_back(talk: Talk) -> None:
    name: dict[str, Any] = {
        "message_template_name": "come_back",
        "message_template_language": "ru",
    }
    field = "message_template_status_update"
    assert hear(talk, field, **name, event="APPROVED").templates_out == frozenset()
    assert hear(talk, field, **name, event="PAUSED").templates_out == {"come_back.ru"}
    back = hear(talk, field, TIME + 60, **name, event="APPROVED")
    assert back.templates_out == frozenset()


def test_a_stop_is_an_incident_of_which_the_owner_hears_once(talk: Talk) -> None:
    restriction = [{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING"}]
    account = hear(
        talk, "account_update", event="ACCOUNT_RESTRICTION", restriction_info=restriction
    )
    assert account.incidents == (Incident("account_restriction", NOW),)
    [(_, client_id, outbox_id)] = talk.queue.waiting
    assert client_id == OWNER
    assert "account_restriction" in talk.stored(outbox_id, OWNER).content.text
