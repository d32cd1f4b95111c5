"""Which of the offered slots a client's words choose: by number, by time, by day, by master.

Numbers run on from list to list, so that each is shown once. «The first» and «the last» are of the newest list, «4» is what was
shown as 4. A lone «1» after a list of 4 to 6 may be its first or the old 1 that they have passed over since, and nobody can
tell: it is left open, for a question costs less than a booking nobody wanted. «Number 1» is the old one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from comeback.ports import OfferedSlot
from comeback.reactivation.answer_words import WAIT, bare
from comeback.reactivation.calendar_words import HOUR, plain
from comeback.reactivation.mentions import ANY_MONTH, Mention, Moment, moment_of, read
from comeback.reactivation.names import pattern, short_forms, words_of
from comeback.reactivation.slot_check import Pair, pairs_of

HALF_DAY = 12 * HOUR
EARLY = 8 * HOUR
"""Nobody is offered 3:30 at night: an hour this early may mean the afternoon."""
FIRST_HOUR = 10
"""From here on a lone number may well be an hour."""
NUMBER = r"(?:номер\w*|number|#|№)"
VARIANT = r"(?:вариант\w*|номер|окн\w+|окошк\w+|слот\w*|врем\w+|option|number|slot|one|#|№)"
CHOSEN_NUMBER = re.compile(
    rf"(?:{VARIANT}\s*(\d)(?!\d)|(?<!\d)(\d)(?:-?(?:й|е|ый|ое|ой|го|st|nd|rd|th))?\s+{VARIANT})"
)
SHOWN_NUMBER = re.compile(rf"{NUMBER}\s*(\d{{1,2}})(?!\d)")
LONE_NUMBER = re.compile(r"(?<![\d:.,/-])(\d{1,2})(?![\d:/]|[.,]\d|-\d)(?:-?(?:й|е|ый|ое|ой|го))?")
ORDINALS: Mapping[int, re.Pattern[str]] = {
    1: re.compile(r"\b(?:перв(?:ое|ый|ая|ую|ого|ом|ому)|first|1st)\b"),
    2: re.compile(r"\b(?:втор(?:ое|ой|ая|ую|ого|ом|ому)|second|2nd)\b"),
    3: re.compile(r"\b(?:трет(?:ий|ье|ью|ьего|ьем|ьему|ья)|third|3rd)\b"),
}
LAST = re.compile(r"\b(?:последн\w+|the last(?: one)?)\b")
NOT_BEFORE = re.compile(
    r"(?:\bне\s+(?:в|во|на|к)?\s*|\bкроме\s+(?:как\s+)?(?:в\s+)?|\bnot\s+(?:on\s+|in\s+(?:the\s+)?|at\s+)?"
    r"|\bexcept\s+(?:on\s+)?|\b(?:работаю|не\s+(?:смо|мо)гу|can'?t|cannot|don'?t)\s+(?:\w+\s+){0,4})$"
)
NOT_AFTER = re.compile(
    r"^\W*(?:\w+\s+){0,2}?(?:не\s+(?:могу|смогу|подход|подойд|удобн|получ|устра|получится)|занят|работаю|нельзя"
    r"|can'?t|doesn'?t|isn'?t|is not|won'?t|no good)"
)
ASIDES = re.compile(
    r"\b(?:не пиш\w+|не звон\w+|don'?t (?:text|message|write|call))[^.,!?]*|\bминут\w*\s+на\s+\d+"
    r"|\d+\s*(?:мин\w*|min\w*)\b|\bработаю\s+до\s+\S+|\bi work (?:until|till) \S+"
)
"""Times said of something else than the visit."""


@dataclass(frozen=True)
class Choice:
    """`slots`: numbers that the words leave open, best known to be meant when there is one. `named`: they name a day, a
    time or a number at all. `wanted`: they name one that is not offered. `exact`: nothing else stands in the message.
    `counted`: by number or place, not by day or time."""

    slots: tuple[int, ...] = ()
    named: bool = False
    wanted: bool = False
    exact: bool = False
    counted: bool = False


@dataclass(frozen=True)
class Lists:
    """The numbers of all that was offered, and of the newest list, in their order. `hours`: on which the newest begin."""

    offered: tuple[int, ...]
    newest: tuple[int, ...]
    hours: Mapping[int, int]

    def place(self, d: int) -> tuple[int, ...]:
        """«The second» of a list that begins with a 2 may be either: people read numbers aloud like that. What the newest
        list is too short for is no choice of an older one."""
        found = {*self._nth(d), *(n for n in self.newest if n == d)}
        older = (d, *self.newest) if d in self.offered else ()
        return tuple(sorted(found)) or older

    def number(self, d: int) -> tuple[int, ...]:
        """As it was shown; from ten on it may be an hour."""
        if d not in self.offered:
            return ()
        place = () if d in self.newest else self._nth(d)
        at = (n for n in self.newest if d >= FIRST_HOUR and self.hours.get(n) == d)
        return tuple(sorted({d, *place, *at}))

    def _nth(self, d: int) -> tuple[int, ...]:
        return self.newest[d - 1 : d] if d > 0 else ()


def choose(
    text: str, offered: Sequence[OfferedSlot], newest: Sequence[OfferedSlot], today: date
) -> Choice:
    """`text`: simplified."""
    moments = {s.n: m for s in offered if (m := moment_of(plain(s.text)))}
    text = ASIDES.sub(lambda m: " " * len(m[0]), text)
    hours = {s.n: moments[s.n].minute // HOUR for s in newest if s.n in moments}
    lists = Lists(tuple(s.n for s in offered), tuple(s.n for s in newest), hours)
    if numbers := _numbers_said(text, lists):
        return Choice(numbers, named=True, exact=len(bare(text).split()) <= 3, counted=True)
    text = _with_bare_hours(text, moments)
    reading = read(text)
    refused = [m for m in reading.mentions if _refused(text, m)]
    open_slots = {n: m for n, m in moments.items() if not any(r.fits(m, today) for r in refused)}
    pairs = list(pairs_of([m for m in reading.mentions if m not in refused]))
    if not pairs:
        return Choice(wanted=bool(refused))
    return _by_pairs(pairs, open_slots, lists, today, text)


def _by_pairs(
    pairs: Sequence[Pair], moments: Mapping[int, Moment], lists: Lists, today: date, text: str
) -> Choice:
    fitting = sorted({n for pair in pairs for n, m in moments.items() if fits(pair, m, today)})
    vague = all(_vague(pair) for pair in pairs)
    if fitting and not vague:
        return Choice(tuple(fitting), named=True, exact=len(bare(text).split()) <= 5)
    days = (d for p in pairs for m in p.days for month, d in m.dates if month == ANY_MONTH)
    place = next(filter(None, map(lists.place, days)), ())
    if place and not fitting:
        return Choice(place, named=True, counted=True)
    return Choice(named=True, wanted=True)


def _vague(pair: Pair) -> bool:
    """«Вечером», «в выходные»: a wish, which books nothing even where one slot happens to meet it."""
    exact_day = any(
        day.dates or day.relative is not None or len(day.weekdays) == 1 for day in pair.days
    )
    exact_time = pair.time is not None and bool(pair.time.times)
    return not exact_day and not exact_time


def fits(pair: Pair, moment: Moment, today: date) -> bool:
    """A client's «3:30» may be 15:30."""
    times = [pair.time] if pair.time else []
    if pair.time and pair.time.times and max(pair.time.times) < EARLY:
        later = frozenset(t + HALF_DAY for t in pair.time.times)
        times.append(replace(pair.time, times=later))
    on_day = all(day.fits(moment, today) for day in pair.days)
    return on_day and (not times or any(t.fits(moment, today) for t in times))


