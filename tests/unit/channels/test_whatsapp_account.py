"""What WhatsApp tells about our own account, in its reference's own examples, as AccountChanged."""

import json
from typing import Any

import msgspec
import pytest
from comeback.channels.whatsapp_account import READERS, UNLIMITED, users
from comeback.channels.whatsapp_inbound import parse
from comeback.channels.whatsapp_split import ACCOUNT, ACCOUNT_FIELDS, CHANNEL, Single, queued, split
from comeback.conversations.model import (
    AccountChanged,
    Address,
    ChannelKind,
    InboundEvent,
    Quality,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.channels.payloads import SECONDS, notification, value, wa_message
from tests.unit.channels.test_inbound import AT

WABA = Address(ChannelKind.WHATSAPP, "300400")
NUMBER = {"display_phone_number": "15550783881"}


def singles(field: str, *values: dict[str, Any]) -> list[Single]:
    return split(json.dumps(notification(*values, field=field)).encode())


def heard(field: str, **told: Any) -> list[InboundEvent]:
    return [e for s in singles(field, told) for e in parse(s.event_id, s.body)]


def changed(field: str, **told: Any) -> AccountChanged:
    [event] = heard(field, **told)
    assert isinstance(event, AccountChanged)
    return event


def restricted(*kinds: str) -> dict[str, Any]:
    info = [{"restriction_type": kind, "expiration": 1641330498} for kind in kinds]
    return {"event": "ACCOUNT_RESTRICTION", "restriction_info": info}


# ── the number's quality and the limit ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("event", "quality"), [("FLAGGED", Quality.RED), ("UNFLAGGED", Quality.GREEN)]
)
def test_quality_and_limit_of_the_number(event: str, quality: Quality) -> None:
    told = {**NUMBER, "event": event, "current_limit": "TIER_1K"}
    event_id = f"wa.phone_number_quality_update.15550783881.{event}.{SECONDS}"
    assert heard("phone_number_quality_update", **told) == [
        AccountChanged(event_id, WABA, AT, quality=quality, tier=1000)
    ]


@pytest.mark.parametrize("event", ["UPGRADE", "DOWNGRADE", "ONBOARDING"])
def test_another_limit_is_no_other_quality(event: str) -> None:
    told = {**NUMBER, "event": event, "old_limit": "TIER_250", "current_limit": "TIER_2K"}
    found = changed("phone_number_quality_update", **told)
    assert (found.quality, found.tier) == (None, 2000)


def test_the_business_s_limit_goes_before_the_number_s() -> None:
    limits = {"current_limit": "TIER_250", "max_daily_conversations_per_business": "TIER_10K"}
    found = changed("phone_number_quality_update", **NUMBER, event="UPGRADE", **limits)
    assert found.tier == 10_000


def test_throughput_is_no_messaging_limit() -> None:
    told = {**NUMBER, "event": "THROUGHPUT_UPGRADE", "current_limit": "TIER_UNLIMITED"}
    assert heard("phone_number_quality_update", **told) == []


@pytest.mark.parametrize(
    ("told", "tier"),
    [
        ({"max_daily_conversations_per_business": 2000, "max_phone_numbers_per_waba": 25}, 2000),
        ({"max_daily_conversations_per_business": "TIER_100K"}, 100_000),
        ({"max_daily_conversation_per_phone": 250, "max_phone_numbers_per_business": 2}, 250),
        ({"max_daily_conversation_per_phone": -1}, UNLIMITED),
    ],
)
def test_capability_is_the_limit(told: dict[str, Any], tier: int) -> None:
    assert changed("business_capability_update", **told).tier == tier


@pytest.mark.parametrize(
    ("limits", "tier"),
    [
        ((50,), 50),
        (("TIER_50",), 50),
        (("2000",), 2000),
        (("TIER_UNLIMITED", 250), UNLIMITED),
        (("TIER_NOT_SET", "TIER_250"), 250),
        ((0, None, "", "many", "TIER_", "2K"), None),
        ((), None),
    ],
)
def test_limits_in_all_their_spellings(
    limits: tuple[int | str | None, ...], tier: int | None
) -> None:
    assert users(*limits) == tier


@given(st.integers(1, 999_999), st.booleans())
def test_a_limit_is_the_same_in_words_and_in_figures(number: int, thousands: bool) -> None:
    figures = number * 1000 if thousands else number
    words = f"TIER_{number}{'K' if thousands else ''}"
    assert users(words) == users(figures) == figures < UNLIMITED


