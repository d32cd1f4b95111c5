"""Mistakes that real models make, on order."""

import re
from collections.abc import Mapping
from typing import Any

CLOCK = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b")
STRANGER = {"ru": "Вероника", "en": "Veronica"}
TAILS = {
    "wrong_time": {"ru": " Приходите завтра в 15:45.", "en": " Come tomorrow at 15:45."},
    "wrong_discount": {"ru": " И скидка 50% только сегодня!", "en": " And 50% off today only!"},
    "wrong_staff": {"ru": " Вас ждёт Вероника.", "en": " Veronica is waiting for you."},
}


def spoilt(mistake: str, text: str, facts: Mapping[str, Any]) -> str:
    """`text` with one untrue fact or a placeholder of its own."""
    language = "en" if facts.get("language") == "en" else "ru"
    if mistake == "leaks_placeholder":
        return text.replace("{name}", "{client_name}") + " {company_phone}"
    changed = CHANGES[mistake](text, facts, language)
    return changed if changed != text else text + TAILS[mistake][language]


def _time(text: str, facts: Mapping[str, Any], _language: str) -> str:
    offered = " ".join(str(slot.get("text", "")) for slot in facts.get("slots") or ())
    other = next(f"{h}:15" for h in range(9, 24) if f"{h}:15" not in offered)
    return CLOCK.sub(other, text, count=1)


def _discount(text: str, facts: Mapping[str, Any], _language: str) -> str:
    percent = int(facts.get("discount_percent") or 0)
    return re.sub(rf"\b{percent}\s?%", f"{percent + 15}%", text) if percent else text


def _staff(text: str, facts: Mapping[str, Any], language: str) -> str:
    names = [slot.get("staff") for slot in facts.get("slots") or () if slot.get("staff")]
    return text.replace(names[0], STRANGER[language]) if names else text


CHANGES = {"wrong_time": _time, "wrong_discount": _discount, "wrong_staff": _staff}