def said(text: str) -> tuple[tuple[Pair, ...], tuple[Mention, ...]]:
    """Days and times wanted, and those refused, whatever is offered. `text`: simplified."""
    text = ASIDES.sub(lambda m: " " * len(m[0]), text)
    mentions = read(text).mentions
    refused = tuple(m for m in mentions if _refused(text, m))
    return tuple(pairs_of([m for m in mentions if m not in refused])), refused


def by_staff(text: str, offered: Sequence[OfferedSlot]) -> tuple[int, ...]:
    """Slots of whoever among the offered staff is named."""
    return tuple(s.n for s in offered if s.staff and names(text, s.staff))


def names(text: str, person: str) -> bool:
    words = (*words_of(person), *short_forms(person))
    return any(pattern(word).search(text) for word in words)


def _numbers_said(text: str, lists: Lists) -> tuple[int, ...]:
    """Those that are left open; none when no number is meant."""
    for found in SHOWN_NUMBER.finditer(text):
        if int(found[1]) in lists.offered:
            return (int(found[1]),)
    for found in CHOSEN_NUMBER.finditer(text):
        if numbers := lists.number(int(found[1] or found[2])):
            return numbers
    if LAST.search(text) and lists.newest:
        return lists.newest[-1:]
    if not WAIT.search(text):
        said = [d for d, words in ORDINALS.items() if words.search(text) and lists.place(d)]
        if len(said) == 1 and not re.search(
            r"перв\w+\s+раз|first\s+time|в\s+перв\w+\s+половин", text
        ):
            return lists.place(said[0])
    if read(text).mentions:
        return ()
    lone = {int(m[1]) for m in LONE_NUMBER.finditer(text)}
    return lists.number(lone.pop()) if len(lone) == 1 else ()


def _with_bare_hours(text: str, moments: Mapping[int, Moment]) -> str:
    """«11 норм» names an hour when a slot starts then."""
    starts = {m.minute // HOUR for m in moments.values()}
    starts |= {hour - 12 for hour in starts if hour > 12}
    seen = read(text)

    def hour(found: re.Match[str]) -> str:
        free = seen.rest[found.start(1) : found.end(1)].strip()
        return f"в {found[1]} " if free and int(found[1]) in starts else found[0]

    return LONE_NUMBER.sub(hour, text)


def _refused(text: str, mention: Mention) -> bool:
    """«Только не во вторник», «в среду не могу»."""
    before, after = text[: mention.start].rstrip(), text[mention.end :]
    joined = before + " "
    return bool(NOT_BEFORE.search(joined) or NOT_AFTER.match(after.split(",")[0]))
