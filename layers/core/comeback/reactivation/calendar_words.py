"""Months, weekdays, parts of the day and numbers as people write and dictate them, in Russian and English."""

import re
from collections.abc import Mapping

MONTHS = (
    r"январ\w+|янв|january|jan",
    r"феврал\w+|фев|february|feb",
    r"марта?|марте|мар|march|mar",
    r"апрел\w+|апр|april|apr",
    r"ма[йяе]|may",
    r"июн[ьяе]|june|jun",
    r"июл[ьяе]|july|jul",
    r"август\w*|авг|august|aug",
    r"сентябр\w+|сент|сен|september|sept|sep",
    r"октябр\w+|окт|october|oct",
    r"ноябр\w+|нояб|ноя|november|nov",
    r"декабр\w+|дек|december|dec",
)
MONTH = "|".join(f"(?:{names})" for names in MONTHS)
WEEKDAYS = (
    r"понедельник\w*|пон|пн|monday|mon",
    r"вторник\w*|вт|tuesday|tues|tue",
    r"сред(?:а|у|е|ы|ой)|ср|wednesday|weds|wed",
    r"четверг\w*|чет|чт|thursday|thurs|thur|thu",
    r"пятниц\w*|пят|пт|friday|fri",
    r"суббот\w*|суб|сб|saturday|sat",
    r"воскресень\w*|воскр|вск|вс|sunday|sun",
)
DAY_SETS: Mapping[str, frozenset[int]] = {
    r"выходн\w*|weekends?": frozenset({5, 6}),
    r"будн\w+|weekdays?": frozenset(range(5)),
}
RELATIVE: Mapping[str, int] = {
    r"послезавтра|(?:the )?day after tomorrow": 2,
    r"завтра|tomorrow|tmrw|tmr": 1,
    r"сегодня|today|tonight": 0,
}
HOUR = 60
PARTS: Mapping[str, tuple[int, int]] = {
    r"утр(?:о|а|ом|у|ам|ечком)|с утра|утренн\w+|mornings?": (0, 12 * HOUR),
    r"после обеда|днем|дневн\w+|afternoons?": (12 * HOUR, 17 * HOUR),
    r"вечер(?:а|ом|у|ам|ок|ком|очком)?|вечерн\w+|evenings?|tonight": (17 * HOUR, 24 * HOUR),
    r"до обеда|в первой половине дня": (0, 13 * HOUR),
    r"во второй половине дня": (13 * HOUR, 24 * HOUR),
}
"""Minutes of the day; the specification's periods (reactivation.md), open at the ends of the day."""

CARDINALS: Mapping[str, int] = {
    r"дв[ае]|двух|двум|two": 2,
    r"три|тр[её]х|тр[её]м|three": 3,
    r"четыре|четыр[её]х|четыр[её]м|four": 4,
    r"пять|пяти|five": 5,
    r"шесть|шести|six": 6,
    r"семь|семи|seven": 7,
    r"восемь|восьми|eight": 8,
    r"девять|девяти|nine": 9,
    r"десять|десяти|ten": 10,
    r"одиннадцат[ьи]|eleven": 11,
    r"двенадцат[ьи]|twelve": 12,
    r"тринадцат[ьи]|thirteen": 13,
    r"четырнадцат[ьи]|fourteen": 14,
    r"пятнадцат[ьи]|fifteen": 15,
    r"шестнадцат[ьи]|sixteen": 16,
    r"семнадцат[ьи]|seventeen": 17,
    r"восемнадцат[ьи]|eighteen": 18,
    r"девятнадцат[ьи]|nineteen": 19,
    r"двадцат[ьи]|twenty": 20,
    r"тридцат[ьи]|thirty": 30,
    r"сорока?|forty": 40,
    r"пятьдесят|пятидесяти|fifty": 50,
}
ORDINALS: Mapping[str, int] = {
    r"перв|first": 1,
    r"втор|second": 2,
    r"трет|third": 3,
    r"четв[её]рт|fourth": 4,
    r"пят|fifth": 5,
    r"шест|sixth": 6,
    r"седьм|seventh": 7,
    r"восьм|eighth": 8,
    r"девят|ninth": 9,
    r"десят|tenth": 10,
    r"одиннадцат|eleventh": 11,
    r"двенадцат|twelfth": 12,
    r"тринадцат|thirteenth": 13,
    r"четырнадцат|fourteenth": 14,
    r"пятнадцат|fifteenth": 15,
    r"шестнадцат|sixteenth": 16,
    r"семнадцат|seventeenth": 17,
    r"восемнадцат|eighteenth": 18,
    r"девятнадцат|nineteenth": 19,
    r"двадцат|twentieth": 20,
    r"тридцат|thirtieth": 30,
}
ORDINAL_ENDING = r"(?:ь?его|ого|ь?ему|ому|ое|ье|ая|ья|ую|ью|ый|ий|ой|ом|ем|ым|ы)?"
_CARDINAL = {re.compile(rf"\b(?:{words})\b"): n for words, n in CARDINALS.items()}
_TENS = "|".join(f"(?P<t{n}>{words})" for words, n in CARDINALS.items() if n in (20, 30, 40, 50))
_UNITS = "|".join(
    f"(?P<c{n}>{words})" for words, n in (("один|одна|одну|one", 1), *CARDINALS.items()) if n < 10
)
_COMPOSITE = re.compile(rf"\b(?:{_TENS})[ -](?:{_UNITS})\b")
_ORDINAL = "|".join(f"(?P<o{n}>{words})" for words, n in ORDINALS.items())
_DATE_ORDINAL = re.compile(
    rf"\b(?:(?:{_TENS})[ -])?(?:{_ORDINAL}){ORDINAL_ENDING}"
    rf"(?=\s+(?:of\s+)?(?:{MONTH})\b|\s+числа)"
)
_TENS_ORDINAL = re.compile(rf"\b(?:{_TENS})[ -](?:{_ORDINAL}){ORDINAL_ENDING}\b")
_HALF_OF = re.compile(rf"\bпол(?:овин[аеу])?\s?-?(?:(?P<n>\d\d?)|(?:{_ORDINAL})(?:ого|ьего))\b")
_MARKS = str.maketrans("’‘`–—−\u00a0\u202f", "'" * 3 + "---  ")


def plain(text: str) -> str:
    """Lower case, ё as е, typographic marks as ASCII, number words as digits."""
    simple = text.lower().replace("ё", "е").translate(_MARKS)
    for dates in (_DATE_ORDINAL, _TENS_ORDINAL):
        simple = dates.sub(lambda found: f"{_number(found)}-го", simple)
    simple = _HALF_OF.sub(_half, simple)
    simple = _COMPOSITE.sub(lambda found: str(_number(found)), simple)
    for words, n in _CARDINAL.items():
        simple = words.sub(str(n), simple)
    return re.sub(r"\b(?:ноль[ -]ноль|00[ -]минут|oh[ -]oh)\b", "00", simple)


def _half(found: re.Match[str]) -> str:
    """«Полседьмого» is 6:30."""
    hour = int(found["n"]) if found["n"] else _number(found)
    return f"{(hour - 1) or 12}:30"


def _number(found: re.Match[str]) -> int:
    """The sum of the tens, the unit and the ordinal that matched."""
    return sum(int(name[1:]) for name, said in found.groupdict().items() if said and name != "n")
