"""Writes the message that brings a client back, from given facts alone."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

PHRASES = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text())
Facts = Mapping[str, Any]


def write(facts: Facts, rng: Random) -> dict[str, Any]:
    """{"language", "tone", "company", "service", "days_since_visit", "staff", "slots": [{"n", "text", "staff"}],
    "discount_percent", "attempt", "problems", "also_due"}; names ending in _title or _name are taken too."""
    language = "en" if facts.get("language") == "en" else "ru"
    tones = PHRASES[language]
    said = tones.get(str(facts.get("tone")), tones["friendly"])
    slots = facts.get("slots") or []
    variables = {
        "name": "{name}",
        "company": _quoted(_fact(facts, "company", "company_title"), language),
        "service": _quoted(_fact(facts, "service", "service_title"), language),
        "also": ", ".join(_quoted(str(t), language) for t in facts.get("also_due") or ()),
        "ago": _days(int(facts.get("days_since_visit") or 0), language),
        "percent": int(facts.get("discount_percent") or 0),
        "slot": _spoken(slots[0], alone=True) if slots else "",
    }

    def pick(kind: str) -> str:
        return str(rng.choice(said[kind])).format(**variables)

    hello = f"{pick('hello')} {pick('first' if int(facts.get('attempt') or 1) == 1 else 'again')}"
    lines = [hello, *_offer(slots, pick)]
    if variables["also"]:
        lines.append(pick("also"))
    if variables["percent"]:
        lines.append(pick("discount"))
    lines.append(pick({0: "ask_none", 1: "ask_one"}.get(len(slots), "ask_many")))
    return {"text": "\n".join(lines)}


def _offer(slots: Sequence[Facts], pick: Any) -> list[str]:
    if len(slots) < 2:
        return [pick("one")] if slots else []
    return [pick("many"), *(f"{slot['n']}. {_spoken(slot)}" for slot in slots)]


def _spoken(slot: Facts, *, alone: bool = False) -> str:
    staff = slot.get("staff")
    return f"{slot['text']}{', ' if alone else ' — '}{staff}" if staff else str(slot["text"])


def _fact(facts: Facts, *names: str) -> str:
    return next((str(facts[name]) for name in names if facts.get(name)), "")


def _quoted(title: str, language: str) -> str:
    """Russian puts titles into quotes, unless they bring their own."""
    return title if language == "en" or re.search('[«"]', title) or not title else f"«{title}»"


def _days(count: int, language: str) -> str:
    if language == "en":
        return f"{count} day{'' if count == 1 else 's'}"
    if count % 100 in range(11, 15):
        return f"{count} дней"
    return f"{count} {({1: 'день'} | dict.fromkeys((2, 3, 4), 'дня')).get(count % 10, 'дней')}"
