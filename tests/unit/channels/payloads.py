"""What the messengers really send, shortened. Sources: external-apis.md, B1 and B2."""

from typing import Any

ANNA, PHONE, WAMID = 1001, "79990000001", "wamid.HBgLNzk5OTAwMDAwMDEVAgASGBQzQTk"
CHAT = {"id": ANNA, "type": "private", "first_name": "Анна"}
USER = {"id": ANNA, "is_bot": False, "first_name": "Анна", "last_name": "К.", "language_code": "ru"}
SECONDS = 1772442000
"""2026-03-02T09:00:00Z."""


def update(**what: Any) -> dict[str, Any]:
    return {"update_id": 7, **what}


def tg_message(text: str = "Привет", **more: Any) -> dict[str, Any]:
    return {
        "message_id": 5,
        "from": USER,
        "chat": CHAT,
        "date": SECONDS,
        "text": text,
        **more,
    }


def tg_press(data: str = "slot:1") -> dict[str, Any]:
    return {
        "id": "4382bfdwdsb323b2d9",
        "from": USER,
        "chat_instance": "-1",
        "data": data,
        "message": {**tg_message("Когда?"), "message_id": 4, "from": {"id": 9, "is_bot": True}},
    }


def tg_member(status: str, kind: str = "private") -> dict[str, Any]:
    bot = {"user": {"id": 9, "is_bot": True, "first_name": "Salon"}}
    return {
        "chat": {**CHAT, "type": kind},
        "from": USER,
        "date": SECONDS,
        "old_chat_member": {**bot, "status": "member"},
        "new_chat_member": {**bot, "status": status, "until_date": 0},
    }


def notification(*values: dict[str, Any], field: str = "messages") -> dict[str, Any]:
    changes = [{"field": field, "value": value} for value in values]
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "300400", "time": SECONDS, "changes": changes}],
    }


def value(**what: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "74950000000", "phone_number_id": "100200"}
    contacts = [{"profile": {"name": "Анна"}, "wa_id": PHONE}]
    return {"messaging_product": "whatsapp", "metadata": metadata, "contacts": contacts, **what}


def wa_message(kind: str = "text", **what: Any) -> dict[str, Any]:
    content = what or {"text": {"body": "Привет"}}
    return {"from": PHONE, "id": WAMID, "timestamp": str(SECONDS), "type": kind, **content}


def wa_status(status: str, **more: Any) -> dict[str, Any]:
    return {
        "id": WAMID,
        "status": status,
        "timestamp": str(SECONDS),
        "recipient_id": PHONE,
        "biz_opaque_callback_data": "anna#j1.1",
        **more,
    }


def wa_preference(wish: str) -> dict[str, Any]:
    return {
        "wa_id": PHONE,
        "detail": f"User requested to {wish} marketing messages",
        "category": "marketing_messages",
        "value": wish,
        "timestamp": SECONDS,
    }
