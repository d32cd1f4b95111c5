"""Words for days and times in Russian and English, on text that `plain` has made."""

import re
from collections.abc import Mapping

MONTHS = (
    r"янв\w*|jan\w*",
    r"фев\w*|feb\w*",
    r"мар(?:т\w*)?|mar(?:ch)?",
    r"апр\w*|apr\w*",
    r"ма[йяе]|may",
    r"июн\w*|june?",
    r"июл\w*|july?",
    r"авг\w*|aug\w*",
    r"сен\w*|sep\w*",
    r"окт\w*|oct\w*",
    r"ноя\w*|nov\w*",
    r"дек\w*|dec\w*",
)
MONTH = "|".join(f"(?P<m{n}>{names})" for n, names in enumerate(MONTHS, start=1))
ANY_MONTH = "|".join(MONTHS)
WEEKDAYS = (
    r"понедельник\w*|пн|monday|mon",
    r"вторник\w*|вт|tuesday|tues?",
    r"сред[ауеы]|ср|wednesday|wed",
    r"четверг\w*|чт|thursday|thu(?:rs)?",
    r"пятниц\w*|пт|friday|fri",
    r"суббот\w*|сб|saturday|sat",
    r"воскресень\w*|вс|sunday|sun",
)
WEEKDAY = {re.compile(rf"\b(?:{names})\b"): {day} for day, names in enumerate(WEEKDAYS)}
WEEKDAY[re.compile(r"\bвыходн\w*|\bweekends?\b")] = {5, 6}
WEEKDAY[re.compile(r"\bбудн\w+|\bweekdays?\b")] = {0, 1, 2, 3, 4}
PARTS: Mapping[re.Pattern[str], tuple[int, int]] = {
    re.compile(r"\bутр(?:ом|о|а|у)?\b|\bутренн\w+|\bmorning\b|\bдо обеда\b"): (0, 12),
    re.compile(r"\bднем\b|\bдневн\w+|\bпосле обеда\b|\bafternoon\b"): (12, 17),
    re.compile(r"\bвечер\w*|\bevening\b|\btonight\b|\bпосле работы\b|\bafter work\b"): (17, 24),
}
"""Local hours [from, to)."""
RELATIVE = {
    re.compile(r"\bпослезавтра\b|\bday after tomorrow\b"): 2,
    re.compile(r"(?<!после)\bзавтра\b|\btomorrow\b"): 1,
    re.compile(r"\bсегодня\b|\btoday\b"): 0,
}
NUMBERS = {
    r"од(?:ин|ну|на)|a|an|one": 1,
    r"дв[аеу]х?|пар[уа]|two|a couple of|couple": 2,
    r"тр[ие]х?|three": 3,
    r"четыре|four": 4,
    r"пять|five": 5,
    r"шесть|six": 6,
    r"семь|seven": 7,
    r"восемь|eight": 8,
    r"десять|ten": 10,
}
COUNT = r"\d+|" + "|".join(f"(?:{names})" for names in NUMBERS)


def plain(text: str) -> str:
    """Lower case, ё as е, one kind of apostrophe and of space."""
    return " ".join(text.casefold().replace("ё", "е").replace("’", "'").split())


def number(word: str) -> int:
    """1 for a word that is none."""
    if word.isdigit():
        return int(word)
    return next((n for names, n in NUMBERS.items() if re.fullmatch(names, word)), 1)


def month_of(match: re.Match[str]) -> int:
    """Which month of `MONTH` matched."""
    return next(n for n in range(1, 13) if match.group(f"m{n}"))
