"""Which member of staff or which service an answer names, as people decline, shorten and mistype them."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from world.gemini.spoken import plain

VOWELS = "аеиоуыэюяьй"
FLEETING = {"павел": "павл", "лев": "льв", "петр": "петр"}
SHORT = {
    "александр": ("саш",),
    "александра": ("саш",),
    "алексей": ("леш", "алеш"),
    "анастасия": ("наст",),
    "анна": ("ань", "аня", "ане", "аню"),
    "дарья": ("даш",),
    "дмитрий": ("дим",),
    "евгений": ("жен",),
    "евгения": ("жен",),
    "екатерина": ("кат",),
    "елена": ("лен",),
    "ирина": ("ир",),
    "мария": ("маш",),
    "михаил": ("миш",),
    "наталья": ("наташ",),
    "ольга": ("оля", "оле", "олю", "оли"),
    "светлана": ("свет",),
    "сергей": ("сереж",),
    "татьяна": ("тан",),
    "юлия": ("юл",),
}
GROUPS = (
    ("стриж", "постри", "подстри", "haircut", "cut", "trim", "barber"),
    ("окраш", "покрас", "краси", "крашен", "color", "colour", "dye"),
    ("маникюр", "ногт", "ногот", "manicure", "nail"),
    ("педикюр", "pedicure"),
    ("массаж", "massage"),
    ("бород", "beard"),
    ("уклад", "styling", "blow"),
    ("бров", "brow"),
    ("ресниц", "lash"),
)


def staff_named(text: str, staff: Sequence[str]) -> str | None:
    """The full name from `staff`, the best fit. `text` must be `plain`."""
    words = re.findall(r"[^\W\d_]{2,}", text)
    scored = [(max((_fit(word, name) for word in words), default=0), name) for name in staff]
    best = max(scored, default=(0, ""))
    return best[1] if best[0] else None


def _fit(word: str, name: str) -> int:
    """Letters of the longest stem of the name that the word begins with."""
    best = 0
    for part in re.findall(r"[^\W\d_]{2,}", plain(name)):
        for stem in (_stem(part), *SHORT.get(part, ())):
            long_enough = len(stem) >= 3 or word in (stem + "а", stem + "е", stem + "у")
            if long_enough and word.startswith(stem) and len(word) <= len(stem) + 3:
                best = max(best, len(stem))
    return best


def _stem(word: str) -> str:
    if word in FLEETING:
        return FLEETING[word]
    return word[:-1] if word[-1] in VOWELS and len(word) > 3 else word


def service_named(text: str, services: Sequence[str]) -> list[str]:
    """Titles that fit best; several when they fit alike («стрижка» for a woman's and a man's)."""
    words = re.findall(r"[^\W\d_]{3,}", text)
    scores = {title: _score(words, title) for title in services}
    best = max(scores.values(), default=0)
    return [title for title, score in scores.items() if best and score == best]


def _score(words: Sequence[str], title: str) -> int:
    score = 0
    for part in re.findall(r"[^\W\d_]{4,}", plain(title)):
        stem = part[: max(4, len(part) - 3)]
        close = bool(get_close_matches(part, words, 1, 0.8))
        score += 2 * (close or any(word.startswith(stem) for word in words))
    for group in GROUPS:
        here = any(stem in plain(title) for stem in group)
        score += here and any(word.startswith(group) for word in words)
    return score
