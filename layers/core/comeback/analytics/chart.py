"""The owner's picture: what was sent, answered and booked day by day, and whether conversion keeps above its threshold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from math import ceil

from babel.dates import format_date

from comeback.analytics.canvas import Canvas, Point
from comeback.analytics.model import DayFigures
from comeback.analytics.numbers import percent
from comeback.texts import supported, text

WIDTH, HEIGHT = 900, 500
"""A phone shows it at about 350 points, so words are 24 pixels or more."""
WORDS = 24
LEFT, RIGHT = 76, 840
TREND_DAYS = 7
FEWEST_SETTLED = 5
"""Attempts settled in `TREND_DAYS`; of fewer no point is drawn."""
INK, PALE, TREND = "#333a45", "#dfe3e8", "#d9580d"
BARS: Mapping[str, tuple[str, float, str]] = {
    "messages": ("sent", 0.84, "#c3d3e8"),
    "answers": ("answered", 0.56, "#5f93cf"),
    "bookings": ("booked", 0.28, "#12365f"),
}
"""Label → field, part of the day's width, colour. Each narrower than the one behind it: none is hidden."""


@dataclass(frozen=True)
class _Panel:
    top: float
    bottom: float
    days: int
    highest: float
    mark: int

    @classmethod
    def holding(cls, most: float, top: float, bottom: float, days: int, marks: int) -> "_Panel":
        """Up to `marks` round numbers high."""
        mark = next(m for m in _round_numbers() if m * marks >= most)
        return cls(top, bottom, days, mark * ceil(most / mark), mark)

    def middle(self, day: int) -> float:
        return LEFT + (RIGHT - LEFT) * (day + 0.5) / self.days

    def height(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * value / self.highest


def chart(days: Sequence[DayFigures], language: str, threshold: float = 0.15) -> bytes:
    """A PNG of `WIDTH` × `HEIGHT`, under 20 KB. `days` in their order; 28 are meant."""
    canvas = Canvas(WIDTH, HEIGHT, [INK, PALE, TREND, *(colour for _, _, colour in BARS.values())])
    _legend(canvas, language)
    most = max([4, *(max(d.sent, d.answered, d.booked) for d in days)])
    _bars(canvas, _Panel.holding(most, 62, 262, len(days), 5), days)
    points = trend(days)
    highest = max([threshold * 1.5, *(p for p in points if p is not None)])
    panel = _Panel.holding(100 * highest, 336, 450, len(days), 3)
    _limit(canvas, panel, threshold, language)
    _trend(canvas, panel, points)
    _dates(canvas, panel, days, language)
    if not any(day.sent or day.settled for day in days):
        told = text(language, "Nothing was sent yet")
        canvas.words(((LEFT + RIGHT) / 2, 187), told, INK, WORDS + 4, "mm")
    return canvas.png()


def trend(days: Sequence[DayFigures]) -> list[float | None]:
    """Conversion of what was settled in the `TREND_DAYS` up to each day; None of too little."""
    found: list[float | None] = []
    for end in range(1, len(days) + 1):
        week = days[max(0, end - TREND_DAYS) : end]
        settled = sum(day.settled for day in week)
        enough = settled >= FEWEST_SETTLED
        found.append(sum(day.converted for day in week) / settled if enough else None)
    return found


def _legend(canvas: Canvas, language: str) -> None:
    x: float = LEFT
    for label, (_, _, colour) in BARS.items():
        told = text(language, label)
        canvas.box(x, 14, x + 22, 36, colour)
        canvas.words((x + 32, 25), told, INK, WORDS + 2)
        x += 32 + canvas.width(told, WORDS + 2) + 34


def _bars(canvas: Canvas, panel: _Panel, days: Sequence[DayFigures]) -> None:
    _grid(canvas, panel)
    for name, part, colour in BARS.values():
        for n, day in enumerate(days):
            if value := getattr(day, name):
                half = (RIGHT - LEFT) / panel.days * part / 2
                x = panel.middle(n)
                canvas.box(x - half, panel.height(value), x + half, panel.bottom, colour)


def _limit(canvas: Canvas, panel: _Panel, threshold: float, language: str) -> None:
    _grid(canvas, panel)
    told = text(language, "Booked, % in 7 days")
    canvas.words((LEFT, 302), told, TREND, WORDS + 2)
    height = panel.height(100 * threshold)
    canvas.dashes((LEFT, height), RIGHT - LEFT, INK, 2)
    told = text(language, "limit {threshold}", threshold=percent(threshold, language))
    start = RIGHT - canvas.width(told, WORDS + 2)
    canvas.words((start, 302), told, INK, WORDS + 2)
    canvas.dashes((start - 66, 302), 57, INK, 2)


def _trend(canvas: Canvas, panel: _Panel, points: Sequence[float | None]) -> None:
    """With the last number beside it."""
    runs = list(_runs(panel, points))
    for run in runs:
        canvas.line(run, TREND, 4)
        canvas.dot(run[-1], 5, TREND)
    if runs:
        (x, y), last = runs[-1][-1], [p for p in points if p is not None][-1]
        canvas.words((x + 13, y), f"{100 * last:.0f}", TREND, WORDS + 2)


def _runs(panel: _Panel, points: Sequence[float | None]) -> Iterator[list[Point]]:
    """The line is broken where there is nothing to tell."""
    run: list[Point] = []
    for n, point in enumerate([*points, None]):
        if point is not None:
            run.append((panel.middle(n), panel.height(100 * point)))
        elif run:
            yield run
            run = []


def _grid(canvas: Canvas, panel: _Panel) -> None:
    for value in range(0, int(panel.highest) + 1, panel.mark):
        y = panel.height(value)
        canvas.line([(LEFT, y), (RIGHT, y)], PALE, 1)
        canvas.words((LEFT - 10, y), str(value), INK, WORDS, "rm")


def _dates(canvas: Canvas, panel: _Panel, days: Sequence[DayFigures], language: str) -> None:
    """One a week, counted from the last day."""
    for n in range(len(days) - 1, -1, -7):
        x = panel.middle(n)
        canvas.line([(x, panel.bottom), (x, panel.bottom + 7)], INK, 1.5)
        told = format_date(days[n].on, "d MMM", locale=supported(language)).rstrip(".")
        canvas.words((x, 476), told, INK, WORDS, "mm")


def _round_numbers() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50 and so on."""
    for power in count():
        yield from (digit * 10**power for digit in (1, 2, 5))
