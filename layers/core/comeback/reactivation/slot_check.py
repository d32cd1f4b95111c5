"""Whether the days and times in a text are those on offer: each one, with its own day, its own number, its own master."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from comeback.ports import OfferedSlot
from comeback.reactivation.calendar_words import plain
from comeback.reactivation.mentions import Mention, Moment, moment_of, read
from comeback.reactivation.names import mentioned, words_of

LISTED = re.compile(r"(?:^|[;,:])\s*(\d{1,2})[.)](?=\s)")
"""«1. вт, …», «; 2) ср, …»."""


@dataclass(frozen=True)
class Pair:
    """A time with the day it was said of; either may be missing."""

    days: tuple[Mention, ...]
    time: Mention | None
    start: int

    @property
    def said(self) -> str:
        parts = (*self.days, *((self.time,) if self.time else ()))
        return " ".join(m.said for m in sorted(parts, key=lambda m: m.start))

    def fits(self, moment: Moment) -> bool:
        return all(day.fits(moment) for day in self.days) and (
            self.time is None or self.time.fits(moment)
        )


def slot_problems(text: str, slots: Sequence[OfferedSlot]) -> Iterator[str]:
    """`text` must be plain, without percents and spans of days; whatever number is left in it must be a slot's."""
    moments = {s.n: m for s in slots if (m := moment_of(plain(s.text)))}
    offer = "; ".join(f"{s.n}) {s.text}" for s in slots) or "none"
    seen: set[int] = set()
    for line in text.splitlines():
        yield from _line_problems(line, slots, moments, offer, seen)
    for slot in slots:
        if slot.n in moments and slot.n not in seen:
            yield f"slot {slot.n} is missing: {slot.text}"


def _line_problems(
    line: str,
    slots: Sequence[OfferedSlot],
    moments: dict[int, Moment],
    offer: str,
    seen: set[int],
) -> Iterator[str]:
    numbers = [m for m in LISTED.finditer(line) if int(m[1]) in moments]
    for found in numbers:
        line = line[: found.start(1)] + " " * len(found[1]) + line[found.end(1) :]
    reading = read(line)
    pairs = tuple(pairs_of(reading.mentions))
    fits = [frozenset(n for n, moment in moments.items() if p.fits(moment)) for p in pairs]
    for pair, fitting in zip(pairs, fits, strict=True):
        if not fitting:
            yield f'"{pair.said}" is not offered; offered: {offer}'
        if pair.days and pair.time and pair.time.times:
            seen |= fitting
    for found in numbers:
        said = next((p for p in pairs if p.start >= found.end(1)), None)
        if said and not said.fits(moments[int(found[1])]):
            yield f'number {found[1]} stands before "{said.said}"; offered: {offer}'
    yield from _wrong_staff(line, slots, pairs, fits)
    for left in re.finditer(r"\d[\d.,:]*", reading.rest):
        yield f'the number "{left[0]}" is not among the facts'


def _wrong_staff(
    line: str,
    slots: Sequence[OfferedSlot],
    pairs: Sequence[Pair],
    fits: Sequence[frozenset[int]],
) -> Iterator[str]:
    """Who is named beside a time must be that slot's: whether names follow their times or lead them, as the line has it."""
    named = [
        (found.start(), word)
        for word in {w for s in slots for w in words_of(s.staff)}
        for found in mentioned(line, word)
    ]
    if not pairs or not named:
        return
    following = [_stranger(slots, word, _last(pairs, fits, at)) for at, word in named]
    leading = [_stranger(slots, word, _next(pairs, fits, at)) for at, word in named]
    if any(following) and any(leading):
        name = next(n for n in (*following, *leading) if n)
        yield f"{name} stands beside a time that is not theirs"


def _last(pairs: Sequence[Pair], fits: Sequence[frozenset[int]], at: int) -> frozenset[int]:
    before = [f for p, f in zip(pairs, fits, strict=True) if p.start <= at]
    return before[-1] if before else fits[0]


def _next(pairs: Sequence[Pair], fits: Sequence[frozenset[int]], at: int) -> frozenset[int]:
    return next((f for p, f in zip(pairs, fits, strict=True) if p.start >= at), fits[-1])


def _stranger(slots: Sequence[OfferedSlot], word: str, fitting: frozenset[int]) -> str:
    """The owner of `word`, if none of the slots that fit is theirs."""
    theirs = {w for s in slots if s.n in fitting for w in words_of(s.staff)}
    if word in theirs or not fitting:
        return ""
    return next(s.staff for s in slots if word in words_of(s.staff))


def pairs_of(mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Times with their days: «вт 24 ноября в 11:00», and «в 11:00 во вторник» where the line starts with a time."""
    backwards = bool(mentions) and mentions[0].names_time and not mentions[0].names_day
    ordered = tuple(reversed(mentions)) if backwards else tuple(mentions)
    days: list[Mention] = []
    timed = False
    for mention in ordered:
        if mention.names_time and not mention.names_day:
            yield Pair(tuple(days), mention, min(m.start for m in (*days, mention)))
            timed = True
        else:
            if timed:
                days, timed = [], False
            days.append(mention)
    if days and not timed:
        yield Pair(tuple(days), None, days[0].start)
