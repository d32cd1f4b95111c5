"""Which of the offered slots an answer names, and which time that was not offered."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from world.gemini.spoken import ANY_MONTH, MONTH, PARTS, RELATIVE, WEEKDAY, month_of, plain

CLOCK = re.compile(r"(?<![\d.])([01]?\d|2[0-3])[:.]([0-5]\d)(?![\d.])")
HOUR = re.compile(
    r"\b(?:в|на|к|at|for|около|around)\s+(\d{1,2})(?![:.\d])(?:-?(?:ти|и))?(?:\s*(?P<part>утра|дня|вечера|am|pm))?\b"
    rf"(?!\s*(?:{ANY_MONTH})\b|\s*(?:числ|вариант|человек|недел|дн|month|week|day))"
)
PART_HOUR = re.compile(r"\b(\d{1,2})\s*(?P<part>утра|дня|вечера|am|pm)\b")
DAY = re.compile(rf"\b(\d{{1,2}})(?:-?(?:го|е|st|nd|rd|th))?(?: of)? (?:{MONTH})\b")
ORDINALS = (
    r"\bперв\w+|\bfirst\b",
    r"\bвтор(?:ой|ое|ая|ую|ого)\b|\bsecond\b",
    r"\bтрет\w+|\bthird\b",
    r"\bчетверт(?:ый|ое|ую)\b|\bfourth\b",
)
LAST = re.compile(r"\bпоследн\w+ (?:вариант|врем)\w*|\bthe last (?:one|slot|time)\b")
NUMBERED = re.compile(
    r"(?:вариант\w*|номер\w*|№|#|option|number|слот\w*)\s*(\d)\b|^\W*(\d)\W*$|\b(\d)(?:-?(?:й|ый|ой|ий|ое|е|ю|ую|st|nd|rd|th))\b"
)
BARE = re.compile(
    r"(?<![\d:.,+])(?<!до )(?<!после )(?<!в )(?<!на )(?<!к )(?<!с )(?<!at )(?<!after )(?<!before )(?<!until )(?<!in )([1-9])"
    rf"(?![\d:.%])(?!\s*(?:am|pm|утра|дня|вечера|час|недел|дн|ден|месяц|week|day|month|hour|человек|раз|{ANY_MONTH})\b)"
)


@dataclass(frozen=True)
class Offer:
    """`minute` of the local day; -1, like `weekday`, where the text does not tell."""

    n: int
    staff: str
    minute: int
    weekday: int
    month: int
    day: int


@dataclass(frozen=True)
class Choice:
    """`slots`: those that fit all that was said; `said`: the words for day and time that choose."""

    slots: tuple[int, ...] = ()
    said: str = ""
    exact: bool = False
    """Whether a number or a time by the clock was named."""


def offers(raw: Sequence[Mapping[str, Any]]) -> tuple[Offer, ...]:
    return tuple(_offer(slot) for slot in raw)


def _offer(slot: Mapping[str, Any]) -> Offer:
    text = plain(str(slot.get("text", "")))
    clock, day = CLOCK.search(text), DAY.search(text)
    weekday = next((min(d) for p, d in WEEKDAY.items() if p.search(text) and len(d) == 1), -1)
    return Offer(
        int(slot["n"]),
        str(slot.get("staff") or ""),
        int(clock[1]) * 60 + int(clock[2]) if clock else -1,
        weekday,
        month_of(day) if day else 0,
        int(day[1]) if day else 0,
    )


def chosen(text: str, offered: Sequence[Offer], today: date) -> Choice:
    """`text` must be `plain`."""
    fitting, said, exact = list(offered), [], False
    for words, test, by_clock in _conditions(text, today):
        fitting = [offer for offer in fitting if test(offer)]
        said.append(words)
        exact = exact or by_clock
    if said:
        return Choice(tuple(o.n for o in fitting), ", ".join(said), exact)
    numbers = [offer.n for offer in offered]
    number = _number(text, numbers)
    return Choice((number,), str(number), True) if number in numbers else Choice()


def _conditions(text: str, today: date) -> list[tuple[str, Any, bool]]:
    found: list[tuple[str, Any, bool]] = []
    day = DAY.search(text)
    if day:
        on = (month_of(day), int(day[1]))
        found.append((day[0], lambda o: (o.month, o.day) == on, False))
        text = text.replace(day[0], " ")
    times = _times(text)
    if times:
        words, minutes = times
        found.append((words, lambda o: o.minute in minutes, True))
    for pattern, days in WEEKDAY.items():
        if word := pattern.search(text):
            found.append((word[0], lambda o, days=days: o.weekday in days, False))
    for pattern, (low, high) in PARTS.items():
        word = pattern.search(text)
        if word and not times:
            found.append((word[0], lambda o, a=low, b=high: a * 60 <= o.minute < b * 60, False))
    for pattern, ahead in RELATIVE.items():
        if word := pattern.search(text):
            then = today + timedelta(days=ahead)
            on_day = (then.month, then.day)
            found.append((word[0], lambda o, d=on_day: (o.month, o.day) == d, False))
            break
    return found


def _times(text: str) -> tuple[str, set[int]] | None:
    clock = CLOCK.search(text)
    if clock:
        return clock[0], {int(clock[1]) * 60 + int(clock[2])}
    hour = HOUR.search(text) or PART_HOUR.search(text)
    if not hour or int(hour[1]) > 23:
        return None
    h, part = int(hour[1]), hour["part"]
    if part in ("pm", "вечера", "дня") and h < 12:
        return hour[0], {(h + 12) * 60}
    if part or h >= 12:
        return hour[0], {h * 60}
    return hour[0], {h * 60, (h + 12) * 60}


def _number(text: str, numbers: Sequence[int]) -> int | None:
    """As shown; ordinals count from the first that is."""
    if LAST.search(text) and numbers:
        return numbers[-1]
    for n, pattern in zip(numbers, ORDINALS, strict=False):
        if re.search(pattern, text):
            return n
    found = NUMBERED.search(text) or BARE.search(text)
    return int(next(g for g in found.groups() if g)) if found else None
