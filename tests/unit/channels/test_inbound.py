"""What the messengers send, as our inbound events; what is none of ours is left out, and nothing else is ever raised."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from comeback.channels import telegram_inbound, whatsapp_inbound, whatsapp_split
from comeback.channels.whatsapp_account import READERS
from comeback.channels.whatsapp_split import digest
from comeback.conversations.model import (
    Address,
    ChannelKind,
    DeliveryStatus,
    InboundEvent,
    MarketingResumed,
    MarketingStopped,
    MessageReceived,
    StatusReceived,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.channels.payloads import (
    ANNA,
    CHAT,
    PHONE,
    WAMID,
    notification,
    tg_member,
    tg_message,
    tg_press,
    update,
    value,
    wa_message,
    wa_preference,
    wa_status,
)

AT, NOW = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 9, 1, tzinfo=UTC)
CHAT_OF_ANNA = Address(ChannelKind.TELEGRAM, str(ANNA))
NUMBER_OF_ANNA = Address(ChannelKind.WHATSAPP, PHONE)


def telegram(**what: Any) -> list[InboundEvent]:
    return telegram_inbound.parse(update(**what), NOW)


def whatsapp(**what: Any) -> list[InboundEvent]:
    singles = whatsapp_split.split(json.dumps(notification(value(**what))).encode())
    return [e for s in singles for e in whatsapp_inbound.parse(s.event_id, s.body)]


# ── Telegram ─────────────────────────────────────────────────────────────────────────────────────


def test_telegram_text_with_the_message_it_answers() -> None:
    answered = {"reply_to_message": tg_message("Когда?") | {"message_id": 4}}
    assert telegram(message=tg_message("Завтра", **answered)) == [
        MessageReceived(
            "tg.7", CHAT_OF_ANNA, AT, "Завтра", reply_to="4", sender_name="Анна К.", serial=7
        )
    ]


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("/start", ""),
        ("/start YW5uYQ-abc_1", "YW5uYQ-abc_1"),
        ("/started x", ""),
        ("start x", ""),
    ],
)
def test_telegram_start_carries_the_links_payload(text: str, payload: str) -> None:
    [event] = telegram(message=tg_message(text))
    assert isinstance(event, MessageReceived)
    assert (event.text, event.start_payload) == (text, payload)


def test_telegram_button_is_dated_by_us_and_names_its_message() -> None:
    assert telegram(callback_query=tg_press()) == [
        MessageReceived(
            "tg.7", CHAT_OF_ANNA, NOW, "", "slot:1", "4", sender_name="Анна К.", serial=7
        )
    ]


def test_telegram_button_under_a_message_too_old_to_show() -> None:
    gone = tg_press() | {"message": {"chat": CHAT, "message_id": 4, "date": 0}}
    assert [e.event_id for e in telegram(callback_query=gone)] == ["tg.7"]


def test_telegram_photo_without_words_is_still_a_message() -> None:
    photo = tg_message() | {"photo": [{"file_id": "x"}]}
    del photo["text"]
    [event] = telegram(message=photo)
    assert isinstance(event, MessageReceived)
    assert event.text == ""


def test_telegram_caption_is_text() -> None:
    [event] = telegram(message=tg_message("", caption="вот так"))
    assert isinstance(event, MessageReceived)
    assert event.text == "вот так"


def test_telegram_block_stops_marketing() -> None:
    assert telegram(my_chat_member=tg_member("kicked")) == [
        MarketingStopped("tg.7", CHAT_OF_ANNA, AT, "telegram_block", 7)
    ]


@pytest.mark.parametrize(
    "what",
    [
        {"my_chat_member": tg_member("member")},
        {"my_chat_member": tg_member("kicked", "supergroup")},
        {"message": tg_message() | {"chat": {"id": -100, "type": "supergroup"}}},
        {"callback_query": tg_press() | {"message": tg_message() | {"chat": {"id": -1, "type": "group"}}}},
        {"edited_message": tg_message()},
        {"channel_post": tg_message()},
        {"inline_query": {"id": "1", "query": "x"}},
        {},
    ],
)  # fmt: skip
def test_telegram_what_no_client_caused_is_left_out(what: dict[str, Any]) -> None:
    assert telegram(**what) == []


# ── WhatsApp ─────────────────────────────────────────────────────────────────────────────────────


def received(**more: Any) -> list[InboundEvent]:
    found = {"sender_name": "Анна", **more}
    return [MessageReceived(f"wa.{digest(WAMID)}", NUMBER_OF_ANNA, AT, **found)]


def test_whatsapp_text() -> None:
    assert whatsapp(messages=[wa_message()]) == received(text="Привет")


@pytest.mark.parametrize("kind", ["button_reply", "list_reply"])
def test_whatsapp_reply(kind: str) -> None:
    pressed = {"type": kind, kind: {"id": "slot:1", "title": "вт, 11:00"}}
    context = {"from": "74950000000", "id": "wamid.ours"}
    sent = wa_message("interactive", interactive=pressed, context=context)
    assert whatsapp(messages=[sent]) == received(button_id="slot:1", reply_to="wamid.ours")


def test_whatsapp_template_button() -> None:
    sent = wa_message("button", button={"payload": "slot:1", "text": "Да"})
    assert whatsapp(messages=[sent]) == received(button_id="slot:1")


@pytest.mark.parametrize("status", ["sent", "delivered", "read"])
def test_whatsapp_status(status: str) -> None:
    assert whatsapp(statuses=[wa_status(status, pricing={"billable": True})]) == [
        StatusReceived(
            f"wa.{digest(WAMID)}.{status}",
            NUMBER_OF_ANNA,
            AT,
            DeliveryStatus(status),
            WAMID,
            "anna#j1.1",
        )
    ]


def test_whatsapp_failure_names_its_code() -> None:
    errors = [{"code": 131047, "title": "Re-engagement message", "error_data": {"details": "…"}}]
    [event] = whatsapp(statuses=[wa_status("failed", errors=errors)])
    assert isinstance(event, StatusReceived)
    assert (event.status, event.error_code) == (DeliveryStatus.FAILED, "131047")


@pytest.mark.parametrize(
    ("wish", "kind"), [("stop", MarketingStopped), ("resume", MarketingResumed)]
)
def test_whatsapp_preference(wish: str, kind: type[MarketingStopped]) -> None:
    event_id = f"wa.pref.{digest(f'{PHONE}.1772442000.{wish}')}"
    assert whatsapp(user_preferences=[wa_preference(wish)]) == [
        kind(event_id, NUMBER_OF_ANNA, AT, "whatsapp_preferences")
    ]


def test_whatsapp_two_wishes_of_one_second_are_two_events() -> None:
    """Told again, each is the same."""
    wishes = [wa_preference(wish) for wish in ("resume", "stop", "resume", "stop")]
    ids = [event.event_id for event in whatsapp(user_preferences=wishes)]
    assert (len({*ids}), ids[:2]) == (2, ids[2:])


def test_whatsapp_unknown_kinds_are_messages_without_words() -> None:
    odd = wa_message("unsupported", errors=[{"code": 131051}], context={"forwarded": True})
    assert whatsapp(messages=[odd]) == received()


def test_whatsapp_one_notification_of_many_is_split_in_order() -> None:
    one = value(messages=[wa_message(), wa_message("image", image={"id": "9"}) | {"id": "wamid.2"}])
    two = value(statuses=[wa_status("read")], user_preferences=[wa_preference("stop")])
    singles = whatsapp_split.split(json.dumps(notification(one, two)).encode())
    assert [s.event_id for s in singles] == [
        f"wa.{digest(WAMID)}",
        f"wa.{digest('wamid.2')}",
        f"wa.{digest(WAMID)}.read",
        f"wa.pref.{digest(f'{PHONE}.1772442000.stop')}",
    ]
    assert not any(PHONE in s.event_id or WAMID in s.event_id for s in singles)
    assert {s.address for s in singles} == {PHONE}
    assert all(len(whatsapp_inbound.parse(s.event_id, s.body)) == 1 for s in singles)


def test_whatsapp_a_sender_without_a_number_is_left_out() -> None:
    nameless = wa_message()
    del nameless["from"]
    assert whatsapp(messages=[nameless]) == []
    assert whatsapp(statuses=[wa_status("warning")]) == []


def test_whatsapp_one_odd_message_does_not_cost_the_others_their_way() -> None:
    odd = wa_message() | {"id": "wamid.odd", "text": "no object"}
    raw = json.dumps(notification(value(messages=[odd, wa_message()]))).encode()
    first, second = whatsapp_split.split(raw)
    with pytest.raises(msgspec.ValidationError):
        whatsapp_inbound.parse(first.event_id, first.body)
    assert whatsapp_inbound.parse(second.event_id, second.body) == received(text="Привет")


def test_whatsapp_news_of_no_consequence_are_left_out() -> None:
    news = {"new_quality_score": "YELLOW", "message_template_name": "come_back"}
    raw = json.dumps(notification(news, field="message_template_quality_update")).encode()
    assert whatsapp_split.split(raw) == []


# ── anything at all ──────────────────────────────────────────────────────────────────────────────

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
WORDS = (
    "update_id message callback_query my_chat_member chat id type private date from data status new_chat_member "
    "message_id text entry changes value field messages statuses user_preferences timestamp wa_id contacts profile "
    "event message_template_name current_limit ban_info restriction_info waba_id time "
    "interactive button_reply list_reply button payload context errors code recipient_id category"
)
NAMES = st.sampled_from(WORDS.split())
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6)
)


@given(JSON)
def test_telegram_anything_else_is_told_by_msgspec_only(body: Any) -> None:
    with suppress(msgspec.MsgspecError):
        telegram_inbound.parse(body, NOW)


@given(JSON, JSON, st.integers())
def test_whatsapp_anything_else_is_told_by_msgspec_only(body: Any, part: Any, date: int) -> None:
    whole = [body, notification(value(messages=part, statuses=part, user_preferences=part))]
    whole += [notification({"messages": [part], "statuses": [body]}), notification(part)]
    whole += [notification(body, {"event": part}, field=field) for field in READERS]
    whole += [
        {
            "entry": [
                {"time": part, "id": body, "changes": [{"field": "account_update", "value": {}}]}
            ]
        }
    ]
    whole += [notification(value(messages=[wa_message() | {"timestamp": part}]))]
    whole += [notification(value(user_preferences=[wa_preference("stop") | {"timestamp": date}]))]
    for each in whole:
        with suppress(msgspec.MsgspecError):
            for single in whatsapp_split.split(json.dumps(each).encode()):
                whatsapp_inbound.parse(single.event_id, single.body)


@given(st.integers(), st.binary())
def test_dates_and_bytes_beyond_reason_are_told_by_msgspec_only(date: int, raw: bytes) -> None:
    for what in (
        {"message": tg_message() | {"date": date}},
        {"my_chat_member": tg_member("kicked") | {"date": date}},
    ):
        with suppress(msgspec.MsgspecError):
            telegram(**what)
    with suppress(msgspec.MsgspecError):
        whatsapp_split.split(raw)
