"""What WhatsApp tells about our own account, from the webhook's bytes to the table: once, and the owner hears of a stop."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from comeback.changes import ChangeAccount, SetOwner
from comeback.channels.whatsapp_inbound import parse
from comeback.channels.whatsapp_split import split
from comeback.conversations.model import OWNER, Account, ChannelKind, Incident, Quality
from comeback.storage import keys, transaction
from comeback.storage.items.limits import AccountItem
from comeback.storage.store import DynamoStore
from comeback.storage.table import Update

from tests.fakes.store import FakeStore
from tests.storage.talk import CHAT, NOW, Talk

TIME = int(NOW.timestamp())
NAME: dict[str, Any] = {"message_template_name": "come_back", "message_template_language": "ru"}
WHATSAPP = ChannelKind.WHATSAPP


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
    return talk.store.accounts("salon")[WHATSAPP]


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
    field = "message_template_status_update"
    assert hear(talk, field, **NAME, event="APPROVED").templates_out == frozenset()
    assert hear(talk, field, **NAME, event="PAUSED").templates_out == {"come_back.ru"}
    back = hear(talk, field, TIME + 60, **NAME, event="APPROVED")
    assert back.templates_out == frozenset()


def test_news_that_come_late_do_not_undo_younger_ones(talk: Talk) -> None:
    """A first try met an error of ours, and Meta tried again when the next news were in."""
    field = "message_template_status_update"
    hear(talk, field, TIME + 60, **NAME, event="APPROVED")
    assert hear(talk, field, **NAME, event="PAUSED").templates_out == frozenset()
    field = "phone_number_quality_update"
    hear(talk, field, TIME + 60, event="FLAGGED", current_limit="TIER_250")
    account = hear(talk, field, event="UNFLAGGED", current_limit="TIER_1K")
    assert (account.quality, account.tier) == (Quality.RED, 250)


def test_each_fact_has_a_time_of_its_own(talk: Talk) -> None:
    hear(talk, "business_capability_update", TIME + 60, max_daily_conversations_per_business=2000)
    late = hear(talk, "phone_number_quality_update", event="FLAGGED", current_limit="TIER_250")
    assert (late.quality, late.tier) == (Quality.RED, 2000)
    field = "message_template_status_update"
    hear(talk, field, TIME + 60, **NAME, event="APPROVED")
    other = {**NAME, "message_template_language": "en"}
    assert hear(talk, field, **other, event="PAUSED").templates_out == {"come_back.en"}


def test_both_stores_keep_the_youngest_whatever_the_order(store: DynamoStore) -> None:
    told = [
        ChangeAccount("salon", WHATSAPP, NOW + timedelta(minutes=n), quality, tier, out, back)
        for n, (quality, tier, out, back) in enumerate(
            [(Quality.RED, 1, "a.ru", ""), (None, 2, "b.ru", "a.ru"), (Quality.GREEN, None, "", "")]
        )
    ]
    for n, order in enumerate(permutations(told)):
        fake, company_id = FakeStore(), f"salon{n}"
        for one in order:
            change = replace(one, company_id=company_id)
            store.commit([change])
            fake.commit([change])
        account = store.accounts(company_id)[WHATSAPP]
        assert account == Account(
            WHATSAPP, tier=2, quality=Quality.GREEN, templates_out=frozenset({"b.ru"})
        )
        assert fake.accounts(company_id)[WHATSAPP] == account


def test_what_was_stored_before_each_fact_had_a_time_holds_until_it_is_told_anew(
    talk: Talk,
) -> None:
    before = [
        AccountItem.tier.set(250),
        AccountItem.quality.set(Quality.RED),
        AccountItem.templates_out.add({"come_back.ru", "come_back.en"}),
    ]
    actions = [*AccountItem.naming(WHATSAPP), *before]
    transaction.apply(talk.store.table, [Update(keys.account("salon", "whatsapp"), actions)])
    account = hear(talk, "message_template_status_update", **NAME, event="APPROVED")
    assert account.templates_out == {"come_back.en"}
    assert (account.quality, account.tier) == (Quality.RED, 250)
    assert hear(talk, "phone_number_quality_update", current_limit="TIER_1K").tier == 1000


def test_a_stop_is_an_incident_of_which_the_owner_hears_once(talk: Talk) -> None:
    restriction = [{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING"}]
    account = hear(
        talk, "account_update", event="ACCOUNT_RESTRICTION", restriction_info=restriction
    )
    assert account.incidents == (Incident("account_restriction", NOW),)
    [(_, client_id, outbox_id)] = talk.queue.waiting
    assert client_id == OWNER
    assert "account_restriction" in talk.stored(outbox_id, OWNER).content.text
