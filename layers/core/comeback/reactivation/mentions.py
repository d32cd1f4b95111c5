"""Days and times named in a text: one reading for the checks of what we say and for what clients say.

All patterns expect `calendar_words.plain` text. A mention may stand for several values («в 6»: 6:00 or 18:00; «10.11»: a date or
a time); it fits a moment when one of them does.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from comeback.reactivation.calendar_words import (
    DAY_SETS,
    HOUR,
    MONTH,
    MONTHS,
    PARTS,
    RELATIVE,
    WEEKDAYS,
)

ANY_MONTH = 0
Span = tuple[int, int]


@dataclass(frozen=True)
class Moment:
    """A local time as a client reads it; `minute` of the day."""

    month: int
    day: int
    weekday: int
    minute: int


@dataclass(frozen=True)
class Mention:
    times: frozenset[int] = frozenset()
    """Minutes of the day."""
    span: Span | None = None
    """«После 18», «утром»: from, to (excluded)."""
    dates: frozenset[tuple[int, int]] = frozenset()
    """(month, day); month 0 where only the day was named."""
    weekdays: frozenset[int] = frozenset()
    relative: int | None = None
    """Days from today."""
    said: str = ""
    start: int = 0
    end: int = 0

    @property
    def names_day(self) -> bool:
        return bool(self.dates or self.weekdays) or self.relative is not None

    @property
    def names_time(self) -> bool:
        return bool(self.times) or self.span is not None

    def fits(self, moment: Moment, today: date | None = None) -> bool:
        """A relative day fits only when `today` is known."""
        on = {(moment.month, moment.day), (ANY_MONTH, moment.day)}
        if self.dates & on or moment.minute in self.times or moment.weekday in self.weekdays:
            return True
        if self.span and self.span[0] <= moment.minute < self.span[1]:
            return True
        if self.relative is None or today is None:
            return False
        then = today + timedelta(days=self.relative)
        return (then.month, then.day) == (moment.month, moment.day)


@dataclass(frozen=True)
class Reading:
    """What was found, in the order of the text, and the text with it blanked out."""

    mentions: tuple[Mention, ...]
    rest: str


def read(text: str) -> Reading:
    """`text` must be `plain`."""
    found: list[Mention] = []
    for rule in RULES:
        for match in list(rule.pattern.finditer(text)):
            mention = rule.mention(match)
            if mention:
                found.append(mention)
                text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    return Reading(tuple(sorted(found, key=lambda m: m.start)), text)


def moment_of(text: str) -> Moment | None:
    """A slot's text read back; None when it names no day or no time."""
    mentions = read(text).mentions
    dates = [d for m in mentions for d in m.dates]
    times = [t for m in mentions for t in m.times]
    weekdays = [w for m in mentions for w in m.weekdays]
    if not dates or not times:
        return None
    month, day = dates[0]
    return Moment(month, day, weekdays[0] if weekdays else -1, times[0])


# ── rules, the most telling first: what one has read is gone for the next ───────────────────────────


Reader = Callable[[re.Match[str]], Mention | None]


@dataclass(frozen=True)
class Rule:
    pattern: re.Pattern[str]
    read: Reader = field(repr=False)

    def mention(self, match: re.Match[str]) -> Mention | None:
        found = self.read(match)
        if found is None:
            return None
        return replace(found, said=match[0].strip(), start=match.start(), end=match.end())


PART = r"утра|дня|вечера|ночи|a\.?m\b\.?|p\.?m\b\.?"
HOURS = r"(?:часов|часа|час|ч\.?(?!\w)|o'?\s?clock|hrs)"
BOUND = (
    r"(?:(?P<after>после|позже|попозже|не раньше|с|от|after|later than|from)"
    r"|(?P<before>до|раньше|не позже|before|until|till|by))"
)
AT = r"(?:в|во|к|ко|на|около|примерно|часов в|at|around|about|for|@)"
UNITS = (
    r"\s*(?:%|проц|percent|руб|р\b|₽|\$|€|дн|ден|недел|месяц|мес\b|мин|раз|чел|услуг|процедур|год|лет|вариант"
    rf"|days?|weeks?|months?|min|people|persons|times|years?|options?|of\b|(?:{MONTH})\b)"
)
HM = r"(?P<h>[01]?\d|2[0-3])"
NOT_IN_NUMBER = r"(?<![\d.,:/+-])"


def _hour(h: int, part: str | None) -> frozenset[int]:
    """«12 дня» is noon, «3 дня» 15:00, a bare hour may be either half of the day."""
    if not part:
        return frozenset({h, h + 12} if 0 < h < 12 else {h})
    kind = part.replace(".", "")
    if kind in ("утра", "am", "ночи"):
        return frozenset({h % 12 if kind != "утра" else h})
    later = h < 12 if kind in ("pm", "вечера") else h < 6
    return frozenset({h + 12 if later else h})


def _clock(match: re.Match[str]) -> Mention | None:
    groups = match.groupdict()
    h, minutes, part = int(groups["h"]), int(groups.get("m") or 0), groups.get("part")
    exact = groups.get("m") is not None and not part
    hours = frozenset({h}) if exact else _hour(h, part)
    if max(hours) > 23:
        return None
    times = frozenset(hour * HOUR + minutes for hour in hours)
    if groups.get("after"):
        return Mention(span=(max(times) if h < 9 else min(times), 24 * HOUR))
    if groups.get("before"):
        return Mention(span=(0, max(times) if h < 9 else min(times)))
    return Mention(times=times)


