"""People's names in running text: Russian case endings, short forms, and which word of a full name is the given one."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

ENDINGS = "а|я|ы|и|у|ю|е|о|ой|ей|ою|ею|ом|ем|ым|им|ого|его|ому|ему|ых|их|ь|ью|й|ёй|ёю|ём"
"""Singular case endings of names and surnames; a stem with any of them is taken for the name."""
VOWELS = "аеёиоуыэюяьй"
FLEETING = {"павел": "павл", "лев": "льв", "петр": "петр"}
SHORT: Mapping[str, tuple[str, ...]] = {
    "александр": ("саша", "шура", "алекс"),
    "александра": ("саша", "шура"),
    "алексей": ("леша", "алеша"),
    "алина": ("аля",),
    "анастасия": ("настя", "ася"),
    "андрей": ("андрюша",),
    "анна": ("аня", "анечка", "анюта"),
    "антон": ("тоша",),
    "валентина": ("валя",),
    "валерия": ("лера",),
    "василий": ("вася",),
    "вера": ("верочка",),
    "виктор": ("витя",),
    "виктория": ("вика",),
    "владимир": ("вова", "володя"),
    "галина": ("галя",),
    "дарья": ("даша",),
    "дмитрий": ("дима", "митя"),
    "евгений": ("женя",),
    "евгения": ("женя",),
    "екатерина": ("катя", "катюша"),
    "елена": ("лена", "леночка"),
    "иван": ("ваня",),
    "ирина": ("ира", "ирочка"),
    "константин": ("костя",),
    "ксения": ("ксюша",),
    "людмила": ("люда", "мила"),
    "любовь": ("люба",),
    "максим": ("макс",),
    "маргарита": ("рита",),
    "марина": ("мариша",),
    "мария": ("маша", "машенька"),
    "михаил": ("миша",),
    "надежда": ("надя",),
    "наталья": ("наташа",),
    "наталия": ("наташа",),
    "николай": ("коля",),
    "ольга": ("оля", "олечка"),
    "павел": ("паша",),
    "петр": ("петя",),
    "полина": ("поля",),
    "роман": ("рома",),
    "светлана": ("света",),
    "сергей": ("сережа",),
    "софия": ("соня",),
    "софья": ("соня",),
    "татьяна": ("таня",),
    "юлия": ("юля",),
    "юрий": ("юра",),
    "яна": ("яночка",),
}
PATRONYMIC = re.compile(r"(?:вич|ична|вна|инична|ыч)$")
SURNAME = re.compile(r"(?:ов|ова|ев|ева|ин|ина|ский|ская|цкий|цкая|ко|ук|юк|ых|их|ян|дзе|швили)$")


def words_of(name: str) -> tuple[str, ...]:
    """Its words of two letters or more, in lower case with ё as е."""
    plain = name.casefold().replace("ё", "е")
    return tuple(re.findall(r"[^\W\d_]{2,}", plain))


def given_name(full_name: str) -> str:
    """How to address a client: «Иванова Анна Сергеевна» → «Анна». Empty when the CRM holds a number or a remark."""
    if re.search(r"[\d@()/\\]", full_name):
        return ""
    words = re.findall(r"[^\W\d_]{2,}(?:-[^\W\d_]{2,})?", full_name)
    if not words or len(words) > 3:
        return ""
    known = [w for w in words if w.casefold().replace("ё", "е") in _given()]
    if known:
        return _proper(known[0])
    if len(words) > 1 and PATRONYMIC.search(words[-1].casefold()):
        return _proper(words[-2])
    surname_first = len(words) == 2 and SURNAME.search(words[0].casefold())
    return _proper(words[1] if surname_first and not _surname(words[1]) else words[0])


def mentioned(text: str, name: str, *, capital: bool = False) -> list[re.Match[str]]:
    """Where any word of `name`, in any case ending, stands in `text`; with `capital`, only if written as a name."""
    found = [m for word in words_of(name) for m in pattern(word).finditer(text)]
    return [m for m in found if not capital or m[0][:1].isupper()]


def short_forms(name: str) -> tuple[str, ...]:
    return tuple(short for word in words_of(name) for short in SHORT.get(word, ()))


@lru_cache(maxsize=4096)
def pattern(word: str) -> re.Pattern[str]:
    """`word`: lower case, ё as е. Matches ё for е, any of ENDINGS, at word boundaries."""
    if not re.search("[а-я]", word):
        return re.compile(rf"\b{re.escape(word)}(?:'s)?\b", re.IGNORECASE)
    stem = FLEETING.get(word) or (word[:-1] if word[-1] in VOWELS and len(word) > 2 else word)
    forms = sorted({re.escape(stem), re.escape(word)}, key=len, reverse=True)
    body = "|".join(f"{f}(?:{ENDINGS})?" for f in forms).replace("е", "[её]")
    return re.compile(rf"\b(?:{body})\b", re.IGNORECASE)


def best_match(said: str, titles: Mapping[str, str]) -> str | None:
    """The key whose title shares most words with what was said; None for a tie or nothing in common."""
    scores = {key: _score(said, title) for key, title in titles.items()}
    top = max(scores.values(), default=0.0)
    best = [key for key, score in scores.items() if score == top]
    return best[0] if top > 0 and len(best) == 1 else None


def _score(said: str, title: str) -> float:
    """Words of `title` found in `said`, and a little for the share of the title they make."""
    words = words_of(title)
    hits = sum(bool(_any(said, (word, *SHORT.get(word, ())))) for word in words)
    return hits + hits / (len(words) + 1) if hits else 0.0


def _any(said: str, words: Iterable[str]) -> bool:
    return any(pattern(word).search(said) for word in words)


def _surname(word: str) -> bool:
    return bool(SURNAME.search(word.casefold()))


def _given() -> frozenset[str]:
    return frozenset(SHORT) | {short for forms in SHORT.values() for short in forms}


def _proper(word: str) -> str:
    return "-".join(part[:1].upper() + part[1:].lower() for part in word.split("-"))
