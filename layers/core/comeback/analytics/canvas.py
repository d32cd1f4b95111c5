"""Lines, bars and words on a small palette picture. Only the function that draws loads this, with Pillow, from its own layer."""

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw, ImageFont

FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
"""Latin and Cyrillic of DejaVu Sans 2.37 (its licence is beside it): Pillow's own font has no Cyrillic."""
FINE = 2
"""Drawn so many times larger and shrunk, as Pillow's lines have jagged edges."""
SHADES = 8
"""Of every ink, from itself to white: what smooth edges are made of."""
WHITE = "#ffffff"
NEARLY_WHITE = 240

Point = tuple[float, float]


class Canvas:
    """Measured in pixels of the finished picture, from its upper left corner."""

    def __init__(self, width: int, height: int, inks: Sequence[str]) -> None:
        self._size = (width, height)
        self._inks = inks
        self._image = Image.new("RGB", (width * FINE, height * FINE), WHITE)
        self._draw = ImageDraw.Draw(self._image)

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """With at least a pixel of height, so that one of many can be seen."""
        corners = (left * FINE, min(top, bottom - 1) * FINE, right * FINE - 1, bottom * FINE - 1)
        self._draw.rectangle(corners, fill=colour)

    def line(self, points: Sequence[Point], colour: str, width: float) -> None:
        fine = [(x * FINE, y * FINE) for x, y in points]
        self._draw.line(fine, fill=colour, width=round(width * FINE), joint="curve")

    def dashes(self, start: Point, length: float, colour: str, width: float) -> None:
        """To the right."""
        x, y = start
        for step in range(0, int(length), 16):
            self.line([(x + step, y), (x + min(step + 9, length), y)], colour, width)

    def dot(self, at: Point, radius: float, colour: str) -> None:
        centre = (at[0] * FINE, at[1] * FINE)
        self._draw.circle(centre, radius * FINE, fill=colour)

    def words(self, at: Point, text: str, colour: str, size: int, anchor: str = "lm") -> None:
        """On a white halo, readable where it meets a line. `anchor`: Pillow's, as in "rm" for right, middle."""
        place = (at[0] * FINE, at[1] * FINE)
        halo = {"stroke_width": 3 * FINE, "stroke_fill": WHITE}
        self._draw.text(place, text, colour, _font(size), anchor, **halo)  # type: ignore[arg-type]

    def width(self, text: str, size: int) -> float:
        return _font(size).getlength(text) / FINE

    def png(self) -> bytes:
        shrunk = self._image.resize(self._size, Image.Resampling.LANCZOS)
        written = BytesIO()
        few = shrunk.quantize(palette=_palette(self._inks), dither=Image.Dither.NONE)
        few.save(written, "PNG", optimize=True)
        return written.getvalue()


def _palette(inks: Sequence[str]) -> Image.Image:
    """Without shades so near to white that Pillow's quick search would take them for the paper."""
    parts = [(ImageColor.getrgb(ink)[:3], n / SHADES) for ink in inks for n in range(SHADES)]
    shades = [[round(c + (255 - c) * part) for c in ink] for ink, part in parts]
    kept = [[255, 255, 255], *(shade for shade in shades if min(shade) < NEARLY_WHITE)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([c for shade in kept for c in shade])
    return palette


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size * FINE, layout_engine=ImageFont.Layout.BASIC)
