import io
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from comeback.analytics import canvas
from comeback.analytics.chart import BARS, HEIGHT, INK, TREND, WIDTH, chart, trend
from comeback.analytics.model import DayFigures
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor, ImageFont

LAST = date(2026, 11, 20)
SMALL = 20_000


def four_weeks(seed: int = 4) -> list[DayFigures]:
    rng = random.Random(seed)
    days = []
    for ago in reversed(range(28)):
        sent, settled = rng.randint(8, 24), rng.randint(10, 22)
        answered = rng.randint(2, sent // 2)
        converted = sum(rng.random() < 0.17 for _ in range(settled))
        booked = rng.randint(1, answered)
        on = LAST - timedelta(ago)
        days.append(DayFigures(on, sent, answered, booked, settled, converted))
    return days


def seen(png: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(png))
    picture.load()
    assert (picture.format, picture.mode, picture.size) == ("PNG", "P", (WIDTH, HEIGHT))
    assert len(png) < SMALL
    return picture.convert("RGB")


def pixels(picture: Image.Image, colour: str, box: tuple[int, int, int, int]) -> int:
    counts = picture.crop(box).getcolors(WIDTH * HEIGHT)
    assert counts is not None
    return sum(n for n, found in counts if found == ImageColor.getrgb(colour))


ABOVE, BELOW = (80, 60, 838, 264), (80, 330, 838, 452)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_four_weeks_are_a_small_picture(language: str) -> None:
    picture = seen(chart(four_weeks(), language))
    for _, _, colour in BARS.values():
        assert pixels(picture, colour, ABOVE) > 500
    assert pixels(picture, TREND, BELOW) > 500
    assert pixels(picture, "#ffffff", (0, 0, WIDTH, HEIGHT)) > WIDTH * HEIGHT / 2


def test_bars_are_as_high_as_their_numbers() -> None:
    """One day: 100 messages fill the panel's 200 pixels, 50 answers half of it and 56 % of its width."""
    picture = seen(chart([DayFigures(LAST, 100, 50, 0)], "ru"))
    answers = pixels(picture, BARS["answers"][2], ABOVE)
    messages = pixels(picture, BARS["messages"][2], ABOVE)
    assert answers == pytest.approx(764 * 0.56 * 100, rel=0.03)
    assert messages + answers == pytest.approx(764 * 0.84 * 200, rel=0.03)


def test_languages_have_their_own_words() -> None:
    days = four_weeks()
    assert chart(days, "ru") != chart(days, "en")
    assert chart(days, "ru") == chart(days, "ru-RU")


@pytest.mark.parametrize("days", [[], [DayFigures(LAST - timedelta(n)) for n in range(28)]])
def test_silence_is_said(days: list[DayFigures]) -> None:
    picture = seen(chart(days, "ru"))
    assert pixels(picture, INK, (240, 170, 680, 205)) > 100
    assert pixels(picture, BARS["answers"][2], ABOVE) == 0
    assert pixels(picture, TREND, BELOW) == 0


def test_the_trend_is_of_a_week_and_broken_where_there_is_too_little() -> None:
    settled = [(10, 2), (10, 4), *[(0, 0)] * 5, (0, 0), (4, 4), (1, 0)]
    days = [
        DayFigures(LAST + timedelta(n), settled=s, converted=c) for n, (s, c) in enumerate(settled)
    ]
    told = trend(days)
    assert told[:7] == [0.2, *[0.3] * 6]
    assert told[7:] == [0.4, None, 0.8]


@given(
    st.lists(
        st.builds(
            DayFigures,
            st.dates(),
            *[st.integers(0, 5000)] * 3,
            settled=st.integers(50, 99),
            converted=st.integers(0, 50),
        ),
        max_size=31,
    )
)
@settings(max_examples=8, deadline=None)
def test_any_days_can_be_drawn(days: list[DayFigures]) -> None:
    seen(chart(days, "ru"))


def test_the_font_has_every_letter_that_is_written() -> None:
    font = ImageFont.truetype(canvas.FONT, 24)
    missing = bytes(font.getmask("\uffff"))
    for letter in map(chr, [*range(0x21, 0x7F), *range(0x410, 0x450), *map(ord, "Ёё№₽₸€—«»")]):
        assert bytes(font.getmask(letter)) != missing, letter
    assert (canvas.FONT.parent / "LICENSE").exists()


def test_only_the_canvas_knows_pillow() -> None:
    """It lives in a layer of its own."""
    product = Path(canvas.__file__).parents[1]
    importing = [f.name for f in product.rglob("*.py") if "PIL" in f.read_text("utf-8")]
    assert importing == ["canvas.py"]