# ── templates ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("event", "out", "back"),
    [
        ("PAUSED", "come_back.en_US", ""),
        ("DISABLED", "come_back.en_US", ""),
        ("REJECTED", "come_back.en_US", ""),
        ("DELETED", "come_back.en_US", ""),
        ("APPROVED", "", "come_back.en_US"),
        ("REINSTATED", "", "come_back.en_US"),
    ],
)
def test_templates_go_and_come_back(event: str, out: str, back: str) -> None:
    told = {
        "event": event,
        "message_template_id": 1689556908129832,
        "message_template_name": "come_back",
        "message_template_language": "en-US",
        "reason": None,
    }
    assert heard("message_template_status_update", **told) == [
        AccountChanged(
            f"wa.message_template_status_update.come_backen-US.{event}.{SECONDS}",
            WABA,
            AT,
            template_out=out,
            template_back=back,
        )
    ]


@pytest.mark.parametrize("event", ["FLAGGED", "LOCKED", "PENDING", "IN_APPEAL", "LIMIT_EXCEEDED"])
def test_a_template_in_danger_is_still_there(event: str) -> None:
    told = {"event": event, "message_template_name": "come_back"}
    assert heard("message_template_status_update", **told) == []


# ── stops ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "told",
    [
        {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE", "waba_ban_date": "April 17, 2025"}},
        {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "SCHEDULE_FOR_DISABLE"}},
        restricted("RESTRICTED_ADD_PHONE_NUMBER_ACTION", "RESTRICTED_BIZ_INITIATED_MESSAGING"),
        restricted("RESTRICTED_CUSTOMER_INITIATED_MESSAGING"),
        {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "ADULT"}},
        {"event": "ACCOUNT_DELETED"},
        {"event": "PARTNER_APP_UNINSTALLED", "waba_info": {"waba_id": "300400"}},
    ],
)  # fmt: skip
def test_what_stops_the_account(told: dict[str, Any]) -> None:
    event_id = f"wa.account_update..{told['event']}.{SECONDS}"
    assert heard("account_update", **told) == [
        AccountChanged(event_id, WABA, AT, stopped=told["event"].lower())
    ]


@pytest.mark.parametrize(
    "told",
    [
        {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}},
        restricted("RESTRICTED_ADD_PHONE_NUMBER_ACTION", "RESTRICTED_UTILITY_TEMPLATES"),
        {"event": "MM_LITE_TERMS_SIGNED", "waba_info": {"waba_id": "300400"}},
        {"event": "VOLUME_BASED_PRICING_TIER_UPDATE", "volume_tier_info": {"tier": "1:2"}},
        {"country": "US", "event": "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE"},
    ],
)
def test_what_does_not(told: dict[str, Any]) -> None:
    assert heard("account_update", **told) == []


# ── splitting ────────────────────────────────────────────────────────────────────────────────────


def test_news_are_known_again_and_told_apart() -> None:
    flagged, other = {**NUMBER, "event": "FLAGGED"}, {**NUMBER, "event": "UNFLAGGED"}
    elsewhere = {"event": "FLAGGED", "display_phone_number": "15550000000"}
    field = "phone_number_quality_update"
    ids = [s.event_id for s in singles(field, flagged, other, elsewhere)]
    assert len(set(ids)) == 3
    assert [s.event_id for s in singles(field, flagged, other, elsewhere)] == ids
    limits = [{"max_daily_conversations_per_business": n} for n in (250, 2000)]
    assert len({s.event_id for s in singles("business_capability_update", *limits)}) == 2


def test_news_of_the_account_queue_up_behind_each_other() -> None:
    raw = json.dumps(notification({**NUMBER, "event": "FLAGGED"}, field="account_update")).encode()
    [one] = queued("salon", raw)
    assert (one.address, one.channel) == (ACCOUNT, "whatsapp")


def test_news_without_a_time_do_not_cost_the_others_their_way() -> None:
    body = notification({"event": "ACCOUNT_DELETED"}, field="account_update")
    del body["entry"][0]["time"]
    body["entry"] += notification(value(messages=[wa_message()]))["entry"]
    timeless, message = split(json.dumps(body).encode())
    with pytest.raises(msgspec.ValidationError):
        parse(timeless.event_id, timeless.body)
    assert len(parse(message.event_id, message.body)) == 1


def test_every_field_that_is_let_through_is_read() -> None:
    assert READERS.keys() == ACCOUNT_FIELDS
    assert ChannelKind.WHATSAPP.value == CHANNEL