def _dotted(match: re.Match[str]) -> Mention | None:
    """«24.11» is a date, «11.00» a time, «10.11» may be both; with a slash the month may come first."""
    first, second, year = int(match["a"]), int(match["b"]), match["year"]
    dates = {(second, first)} if 1 <= second <= 12 and 1 <= first <= 31 else set()
    if match["sep"] == "/" and 1 <= first <= 12 and 1 <= second <= 31:
        dates.add((first, second))
    clock = match["sep"] == "." and not year and first < 24 and second < 60 and len(match["b"]) == 2
    times = {first * HOUR + second} if clock else set[int]()
    if not dates and not times:
        return None
    return Mention(dates=frozenset(dates), times=frozenset(times))


def _date(match: re.Match[str]) -> Mention | None:
    day, groups = int(match["d"]), match.groupdict()
    if not 1 <= day <= 31:
        return None
    named = groups.get("month")
    month = (
        next((n for n, names in enumerate(MONTHS, 1) if re.fullmatch(names, named)), 0)
        if named
        else 0
    )
    return Mention(dates=frozenset({(month, day)}))


def _half_past(match: re.Match[str]) -> Mention:
    return Mention(times=frozenset(hour * HOUR + 30 for hour in _hour(int(match["h"]), None)))


def _always(mention: Mention) -> Reader:
    return lambda _match: mention


def _rules() -> Iterator[tuple[str, Reader]]:
    yield (
        rf"{NOT_IN_NUMBER}(?P<d>[0-3]?\d)(?:-?(?:го|ого|е|ое|st|nd|rd|th))?\s*(?:of\s+)?(?P<month>{MONTH})\b",
        _date,
    )
    yield (
        rf"\b(?P<month>{MONTH})\.?\s+(?:the\s+)?(?P<d>[0-3]?\d)(?:st|nd|rd|th)?\b(?![:.]\d)",
        _date,
    )
    yield (
        rf"(?:\b{BOUND}\s+)?{NOT_IN_NUMBER}{HM}\s?:\s?(?P<m>[0-5]\d)(?!\d)\s*(?P<part>{PART})?",
        _clock,
    )
    yield rf"(?:\b{BOUND}\s+)?{NOT_IN_NUMBER}{HM}[.](?P<m>[0-5]\d)\s*(?P<part>{PART})", _clock
    yield (
        rf"{NOT_IN_NUMBER}(?P<a>\d\d?)(?P<sep>[./])(?P<b>\d\d?)(?:(?P=sep)(?P<year>\d{{4}}|\d\d))?(?![\d%])(?!\s*%)",
        _dotted,
    )
    yield rf"{NOT_IN_NUMBER}{HM}-(?P<m>00|30)(?!\d)", _clock
    yield rf"\b(?:half past|half)\s+{HM}\b", _half_past
    yield (
        rf"(?:\b{BOUND}\s+)?{NOT_IN_NUMBER}\b{HM}\s*{HOURS}?\s*(?P<part>утра|вечера|ночи|a\.?m\b\.?|p\.?m\b\.?)",
        _clock,
    )
    yield (
        rf"(?:\b{BOUND}\s+|\b{AT}\s+)?{NOT_IN_NUMBER}\b{HM}\s*{HOURS}\s*(?P<part>дня)?(?!\w)",
        _clock,
    )
    yield rf"\b{AT}\s+{HM}\s+(?P<part>дня)\b", _clock
    yield rf"\b{AT}\s+{HM}\s(?P<m>00|15|30|45)(?!\d)", _clock
    yield r"\b(?:в|на|к)\s+час\b(?P<part>\s+дня)?", _always(ONE)
    yield r"\b(?:полдень|полудню|noon|midday)\b", _always(Mention(times=frozenset({12 * HOUR})))
    yield r"\b(?:полночь|midnight)\b", _always(Mention(times=frozenset({0})))
    yield rf"\b{BOUND}\s+{HM}\b(?!{UNITS})(?![:.,/-]?\d)(?!-?(?:го|е|ое|st|nd|rd|th)\b)", _clock
    yield rf"\b{AT}\s+{HM}\b(?!{UNITS})(?![:.,/-]?\d)(?!-?(?:го|е|ое|ый|й|st|nd|rd|th)\b)", _clock
    yield rf"{NOT_IN_NUMBER}\b(?P<d>[0-3]?\d)(?:-?(?:го|ого|е|ое)|\s+числ[оа]|st|nd|rd|th)\b", _date
    yield rf"\b{AT}\s+(?P<d>2[4-9]|3[01])\b(?!{UNITS})", _date
    for words, days in RELATIVE.items():
        yield rf"\b(?:{words})\b", _always(Mention(relative=days))
    for n, words in enumerate(WEEKDAYS):
        yield rf"\b(?:{words})\b", _always(Mention(weekdays=frozenset({n})))
    for words, members in DAY_SETS.items():
        yield rf"\b(?:{words})\b", _always(Mention(weekdays=members))
    for words, span in PARTS.items():
        yield rf"\b(?:{words})\b", _always(Mention(span=span))


ONE = Mention(times=frozenset({HOUR, 13 * HOUR}))
RULES = tuple(Rule(re.compile(pattern), read) for pattern, read in _rules())
